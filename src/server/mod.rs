//! Servers: the tools over the Model Context Protocol. Thin: what a tool does is in `tools`, and one ordered slice
//! ([`TOOLS`]) says which there are.
//!
//! [`App`] is what all calls share; `arguments` reads what callers send, forgiving slips and explaining mistakes;
//! `reply` makes answers of what comes back; [`Mcp`] speaks the protocol.

mod app;
mod arguments;
mod asked;
mod call;
mod completion;
mod counts;
pub mod http;
mod mcp;
mod prompts;
mod reply;
mod resources;
mod run;
mod schema;
mod tool;
mod tools;

pub use app::{App, AppParts};
pub use call::Call;
pub use mcp::Mcp;
pub use tool::{Effect, Tool};
pub use tools::TOOLS;
