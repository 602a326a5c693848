//! The topic of metrics: what the registry of `fi analyze` lists.

use super::Part;
use crate::tools::analyze::{DIMENSIONS, METRICS, Metric};

/// Metrics and dimensions.
pub(super) fn parts() -> Vec<Part> {
    let metrics = METRICS.iter().map(|metric| (metric.name.to_owned(), metric.definition.to_owned()));
    let attribute =
        ("attribute:NAME".to_owned(), "A custom attribute of the conversation, by its name.".to_owned());
    let dimensions =
        DIMENSIONS.iter().map(|dimension| (dimension.name.to_owned(), dimension.definition.to_owned()));
    vec![
        Part::text(
            "`fi analyze` measures with --metric and groups with --by; both can be given several times.",
        ),
        Part::Heading("Metrics"),
        Part::List(metrics.collect()),
        Part::text(spreads()),
        Part::Heading("Dimensions"),
        Part::List(dimensions.chain([attribute]).collect()),
        Part::Examples(&[
            "fi analyze --by team --metric first_response_seconds:p50,p90 --metric response_rate",
            "fi analyze --by weekday --by hour_of_day",
            "fi analyze --metric csat --by attribute:Plan",
        ]),
    ]
}

/// Which metrics are spreads, and what can be told of them.
fn spreads() -> String {
    let is_spread = || METRICS.iter().filter(|metric| metric.aggregates().next().is_some());
    let names: Vec<&str> = is_spread().map(|metric| metric.name).collect();
    let told: Vec<&str> = is_spread().next().into_iter().flat_map(Metric::aggregates).collect();
    format!("Of spreads ({}) it tells what stands behind a colon: {}.", names.join(", "), told.join(", "))
}
