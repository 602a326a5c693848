//! The sync service as a server has it: made from settings, on threads of its own, over real HTTP.

use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use clap::Parser;
use fastintercom::cancel::Cancel;
use fastintercom::cli::Cli;
use fastintercom::clock::Clock;
use fastintercom::cmd::{Context, Setup, background};
use fastintercom::config::{Config, Environment, Flags, Places};
use fastintercom::lake::{Layout, WriterLock};
use fastintercom::sync::service::{Job, JobKind, JobState, Service, SyncAvailability, SyncControl};

use crate::support::cli::NOW;
use crate::support::standin::StandIn;

/// How long something that happens soon may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

fn context(home: &Path, variables: &[(&'static str, &str)]) -> Context {
    let environment: Environment = variables.iter().copied().collect();
    let places = Places { home: Some(home.to_owned()), file: None };
    let config = Config::load(&places, &Flags::none(), &environment).unwrap();
    let printer = Setup::new(&Cli::parse_from(["fi", "status"]), environment).printer;
    Context { config, printer, clock: Clock::Fixed(NOW.parse().unwrap()), cancel: Cancel::new() }
}

fn over(service: &Service, id: &str) -> Job {
    for _ in 0..PATIENCE.as_millis() / 20 {
        match service.job(id) {
            Some(job) if job.state.is_over() => return job,
            _ => sleep(Duration::from_millis(20)),
        }
    }
    panic!("it takes too long: {:?}", service.job(id));
}

#[test]
fn a_server_keeps_a_lake_with_views_and_an_index_and_leaves_it_free() {
    let stand_in = StandIn::new();
    let home = tempfile::tempdir().unwrap();
    let url = stand_in.url();
    let context = context(home.path(), &[("INTERCOM_ACCESS_TOKEN", "token"), ("FASTINTERCOM_API_URL", &url)]);
    let service = background::service(&context, "fi mcp");
    let background = service.in_background().unwrap();
    let id = service.start(JobKind::New).unwrap().job.id;
    let job = over(&service, &id);
    assert_eq!((job.state, job.error), (JobState::Completed, None));
    assert!(home.path().join("lake/catalog.sql").is_file() && home.path().join("index").is_dir());
    assert!(background.stop(PATIENCE));
    assert_eq!(WriterLock::holder(&Layout::new(context.config.home.path())), None);
}

#[test]
fn a_stand_in_that_is_gone_is_told_apart_from_an_intercom_that_is() {
    let home = tempfile::tempdir().unwrap();
    // Bound for a moment, so that nobody listens there afterwards.
    let url = format!("http://{}", std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap());
    let context = context(home.path(), &[("INTERCOM_ACCESS_TOKEN", "token"), ("FASTINTERCOM_API_URL", &url)]);
    let service = background::service(&context, "fi mcp");
    let background = service.in_background().unwrap();
    let id = service.start(JobKind::New).unwrap().job.id;
    assert_eq!(over(&service, &id).state, JobState::Failed);
    let address = url.trim_start_matches("http://").to_owned();
    assert_eq!(service.status().availability, SyncAvailability::NoServer { address });
    assert!(background.stop(PATIENCE));
    assert!(!home.path().join("lake").exists(), "nothing is left behind");
}

#[test]
fn without_a_token_a_server_says_so_before_it_runs() {
    let home = tempfile::tempdir().unwrap();
    let service = background::service(&context(home.path(), &[]), "fi mcp");
    assert_eq!(service.status().availability, SyncAvailability::NoToken);
    assert!(service.start(JobKind::New).is_err());
    assert!(service.in_background().unwrap().stop(PATIENCE));
}
