//! Everything that knows Intercom's REST API as a client: where it lives, how a request is made,
//! paced, retried and judged, how its pages are walked, and what its webhooks look like.
//!
//! It hands out raw JSON objects. It must not know the lake's tables, the sync plan or the command line.

mod client;
mod companies;
mod contacts;
mod conversations;
mod directory;
mod endpoint;
mod error;
mod exchange;
mod limit;
mod options;
mod outcome;
mod page;
mod peek;
mod query;
mod region;
mod request;
mod reqwest_transport;
mod retry;
mod stats;
mod time;
mod transport;
mod walk;
pub mod webhook;

pub use client::Client;
pub use contacts::{ContactLookup, ContactOutcome};
pub use conversations::SearchRequest;
pub use directory::{App, Me};
pub use endpoint::{ENDPOINTS, Endpoint};
pub use error::{Error, Place};
pub use limit::{Limiter, LimiterState};
pub use options::{ClientOptions, OptionsError, RetryPolicy, Timeouts};
pub use outcome::BodyFault;
pub use page::{Cursor, Item, Page, PageStream};
pub use peek::{EmbeddedList, Peek, peek_id_times};
pub use query::{Clause, Filter, Group, Op, Order, Query, QueryError, Scalar, Sort};
pub use region::{ApiVersion, ParseRegionError, ParseVersionError, Region};
pub use reqwest_transport::ReqwestTransport;
pub use stats::{EndpointStats, Stats};
pub use time::{is_seconds, parse_seconds};
pub use transport::{
    HttpRequest, HttpResponse, Source as TransportSource, TimeoutPhase, Transport, TransportError,
};
