//! `fi demo`: the product without an account. A stand-in for Intercom on a free port is synced over HTTP into a home
//! of the demo's own; `fi demo serve` runs the stand-in alone.

mod answers;
mod later;
mod serve;
mod show;
mod world;

use std::time::Instant;

use super::sync::{Done, Job, perform};
use super::{Context, Setup, assemble, reset};
use crate::cancel::Cancel;
use crate::cli::{DemoArgs, DemoCommand, DemoNumbers, SyncScope};
use crate::config::{self, Changes, Config, Environment, Flags, Home, Places, Source};
use crate::demo::{DemoServer, ServerOptions};
use crate::error::{CommandError, Explain, Kind};
use crate::logging;
use answers::Answers;
pub(super) use show::shell_word;
use world::World;

/// What the lock's file says about this command.
const PURPOSE: &str = "fi demo";
/// Any token will do.
const TOKEN: &str = "demo";
/// Variables of the user that mean something to the demo; the others are about the real workspace.
const VARIABLES: &[&str] =
    &["FASTINTERCOM_NOW", "FASTINTERCOM_LOG_LEVEL", "LOG_LEVEL", "FASTINTERCOM_JSON_LOGGING"];

/// Runs what was asked for.
pub(super) fn run(setup: &Setup, args: &DemoArgs) -> Result<(), CommandError> {
    match &args.command {
        Some(DemoCommand::Serve(args)) => serve::run(setup, args),
        None => demo(setup, args),
    }
}

/// Whether a home is the demo's.
pub(super) fn is_demo(home: &Home) -> bool {
    world::file(home).is_file()
}

/// Whether the settings name the demo's server, which runs only while the demo syncs.
pub(super) fn has_no_server(config: &Config) -> bool {
    let is_given = matches!(config.source("api_url"), Source::Env(_) | Source::Flag(_));
    is_demo(&config.home) && !is_given
}

/// `fi sync` in the demo's home would look for a server that is gone.
pub(super) fn refuse_sync(context: &Context) -> Result<(), CommandError> {
    if !has_no_server(&context.config) {
        return Ok(());
    }
    Err(CommandError::failed("this is the home of the demo, whose stand-in server runs only while it syncs")
        .hint("sync it with: fi demo"))
}

/// What a run of the demo came to.
struct Outcome {
    home: Home,
    api_url: String,
    done: Done,
    is_again: bool,
    held_before: u64,
    answers: Answers,
    seconds: f64,
}

fn demo(setup: &Setup, args: &DemoArgs) -> Result<(), CommandError> {
    let begun = Instant::now();
    let home = setup.home()?.demo();
    assemble::check_unlocked(&home, PURPOSE)?;
    if args.fresh {
        start_over(setup, &home)?;
    }
    let (world, is_again) = world(setup, args, &home)?;
    let held_before = assemble::lake_state(&home)?.map_or(0, |(state, _)| state.rows_of("conversations"));
    show::opening(&setup.printer, &world, is_again);
    let options = ServerOptions { clock: serve::from(world.now()), ..ServerOptions::default() };
    let server = DemoServer::new(world.workspace(), options);
    let runtime = assemble::runtime()?;
    let running = runtime.block_on(serve::bind(&server, 0))?;
    let api_url = running.base_url();
    let context = context(setup, &home, &api_url)?;
    context.stop_on_interrupt();
    let client = assemble::client(&context.config)?;
    let lock = assemble::lock(&context, PURPOSE, false)?;
    world.store(&home)?;
    settings(&server, &api_url).write(&home.config_file())?;
    let job = Job { again: PURPOSE, ..Job::new(&context, client, &SyncScope::New) };
    let done = perform(&context, &runtime, job, lock)?;
    runtime.block_on(running.shutdown());
    let answers = answers::ask(&context)?;
    let seconds = begun.elapsed().as_secs_f64();
    show::outcome(&context.printer, Outcome { home, api_url, done, is_again, held_before, answers, seconds })
}

/// Drops what the demo holds, and forgets its company.
fn start_over(setup: &Setup, home: &Home) -> Result<(), CommandError> {
    if is_demo(home) {
        reset::clear(home, PURPOSE, config::clock(&setup.environment)?, reset::Memory::Dropped)?;
        let path = world::file(home);
        std::fs::remove_file(&path)
            .explain(Kind::Failed, || format!("could not delete {}", path.display()))?;
    }
    Ok(())
}

/// The company to show, and whether it was shown before and has gone on since.
fn world(setup: &Setup, args: &DemoArgs, home: &Home) -> Result<(World, bool), CommandError> {
    let now = config::clock(&setup.environment)?.now().timestamp();
    let Some(mut world) = World::load(home)? else {
        return Ok((World::new(args.workspace.or(DemoNumbers::default()), now), false));
    };
    world.check(&args.workspace)?;
    // An interrupted run is finished before time goes on.
    let last = assemble::lake_state(home)?.and_then(|(_, sync)| sync.last_run);
    let is_again = last.is_some_and(|run| run.outcome == "completed");
    if is_again {
        world.go_on(now);
    }
    Ok((world, is_again))
}

/// The settings of the demo's own home, whatever is set for the real one.
fn context(setup: &Setup, home: &Home, api_url: &str) -> Result<Context, CommandError> {
    let kept = VARIABLES.iter().filter_map(|name| Some((*name, setup.environment.get(name)?)));
    let ours = [("FASTINTERCOM_API_URL", api_url), ("INTERCOM_ACCESS_TOKEN", TOKEN)];
    let environment: Environment = kept.chain(ours).collect();
    let places = Places { home: Some(home.path().to_owned()), file: None };
    let config = Config::load(&places, &Flags::none(), &environment)?;
    let clock = config::clock(&environment)?;
    logging::start(&config, &setup.printer, clock);
    Ok(Context { config, printer: setup.printer.clone(), clock, cancel: Cancel::new() })
}

/// What other commands need to know in the demo's home.
fn settings(server: &DemoServer, api_url: &str) -> Changes {
    let (workspace_id, timezone) =
        server.read(|workspace| (workspace.app().id_code, workspace.params().timezone.name()));
    let settings = Changes::new().set("token", TOKEN).set("api_url", api_url);
    settings.set("workspace_id", workspace_id).set("timezone", timezone)
}
