//! `fi mcp`: the server for Claude and other MCP clients, over stdin and stdout; and its place in their settings.

mod install;

use std::error::Error;
use std::io::IsTerminal;
use std::sync::Arc;
use std::time::Duration;

use rmcp::ServiceExt;
use rmcp::transport::io::stdio_pipes;

use super::{Setup, answering, background};
use crate::cli::{McpArgs, McpCommand};
use crate::config::Flags;
use crate::error::{CommandError, Explain, Kind};
use crate::server::{App, Mcp};

/// What the lock's file says about this command.
const PURPOSE: &str = "fi mcp";
/// How long a sync has to end in good order when the server ends.
const LAST_COMMIT: Duration = Duration::from_secs(10);
/// How long calls have to end then.
const LAST_CALLS: Duration = Duration::from_secs(2);

/// Serves until the client is gone, or does what the sub-command says.
pub(super) fn run(setup: &Setup, args: &McpArgs) -> Result<(), CommandError> {
    match &args.command {
        Some(McpCommand::Install(args)) => install::run(setup, args),
        None => serve(setup),
    }
}

fn serve(setup: &Setup) -> Result<(), CommandError> {
    let context = setup.context(&Flags::none())?;
    let service = background::service(&context, PURPOSE);
    let app = Arc::new(answering::app(&context, Arc::new(service.clone()), None));
    let runtime = answering::runtime()?;
    context.stop_on_interrupt();
    if std::io::stdin().is_terminal() {
        context.printer.note(
            "Serving MCP clients over stdin and stdout until Ctrl-D; they start this themselves: fi mcp install --help",
        );
    }
    let syncing = service.in_background().explain(Kind::Failed, || "could not start background syncing")?;
    let served = runtime.block_on(async {
        tokio::select! {
            served = until_closed(app) => served,
            () = context.cancel.cancelled() => Ok(()),
        }
    });
    runtime.shutdown_timeout(LAST_CALLS);
    if !syncing.stop(LAST_COMMIT) {
        tracing::warn!("a sync did not stop in time; what it committed is kept");
    }
    served
}

async fn until_closed(app: Arc<App>) -> Result<(), CommandError> {
    let failed = |error: &dyn Error| {
        CommandError::failed(format!("the client and this server do not understand each other: {error}"))
    };
    let running = match Mcp::new(app).serve(stdio_pipes()).await {
        Ok(running) => running,
        // A client that goes before it says anything was only looking.
        Err(rmcp::service::ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
        Err(error) => return Err(failed(&error)),
    };
    running.waiting().await.map(drop).map_err(|error| failed(&error))
}
