//! How the server is to behave. Owns the options and their defaults.

use super::clock::Clock;
use super::faults::Faults;
use crate::demo::version::ApiVersion;
use std::time::Duration;

/// A permission a token can lack.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Scope {
    /// Conversations.
    Conversations,
    /// Tickets, also those inside the conversations endpoints.
    Tickets,
    /// Contacts, companies and segments.
    People,
    /// Admins and teams.
    Admins,
    /// Tags.
    Tags,
    /// `/me`: a token without it can still be valid for everything else.
    Me,
}

impl Scope {
    /// The name error messages use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Conversations => "read_conversations",
            Self::Tickets => "read_tickets",
            Self::People => "read_users_and_companies",
            Self::Admins => "read_admins",
            Self::Tags => "read_tags",
            Self::Me => "read_single_admin",
        }
    }
}

/// How long answers take.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Latency {
    /// Every answer takes at least this long.
    pub fixed: Duration,
    /// And up to this much longer.
    pub jitter: Duration,
}

/// How the server behaves.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// The only token accepted; any non-empty bearer token if none.
    pub token: Option<String>,
    /// Requests allowed per 10-second window; unlimited if none, with headers that say a million.
    pub rate_limit: Option<u32>,
    /// What goes wrong.
    pub faults: Faults,
    /// After how many seconds search sees a change. Retrieving by id sees it at once.
    pub index_lag_seconds: u32,
    /// How long answers take.
    pub latency: Latency,
    /// `>` and `<` of conversation and ticket search include the bound, as their documentation says.
    pub inclusive_gt: bool,
    /// `total_count` of parts counts the 500 returned ones instead of all. Undocumented either way.
    pub count_returned_parts: bool,
    /// A `per_page` over the maximum is answered with 400 instead of being cut down to it.
    /// Neither is documented; the specification only says "maximum is 150".
    pub reject_large_pages: bool,
    /// What the token may not do.
    pub denied: Vec<Scope>,
    /// The plan has no tickets: 403 `api_plan_restricted`.
    pub tickets_restricted: bool,
    /// The version of requests without `Intercom-Version`.
    pub default_version: ApiVersion,
    /// Beyond how many companies `/companies/list` refuses to page.
    pub company_list_cap: usize,
    /// How many companies a page of the scroll holds.
    pub scroll_page: usize,
    /// Compress answers for clients that accept gzip, as Intercom does; costs CPU.
    pub gzip: bool,
    /// What faults and latencies are drawn from.
    pub seed: u64,
    /// What time it is.
    pub clock: Clock,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            token: None,
            rate_limit: None,
            faults: Faults::none(),
            index_lag_seconds: 0,
            latency: Latency::default(),
            inclusive_gt: true,
            count_returned_parts: false,
            reject_large_pages: false,
            denied: Vec::new(),
            tickets_restricted: false,
            default_version: ApiVersion::default(),
            company_list_cap: 10_000,
            scroll_page: 100,
            gzip: true,
            seed: 7,
            clock: Clock::system(),
        }
    }
}
