//! A company, the stand-in API that serves it, and a lake of its own: whole syncs in paused time, without sockets.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::DateTime;
use fastintercom::demo::{Clock, DemoServer, ServerOptions, Workspace, WorkspaceParams};
use fastintercom::intercom::{Client, ClientOptions};
use fastintercom::lake::{Disk, Files, Layout, Writer};
use fastintercom::sync::{Error, Options, Outcome, Report, Scope, Silent, Stop, SyncState, Syncer};
use secrecy::SecretString;
use tempfile::TempDir;

use super::router_transport::RouterTransport;
use super::truth::{self, Held};

/// Everything a sync needs, and the truth to compare its result with.
pub(crate) struct World {
    pub(crate) server: DemoServer,
    pub(crate) clock: Clock,
    pub(crate) options: Options,
    pub(crate) latency: Duration,
    home: TempDir,
}

/// What a plain `fi sync` asks for.
pub(crate) const EVERYTHING: Scope = Scope::Incremental { initial_days: None };

impl World {
    /// A company of so many conversations; call it inside a runtime whose time is paused.
    pub(crate) fn new(conversations: usize) -> Self {
        Self::with(WorkspaceParams { conversations, ..WorkspaceParams::default() }, ServerOptions::default())
    }

    /// A company and a server of one's own; the server's clock is tokio's, from the company's present on.
    pub(crate) fn with(params: WorkspaceParams, options: ServerOptions) -> Self {
        Self::around(Workspace::generate(&params), params.now, options)
    }

    /// The same company served again, to a lake of its own.
    pub(crate) fn around(workspace: Workspace, now: i64, options: ServerOptions) -> Self {
        let clock = Clock::tokio(now * 1_000);
        let options = ServerOptions { clock: clock.clone(), gzip: false, ..options };
        Self {
            server: DemoServer::new(workspace, options),
            clock,
            options: Options::default(),
            latency: Duration::ZERO,
            home: tempfile::tempdir().unwrap(),
        }
    }

    /// The same company served by another server from now on; the lake stays.
    pub(crate) fn serve_with(&mut self, options: ServerOptions) {
        let options = ServerOptions { clock: self.clock.clone(), gzip: false, ..options };
        self.server = DemoServer::new(self.server.snapshot(), options);
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    pub(crate) fn lake(&self) -> PathBuf {
        self.home().join("lake")
    }

    /// A sync of this company into this lake.
    pub(crate) fn syncer(&self) -> Syncer {
        self.syncer_on(Arc::new(Disk::default()), Stop::default())
    }

    pub(crate) fn syncer_on(&self, files: Arc<dyn Files>, stop: Stop) -> Syncer {
        let writer = Writer::open(files, Layout::new(self.home()), None).unwrap();
        self.syncer_with(Arc::new(writer), stop)
    }

    pub(crate) fn syncer_with(&self, writer: Arc<Writer>, stop: Stop) -> Syncer {
        let url = "http://127.0.0.1:1/".parse().unwrap();
        let options = ClientOptions::at(url, SecretString::from("token"));
        let transport = RouterTransport::new(self.server.router()).with_latency(self.latency);
        let clock = self.clock.clone();
        Syncer {
            client: Client::with_transport(options, Arc::new(transport)).unwrap(),
            writer,
            options: self.options.clone(),
            now: Arc::new(move || DateTime::from_timestamp_millis(clock.now_ms()).unwrap()),
            observer: Arc::new(Silent),
            stop,
            written_bytes: Arc::new(|| 0),
        }
    }

    /// Syncs what a plain `fi sync` would.
    pub(crate) async fn sync(&self) -> Report {
        self.sync_scope(&EVERYTHING).await
    }

    pub(crate) async fn sync_scope(&self, scope: &Scope) -> Report {
        let (report, error) = self.try_sync(scope).await.unwrap();
        assert!(error.is_none(), "{error:?}");
        report
    }

    pub(crate) async fn try_sync(&self, scope: &Scope) -> Result<(Report, Option<Error>), Error> {
        self.syncer().run(scope).await
    }

    /// Syncs, and fails unless everything is held and equal to the company.
    pub(crate) async fn sync_to_equality(&self) -> Report {
        let report = self.sync().await;
        assert_eq!((report.outcome, &report.missing[..]), (Outcome::Completed, &[][..]));
        self.assert_equal();
        report
    }

    pub(crate) fn differences(&self) -> Vec<String> {
        truth::differences(self.home(), &self.server.snapshot(), self.clock.now())
    }

    pub(crate) fn assert_equal(&self) {
        let differences = self.differences();
        let first = &differences[..differences.len().min(12)];
        assert!(differences.is_empty(), "{} differences, such as {first:#?}", differences.len());
    }

    pub(crate) fn held(&self) -> Held {
        Held::at(self.home())
    }

    pub(crate) fn state(&self) -> SyncState {
        SyncState::from_value(&self.held().state.sync).unwrap()
    }

    /// Lets time pass, for the company and for the lake.
    pub(crate) async fn pass(&self, seconds: u64) {
        tokio::time::advance(Duration::from_secs(seconds)).await;
    }
}
