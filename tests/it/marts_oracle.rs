//! `conversation_metrics` equals a second computation of the same definitions, column by column, over a whole
//! company.

use std::collections::{BTreeMap, BTreeSet};

use chrono::DateTime;
use chrono_tz::Tz;

use crate::support::little_lake::{ask, noon, written};
use crate::support::oracle;
use crate::support::world::World;
use fastintercom::demo::{ApiVersion, Workspace};
use fastintercom::engine::{Access, Engine, EngineOptions, Now, QueryOptions};
use fastintercom::format::Format;
use fastintercom::lake::Layout;
use fastintercom::tools::analyze::{Analyst, AnalyzeParams, Figure};
use serde_json::Value;

/// Columns that are shown as something else than themselves.
fn shown(column: &str) -> String {
    match column {
        name if name.ends_with("_at") => format!("epoch({name})::BIGINT"),
        "median_reply_seconds" => format!("printf('%.1f', {column})"),
        "replier_ids" => format!("nullif(array_to_string({column}, ';'), '')"),
        name => name.to_owned(),
    }
}

#[tokio::test(start_paused = true)]
async fn every_column_equals_an_independent_computation_over_5000_conversations() {
    let world = World::new(5_000);
    world.sync().await;
    let now = world.clock.now_ms() / 1_000;
    let company = world.server.snapshot();
    let mut expected: BTreeMap<String, BTreeMap<&str, String>> = BTreeMap::new();
    for id in company.conversation_ids() {
        let json = company.conversation_json(id, ApiVersion::default(), now).unwrap();
        expected.insert(id.to_string(), oracle::metrics(&json));
    }
    let columns: Vec<&str> = expected.values().next().unwrap().keys().copied().collect();
    let list: Vec<String> = columns.iter().map(|column| format!("{} AS {column}", shown(column))).collect();
    let options = EngineOptions { access: Access::ViewsOnly, ..EngineOptions::new(Now::fixed(noon())) };
    let engine = Engine::open(&Layout::new(world.home()), options).unwrap();
    let sql = format!("SELECT conversation_id, {} FROM conversation_metrics", list.join(", "));
    let answer = written(&engine.query(&sql, &QueryOptions::default()).unwrap(), Format::Csv);
    let mut wrong = Vec::new();
    let mut met = BTreeMap::new();
    for line in answer.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let row = expected.remove(cells[0]).expect("only conversations of the company");
        for (column, cell) in columns.iter().zip(&cells[1..]) {
            if row[column] != *cell {
                wrong.push(format!("{} {column}: {cell}, not {}", cells[0], row[column]));
            }
            *met.entry(*column).or_insert(0) += i32::from(!cell.is_empty());
        }
    }
    assert!(wrong.is_empty(), "{} wrong, like {:?}", wrong.len(), &wrong[..wrong.len().min(10)]);
    assert_eq!(expected.len(), 0, "conversations without a row");
    nobody_waits_unseen(&engine);
    aggregates(&engine, &company, now);
    let never_met: Vec<_> = met.iter().filter(|(_, count)| **count == 0).collect();
    assert!(never_met.is_empty(), "the company shows nothing of {never_met:?}");
}

/// The backlog says of everybody who is unanswered since when, also of those Intercom does not.
fn nobody_waits_unseen(engine: &Engine) {
    let waiting = "SELECT count(*) FILTER (waiting_since_at IS NULL), count(*) FILTER (waiting_since_source <> 'intercom') > 0
        FROM backlog WHERE is_unanswered";
    assert_eq!(ask(engine, waiting), "0,true");
    let before_the_message =
        "SELECT count(*) FROM backlog WHERE waiting_since_at < created_at OR waiting_seconds > age_seconds";
    assert_eq!(ask(engine, before_the_message), "0");
}

/// What a group of conversations comes to: how many, and the times of first replies and last closes of inbound ones.
#[derive(Default)]
struct Set {
    size: i64,
    inbound: i64,
    resolved: i64,
    waits: Vec<f64>,
    resolutions: Vec<f64>,
}

impl Set {
    fn add(&mut self, row: &BTreeMap<&'static str, String>) {
        self.size += 1;
        self.inbound += i64::from(row["is_inbound"] == "true");
        self.resolved += i64::from(row["is_inbound"] == "true" && row["is_closed"] == "true");
        if row["is_inbound"] == "true" {
            self.waits.extend(row["first_response_seconds"].parse::<f64>());
            self.resolutions.extend(row["resolution_seconds"].parse::<f64>());
        }
    }
}

/// Between the two values around the place, as far as the place is between them.
fn percentile(values: &mut [f64], share: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let place = share * (values.len().checked_sub(1)? as f64);
    let (low, high) = (values[place.floor() as usize], values[place.ceil() as usize]);
    Some(low + (high - low) * (place - place.floor()))
}

/// By day of a zone, assignee, team and tag: the tool's figures are those of the conversations one by one.
fn aggregates(engine: &Engine, company: &Workspace, now: i64) {
    const ZONE: Tz = Tz::America__New_York;
    let mut sets: BTreeMap<(&str, Option<String>), Set> = BTreeMap::new();
    for id in company.conversation_ids() {
        let json = company.conversation_json(id, ApiVersion::default(), now).unwrap();
        let row = oracle::metrics(&json);
        let created = DateTime::from_timestamp(json["created_at"].as_i64().unwrap(), 0).unwrap();
        let text = |name: &str| match &json[name] {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) if number.as_i64() != Some(0) => Some(number.to_string()),
            _ => None,
        };
        let mut tags: BTreeSet<Option<String>> = json["tags"]["tags"]
            .as_array()
            .unwrap()
            .iter()
            .map(|tag| tag["id"].as_str().map(str::to_owned))
            .collect();
        if tags.is_empty() {
            tags.insert(None);
        }
        let of_one = [
            ("day", Some(created.with_timezone(&ZONE).date_naive().to_string())),
            ("assignee", text("admin_assignee_id")),
            ("team", text("team_assignee_id")),
        ];
        for key in of_one.into_iter().chain(tags.into_iter().map(|tag| ("tag", tag))) {
            sets.entry(key).or_default().add(&row);
        }
    }
    let analyst = Analyst {
        engine,
        zone: ZONE,
        now: DateTime::from_timestamp(now, 0).unwrap() + chrono::TimeDelta::days(1),
        options: QueryOptions::default(),
    };
    for by in ["day", "assignee", "team", "tag"] {
        let metrics = ["first_response_seconds:p50,p90", "resolution_seconds:p50,p90", "resolution_rate"]
            .map(str::to_owned)
            .to_vec();
        let params = AnalyzeParams {
            metrics,
            group_by: vec![by.to_owned()],
            limit: Some(10_000),
            ..AnalyzeParams::default()
        };
        let answer = analyst.answer(&params).unwrap();
        for group in answer.groups {
            let key = group.keys[0].id.clone();
            let mut set = sets.remove(&(by, key.clone())).unwrap_or_default();
            assert_eq!(group.conversation_count, set.size, "{by} {key:?}");
            let figures = &group.values["resolution_rate"].now;
            let Figure::Rate { numerator, denominator, .. } = figures else { panic!("{figures:?}") };
            assert_eq!((*numerator, *denominator), (set.resolved, set.inbound), "{by} {key:?}");
            for (name, times) in
                [("first_response_seconds", &mut set.waits), ("resolution_seconds", &mut set.resolutions)]
            {
                let figures = &group.values[name].now;
                let Figure::Spread { n, values } = figures else { panic!("{figures:?}") };
                assert_eq!(*n, times.len() as i64, "{name} by {by} {key:?}");
                for ((aggregate, value), share) in values.iter().zip([0.5, 0.9]) {
                    let expected = percentile(times, share);
                    let close = match (value, expected) {
                        (Some(value), Some(expected)) => (value - expected).abs() < 1e-6 * expected.max(1.0),
                        (value, expected) => value.is_none() && expected.is_none(),
                    };
                    assert!(close, "{name} by {by} {key:?} {aggregate}: {value:?}, not {expected:?}");
                }
            }
        }
    }
    assert!(sets.is_empty(), "no group for {:?}", sets.keys().collect::<Vec<_>>());
}
