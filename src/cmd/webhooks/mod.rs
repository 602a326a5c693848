//! `fi webhooks`: how they are set up, and whether a server takes them.

mod setup;
mod tries;

use reqwest::Url;
use serde::Serialize;

use super::doctor::check::{Check, Level};
use super::doctor::listed;
use super::{Setup, assemble, server_url};
use crate::cli::{WebhooksArgs, WebhooksCheckArgs, WebhooksCommand};
use crate::config::{Config, Flags};
use crate::error::CommandError;
use crate::program;
use crate::server::http::WEBHOOK_PATH;
use setup::{TOPICS, Topics};

/// The document `fi webhooks check --json` prints.
#[derive(Debug, Serialize)]
struct Document<'a> {
    url: &'a str,
    is_ok: bool,
    checks: &'a [Check],
    topics: &'a [Topics],
}

/// Does what was asked for.
pub(super) fn run(setup: &Setup, args: &WebhooksArgs) -> Result<(), CommandError> {
    match &args.command {
        WebhooksCommand::Check(args) => check(setup, args),
    }
}

fn check(setup: &Setup, args: &WebhooksCheckArgs) -> Result<(), CommandError> {
    let context = setup.context(&Flags::none())?;
    let (config, printer) = (&context.config, &context.printer);
    let url = match &args.url {
        Some(url) => asked(url)?,
        None => own(config)?,
    };
    let checks = assemble::runtime()?.block_on(tries::all(config, &url, args.url.is_none()))?;
    let failed = checks.iter().filter(|check| check.level == Level::Fail).count();
    if printer.is_json() {
        let document = Document { url: url.as_str(), is_ok: failed == 0, checks: &checks, topics: TOPICS };
        printer.json(&document)?;
    } else {
        printer.line(program::typed(&setup::explained()))?;
        printer.line(format!("\nAsking {url} as Intercom does:"))?;
        listed(printer, &checks)?;
    }
    match failed {
        0 => Ok(()),
        1 => Err(CommandError::failed("one check failed")),
        failed => Err(CommandError::failed(format!("{failed} checks failed"))),
    }
}

/// The address that was given; without a path it is a server's.
fn asked(text: &str) -> Result<Url, CommandError> {
    let mut url = server_url::read(text, "fi webhooks check --url https://fi.example.com")?;
    if url.path() == "/" {
        url.set_path(WEBHOOK_PATH);
    }
    Ok(url)
}

/// Where `fi serve` would take webhooks with these settings, as this machine reaches it.
fn own(config: &Config) -> Result<Url, CommandError> {
    let mut address = config.serve_address;
    if address.ip().is_unspecified() {
        address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    let scheme = if config.tls_cert.is_some() { "https" } else { "http" };
    asked(&format!("{scheme}://{address}"))
}
