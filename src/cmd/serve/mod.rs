//! `fi serve`: the server for MCP clients and programs, over HTTP.

mod open_files;
mod webhooks;

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use secrecy::ExposeSecret;
use serde_json::json;
use tokio::net::TcpListener;

use super::keys::explained;
use super::{Context, Setup, answering, auditing, background};
use crate::cli::ServeArgs;
use crate::config::Config;
use crate::error::{CommandError, Explain, Kind};
use crate::server::App;
use crate::server::http::{
    CallerLimits, HttpError, HttpOptions, HttpServer, KeyFile, KeyRing, Origins, TlsFiles,
};

/// What the lock's file says about this command.
const PURPOSE: &str = "fi serve";
/// How long a sync has to end in good order once the server is to stop: less than the 10 seconds containers are given.
const LAST_COMMIT: Duration = Duration::from_secs(8);
/// How long what is left of calls has to end after the last answers.
const LAST_CALLS: Duration = Duration::from_millis(500);

/// Serves until it is interrupted.
pub(super) fn run(setup: &Setup, args: &ServeArgs) -> Result<(), CommandError> {
    let context = setup.context(&args.flags())?;
    let keys = KeyFile::new(&context.config.home.keys_file());
    let given = context.config.api_key.as_ref().map(ExposeSecret::expose_secret);
    let keys = KeyRing::open(keys, given).map_err(explained)?;
    let service = background::service(&context, PURPOSE);
    let audit = auditing::log(&context)?.map(Arc::new);
    let app = Arc::new(answering::app(&context, Arc::new(service.clone()), audit.clone()));
    let runtime = answering::runtime()?;
    context.stop_on_interrupt();
    let server = runtime.block_on(listening(&context, app, keys))?;
    let server = match webhooks::receiver(&context, &service)? {
        Some(webhooks) => server.with_webhooks(webhooks),
        None => server,
    };
    let syncing = service.in_background().explain(Kind::Failed, || "could not start background syncing")?;
    let (cancel, began) = (context.cancel.clone(), Arc::new(OnceLock::new()));
    let stopping = Arc::clone(&began);
    runtime.spawn(async move {
        cancel.cancelled().await;
        let _ = stopping.set(Instant::now());
        service.stop();
    });
    runtime.block_on(server.serve(&context.cancel));
    runtime.shutdown_timeout(LAST_CALLS);
    let since = began.get().map_or(Duration::ZERO, Instant::elapsed);
    if !syncing.stop(LAST_COMMIT.saturating_sub(since)) {
        tracing::warn!("a sync did not stop in time; what it committed is kept");
    }
    // What was noted is on the disk then; why it is not, is in the log.
    let _ = audit.map(|log| log.settle());
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
    let most_connections = open_files::raise().unwrap_or(usize::MAX).min(config.max_connections);
    if most_connections < config.max_connections {
        tracing::warn!(most_connections, "the system allows fewer open files than there may be connections");
    }
    let options = HttpOptions {
        origins: Origins { hosts: config.allowed_hosts.clone(), pages: config.allowed_origins.clone() },
        key_header: config.api_key_header.clone(),
        most_connections,
        most_per_address: config.max_connections_per_address,
        metrics_open: config.metrics_open,
        tls: tls(config)?.map(Arc::new),
        caller_limits: CallerLimits {
            requests_per_minute: config.key_requests_per_minute,
            at_once: config.key_requests_at_once,
        },
        ..HttpOptions::default()
    };
    let is_encrypted = options.tls.is_some();
    let server = HttpServer::new(app, keys, options, listener).map_err(refused)?;
    let scheme = if is_encrypted { "https" } else { "http" };
    let url = format!("{scheme}://{address}");
    tracing::info!(url, is_open, "serving");
    let printer = &context.printer;
    if printer.is_json() {
        printer.json(&json!({"url": url, "mcp": format!("{url}/mcp")}))?;
    } else {
        printer.note(format!("Serving MCP clients at {url}/mcp and programs at {url}/tools"));
        if is_open {
            printer.note("Anybody on this machine may ask; `fi keys add NAME` makes it ask for keys");
        }
    }
    Ok(server)
}

/// What connections are encrypted with, if the settings name it.
fn tls(config: &Config) -> Result<Option<TlsFiles>, CommandError> {
    let example = "name both files: --tls-cert fullchain.pem --tls-key privkey.pem";
    match (&config.tls_cert, &config.tls_key) {
        (Some(certificate), Some(key)) => match TlsFiles::open(certificate, key) {
            Ok(files) => Ok(Some(files)),
            Err(error) => {
                let command = CommandError::usage(error.to_string());
                let because = std::error::Error::source(&error).map(ToString::to_string);
                Err(because.into_iter().fold(command, CommandError::because).hint(example))
            }
        },
        (None, None) => Ok(None),
        (Some(_), None) => {
            Err(CommandError::usage("a certificate is of no use without its key").hint(example))
        }
        (None, Some(_)) => {
            Err(CommandError::usage("a key is of no use without its certificate").hint(example))
        }
    }
}

fn refused(error: HttpError) -> CommandError {
    let command = CommandError::usage(error.to_string());
    match error {
        HttpError::NoKey(_) | HttpError::NoKeyFor(_) => command.hint("make a key with: fi keys add NAME"),
        HttpError::NoAddress(source) => command.because(source.to_string()),
    }
}
