//! A company that does not exist, and the API it would have.
//!
//! [`workspace`] generates a believable Intercom workspace from a seed; [`server`] serves it the way
//! Intercom's REST API would, with its limits, its cursors, its version differences and its bad days;
//! `wire` is the JSON both agree on. The demo knows nothing of the rest of this crate: it is the other
//! side of the network, and would be worthless as a witness if it shared code with the client.

pub mod server;
mod version;
mod wire;
pub mod workspace;

pub use server::{
    Clock, DemoServer, FaultKind, FaultPlan, Faults, Latency, Running, Scope, ServerOptions, Stats,
    WebhookTarget, When,
};
pub use version::ApiVersion;
pub use workspace::{Region, Shape, TOPICS, Workspace, WorkspaceParams};
