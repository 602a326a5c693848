//! Sync services over the lake of a [`World`]: several at once, in paused time, with an Intercom that can be made to
//! fail.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use chrono::DateTime;
use fastintercom::intercom::{
    Client, ClientOptions, HttpRequest, HttpResponse, RetryPolicy, Transport, TransportError,
};
use fastintercom::lake::{self, Disk, Layout, Writer, WriterLock};
use fastintercom::sync::Options;
use fastintercom::sync::service::{
    Equipment, Job, JobState, Pace, Patience, Service, ServiceSettings, SyncAvailability, SyncControl,
    Workplace,
};
use futures::future::BoxFuture;
use secrecy::SecretString;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::router_transport::RouterTransport;
use super::world::World;

/// How Intercom is at the moment.
#[derive(Clone)]
pub(crate) enum Net {
    /// As the stand-in is, so much later.
    Up(Router, Duration),
    /// Nobody listens.
    Gone,
    /// Every request is answered with this status and code.
    Answers(u16, &'static str),
}

/// What the services of a world work with.
pub(crate) struct Desk {
    net: Mutex<Net>,
    bar: Option<SyncAvailability>,
    layout: Layout,
    /// Clients made to see whether Intercom answers.
    pub(crate) probes: AtomicUsize,
    /// Syncs under way now, and the most there ever were.
    writing: AtomicUsize,
    pub(crate) most_writing: AtomicUsize,
}

impl Desk {
    pub(crate) fn new(world: &World) -> Self {
        Self {
            net: Mutex::new(Net::Up(world.server.router(), world.latency)),
            bar: None,
            layout: Layout::new(world.home()),
            probes: AtomicUsize::new(0),
            writing: AtomicUsize::new(0),
            most_writing: AtomicUsize::new(0),
        }
    }

    pub(crate) fn barred(world: &World, bar: SyncAvailability) -> Self {
        Self { bar: Some(bar), ..Self::new(world) }
    }

    /// From now on Intercom is like this.
    pub(crate) fn set(&self, net: Net) {
        *self.net.lock().unwrap() = net;
    }

    pub(crate) fn probes(&self) -> usize {
        self.probes.load(Ordering::SeqCst)
    }
}

impl Equipment for Desk {
    fn bar(&self) -> Option<SyncAvailability> {
        self.bar.clone()
    }

    fn client(&self, patience: Patience) -> Result<Client, SyncAvailability> {
        let mut options =
            ClientOptions::at("http://127.0.0.1:1/".parse().unwrap(), SecretString::from("of-these-tests"));
        if patience == Patience::Short {
            self.probes.fetch_add(1, Ordering::SeqCst);
            options.retry = RetryPolicy { tries: 2, ..options.retry };
        }
        let transport: Arc<dyn Transport> = match self.net.lock().unwrap().clone() {
            Net::Up(router, latency) => Arc::new(RouterTransport::new(router).with_latency(latency)),
            Net::Gone => Arc::new(Nobody),
            Net::Answers(status, code) => Arc::new(RouterTransport::new(answering(status, code))),
        };
        Ok(Client::with_transport(options, transport).unwrap())
    }

    fn workplace(&self, lock: WriterLock) -> Result<Workplace, lake::Error> {
        let writer = Writer::open(Arc::new(Disk::default()), self.layout.clone(), Some(lock))?;
        let now = self.writing.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_writing.fetch_max(now, Ordering::SeqCst);
        Ok(Workplace { writer: Arc::new(writer), written_bytes: Arc::new(|| 0) })
    }

    fn done(&self, _: &Writer) {
        self.writing.fetch_sub(1, Ordering::SeqCst);
    }
}

fn answering(status: u16, code: &'static str) -> Router {
    let body = serde_json::json!({"type": "error.list", "request_id": "000req",
        "errors": [{"code": code, "message": "no", "field": null}]});
    let status = StatusCode::from_u16(status).unwrap();
    Router::new().fallback(move || async move { (status, body.to_string()) })
}

/// A port nobody listens on.
struct Nobody;

impl Transport for Nobody {
    fn send(&self, _: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        Box::pin(async { Err(TransportError::Connect("connection refused".into())) })
    }
}

/// A service over a world's lake, with a day between syncs unless questions come.
pub(crate) fn service(world: &World, desk: &Arc<Desk>, number: u32) -> Service {
    service_with(world, desk, number, |_| {})
}

/// The same with other settings.
pub(crate) fn service_with(
    world: &World,
    desk: &Arc<Desk>,
    number: u32,
    change: impl FnOnce(&mut ServiceSettings),
) -> Service {
    let mut settings = ServiceSettings {
        layout: Layout::new(world.home()),
        pid: number,
        purpose: "fi mcp".to_owned(),
        options: Options::default(),
        initial_days: None,
        pace: Pace::every(Duration::from_secs(600)),
        max_staleness: Duration::from_secs(3_600),
        waits_for_fresh: false,
    };
    change(&mut settings);
    let clock = world.clock.clone();
    let now = Arc::new(move || DateTime::from_timestamp_millis(clock.now_ms()).unwrap());
    Service::new(Arc::clone(desk) as Arc<dyn Equipment>, settings, now)
}

/// Runs it until it is told to stop.
pub(crate) fn run(service: &Service) -> JoinHandle<()> {
    let service = service.clone();
    tokio::spawn(async move { service.run().await })
}

/// Waits until a job is over.
pub(crate) async fn over(service: &Service, id: &str) -> Job {
    until(service, id, |job| job.state.is_over()).await
}

/// Waits until a job is as wanted.
pub(crate) async fn until(service: &Service, id: &str, is: impl Fn(&Job) -> bool) -> Job {
    for _ in 0..20_000 {
        match service.job(id) {
            Some(job) if is(&job) => return job,
            Some(_) => sleep(Duration::from_millis(50)).await,
            None => panic!("there is no job {id}"),
        }
    }
    panic!("job {id} never got there: {:?}", service.job(id));
}

/// Waits until no sync is under way and none is due.
pub(crate) async fn settled(world: &World, service: &Service) {
    for _ in 0..20_000 {
        let status = service.status();
        let is_quiet = status.current.is_none() && status.waiting.is_empty() && status.lock_holder.is_none();
        if is_quiet && status.next_sync_at.is_some_and(|at| at > world.clock.now()) {
            return;
        }
        sleep(Duration::from_millis(50)).await;
    }
    panic!("it never came to rest: {:?}", service.status());
}

/// The state of a job that is over.
pub(crate) async fn came_to(service: &Service, id: &str) -> JobState {
    over(service, id).await.state
}
