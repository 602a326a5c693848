//! The figures, each from where it is counted.

use super::super::Shared;
use super::text::{Family, Kind};
use crate::audit::AuditLog;
use crate::free_space::free_bytes;
use crate::server::counts::{BOUNDS, ToolCounts};
use crate::tools::data_info::DataInfoParams;

/// The program.
pub(super) fn server(shared: &Shared) -> Vec<Family> {
    let version = env!("CARGO_PKG_VERSION");
    vec![
        Family::new(Kind::Gauge, "fi_build_info", "The version of the program.").with(
            "",
            &[("version", version)],
            1.0,
        ),
        Family::gauge("fi_uptime_seconds", "Time since the server began.", shared.app.uptime().as_secs_f64()),
    ]
}

/// Requests.
pub(super) fn requests(shared: &Shared) -> Vec<Family> {
    let mut answered =
        Family::new(Kind::Counter, "fi_http_requests_total", "Requests answered, by address and status.");
    for ((route, method, status), count) in shared.requests.counts() {
        let labels = [("route", route), ("method", method), ("status", &status.to_string())];
        answered = answered.with("", &labels, count as f64);
    }
    let running = shared.requests.running() as f64;
    vec![answered, Family::gauge("fi_http_requests_running", "Requests under way, this one too.", running)]
}

/// Connections.
pub(super) fn connections(shared: &Shared) -> Vec<Family> {
    let places = &shared.places;
    vec![
        Family::gauge("fi_http_connections", "Connections that are open.", places.open() as f64),
        Family::counter(
            "fi_http_connections_refused_total",
            "Connections beyond what is held at a time.",
            places.turned_away(),
        ),
    ]
}

/// Calls of tools.
pub(super) fn calls(shared: &Shared) -> Vec<Family> {
    let counts = shared.app.counts();
    let mut ended = Family::new(Kind::Counter, "fi_tool_calls_total", "Calls of tools, by how they ended.");
    let mut took = Family::new(Kind::Histogram, "fi_tool_duration_seconds", "How long calls of tools took.");
    for (tool, counts) in counts.by_tool() {
        for (outcome, count) in &counts.outcomes {
            ended = ended.with("", &[("tool", tool), ("outcome", outcome)], *count as f64);
        }
        took = histogram(took, tool, &counts);
    }
    vec![
        ended,
        took,
        Family::gauge("fi_tool_calls_running", "Calls being answered.", shared.app.running() as f64),
        Family::gauge("fi_tool_calls_waiting", "Calls that wait for their turn.", counts.waiting() as f64),
    ]
}

fn histogram(mut family: Family, tool: &str, counts: &ToolCounts) -> Family {
    let mut sum = 0;
    for (count, bound) in
        counts.buckets.iter().zip(BOUNDS.iter().map(f64::to_string).chain(["+Inf".to_owned()]))
    {
        sum += count;
        family = family.with("_bucket", &[("tool", tool), ("le", &bound)], sum as f64);
    }
    family.with("_sum", &[("tool", tool)], counts.seconds).with("_count", &[("tool", tool)], sum as f64)
}

/// How syncing stands, and how old the data is.
pub(super) fn sync(shared: &Shared) -> Vec<Family> {
    let status = shared.app.sync().status();
    let flag = |is: bool| f64::from(u8::from(is));
    let mut families = vec![
        Family::gauge(
            "fi_sync_ready",
            "Whether anything new can arrive.",
            flag(status.availability.is_ready()),
        ),
        Family::gauge("fi_sync_running", "Whether a sync runs, in any process.", flag(status.is_syncing())),
        Family::gauge("fi_sync_waiting", "Syncs that wait.", status.waiting.len() as f64),
        Family::gauge(
            "fi_sync_failures",
            "Syncs that failed since the last that did not.",
            f64::from(status.failures),
        ),
    ];
    let now = shared.app.now();
    let info = shared.app.holdings(now).data_info(&DataInfoParams::default()).ok();
    if let Some(at) = info.and_then(|info| info.data_as_of) {
        let age = (now.timestamp() - at.to_utc().timestamp()).max(0) as f64;
        families.push(Family::gauge("fi_data_age_seconds", "Time since everything held was known.", age));
    }
    families
}

/// What Intercom allows, once a sync has asked.
pub(super) fn rate(shared: &Shared) -> Vec<Family> {
    let Some(rate) = shared.app.sync().status().rate else { return Vec::new() };
    let gauge =
        |name, help, value: Option<u32>| value.map(|value| Family::gauge(name, help, f64::from(value)));
    let blocked = rate.blocked_for.unwrap_or_default().as_secs_f64();
    let families = [
        gauge("fi_intercom_rate_limit", "Requests Intercom allows in 10 seconds.", rate.limit),
        gauge("fi_intercom_rate_budget", "Requests fi allows itself in 10 seconds.", Some(rate.budget)),
        gauge("fi_intercom_rate_used", "Requests made in these 10 seconds.", Some(rate.used)),
        gauge("fi_intercom_rate_remaining", "Requests left in them, for all apps.", rate.remaining),
        gauge("fi_intercom_requests_running", "Requests to Intercom under way.", Some(rate.in_flight)),
        Some(Family::gauge("fi_intercom_blocked_seconds", "How long Intercom wants no requests.", blocked)),
    ];
    families.into_iter().flatten().collect()
}

/// The lake.
pub(super) fn lake(shared: &Shared) -> Vec<Family> {
    let Ok(Some(state)) = shared.app.state() else { return Vec::new() };
    let rows = |table| state.rows_of(table) as f64;
    vec![
        Family::gauge("fi_lake_generation", "The version of the data.", state.generation as f64),
        Family::gauge("fi_lake_bytes", "Size of the data.", state.lake_bytes() as f64),
        Family::new(Kind::Gauge, "fi_lake_rows", "Rows of the largest tables.")
            .with("", &[("table", "conversations")], rows("conversations"))
            .with("", &[("table", "messages")], rows("messages"))
            .with("", &[("table", "contacts")], rows("contacts")),
    ]
}

/// The disk.
pub(super) fn disk(shared: &Shared) -> Vec<Family> {
    let free = free_bytes(&shared.app.layout().state_dir());
    free.map(|free| Family::gauge("fi_disk_free_bytes", "Room on the disk.", free as f64))
        .into_iter()
        .collect()
}

/// Workers that run SQL from outside.
pub(super) fn workers(shared: &Shared) -> Vec<Family> {
    let help = "SQL workers that were killed, or ended by themselves.";
    vec![Family::counter("fi_sql_workers_lost_total", help, shared.app.workers().lost_count())]
}

/// The audit log, where there is one.
pub(super) fn audit(shared: &Shared) -> Vec<Family> {
    let Some(counts) = shared.app.audit().map(AuditLog::counts) else { return Vec::new() };
    vec![
        Family::counter("fi_audit_events_total", "Events written to the audit log.", counts.written),
        Family::counter("fi_audit_events_lost_total", "Events that could not be written.", counts.lost),
    ]
}
