//! FastIntercom: an Intercom workspace as Parquet files that DuckDB queries directly.
//!
//! The parts, and which way they may look: `model` (rows; knows nobody) ← `lake` (files) ← `sync`, which also
//! knows `intercom` (the API's client); `engine` (SQL over the lake), `index` (words of the lake) and `format` (how
//! tables are written); `worker` (the engine for SQL written by models, in a process of its
//! own); `tools` (typed questions and answers over both); `export` (tables as files for others);
//! `server` (the tools over MCP); `shell` (what is known of a line while it is typed into `fi query`); `sentiment` and `distinctive` (what the words of texts tell; they know nobody); `demo` (a stand-in for Intercom).
//! Everything else is the command line: `cli`, `cmd`, `config`, `printer`, `logging`, `error`, `clock`, `cancel`, `program`. See
//! `ARCHITECTURE.md`.

pub mod audit;
pub mod cancel;
pub mod cli;
pub mod clock;
pub mod cmd;
pub mod config;
pub mod demo;
pub mod distinctive;
pub mod engine;
pub mod error;
pub mod export;
pub mod format;
mod free_space;
pub mod index;
pub mod intercom;
pub mod lake;
pub mod logging;
pub mod model;
pub mod nearest;
pub mod printer;
mod private_dir;
pub mod program;
pub mod sentiment;
pub mod server;
pub mod shell;
pub mod sync;
pub mod tools;
pub mod worker;
pub mod zone;
