//! Brings an Intercom workspace into the lake, and keeps it there as it changes.
//!
//! `plan` decides what to list from what is remembered; `run` does it; `store` makes what arrives durable and
//! `apply` turns it into rows; `forget` removes people and keeps them out; `hints`
//! keeps what webhooks tell of until it is fetched; `report` says what came of it; `service`
//! does all that in the background of a server. Knows the API's client and the lake; prints nothing, reads no
//! environment, and takes the time from its caller.

mod apply;
mod coverage;
mod deletions;
mod directory;
mod error;
pub mod forget;
mod hinted;
pub mod hints;
mod listing;
mod objects;
mod observer;
mod people;
mod plan;
mod report;
mod resolve;
mod run;
pub mod service;
mod state;
mod store;
mod threads;

pub(crate) use apply::chain;
pub use coverage::{Coverage, Span};
pub use error::Error;
pub use forget::Erased;
pub use observer::{Event, Observer, Phase, Silent, Stop};
pub use people::ContactsMode;
pub use plan::{OVERLAP_SECONDS, Scope, Survey, plan};
pub use report::{Missing, Outcome, Report, Skipped};
pub use resolve::listed;
pub use run::{Now, Options, Syncer};
pub use state::{Failure, LastRun, Progress, SyncState, Window, WindowField, Workspace};
pub use store::BATCH;
