//! SQL written by a language model, run in a process of its own that can do nothing but read the lake.
//!
//! DuckDB cannot be trusted with such SQL inside the process that holds the token: some queries crash it, some nothing
//! but the end of their process stops, and what its settings allow has had holes. So a child (`fi __worker`) runs the
//! engine with an empty environment, bounded memory and, where the kernel can, no files but the lake's and no network;
//! the parent kills it when a query does not stop, and starts another. They talk in frames of JSON over the child's
//! stdin and stdout. What a child says is taken as data that anybody may have written.
//!
//! The names to know: [`SqlWorkers`] answers queries, [`run_child`] is what the child does.

mod cells;
mod child;
mod confine;
mod error;
mod frame;
mod options;
mod pieces;
mod pool;
mod process;
mod replies;
mod talk;

pub use child::{ARGUMENT, run_child};
pub use error::{Error, Failed, FailedKind};
pub use frame::{AnswerColumn, RowFormat, SqlAnswer, StreamEnd};
pub use options::{Limits, WorkerOptions};
pub use pool::SqlWorkers;
pub use talk::Take;
