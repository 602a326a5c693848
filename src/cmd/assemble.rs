//! Puts the parts together from the settings: the API's client, the lake's lock and writer, the runtime.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::runtime::{Builder, Runtime};

use super::{Context, failure};
use crate::config::{Config, Contacts, Home, private};
use crate::engine::{Engine, EngineOptions, Now, catalog_sql};
use crate::error::{CommandError, Explain, Kind};
use crate::index::TextIndex;
use crate::intercom::{Client, ClientOptions, Timeouts};
use crate::lake::{Disk, Error, Follower, Holder, Layout, State, Writer, WriterLock};
use crate::sync::{ContactsMode, Options, SyncState};
use crate::tools::EngineSearch;

/// Tries of a request someone waits for, such as the check of a token.
const QUICK_TRIES: u32 = 3;

/// The runtime of a command.
pub(super) fn runtime() -> Result<Runtime, CommandError> {
    let runtime = Builder::new_multi_thread().worker_threads(2).max_blocking_threads(2).enable_all().build();
    runtime.explain(Kind::Failed, || "could not start the threads of this command")
}

/// The token of the settings.
pub(super) fn token(config: &Config) -> Result<&SecretString, CommandError> {
    config.token.as_ref().ok_or_else(|| {
        CommandError::auth("there is no access token")
            .hint("connect your workspace with `fi init`, or set INTERCOM_ACCESS_TOKEN")
            .hint("to look around without an account: fi demo")
    })
}

/// A client that tries as long as it makes sense.
pub(super) fn client(config: &Config) -> Result<Client, CommandError> {
    Ok(Client::new(options(config, token(config)?.clone()))?)
}

/// A client that gives up soon, for questions someone waits for.
pub(super) fn quick_client(config: &Config, token: SecretString) -> Result<Client, CommandError> {
    Ok(Client::new(quick_options(config, token))?)
}

/// The options of such a client.
pub(super) fn quick_options(config: &Config, token: SecretString) -> ClientOptions {
    let mut options = options(config, token);
    options.retry.tries = QUICK_TRIES;
    options.retry.rate_limited_for = Duration::from_secs(60);
    options
}

fn options(config: &Config, token: SecretString) -> ClientOptions {
    let mut options = ClientOptions::at(config.api_base(), token);
    let usual = Timeouts::default();
    let given = config.api_timeout;
    options.share = config.rate_share;
    options.timeouts = Timeouts {
        connect: usual.connect.min(given),
        head: usual.head.min(given),
        body_idle: usual.body_idle.min(given),
        total: given,
    };
    options
}

/// How the settings say a sync is done.
pub(super) fn sync_options(config: &Config) -> Options {
    let contacts = match config.contacts {
        Contacts::Referenced => ContactsMode::Referenced,
        Contacts::All => ContactsMode::All,
        Contacts::None => ContactsMode::None,
    };
    Options {
        contacts,
        companies: config.companies,
        tickets: config.tickets,
        concurrency: config.concurrency,
    }
}

/// Where the lake of a home lies.
pub(super) fn layout(home: &Home) -> Layout {
    Layout::new(home.path())
}

/// What is recorded of the lake of a home; `None` where there is none: after a reset only who was forgotten is known.
pub(super) fn lake_state(home: &Home) -> Result<Option<(State, SyncState)>, CommandError> {
    let Some(state) = State::load(&Disk::default(), &layout(home))? else { return Ok(None) };
    let sync = SyncState::from_value(&state.sync).map_err(crate::sync::Error::State)?;
    let is_reset = state.files.is_empty() && sync.workspace.is_none();
    Ok((!is_reset).then_some((state, sync)))
}

/// The lake opened for writing, with the search index following, and the counter of the bytes written to the lake.
pub(super) fn open_writer(context: &Context, lock: WriterLock) -> Result<(Arc<Writer>, Disk), Error> {
    let (disk, home) = (Disk::default(), &context.config.home);
    let writer = Writer::open(Arc::new(disk.clone()), layout(home), Some(lock))?;
    Ok((Arc::new(writer.followed_by(text_index(context))), disk))
}

/// The lake opened for writing; its search index is removed where it must be, and to make it is up to the caller.
pub(super) fn open_unfollowed(
    context: &Context,
    lock: WriterLock,
    index: Arc<TextIndex>,
) -> Result<Writer, CommandError> {
    let files = Arc::new(Disk::default());
    let writer = Writer::open(files, layout(&context.config.home), Some(lock))?;
    Ok(writer.followed_by(Arc::new(OnlyCleared(index))))
}

/// An index that follows no commit.
struct OnlyCleared(Arc<TextIndex>);

impl Follower for OnlyCleared {
    fn follow(&self, _: &Writer) {}

    fn clear(&self) -> io::Result<()> {
        self.0.clear()
    }
}

/// The search index of the home.
pub(super) fn text_index(context: &Context) -> Arc<TextIndex> {
    let clock = context.clock;
    let who = move || Holder {
        pid: std::process::id(),
        purpose: "fi search (its index)".to_owned(),
        since_seconds: clock.now().timestamp(),
    };
    Arc::new(TextIndex::new(layout(&context.config.home), Arc::new(who)))
}

/// SQL over the lake of the home.
pub(super) fn engine(context: &Context) -> Result<Engine, CommandError> {
    let clock = context.clock;
    let search = EngineSearch::new(text_index(context), context.cancel.clone());
    let options =
        EngineOptions { search: Some(Arc::new(search)), ..EngineOptions::new(Now::new(move || clock.now())) };
    Engine::open(&layout(&context.config.home), options).map_err(failure::of_query)
}

/// Writes `lake/catalog.sql`, the views for other tools, if it is not there or not up to date.
pub(super) fn write_catalog(writer: &Writer) -> Result<(), CommandError> {
    let path = writer.layout().lake_dir().join("catalog.sql");
    let sql = catalog_sql(writer.layout(), writer.state()?.partitioning);
    if std::fs::read(&path).is_ok_and(|there| there == sql.as_bytes()) {
        return Ok(());
    }
    let written = private::write_atomic(&path, sql.as_bytes());
    written.explain(Kind::Failed, || format!("could not write {}", path.display()))
}

/// Takes the lake's lock in the home, which is created for that; or waits for it until Ctrl-C.
pub(super) fn lock(context: &Context, purpose: &str, wait: bool) -> Result<WriterLock, CommandError> {
    let home = &context.config.home;
    home.create()?;
    let since_seconds = context.clock.now().timestamp();
    let holder = Holder { pid: std::process::id(), purpose: purpose.to_owned(), since_seconds };
    if !wait {
        return WriterLock::take(&layout(home), &holder).map_err(|error| locked(error, purpose));
    }
    let mut is_said = false;
    let taken = WriterLock::wait(&layout(home), &holder, |other| {
        if !is_said {
            context.printer.note(format!("Waiting for {other}"));
            is_said = true;
        }
        context.cancel.is_cancelled()
    });
    match taken {
        Err(Error::Locked { holder }) => {
            Err(CommandError::incomplete(format!("stopped waiting for {holder}")))
        }
        taken => Ok(taken?),
    }
}

/// Fails if someone else writes the lake now; creates nothing.
pub(super) fn check_unlocked(home: &Home, purpose: &str) -> Result<(), CommandError> {
    match WriterLock::holder(&layout(home)) {
        Some(holder) => Err(locked(Error::Locked { holder }, purpose)),
        None => Ok(()),
    }
}

fn locked(error: Error, purpose: &str) -> CommandError {
    let can_wait = matches!(purpose, "fi sync" | "fi forget") && matches!(error, Error::Locked { .. });
    let error = CommandError::from(error);
    if can_wait { error.hint(format!("or let this one wait: {purpose} --wait")) } else { error }
}
