//! Questions for figures: what is counted, by what, over which period, and what is refused.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::support::company::company;
use crate::support::little_lake::{LittleLake, put};
use crate::support::told::told;
use fastintercom::engine::{Engine, QueryOptions};
use fastintercom::lake::Partitioning;
use fastintercom::model::Timestamp;
use fastintercom::tools::ToolError;
use fastintercom::tools::analyze::{Analyst, AnalyzeParams, Answer};
use serde_json::{Value, json};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn answer(engine: &Engine, params: &Value) -> Result<Answer, ToolError> {
    let params: AnalyzeParams = serde_json::from_value(params.clone()).unwrap();
    let analyst =
        Analyst { engine, zone: Tz::UTC, now: at("2026-04-10T12:00:00Z"), options: QueryOptions::default() };
    analyst.answer(&params)
}

/// The groups of an answer about the little company: the names of the keys, and the metric's figure.
fn groups(params: &Value) -> Vec<String> {
    let (_lake, engine) = company();
    let answer = serde_json::to_value(answer(&engine, params).unwrap()).unwrap();
    let shown = |group: &Value| {
        let names = group["keys"].as_array().into_iter().flatten().map(|key| key["name"].as_str().unwrap());
        let names = names.collect::<Vec<_>>().join(" ");
        let figures: Vec<String> = group["values"]
            .as_object()
            .unwrap()
            .values()
            .map(|value| value.to_string().replace('"', ""))
            .collect();
        format!("{names} {}", figures.join(" ")).trim().to_owned()
    };
    let groups = answer["groups"].as_array().unwrap().iter().map(shown);
    let other = answer["other"].is_object().then(|| format!("other {}", shown(&answer["other"])));
    groups.chain(other).chain([format!("total {}", shown(&answer["total"]))]).collect()
}

fn refusal(params: &Value) -> String {
    let (_lake, engine) = company();
    answer(&engine, params).unwrap_err().to_string()
}

#[test]
fn without_anything_it_counts_all_conversations() {
    assert_eq!(groups(&json!({})), ["total {value:5}"]);
}

#[test]
fn several_metrics_and_dimensions_go_together() {
    let params = json!({
        "metrics": ["first_response_seconds:p50,p90", "response_rate", "csat"],
        "group_by": ["assignee", "state"],
    });
    assert_eq!(
        groups(&params),
        [
            "(unassigned) closed {denominator:0,numerator:0,value:null} {n:0,p50:null,p90:null} \
             {denominator:1,numerator:0,value:0.0}",
            "(unassigned) open {denominator:0,numerator:0,value:null} {n:0,p50:null,p90:null} \
             {denominator:1,numerator:0,value:0.0}",
            "Ada closed {denominator:1,numerator:1,value:1.0} {n:1,p50:600.0,p90:600.0} \
             {denominator:1,numerator:1,value:1.0}",
            "Ada open {denominator:0,numerator:0,value:null} {n:0,p50:null,p90:null} \
             {denominator:0,numerator:0,value:null}",
            "Ben open {denominator:1,numerator:0,value:0.0} {n:1,p50:1200.0,p90:1200.0} \
             {denominator:1,numerator:1,value:1.0}",
            "total {denominator:2,numerator:1,value:0.5} {n:2,p50:900.0,p90:1140.0} \
             {denominator:4,numerator:2,value:0.5}",
        ]
    );
}

#[test]
fn several_names_may_stand_in_one_text() {
    let apart = json!({"metrics": ["csat", "first_response_seconds:p50,p90"], "group_by": ["team", "state"]});
    let together = json!({"metrics": ["csat, first_response_seconds:p50,p90"], "group_by": ["team, state"]});
    assert_eq!(groups(&together), groups(&apart));
    let wrong = |metric: &str| refusal(&json!({"metrics": [metric]}));
    assert_eq!(wrong("csat,ratin"), "there is no metric 'ratin'; did you mean rating?");
    assert_eq!(wrong("rating:p50,p91"), "there is no aggregate 'p91'; did you mean p90?");
}

#[test]
fn days_without_conversations_count_zero_and_have_no_times() {
    let params = json!({
        "metrics": ["conversations", "first_response_seconds"], "group_by": ["day"],
        "timeframe": "2026-03-01 to 2026-03-03",
    });
    assert_eq!(
        groups(&params),
        [
            "2026-03-01 {value:3} {n:2,p50:900.0}",
            "2026-03-02 {value:0} {n:0,p50:null}",
            "2026-03-03 {value:1} {n:0,p50:null}",
            "total {value:4} {n:2,p50:900.0}",
        ]
    );
}

#[test]
fn the_period_before_is_matched_by_place_and_the_change_is_told() {
    let params = json!({"group_by": ["month"], "timeframe": "2026-04", "compare_to": "previous"});
    assert_eq!(
        groups(&params),
        ["2026-04 {before:{value:4},change:-0.75,value:1}", "total {before:{value:4},change:-0.75,value:1}",]
    );
    let params =
        json!({"metrics": ["csat"], "group_by": ["team"], "timeframe": "2026-04", "compare_to": "2026-03"});
    assert_eq!(
        groups(&params),
        [
            "(unassigned) {before:{denominator:0,numerator:0,value:null},denominator:0,numerator:0,value:null}",
            "Support {before:{denominator:2,numerator:1,value:0.5},denominator:0,numerator:0,value:null}",
            "total {before:{denominator:2,numerator:1,value:0.5},denominator:0,numerator:0,value:null}",
        ]
    );
}

#[test]
fn what_does_not_fit_comes_as_one_group() {
    let params =
        json!({"metrics": ["conversations", "first_response_seconds"], "group_by": ["assignee"], "limit": 1});
    assert_eq!(
        groups(&params),
        [
            "(unassigned) {value:2} {n:0,p50:null}",
            "other {value:3} {n:2,p50:900.0}",
            "total {value:5} {n:2,p50:900.0}"
        ]
    );
}

#[test]
fn a_conversation_counts_for_each_of_its_tags_and_once_in_the_total() {
    let (_lake, engine) = company();
    let params = json!({"group_by": ["tag"]});
    assert_eq!(
        groups(&params),
        ["2 {value:3}", "(untagged) {value:2}", "1 {value:1}", "total {value:5}"]
            .map(|line| line.replace("2 {value:3}", "invoices {value:3}"))
    );
    assert!(answer(&engine, &params).unwrap().notes[0].contains("once for each tag"));
}

#[test]
fn filters_take_ids_names_and_nobody() {
    let counts = |filters: &Value| groups(&json!({"filters": filters})).pop().unwrap();
    for (filters, count) in [
        (json!({"assignee": ["Ada"]}), 2),
        (json!({"assignee": ["ada", "8"]}), 3),
        (json!({"assignee": ["unassigned"]}), 2),
        (json!({"team": ["support"], "state": ["open"]}), 1),
        (json!({"tags": ["invoices"]}), 3),
        (json!({"tags_none": ["invoices"]}), 2),
        (json!({"rating": [5]}), 1),
        (json!({"company": ["ACME"]}), 2),
        (json!({"direction": "outbound"}), 1),
        (json!({"has_fin": true}), 1),
        (json!({"minimum_parts": 3}), 1),
    ] {
        assert_eq!(counts(&filters), format!("total {{value:{count}}}"), "{filters}");
    }
}

#[test]
fn the_clock_places_conversations_by_their_close_or_first_reply() {
    let count = |by: &str, timeframe: &str| groups(&json!({"by": by, "timeframe": timeframe})).pop().unwrap();
    assert_eq!(count("closed", "2026-03-01"), "total {value:1}");
    assert_eq!(count("closed", "2026-03-03"), "total {value:1}");
    assert_eq!(count("first_replied", "2026-03"), "total {value:2}");
    assert_eq!(count("created", "2026-03"), "total {value:4}");
}

#[test]
fn nonsense_is_refused_with_what_would_be_right() {
    for (params, expected) in [
        (
            json!({"metrics": ["first_respons_seconds"]}),
            "there is no metric 'first_respons_seconds'; did you mean first_response_seconds?",
        ),
        (
            json!({"metrics": ["first_response_seconds:p51"]}),
            "there is no aggregate 'p51'; did you mean p50?",
        ),
        (
            json!({"metrics": ["csat:p50"]}),
            "csat is one figure and has no p50; only spreads do, such as first_response_seconds:p50,p90",
        ),
        (
            json!({"metrics": ["csat", "csat"]}),
            "csat is there twice; several figures of it go together: csat:p50,p90",
        ),
        (json!({"group_by": ["weak"]}), "there is no dimension 'weak'; did you mean week?"),
        (
            json!({"group_by": ["day", "week"]}),
            "group by one stretch of time only: hour, day, week, month, quarter or year",
        ),
        (json!({"group_by": ["team", "team"]}), "team is there twice in group_by"),
        (
            json!({"timezone": "Europe/Berln"}),
            "there is no time zone 'Europe/Berln'; did you mean Europe/Berlin?",
        ),
        (json!({"filters": {"state": ["opened"]}}), "there is no state 'opened'; did you mean open?"),
        (json!({"filters": {"assignee": ["Adam"]}}), "there is no teammate 'Adam'; did you mean Ada?"),
        (json!({"filters": {"team": ["Sales"]}}), "there is no team 'Sales'; there are Support"),
        (json!({"filters": {"rating": [6]}}), "a rating is from 1 to 5, not 6"),
        (
            json!({"compare_to": "previous"}),
            "nothing comes before all time: give a timeframe with a start, such as last 30 days",
        ),
        (json!({"limit": 0}), "limit is from 1 to 10000, not 0"),
        (
            json!({"order_by": "csat"}),
            "there is no metric or dimension of this question to order by 'csat'; there are conversations",
        ),
    ] {
        assert_eq!(refusal(&params), expected);
    }
    assert!(refusal(&json!({"timeframe": "last fortnight"})).contains("for example: "));
}

#[test]
fn times_of_too_many_things_are_refused_instead_of_filling_the_memory() {
    let lake = LittleLake::empty(Partitioning::Month);
    let threads: Vec<_> = (1..=15)
        .map(|id| {
            let source = json!({"title": "x", "custom_attributes": {"Order": id}});
            told(
                id,
                Timestamp::from_seconds(at("2025-03-01T00:00:00Z").timestamp() + id),
                "0 customer: Hi",
                &source,
            )
        })
        .collect();
    put(&lake.writer(), &threads);
    let engine = lake.engine();
    let params = json!({"group_by": ["hour", "attribute:Order"], "timeframe": "2025-03-01 to 2026-01-31"});
    let refused = answer(&engine, &params).unwrap_err().to_string();
    assert!(refused.starts_with("that is 121320 groups, and at most 100000 are counted"), "{refused}");
}

#[test]
fn texts_from_outside_are_only_ever_texts() {
    let (_lake, engine) = company();
    let evil = "x' OR true; DROP VIEW conversations; --";
    let params = json!({"filters": {"email": [evil], "company": [evil], "attributes": {evil: evil, "a\"b\\c": "d"}},
        "group_by": [format!("attribute:{evil}")]});
    assert_eq!(answer(&engine, &params).unwrap().total.conversation_count, 0);
}

#[test]
fn days_of_new_york_are_right_to_the_conversation_across_both_clock_changes() {
    const ZONE: Tz = Tz::America__New_York;
    let lake = LittleLake::empty(Partitioning::Month);
    let writer = lake.writer();
    let mut expected: BTreeMap<(bool, String), i64> = BTreeMap::new();
    let mut id = 0;
    for (start, days) in [("2025-10-31T00:00:00Z", 4), ("2026-03-06T00:00:00Z", 5)] {
        let mut by_month: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for minutes in (0..days * 24 * 60).step_by(20) {
            let created = at(start) + TimeDelta::minutes(minutes);
            let local = created.with_timezone(&ZONE);
            *expected.entry((false, local.date_naive().to_string())).or_default() += 1;
            *expected.entry((true, local.format("%Y-%m-%d %H:00 %z").to_string())).or_default() += 1;
            id += 1;
            let thread = told(id, Timestamp::from_seconds(created.timestamp()), "0 customer: Hi", &json!({}));
            by_month.entry(created.format("%Y-%m").to_string()).or_default().push(thread);
        }
        by_month.values().for_each(|threads| put(&writer, threads));
    }
    let engine = lake.engine();
    for (is_hour, by) in [(false, "day"), (true, "hour")] {
        let params = json!({"group_by": [by], "timezone": "America/New_York", "limit": 10_000});
        let answer = answer(&engine, &params).unwrap();
        let mut held = BTreeMap::new();
        for group in answer.groups.iter().filter(|group| group.conversation_count > 0) {
            let id = group.keys[0].id.clone().unwrap();
            let key = match is_hour {
                true => at(&format!("{}Z", id.replace(' ', "T")))
                    .with_timezone(&ZONE)
                    .format("%Y-%m-%d %H:00 %z")
                    .to_string(),
                false => id,
            };
            held.insert((is_hour, key), group.conversation_count);
        }
        let wanted: BTreeMap<_, _> =
            expected.iter().filter(|((kind, _), _)| *kind == is_hour).map(|(k, v)| (k.clone(), *v)).collect();
        assert_eq!(held, wanted);
        assert_eq!(answer.total.conversation_count, id);
    }
}
