//! The tools about the data itself: what is held, which periods are, how syncing stands, and how to start a sync. They
//! are answered from a state and a control that are made up here.

use std::sync::Mutex;
use std::time::Duration;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use fastintercom::lake::{Holder, LastState, Layout};
use fastintercom::sync::service::{
    Job, JobKind, JobProgress, JobState, JobSummary, RefreshOutcome, ServiceStatus, Started,
    SyncAvailability, SyncControl, Trigger,
};
use fastintercom::sync::{LastRun, Phase, Span, SyncState, Window, WindowField, Workspace};
use fastintercom::tools::coverage::CoverageParams;
use fastintercom::tools::data_info::DataInfoParams;
use fastintercom::tools::server_status::{ServerFacts, ServerStatusParams};
use fastintercom::tools::sync_control::{ForceSyncParams, SyncConversationsParams};
use fastintercom::tools::sync_status::SyncStatusParams;
use fastintercom::tools::{Holdings, ToolError};
use futures::future::BoxFuture;
use serde_json::{Value, json};

use crate::support::little_lake::LittleLake;
use crate::support::world::World;

/// 2026-11-20T12:00:00Z.
const NOW: i64 = 1_795_176_000;
const DAY: i64 = 86_400;

/// A control that says what it is told to, and notes what it is asked for.
#[derive(Default)]
struct Told {
    status: ServiceStatus,
    asked: Mutex<Vec<JobKind>>,
}

impl SyncControl for Told {
    fn status(&self) -> ServiceStatus {
        self.status.clone()
    }

    fn availability(&self) -> SyncAvailability {
        self.status().availability
    }

    fn start(&self, kind: JobKind) -> Result<Started, SyncAvailability> {
        self.asked.lock().unwrap().push(kind);
        match self.status.availability {
            SyncAvailability::Ready => Ok(Started { job: job(kind), is_new: true }),
            ref availability => Err(availability.clone()),
        }
    }

    fn job(&self, id: &str) -> Option<Job> {
        (id == "sync-7-1").then(|| job(JobKind::New))
    }

    fn note_question(&self, _: DateTime<Utc>) {}

    fn refresh_if_stale(&self, _: Duration) -> BoxFuture<'_, RefreshOutcome> {
        Box::pin(async { RefreshOutcome::NotWanted })
    }
}

fn job(kind: JobKind) -> Job {
    Job {
        id: "sync-7-1".to_owned(),
        kind,
        trigger: Trigger::Request,
        state: JobState::Waiting,
        asked_at: NOW - 130,
        started_at: None,
        finished_at: None,
        progress: JobProgress::default(),
        waits_for: None,
        summary: None,
        error: None,
    }
}

fn running() -> Job {
    let progress = JobProgress { phase: Some(Phase::Threads), done: 40, total: Some(150), stored_rows: 900 };
    Job { state: JobState::Running, started_at: Some(NOW - 125), progress, ..job(JobKind::New) }
}

/// Synced five minutes ago, back to ten days ago, with two days missing in between.
fn synced() -> SyncState {
    let mut sync = SyncState {
        workspace: Some(Workspace {
            id: "abc12def".to_owned(),
            name: "Kiln".to_owned(),
            region: Some("EU".to_owned()),
            timezone: Some("Europe/Berlin".to_owned()),
        }),
        updated_through: Some(NOW - 300),
        last_run: Some(LastRun {
            run_id: 4,
            outcome: "completed".to_owned(),
            kind: Some("incremental".to_owned()),
            error: None,
            started_at: NOW - 300,
            finished_at: NOW - 290,
        }),
        ..SyncState::default()
    };
    for (from, to) in [(NOW - 10 * DAY, NOW - 6 * DAY), (NOW - 4 * DAY, NOW - 300)] {
        sync.coverage.add(Span { from_seconds: from, to_seconds: to, as_of_seconds: NOW - 300 });
    }
    sync
}

/// A lake whose state is this.
fn lake(sync: &SyncState) -> LittleLake {
    let lake = LittleLake::with_threads();
    let writer = lake.writer();
    writer.begin().unwrap().finish(|state| state.sync = sync.to_value()).unwrap();
    lake
}

fn with<T>(layout: &Layout, control: &Told, ask: impl FnOnce(&Holdings<'_>) -> T) -> T {
    ask(&Holdings {
        layout,
        last_state: &LastState::default(),
        control,
        zone: Tz::UTC,
        now: DateTime::from_timestamp(NOW, 0).unwrap(),
        max_staleness: Duration::from_secs(3_600),
    })
}

fn json_of(answer: impl serde::Serialize) -> Value {
    serde_json::to_value(answer).unwrap()
}

fn period(text: &str) -> CoverageParams {
    serde_json::from_value(json!({ "timeframe": text })).unwrap()
}

#[test]
fn data_info_has_the_names_older_clients_read_and_what_is_still_to_come() {
    let lake = lake(&synced());
    let info =
        json_of(with(&lake.layout(), &Told::default(), |held| held.data_info(&DataInfoParams {})).unwrap());
    assert_eq!(info["has_data"], true);
    assert_eq!(info["message"], "Known as of 2026-11-20T11:55:00Z.");
    assert_eq!((&info["last_sync"], &info["data_age_minutes"]), (&json!("2026-11-20T11:55:00Z"), &json!(5)));
    assert_eq!(info["coverage_start"], "2026-11-10T12:00:00Z");
    assert_eq!(info["coverage_end"], "2026-11-20T11:55:00Z");
    assert_eq!((&info["total_conversations"], &info["total_messages"]), (&json!(30), &json!(90)));
    assert_eq!((&info["sync_type"], &info["is_stale"]), (&json!("incremental"), &json!(false)));
    assert!(info["database_size_mb"].as_f64().is_some_and(|size| size > 0.0));
    assert_eq!(info["conversations_without_messages_count"], 0);
    assert_eq!(info["workspace"]["name"], "Kiln");
    assert_eq!(
        info["gaps"],
        json!([
            {"start": null, "end": "2026-11-10T12:00:00Z", "why": "older_than_fetched"},
            {"start": "2026-11-14T12:00:00Z", "end": "2026-11-16T12:00:00Z", "seconds": 2 * DAY, "why": "never_fetched"},
        ])
    );
}

#[test]
fn where_nothing_is_held_data_info_says_so_and_why_nothing_will_be() {
    let home = tempfile::tempdir().unwrap();
    let layout = Layout::new(home.path());
    let control = Told {
        status: ServiceStatus { availability: SyncAvailability::NoToken, ..ServiceStatus::default() },
        ..Told::default()
    };
    let info = json_of(with(&layout, &control, |held| held.data_info(&DataInfoParams {})).unwrap());
    assert_eq!((&info["has_data"], &info["last_sync"]), (&json!(false), &Value::Null));
    assert_eq!((&info["is_stale"], &info["total_conversations"]), (&json!(true), &json!(0)));
    assert_eq!(
        info["message"],
        "Nothing was synced yet. Nothing new can arrive: there is no access token; connect your workspace with `fi \
         init`, or set INTERCOM_ACCESS_TOKEN, and restart the server."
    );
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0, "asking leaves nothing behind");
}

#[test]
fn a_first_sync_under_way_is_told_whoever_does_it() {
    let mut sync = SyncState::default();
    sync.coverage.add(Span { from_seconds: NOW - DAY, to_seconds: NOW - 60, as_of_seconds: NOW - 60 });
    sync.windows.push(Window {
        id: 1,
        field: WindowField::CreatedAt,
        from: None,
        to: NOW - DAY - 1,
        created_before: None,
        covers: None,
        is_sweep: false,
        resume_at: None,
    });
    let lake = lake(&sync);
    let holder = Holder { pid: 7, purpose: "fi sync".to_owned(), since_seconds: NOW - 90 };
    let status = ServiceStatus { lock_holder: Some(holder), ..ServiceStatus::default() };
    let control = Told { status, ..Told::default() };
    with(&lake.layout(), &control, |held| {
        let info = json_of(held.data_info(&DataInfoParams {}).unwrap());
        assert_eq!(info["is_first_sync_running"], true);
        assert_eq!(info["gaps"][0]["why"], "not_listed_yet");
        assert!(info["message"].as_str().unwrap().contains("first sync is under way"), "{info:#}");
        let status = json_of(held.sync_status(&SyncStatusParams::default()).unwrap());
        assert_eq!((&status["is_syncing"], &status["duration_minutes"]), (&json!(true), &json!(1)));
        assert_eq!(status["sync_started_at"], "2026-11-20T11:58:30Z");
        assert_eq!(status["lock"], json!({"pid": 7, "purpose": "fi sync", "since": "2026-11-20T11:58:30Z"}));
        assert_eq!(status["message"], "The data is being changed by `fi sync` (process 7).");
    });
}

#[test]
fn coverage_is_of_the_period_asked_for_and_each_gap_says_why() {
    let lake = lake(&synced());
    let ask = |params: &CoverageParams| with(&lake.layout(), &Told::default(), |held| held.coverage(params));
    let whole = json_of(ask(&period("last 3 days")).unwrap());
    assert_eq!((&whole["has_coverage"], &whole["partial_coverage"]), (&json!(true), &json!(false)));
    assert_eq!((&whole["coverage_gaps"], &whole["gaps"]), (&json!([]), &json!([])));
    assert_eq!(whole["data_as_of"], "2026-11-20T11:55:00Z");
    assert_eq!(whole["reason"], "Full coverage, as of 2026-11-20T11:55:00Z.");
    assert_eq!(
        whole["cached_range"],
        json!({"start": "2026-11-10T12:00:00Z", "end": "2026-11-20T11:55:00Z"})
    );
    let part = json_of(ask(&period("2026-11-13 to 2026-11-18")).unwrap());
    assert_eq!((&part["has_coverage"], &part["partial_coverage"]), (&json!(false), &json!(true)));
    assert_eq!(part["coverage_gaps"], json!([["2026-11-14T12:00:00Z", "2026-11-16T12:00:00Z"]]));
    assert_eq!(part["gaps"][0]["seconds"], 2 * DAY);
    assert_eq!(part["data_as_of"], Value::Null);
    assert_eq!(part["reason"], "Missing: 2026-11-14T12:00:00Z to 2026-11-16T12:00:00Z, never fetched.");
    let none = json_of(ask(&period("2026-10")).unwrap());
    assert_eq!((&none["has_coverage"], &none["partial_coverage"]), (&json!(false), &json!(false)));
    assert_eq!(none["gaps"][0]["why"], "older_than_fetched");
    let ever = json_of(ask(&period("all")).unwrap());
    assert_eq!(ever["coverage_gaps"][0], json!([null, "2026-11-10T12:00:00Z"]));
}

#[test]
fn older_clients_ask_with_dates_or_full_timestamps() {
    let lake = lake(&synced());
    for (start, end) in [
        ("2026-11-17", "2026-11-20"),
        ("2026-11-17T00:00:00Z", "2026-11-20T12:00:00Z"),
        ("2026-11-17T02:00:00.123456+02:00", "2026-11-20T11:59:59.999999+00:00"),
    ] {
        let params: CoverageParams =
            serde_json::from_value(json!({"start_date": start, "end_date": end})).unwrap();
        let answer = with(&lake.layout(), &Told::default(), |held| held.coverage(&params)).unwrap();
        assert!(answer.has_coverage, "{start} {end}: {answer:?}");
    }
}

#[test]
fn a_sync_that_is_too_long_ago_leaves_the_time_since_then_uncovered() {
    let mut sync = SyncState::default();
    let to = NOW - 2 * 3_600;
    sync.coverage.add(Span { from_seconds: i64::MIN, to_seconds: to, as_of_seconds: to });
    let lake = lake(&sync);
    let answer =
        with(&lake.layout(), &Told::default(), |held| held.coverage(&period("last 3 days"))).unwrap();
    let answer = json_of(answer);
    assert_eq!((&answer["has_coverage"], &answer["partial_coverage"]), (&json!(false), &json!(true)));
    let gap = json!({"start": "2026-11-20T10:00:00Z", "end": "2026-11-20T12:00:00Z", "seconds": 7_200,
        "why": "newer_than_last_sync"});
    assert_eq!(answer["gaps"], json!([gap]));
}

#[test]
fn a_period_that_makes_no_sense_is_refused_with_examples() {
    let lake = lake(&synced());
    let refused = |params: Value| {
        let params: CoverageParams = serde_json::from_value(params).unwrap();
        let error = with(&lake.layout(), &Told::default(), |held| held.coverage(&params)).unwrap_err();
        assert!(error.is_in_the_parameters());
        error.to_string()
    };
    assert!(refused(json!({})).contains("such as \"last 7 days\""));
    assert!(refused(json!({"timeframe": "today", "start_date": "2026-11-01"})).contains("not both"));
    assert!(refused(json!({"timeframe": "the other day"})).contains("last 7 days"));
    assert!(serde_json::from_value::<CoverageParams>(json!({"start": "2026-11-01"})).is_err());
}

#[test]
fn a_running_sync_tells_how_far_it_is() {
    let lake = lake(&synced());
    let status = ServiceStatus { current: Some(running()), ..ServiceStatus::default() };
    let control = Told { status, ..Told::default() };
    let status = json_of(
        with(&lake.layout(), &control, |held| held.sync_status(&SyncStatusParams::default())).unwrap(),
    );
    assert_eq!(status["is_syncing"], true);
    assert_eq!(status["message"], "Syncing messages: 40 of 150.");
    assert_eq!(
        (&status["sync_started_at"], &status["duration_minutes"]),
        (&json!("2026-11-20T11:57:55Z"), &json!(2))
    );
    assert_eq!(
        status["coverage_dates"],
        json!({"start": "2026-11-10T12:00:00Z", "end": "2026-11-20T11:55:00Z"})
    );
    let job = &status["job"];
    assert_eq!((&job["job_id"], &job["phase"]), (&json!("sync-7-1"), &json!("messages")));
    assert_eq!(
        (&job["done"], &job["total"], &job["elapsed_seconds"]),
        (&json!(40), &json!(150), &json!(125))
    );
}

#[test]
fn a_quiet_service_tells_when_it_syncs_next_and_what_went_wrong() {
    let lake = lake(&synced());
    let status = ServiceStatus {
        next_sync_at: Some(NOW + 60),
        failures: 2,
        last_error: Some("Intercom answered 500".to_owned()),
        ..ServiceStatus::default()
    };
    let control = Told { status, ..Told::default() };
    with(&lake.layout(), &control, |held| {
        let status = json_of(held.sync_status(&SyncStatusParams::default()).unwrap());
        assert_eq!((&status["is_syncing"], &status["job"]), (&json!(false), &Value::Null));
        assert_eq!(status["message"], "No sync is under way. The last one failed: Intercom answered 500.");
        assert_eq!(status["next_sync_at"], "2026-11-20T12:01:00Z");
        assert_eq!(
            (&status["last_error"], &status["availability"]),
            (&json!("Intercom answered 500"), &json!("ready"))
        );
        assert_eq!(status["last_run"]["finished_at"], "2026-11-20T11:55:10Z");
        let server = json_of(held.server_status(&ServerStatusParams {}, &facts()).unwrap());
        assert_eq!(server["status"], "error");
    });
}

#[test]
fn an_unknown_handle_is_an_error_that_says_how_long_handles_last() {
    let lake = lake(&synced());
    let ask = |id: &str| {
        let params = SyncStatusParams { job_id: Some(id.to_owned()) };
        with(&lake.layout(), &Told::default(), |held| held.sync_status(&params))
    };
    assert_eq!(ask("sync-7-1").unwrap().job.unwrap().state, "waiting");
    let error = ask("sync-7-2\u{1b}[0m").unwrap_err();
    assert!(matches!(error, ToolError::Refused(_)));
    let text = error.to_string();
    assert!(text.starts_with("there is no sync job 'sync-7-2[0m'") && text.contains("an hour"), "{text}");
}

#[test]
fn starting_a_sync_gives_a_handle_and_says_what_it_fetches() {
    let lake = lake(&synced());
    let control = Told::default();
    with(&lake.layout(), &control, |held| {
        let started = json_of(held.sync_conversations(&SyncConversationsParams { force: false }));
        assert_eq!((&started["success"], &started["job_id"]), (&json!(true), &json!("sync-7-1")));
        assert_eq!(started["message"], started["output"]);
        assert!(started.get("error").is_none());
        held.sync_conversations(&SyncConversationsParams { force: true });
        let force = |params: Value| {
            held.force_sync(&serde_json::from_value::<ForceSyncParams>(params).unwrap()).map(drop)
        };
        force(json!({})).unwrap();
        force(json!({"days": 30})).unwrap();
        force(json!({"timeframe": "2026-10"})).unwrap();
        force(json!({"timeframe": "all"})).unwrap();
        force(json!({"timeframe": "until 2026-01-31"})).unwrap();
        for wrong in [json!({"days": 0}), json!({"days": 9_999}), json!({"days": 3, "timeframe": "today"})] {
            assert!(matches!(force(wrong), Err(ToolError::Refused(_))));
        }
        assert!(matches!(force(json!({"timeframe": "lately"})), Err(ToolError::Timeframe(_))));
    });
    let october = JobKind::Range { from: 1_790_812_800, to: 1_793_491_200 };
    let long_ago = JobKind::Range { from: 1_293_840_000, to: 1_769_904_000 };
    let asked = control.asked.lock().unwrap();
    let expected = [
        JobKind::New,
        JobKind::Days(7),
        JobKind::Days(7),
        JobKind::Days(30),
        october,
        JobKind::Full,
        long_ago,
    ];
    assert_eq!(*asked, expected);
}

#[test]
fn where_nothing_can_arrive_starting_a_sync_says_so() {
    let lake = lake(&synced());
    let address = "127.0.0.1:8080".to_owned();
    let availability = SyncAvailability::NoServer { address };
    let control =
        Told { status: ServiceStatus { availability, ..ServiceStatus::default() }, ..Told::default() };
    with(&lake.layout(), &control, |held| {
        let started = json_of(held.sync_conversations(&SyncConversationsParams::default()));
        let words = "Nothing new can arrive: the stand-in server at 127.0.0.1:8080 does not run; `fi demo` starts it \
                     and adds what is new.";
        assert_eq!((&started["success"], &started["error"]), (&json!(false), &json!(words)));
        let server = json_of(held.server_status(&ServerStatusParams {}, &facts()).unwrap());
        assert_eq!((&server["status"], &server["message"]), (&json!("inactive"), &json!(words)));
    });
}

#[test]
fn a_finished_job_tells_what_it_came_to() {
    let summary =
        JobSummary { changed_count: 3, message_count: 12, request_count: 9, ..JobSummary::default() };
    let done =
        Job { state: JobState::Completed, finished_at: Some(NOW - 100), summary: Some(summary), ..running() };
    let lake = lake(&synced());
    let status = ServiceStatus { waiting: vec![done], ..ServiceStatus::default() };
    let control = Told { status, ..Told::default() };
    let status = json_of(
        with(&lake.layout(), &control, |held| held.sync_status(&SyncStatusParams::default())).unwrap(),
    );
    assert_eq!(status["job"]["elapsed_seconds"], 25);
    assert_eq!(status["job"]["result"]["message_count"], 12);
    assert_eq!(
        status["message"],
        "The sync is completed: 3 conversations changed, 12 messages written, 0 missing."
    );
}

fn facts() -> ServerFacts<'static> {
    let started_at = DateTime::from_timestamp(NOW - 90, 0).unwrap();
    ServerFacts { name: "fastintercom", version: "1.2.3", started_at, index: None }
}

#[test]
fn server_status_has_the_names_older_clients_read() {
    let lake = lake(&synced());
    let status = json_of(
        with(&lake.layout(), &Told::default(), |held| held.server_status(&ServerStatusParams {}, &facts()))
            .unwrap(),
    );
    assert_eq!((&status["status"], &status["backend_type"]), (&json!("active"), &json!("fastintercom")));
    assert_eq!(status["server_info"], json!({"name": "fastintercom", "version": "1.2.3"}));
    assert_eq!((&status["total_conversations"], &status["conversation_count"]), (&json!(30), &json!(30)));
    assert_eq!((&status["total_messages"], &status["uptime_seconds"]), (&json!(90), &json!(90)));
    assert_eq!(status["last_sync"], "2026-11-20T11:55:00Z");
    assert_eq!(status["database_path"], lake.layout().lake_dir().display().to_string());
    assert_eq!((&status["version"], &status["index"]), (&json!("1.2.3"), &json!("none")));
}

#[tokio::test(start_paused = true)]
async fn a_lake_that_was_really_synced_is_covered_since_ever() {
    let world = World::new(40);
    world.sync_to_equality().await;
    let holdings = Holdings {
        layout: &Layout::new(world.home()),
        last_state: &LastState::default(),
        control: &Told::default(),
        zone: Tz::UTC,
        now: DateTime::from_timestamp(world.clock.now(), 0).unwrap(),
        max_staleness: Duration::from_secs(3_600),
    };
    let info = holdings.data_info(&DataInfoParams {}).unwrap();
    assert_eq!((info.total_conversations, info.sync_type.as_deref()), (40, Some("incremental")));
    assert_eq!((info.gaps.len(), info.coverage_start), (0, info.first_created_at));
    assert_eq!(
        info.workspace.unwrap().timezone.as_deref(),
        world.state().workspace.unwrap().timezone.as_deref()
    );
    let ever = holdings.coverage(&period("all")).unwrap();
    assert!(ever.has_coverage && ever.gaps.is_empty() && ever.data_as_of == info.data_as_of);
}

#[test]
fn schemas_ask_for_nothing_that_can_be_left_out_and_allow_nothing_else() {
    for schema in [
        schemars::schema_for!(DataInfoParams),
        schemars::schema_for!(CoverageParams),
        schemars::schema_for!(SyncStatusParams),
        schemars::schema_for!(SyncConversationsParams),
        schemars::schema_for!(ForceSyncParams),
        schemars::schema_for!(ServerStatusParams),
    ] {
        assert_eq!((schema.get("required"), schema.get("additionalProperties")), (None, Some(&json!(false))));
    }
    let answer = json_of(schemars::schema_for!(fastintercom::tools::data_info::DataInfo));
    assert_eq!(answer["properties"]["message"]["type"], "string");
    assert_eq!(answer["properties"]["data_as_of"]["format"], "date-time");
}
