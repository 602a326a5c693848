//! `fi demo serve`: the stand-in API alone, until interrupted.

use std::time::Duration;

use serde_json::json;

use super::world;
use crate::cli::{DemoNumbers, DemoServeArgs};
use crate::clock::Clock;
use crate::cmd::{Setup, assemble, stop_on_interrupt, words};
use crate::config;
use crate::demo::{
    Clock as ServerClock, DemoServer, Faults, Latency, Running, ServerOptions, WebhookTarget, Workspace,
};
use crate::error::{CommandError, Explain, Kind};
use crate::printer::Printer;

/// How often a receiver of webhooks is asked whether it is there.
const PROBE_AGAIN: Duration = Duration::from_secs(1);

/// Serves until Ctrl-C.
pub(super) fn run(setup: &Setup, args: &DemoServeArgs) -> Result<(), CommandError> {
    let clock = config::clock(&setup.environment)?;
    let faults = faults(args)?;
    let cancel = crate::cancel::Cancel::new();
    stop_on_interrupt(&cancel, &setup.printer);
    let numbers = args.workspace.or(DemoNumbers::default());
    let workspace = Workspace::generate(&world::params(numbers, clock.now().timestamp()));
    let server = DemoServer::new(workspace, options(args, faults, clock));
    assemble::runtime()?.block_on(async {
        let running = bind(&server, args.port).await?;
        announce(&setup.printer, &server, &running, args)?;
        tokio::select! {
            () = cancel.cancelled() => {}
            () = tell(&setup.printer, &server, args) => {}
        }
        running.shutdown().await;
        Ok::<_, CommandError>(())
    })?;
    let stats = server.stats();
    setup.printer.note(format!("Answered {}", words::many(stats.requests, "request")));
    Ok(())
}

/// Has the receiver told of changes, once it answers: in the Developer Hub somebody would save its address again.
async fn tell(printer: &Printer, server: &DemoServer, args: &DemoServeArgs) {
    if let (Some(url), Some(secret)) = (&args.webhook_url, &args.webhook_secret) {
        let target = WebhookTarget::new(url, secret);
        let mut is_said = false;
        while let Err(error) = server.set_webhook(target.clone()).await {
            if !is_said {
                printer.warn(format!("{error}; trying again until it does"));
                is_said = true;
            }
            tokio::time::sleep(PROBE_AGAIN).await;
        }
        printer.note(format!("Telling {url} of changes"));
    }
    std::future::pending::<()>().await;
}

/// Listens, or says what else to do.
pub(super) async fn bind(server: &DemoServer, port: u16) -> Result<Running, CommandError> {
    let bound = server.bind(port).await;
    bound.explain(Kind::Failed, || format!("could not listen on port {port} of this machine")).map_err(
        |error| {
            if port == 0 { error } else { error.hint("--port 0 picks a free port") }
        },
    )
}

/// The server's clock: the machine's, or one that goes on from a fixed moment.
pub(super) fn server_clock(clock: Clock) -> ServerClock {
    match clock {
        Clock::System => ServerClock::system(),
        Clock::Fixed(at) => from(at.timestamp()),
    }
}

/// A clock that goes on from a moment, in seconds since 1970.
pub(super) fn from(seconds: i64) -> ServerClock {
    let begun = std::time::Instant::now();
    ServerClock::new(move || seconds * 1_000 + begun.elapsed().as_millis() as i64)
}

fn faults(args: &DemoServeArgs) -> Result<Faults, CommandError> {
    let text = args.faults.as_deref().unwrap_or("none");
    text.parse().map_err(|error| {
        CommandError::usage("--faults cannot be understood")
            .because(error)
            .hint("for example: --faults http_500=0.05,reset=1/50 or --faults mixed=0.1")
    })
}

fn options(args: &DemoServeArgs, faults: Faults, clock: Clock) -> ServerOptions {
    ServerOptions {
        token: args.token.clone(),
        rate_limit: args.rate_limit,
        faults,
        index_lag_seconds: u32::try_from(args.index_lag_seconds).unwrap_or(u32::MAX),
        latency: Latency { fixed: Duration::from_millis(args.latency_ms), ..Latency::default() },
        clock: server_clock(clock),
        ..ServerOptions::default()
    }
}

/// Says where it listens and how to connect.
fn announce(
    printer: &Printer,
    server: &DemoServer,
    running: &Running,
    args: &DemoServeArgs,
) -> Result<(), CommandError> {
    let url = running.base_url();
    let token = args.token.as_deref().unwrap_or("demo");
    let (name, conversations) =
        server.read(|workspace| (workspace.app().name, workspace.conversations().count() as u64));
    if printer.is_json() {
        return Ok(printer.json(&json!({
            "api_url": url,
            "workspace": name,
            "conversations": conversations,
            "any_token": args.token.is_none(),
            "pid": std::process::id(),
        }))?);
    }
    printer.line(&url)?;
    printer.note(format!("Serving {name}, {}, until Ctrl-C", words::many(conversations, "conversation")));
    printer.note("Sync it from another terminal, into a home of its own:");
    printer.note(format!(
        "  FASTINTERCOM_API_URL={url} INTERCOM_ACCESS_TOKEN={token} fi --home /tmp/fi-standin sync"
    ));
    Ok(())
}
