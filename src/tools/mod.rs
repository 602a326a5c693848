//! Tools: typed parameters in, typed answers out, the same for MCP, HTTP and the command line.
//!
//! They know the engine and the lake, and nothing of transports: nothing here prints, reads the
//! environment or asks the clock.

pub mod analyze;
mod clock;
pub mod conversation;
mod directory;
mod error;
mod filter;
mod freshness;
mod lenient;
mod opaque;
pub mod search;
mod selection;
pub mod timeframe;
mod untrusted;
mod words;
mod zone;

pub use clock::Clock;
pub use error::ToolError;
pub use filter::{Direction, Filters};
pub use freshness::{Covered, Freshness};
pub use selection::{Selected, Selection};
pub use untrusted::Untrusted;
pub use words::EngineSearch;
