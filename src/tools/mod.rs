//! Tools: typed parameters in, typed answers out, the same for MCP, HTTP and the command line.
//!
//! They know the engine and the lake, and nothing of transports: nothing here prints, reads the
//! environment or asks the clock.

pub mod analyze;
mod clock;
pub mod conversation;
pub mod coverage;
pub mod data_info;
pub mod describe;
mod directory;
mod error;
mod filter;
mod freshness;
mod gap;
mod holdings;
mod job_view;
mod lenient;
mod moment;
mod opaque;
pub mod query;
pub mod search;
mod selection;
pub mod server_status;
pub mod sync_control;
pub mod sync_status;
pub mod timeframe;
mod untrusted;
mod words;
mod zone;

pub use clock::Clock;
pub use directory::names_of;
pub use error::ToolError;
pub use filter::{Direction, Filters};
pub use freshness::{Covered, Freshness};
pub use gap::{Gap, Why};
pub use holdings::Holdings;
pub use job_view::{JobPeriod, JobResult, JobView, LockView};
pub use moment::Moment;
pub use selection::{Selected, Selection};
pub use untrusted::Untrusted;
pub use words::EngineSearch;

/// A clause as a sentence: a capital first, a full stop last.
fn sentence(clause: &str) -> String {
    let mut chars = clause.chars();
    let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    let stop = if clause.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{stop}", chars.as_str())
}
