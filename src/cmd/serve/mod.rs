//! `fi serve`: the server for MCP clients and programs, over HTTP.

mod webhooks;

use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::runtime::Builder;

use super::keys::explained;
use super::{Context, Setup, answering, background};
use crate::cli::ServeArgs;
use crate::error::{CommandError, Explain, Kind};
use crate::server::App;
use crate::server::http::{CallerLimits, HttpError, HttpOptions, HttpServer, KeyFile, KeyRing, Origins};

/// What the lock's file says about this command.
const PURPOSE: &str = "fi serve";
/// Threads that answer calls at most.
const ANSWERING: usize = 32;
/// How long a sync has to end in good order when the server ends.
const LAST_COMMIT: Duration = Duration::from_secs(10);
/// How long what is left of calls has to end then.
const LAST_CALLS: Duration = Duration::from_secs(2);

/// Serves until it is interrupted.
pub(super) fn run(setup: &Setup, args: &ServeArgs) -> Result<(), CommandError> {
    let context = setup.context(&args.flags())?;
    let keys = KeyFile::new(&context.config.home.keys_file());
    let given = context.config.api_key.as_ref().map(ExposeSecret::expose_secret);
    let keys = KeyRing::open(keys, given).map_err(explained)?;
    let service = background::service(&context, PURPOSE);
    let app = Arc::new(answering::app(&context, Arc::new(service.clone())));
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(ANSWERING)
        .enable_all()
        .build()
        .explain(Kind::Failed, || "could not start the threads of the server")?;
    context.stop_on_interrupt();
    let server = runtime.block_on(listening(&context, app, keys))?;
    let server = match webhooks::receiver(&context, &service)? {
        Some(webhooks) => server.with_webhooks(webhooks),
        None => server,
    };
    let syncing = service.in_background().explain(Kind::Failed, || "could not start background syncing")?;
    runtime.block_on(server.serve(&context.cancel));
    runtime.shutdown_timeout(LAST_CALLS);
    if !syncing.stop(LAST_COMMIT) {
        tracing::warn!("a sync did not stop in time; what it committed is kept");
    }
    Ok(())
}

/// The server on its socket, and the news of where that is.
async fn listening(context: &Context, app: Arc<App>, keys: KeyRing) -> Result<HttpServer, CommandError> {
    let config = &context.config;
    let wanted = config.serve_address;
    let listener =
        TcpListener::bind(wanted).await.explain(Kind::Failed, || format!("could not listen on {wanted}"));
    let listener =
        listener.map_err(|error| error.hint("another port may be free: --port 8001, or --port 0"))?;
    let address = listener.local_addr().unwrap_or(wanted);
    let is_open = keys.is_empty();
    let options = HttpOptions {
        origins: Origins { hosts: config.allowed_hosts.clone(), pages: config.allowed_origins.clone() },
        key_header: config.api_key_header.clone(),
        most_connections: config.max_connections,
        caller_limits: CallerLimits {
            requests_per_minute: config.key_requests_per_minute,
            at_once: config.key_requests_at_once,
        },
        ..HttpOptions::default()
    };
    let server = HttpServer::new(app, keys, options, listener).map_err(refused)?;
    tracing::info!(%address, is_open, "serving");
    let printer = &context.printer;
    if printer.is_json() {
        printer.json(&json!({"url": format!("http://{address}"), "mcp": format!("http://{address}/mcp")}))?;
    } else {
        printer.note(format!(
            "Serving MCP clients at http://{address}/mcp and programs at http://{address}/tools"
        ));
        if is_open {
            printer.note("Anybody on this machine may ask; `fi keys add NAME` makes it ask for keys");
        }
    }
    Ok(server)
}

fn refused(error: HttpError) -> CommandError {
    let command = CommandError::usage(error.to_string());
    match error {
        HttpError::NoKey(_) => command.hint("make a key with: fi keys add NAME"),
        HttpError::NoAddress(source) => command.because(source.to_string()),
    }
}
