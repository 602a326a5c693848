//! The server that the official conformance suite talks to, over HTTP on this machine only: what the suite asks for by
//! name is made of fixtures, and everything else is answered by the server that `fi mcp` is.
//!
//!     mcp_conformance HOME      prints its address and serves the lake of HOME until it is ended

mod fixtures;
mod handler;
mod input;

use std::error::Error;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use chrono::Utc;
use fastintercom::cancel::Cancel;
use fastintercom::clock::Clock;
use fastintercom::index::TextIndex;
use fastintercom::lake::{Holder, Layout};
use fastintercom::server::{App, AppParts, Mcp};
use fastintercom::sync::service::{NoSync, SyncAvailability};
use fastintercom::worker;
use rmcp::transport::StreamableHttpService;
use rmcp::transport::streamable_http_server::StreamableHttpServerConfig;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use handler::Conformance;

/// Pages that may talk to it: those of this machine.
const ORIGINS: [&str; 2] = ["http://localhost:*", "http://127.0.0.1:*"];

fn main() -> ExitCode {
    let argument = std::env::args_os().nth(1);
    if argument.as_ref().is_some_and(|argument| argument == worker::ARGUMENT) {
        return worker::run_child();
    }
    let Some(home) = argument else {
        let _ = writeln!(io::stderr(), "mcp_conformance HOME");
        return ExitCode::from(2);
    };
    match run(Path::new(&home)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(home: &Path) -> Result<(), Box<dyn Error>> {
    let server = Conformance::new(Mcp::new(Arc::new(app(home))))?;
    Runtime::new()?.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        writeln!(io::stdout(), "http://{}/mcp", listener.local_addr()?)?;
        let config = StreamableHttpServerConfig::default().with_allowed_origins(ORIGINS);
        let service = StreamableHttpService::new(
            move || Ok(server.clone()),
            LocalSessionManager::default().into(),
            config,
        );
        axum::serve(listener, Router::new().nest_service("/mcp", service)).await?;
        Ok(())
    })
}

/// As `fi mcp` makes it of a lake to which nothing new can come.
fn app(home: &Path) -> App {
    let layout = Layout::new(home);
    let holder = || Holder {
        pid: std::process::id(),
        purpose: "mcp_conformance (its index)".to_owned(),
        since_seconds: Utc::now().timestamp(),
    };
    let index = Arc::new(TextIndex::new(layout.clone(), Arc::new(holder)));
    let sync = Arc::new(NoSync(SyncAvailability::NoToken));
    App::new(AppParts::over(layout, Clock::System, index, Cancel::new(), sync))
}
