//! Tools: typed parameters in, typed answers out, the same for MCP, HTTP and the command line.
//!
//! They know the engine and the state of the lake, and nothing of transports: nothing here prints, reads the
//! environment or asks the clock.

pub mod analyze;
mod error;
mod freshness;
pub mod timeframe;

pub use error::ToolError;
pub use freshness::{Covered, Freshness};
