//! Intercom: whether it can be reached, accepts the token, shows what a sync wants, and agrees about the time.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};

use super::check::{Check, Level};
use crate::clock::Clock;
use crate::cmd::assemble;
use crate::config::Config;
use crate::error::CommandError;
use crate::intercom::{
    Client, Error, HttpRequest, HttpResponse, Me, Query, ReqwestTransport, SearchRequest, Sort, Transport,
    TransportError,
};

/// Clocks that differ by more seconds than this are worth a warning.
const SKEW_SECONDS: i64 = 30;

/// A permission, what is left out without it, and a small request that needs it.
struct Permission {
    name: &'static str,
    without: &'static str,
    is_needed: bool,
    ask: fn(Client) -> BoxFuture<'static, Result<(), Error>>,
}

/// Every permission a sync makes use of.
const PERMISSIONS: &[Permission] = &[
    Permission {
        name: "Read conversations",
        without: "nothing can be synced",
        is_needed: true,
        ask: |client| async move { conversations(&client).await }.boxed(),
    },
    Permission {
        name: "Read and list users and companies",
        without: "contacts, companies and segments are left out",
        is_needed: false,
        ask: |client| async move { client.segments().await.map(drop) }.boxed(),
    },
    Permission {
        name: "Read admins",
        without: "teammates and teams have no names",
        is_needed: false,
        ask: |client| async move { client.admins().await.map(drop) }.boxed(),
    },
    Permission {
        name: "Read tags",
        without: "the list of tags is left out",
        is_needed: false,
        ask: |client| async move { client.tags().await.map(drop) }.boxed(),
    },
    Permission {
        name: "Read tickets",
        without: "tickets are left out",
        is_needed: false,
        ask: |client| async move { client.ticket_types().await.map(drop) }.boxed(),
    },
];

async fn conversations(client: &Client) -> Result<(), Error> {
    let anything = Query::since("created_at", 0)?;
    let one = SearchRequest { per_page: 1, ..SearchRequest::new(anything, Sort::descending("updated_at")) };
    client.search_conversations_page(&one, None).await.map(drop)
}

/// Intercom, as this token sees it.
pub(super) fn checks(config: &Config, clock: Clock) -> Result<Vec<Check>, CommandError> {
    let Some(token) = &config.token else {
        let hint = "connect your workspace with `fi init`, or set INTERCOM_ACCESS_TOKEN";
        return Ok(vec![Check::fail("token", "there is none", hint)]);
    };
    let options = assemble::quick_options(config, token.clone());
    let transport = ReqwestTransport::new(&options)?;
    let dated = Arc::new(Dated { transport, clock, seen: Mutex::default() });
    let client = Client::with_transport(options, dated.clone())?;
    assemble::runtime()?.block_on(async {
        let (mut checks, is_accepted) = who(config, client.me().await)?;
        checks.push(time(&dated, clock));
        if is_accepted {
            let asked = futures::stream::iter(PERMISSIONS).then(|permission| probe(permission, &client));
            checks.extend(asked.collect::<Vec<_>>().await);
            checks.push(limit(&client, config));
        }
        Ok(checks)
    })
}

/// Whose token it is, and whether that fits what is held and set.
fn who(config: &Config, answer: Result<Me, Error>) -> Result<(Vec<Check>, bool), CommandError> {
    let host = config.api_base().host_str().unwrap_or_default().to_owned();
    let me = match answer {
        Ok(me) => me,
        Err(error) if error.is_unavailable_here() => {
            let hint = "allow \"Read admins\" in the Developer Hub, your app, Authentication";
            let message = format!("accepted by {host}; it may not ask whose it is");
            return Ok((vec![Check::warn("token", message, hint)], true));
        }
        Err(error) => {
            let name = if matches!(error, Error::Unauthorized { .. }) { "token" } else { "connection" };
            return Ok((vec![Check::of_error(name, Level::Fail, &error.into())], false));
        }
    };
    let id = me.app.id_code.clone().unwrap_or_default();
    let name = me.app.name.clone().unwrap_or_default();
    let mut checks = vec![Check::ok("token", format!("accepted by {host}: {name} ({id})"))];
    if let Some(region) =
        me.app.known_region().filter(|region| config.api_url.is_none() && *region != config.region)
    {
        let message = format!("the workspace is in {region}, the settings say {}", config.region);
        checks.push(Check::warn("region", message, format!("run: fi init --region {region}")));
    }
    let held = assemble::lake_state(&config.home).ok().flatten().and_then(|(_, sync)| sync.workspace);
    if let Some(held) = held.filter(|held| held.id != id) {
        let message =
            format!("the lake holds {} ({}), the token belongs to {name} ({id})", held.name, held.id);
        checks.push(Check::fail(
            "workspace",
            message,
            "keep each workspace in a home of its own: --home DIR",
        ));
    }
    Ok((checks, true))
}

async fn probe(permission: &'static Permission, client: &Client) -> Check {
    let name = "permission";
    match (permission.ask)(client.clone()).await {
        Ok(()) => Check::ok(name, permission.name),
        Err(Error::PlanRestricted { .. }) => {
            Check::ok(name, format!("{}: not part of the plan", permission.name))
        }
        Err(error) if error.is_unavailable_here() => {
            let message = format!("{} is missing: {}", permission.name, permission.without);
            let hint = "tick it in the Developer Hub, your app, Authentication";
            if permission.is_needed {
                Check::fail(name, message, hint)
            } else {
                Check::warn(name, message, hint)
            }
        }
        Err(error) => Check::of_error(name, Level::Warn, &error.into()),
    }
}

fn limit(client: &Client, config: &Config) -> Check {
    let state = client.limiter();
    let share = (config.rate_share * 100.0).round();
    match state.limit {
        Some(limit) => {
            Check::ok("rate limit", format!("{limit} requests in 10 s, of which fi uses up to {share} %"))
        }
        None => Check::ok("rate limit", "Intercom does not tell; fi keeps to 83 requests in 10 s"),
    }
}

/// Compares this machine's clock with the server's.
fn time(dated: &Dated, clock: Clock) -> Check {
    let seen = *dated.seen.lock().unwrap_or_else(PoisonError::into_inner);
    match (clock, seen) {
        (Clock::Fixed(_), _) => Check::skipped("clock", "a fixed time is set"),
        (Clock::System, None) => Check::skipped("clock", "no answer told the time"),
        (Clock::System, Some((here, there))) => {
            let skew = (here - there).num_seconds();
            if skew.abs() <= SKEW_SECONDS {
                return Check::ok("clock", format!("within {} s of Intercom's", skew.abs().max(1)));
            }
            let side = if skew > 0 { "ahead of" } else { "behind" };
            let message = format!("this machine is {} s {side} Intercom", skew.abs());
            Check::warn(
                "clock",
                message,
                "let the clock be set over the network: data would look too fresh or too old",
            )
        }
    }
}

/// A transport that notes what time the server says it is.
struct Dated {
    transport: ReqwestTransport,
    clock: Clock,
    seen: Mutex<Option<(DateTime<Utc>, DateTime<Utc>)>>,
}

impl Transport for Dated {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        async move {
            let response = self.transport.send(request).await?;
            let date = response.headers.get("date").and_then(|date| date.to_str().ok());
            if let Some(there) = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok()) {
                let seen = Some((self.clock.now(), there.to_utc()));
                *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = seen;
            }
            Ok(response)
        }
        .boxed()
    }
}
