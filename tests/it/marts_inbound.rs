//! Times of first replies and of resolution are of inbound conversations, wherever they are summed up: beside every
//! rate of inbound conversations stands a median of the same ones.

use crate::support::little_lake::{LittleLake, ask, put};
use crate::support::rows::in_month;
use crate::support::told::told;
use chrono_tz::Tz;
use fastintercom::engine::{Engine, QueryOptions};
use fastintercom::lake::Partitioning;
use fastintercom::tools::analyze::{Analyst, AnalyzeParams};
use serde_json::json;

const DAY: i64 = 86_400;

/// One conversation a customer began, and one a customer answered, quicker in everything.
fn lake() -> (LittleLake, Engine) {
    let lake = LittleLake::empty(Partitioning::Month);
    let fields = json!({
        "admin_assignee_id": 7, "team_assignee_id": 70,
        "company": {"type": "company", "id": "c1", "name": "Acme"},
        "tags": {"type": "tag.list", "tags": [{"type": "tag", "id": "1", "name": "refund"}]},
        "statistics": {"type": "conversation_statistics", "time_to_admin_reply": 500},
    });
    let mut outbound = fields.clone();
    outbound["statistics"]["time_to_admin_reply"] = json!(50);
    let begun_by_customer = "0 customer: Refund?\n10 bot: Moment\n600 teammate 7: Yes\n1000 teammate 7 close";
    let begun_by_us =
        "0 teammate 7: News\n10 customer: Which?\n12 bot: Moment\n70 teammate 7: These\n90 teammate 7 close";
    let rows = [
        told(1, in_month(3, DAY), begun_by_customer, &fields),
        told(2, in_month(3, DAY + 60), begun_by_us, &outbound),
    ];
    put(&lake.writer(), &rows);
    let engine = lake.engine();
    (lake, engine)
}

#[test]
fn every_mart_sums_up_times_of_inbound_conversations_only() {
    let (_lake, engine) = lake();
    assert_eq!(ask(&engine, "SELECT count(first_response_seconds) FROM conversation_metrics"), "2");
    let performance = "inbound_count, replied_count, first_response_p50_seconds, first_response_p90_seconds,
        resolved_count, resolution_p50_seconds";
    let activity = "inbound_count, replied_count, first_response_p50_seconds";
    for (view, columns, expected) in [
        (
            "response_times",
            "inbound_count, replied_count, first_response_p50_seconds, first_response_p90_seconds,
                first_response_avg_seconds, first_any_response_p50_seconds, first_response_office_hours_p50_seconds",
            "1,1,600.0,600.0,600.0,10.0,500.0",
        ),
        (
            "resolution",
            "inbound_count, resolved_count, resolution_p50_seconds, resolution_p90_seconds",
            "1,1,1000.0,1000.0",
        ),
        ("assignee_performance", performance, "1,1,600.0,600.0,1,1000.0"),
        ("team_performance", performance, "1,1,600.0,600.0,1,1000.0"),
        (
            "tag_volume",
            "inbound_count, replied_count, first_response_p50_seconds, resolved_count, resolution_p50_seconds",
            "1,1,600.0,1,1000.0",
        ),
        ("contact_activity", activity, "1,1,600.0"),
        ("company_activity", activity, "1,1,600.0"),
        ("daily_volume", "inbound_count, first_replied_count", "1,1"),
    ] {
        assert_eq!(ask(&engine, &format!("SELECT {columns} FROM {view}")), expected, "{view}");
    }
    let hours = "SELECT sum(created_count), sum(first_replied_count), sum(replied_count),
        max(first_response_p50_seconds) FROM busy_hours";
    assert_eq!(ask(&engine, hours), "1,1,1,600.0");
}

#[test]
fn the_tool_sums_up_times_of_inbound_conversations_only_and_says_so() {
    let (_lake, engine) = lake();
    let analyst = Analyst {
        engine: &engine,
        zone: Tz::UTC,
        now: "2026-04-10T12:00:00Z".parse().unwrap(),
        options: QueryOptions::default(),
    };
    for (metric, n, value) in [
        ("first_response_seconds", 1, 600.0),
        ("first_any_response_seconds", 1, 10.0),
        ("first_response_office_hours_seconds", 1, 500.0),
        ("resolution_seconds", 1, 1_000.0),
        ("time_to_last_close_seconds", 2, 540.0),
    ] {
        let params = AnalyzeParams { metrics: vec![metric.to_owned()], ..AnalyzeParams::default() };
        let answer = serde_json::to_value(analyst.answer(&params).unwrap()).unwrap();
        assert_eq!(answer["total"]["values"][metric], json!({"n": n, "p50": value}), "{metric}");
        let definition = answer["metrics"][0]["definition"].as_str().unwrap();
        assert_eq!(definition.contains("inbound conversations"), n == 1, "{definition}");
    }
    let metrics = ["replied_conversations", "response_rate"].map(str::to_owned).to_vec();
    let params = AnalyzeParams { metrics, ..AnalyzeParams::default() };
    let answer = serde_json::to_value(analyst.answer(&params).unwrap()).unwrap();
    let values = &answer["total"]["values"];
    assert_eq!(values["replied_conversations"]["value"], values["response_rate"]["numerator"]);
}
