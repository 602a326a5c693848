//! `fi sync`: fetches what is new and says honestly what came of it.

mod daemon;
mod summary;
mod work;

pub(super) use summary::{Held, data_as_of, document, say, shown};
pub(super) use work::{Done, Job, perform, preflight};

use super::{Context, Setup, assemble, demo, welcome};
use crate::cli::{SyncArgs, SyncScope};
use crate::config::InitialSync;
use crate::error::CommandError;
use crate::sync::Scope;

/// What the lock's file says about this command.
const PURPOSE: &str = "fi sync";

/// Syncs what was asked for.
pub(super) fn run(setup: &Setup, args: &SyncArgs) -> Result<(), CommandError> {
    let context = setup.context(&args.flags())?;
    if args.daemon {
        return daemon::run(&context);
    }
    let scope = args.meaning(context.clock.now(), super::zone(&context.config)?)?;
    demo::refuse_sync(&context)?;
    let client = assemble::client(&context.config)?;
    if !args.wait {
        assemble::check_unlocked(&context.config.home, PURPOSE)?;
    }
    context.stop_on_interrupt();
    let runtime = assemble::runtime()?;
    runtime.block_on(preflight(&context))?;
    let lock = assemble::lock(&context, PURPOSE, args.wait)?;
    let job = Job::new(&context, client, &scope);
    let done = perform(&context, &runtime, job, lock)?;
    let is_first = done.report.is_first;
    shown(&context, done)?;
    if is_first { welcome::after_first_sync(setup) } else { Ok(()) }
}

/// Syncs as `fi init` offers it: everything the settings ask for.
pub(super) fn first(context: &Context) -> Result<Done, CommandError> {
    let runtime = assemble::runtime()?;
    let client = assemble::client(&context.config)?;
    let lock = assemble::lock(context, PURPOSE, false)?;
    let job = Job::new(context, client, &SyncScope::New);
    perform(context, &runtime, job, lock)
}

/// What to plan for; single conversations are planned for by themselves.
fn scope(scope: &SyncScope, initial: InitialSync) -> Scope {
    let initial_days = initial_days(initial);
    match scope {
        SyncScope::New | SyncScope::Conversations(_) => Scope::Incremental { initial_days },
        SyncScope::Full => Scope::Full,
        SyncScope::Days(days) => Scope::Days(*days),
        SyncScope::Period { since, until } => Scope::Range { from: since.timestamp(), to: until.timestamp() },
    }
}

/// How many days back a first sync goes; everything without a number.
pub(super) const fn initial_days(initial: InitialSync) -> Option<u32> {
    match initial {
        InitialSync::Everything => None,
        InitialSync::Days(days) => Some(days),
    }
}
