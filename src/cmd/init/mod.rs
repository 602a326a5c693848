//! `fi init`: checks a token, shows whose workspace it is, writes the settings and offers the first sync.
//!
//! Nothing is created before Intercom has accepted the token.

mod connect;
mod settle;
mod token;

use secrecy::SecretString;
use serde_json::json;

use super::sync::{self, Done};
use super::{Context, Setup, assemble, welcome, words};
use crate::cli::InitArgs;
use crate::config::{Config, Flags, Source};
use crate::error::{CommandError, Explain, Kind};
use crate::printer::Printer;
use connect::Connected;

/// Connects a workspace.
pub(super) fn run(setup: &Setup, args: &InitArgs) -> Result<(), CommandError> {
    let config = setup.config(&args.flags())?;
    check_replace(&setup.printer, args, &config)?;
    assemble::check_unlocked(&config.home, "fi init")?;
    let token = token::find(&setup.printer, args, &config)?;
    let connected = assemble::runtime()?.block_on(connect::connect(&config, &token.secret))?;
    settle::check_lake(&config.home, &connected)?;
    say_connected(&setup.printer, &connected);
    let is_stored = token.is_stored(args);
    let stored = is_stored.then_some(&token.secret);
    settle::settings(&config, &connected, stored).write(&config.file)?;
    setup.printer.note(format!("Settings are in {}", config.file.display()));
    if !is_stored {
        setup
            .printer
            .note("The token stays in INTERCOM_ACCESS_TOKEN alone; --store-token keeps it in the settings");
    }
    let context = context(setup, args, token.secret)?;
    let done = if wants_sync(&setup.printer, args, connected.conversations)? {
        context.stop_on_interrupt();
        Some(sync::first(&context)?)
    } else {
        settle::lay_down(&context, &connected)?;
        None
    };
    let is_whole = done.as_ref().is_some_and(|done| done.failure.is_none());
    finish(&context, &connected, is_stored, done)?;
    if is_whole { welcome::after_first_sync(setup) } else { Ok(()) }
}

/// Settings that are there are changed only if that is wanted.
fn check_replace(printer: &Printer, args: &InitArgs, config: &Config) -> Result<(), CommandError> {
    let is_in_file = |name| matches!(config.source(name), Source::File { .. });
    if args.yes || !(is_in_file("token") || is_in_file("workspace_id")) {
        return Ok(());
    }
    let file = config.file.display();
    if !printer.can_ask() {
        return Err(CommandError::usage(format!("{file} connects a workspace already"))
            .hint("to replace its token and region, keeping the other settings: add --yes")
            .hint("to keep a second workspace beside it: --home DIR"));
    }
    let whose = config.workspace_id.as_deref().map(|id| format!(" workspace {id}")).unwrap_or_default();
    let question = format!("{file} connects{whose} already. Change it?");
    match printer.confirm(&question).explain(Kind::Failed, || "could not read the answer")? {
        true => Ok(()),
        false => Err(CommandError::failed("nothing was changed")),
    }
}

/// The settings as they are now, with the token that was given.
fn context(setup: &Setup, args: &InitArgs, token: SecretString) -> Result<Context, CommandError> {
    let flags = if args.api_url.is_some() { Flags::none() } else { args.flags() };
    let mut context = setup.context(&flags)?;
    context.config.token = Some(token);
    Ok(context)
}

fn wants_sync(printer: &Printer, args: &InitArgs, conversations: Option<u64>) -> Result<bool, CommandError> {
    if args.sync || args.no_sync {
        return Ok(args.sync);
    }
    if args.yes || !printer.can_ask() {
        return Ok(args.yes);
    }
    if let Some(count) = conversations {
        let count = words::many(count, "conversation");
        printer.note(format!("{count} to fetch; a sync can be stopped, and goes on later"));
    }
    printer.confirm_usual("Fetch the data now?").explain(Kind::Failed, || "could not read the answer")
}

fn say_connected(printer: &Printer, connected: &Connected) {
    let admin = connected.admin.as_deref().map(|admin| format!(" as {admin}")).unwrap_or_default();
    match &connected.workspace {
        Some(workspace) => {
            let region = workspace.region.as_deref().unwrap_or("region unknown");
            let zone = workspace.timezone.as_deref().unwrap_or("time zone unknown");
            printer
                .note(format!("Connected to {} ({}, {region}, {zone}){admin}", workspace.name, workspace.id));
        }
        None => {
            printer.note(format!("Connected to region {}", connected.region));
            printer.warn(
                "the token may not ask which workspace it belongs to, so links to conversations are unknown",
            );
            printer.hint("allow \"Read admins\" in the Developer Hub, your app, Authentication, and run `fi init` again");
        }
    }
}

/// Shows what came of it.
fn finish(
    context: &Context,
    connected: &Connected,
    is_stored: bool,
    done: Option<Done>,
) -> Result<(), CommandError> {
    let (printer, config) = (&context.printer, &context.config);
    if printer.is_json() {
        printer.json(&json!({
            "home": config.home.path(),
            "config_file": config.file,
            "workspace": connected.workspace,
            "admin": connected.admin,
            "region": connected.region.as_str(),
            "api_url": config.api_base().as_str(),
            "timezone": super::zone(config)?.name(),
            "token_stored": is_stored,
            "sync": done.as_ref().map(sync::document),
        }))?;
    } else {
        match &done {
            Some(done) => sync::say(printer, done),
            None => printer.hint("fetch the data with: fi sync"),
        }
    }
    done.and_then(|done| done.failure).map_or(Ok(()), Err)
}
