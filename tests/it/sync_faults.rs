//! A server that misbehaves in every way the fact sheet knows, alone and all at once: the lake ends up equal to the
//! company, every report on the way is honest, and the rate limit is never exceeded.

use std::collections::BTreeSet;

use fastintercom::demo::{FaultKind, Faults, ServerOptions, When, WorkspaceParams};
use fastintercom::sync::{Missing, Outcome, Report};

use crate::support::world::{EVERYTHING, World};

/// The server's limit in these tests, per ten seconds.
const LIMIT: u32 = 166;
/// Runs within which even a very faulty server is caught up with.
const RUNS: usize = 12;

fn world(faults: Faults, seed: u64, conversations: usize) -> World {
    let params = WorkspaceParams { conversations, seed: 11, ..WorkspaceParams::default() };
    World::with(params, ServerOptions { faults, seed, rate_limit: Some(LIMIT), ..ServerOptions::default() })
}

/// Syncs until a run says that everything is held; checks what each run says against the truth.
async fn sync_until_complete(world: &World) -> Result<usize, String> {
    for run in 1..=RUNS {
        let (report, error) = world.try_sync(&EVERYTHING).await.map_err(|error| format!("{error:?}"))?;
        let held = world.home().join("state/state.json").exists().then(|| world.held());
        let has_tables = held.is_some_and(|held| !held.state.files.is_empty());
        let differences = if has_tables { world.differences() } else { vec!["nothing is held".to_owned()] };
        match (report.outcome, error) {
            (Outcome::Completed, None) if differences.is_empty() => return Ok(run),
            (Outcome::Completed, None) => {
                return Err(format!(
                    "run {run} claims completeness, but: {:#?}",
                    &differences[..differences.len().min(5)]
                ));
            }
            (Outcome::Incomplete, None) => is_honest(&report, &differences)?,
            (Outcome::Failed, Some(_)) => {}
            (outcome, error) => return Err(format!("run {run} ended {outcome:?} with {error:?}")),
        }
        world.pass(120).await;
    }
    let (report, error) = world.try_sync(&EVERYTHING).await.map_err(|error| format!("{error:?}"))?;
    Err(format!("not complete after {RUNS} runs: {error:?} {:?}", report.missing))
}

/// A run that names what is missing names every conversation that is.
fn is_honest(report: &Report, differences: &[String]) -> Result<(), String> {
    let mut named = BTreeSet::new();
    let mut is_by_window = false;
    for missing in &report.missing {
        match missing {
            Missing::Conversation { conversation_id: id, .. } | Missing::Unreadable { id, .. } => {
                named.insert(id.clone());
            }
            Missing::Listed { .. } | Missing::Window { .. } | Missing::Table { .. } => is_by_window = true,
        }
    }
    let unnamed =
        differences.iter().find(|difference| !named.iter().any(|id| difference.contains(id.as_str())));
    match unnamed {
        Some(difference) if !is_by_window => {
            Err(format!("{difference}, but the report names {:?}", report.missing))
        }
        _ => Ok(()),
    }
}

fn check_limit(world: &World) {
    let stats = world.server.stats();
    assert!(stats.most_in_window <= LIMIT, "{} requests in one window", stats.most_in_window);
}

#[tokio::test(start_paused = true)]
async fn each_fault_alone_ends_in_a_lake_equal_to_the_company() {
    let mut failed = Vec::new();
    for fault in FaultKind::ALL {
        let world = world(Faults::only(fault.kind, When::Every(6)), 1, 60);
        if let Err(why) = sync_until_complete(&world).await {
            failed.push(format!("{}: {why}", fault.name));
        }
        check_limit(&world);
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

/// The long form of this is `FI_SEEDS=100 cargo test --release mixed`.
#[tokio::test(start_paused = true)]
async fn all_faults_mixed_end_in_a_lake_equal_to_the_company_under_every_seed() {
    let seeds = std::env::var("FI_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(20);
    let mut failed = Vec::new();
    for seed in 0..seeds {
        let world = world(Faults::mixed(0.15), seed, 40);
        if let Err(why) = sync_until_complete(&world).await {
            failed.push(format!("seed {seed}: {why}"));
        }
        check_limit(&world);
    }
    assert!(failed.is_empty(), "{} seeds failed: {failed:#?}", failed.len());
}
