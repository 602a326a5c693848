//! A company of five conversations that shows what figures are made of, for tests that know every number.

use fastintercom::engine::Engine;
use fastintercom::lake::{Partitioning, Writer};
use fastintercom::model::{Admin, Row, SyncRun, Tag, Team, Timestamp};
use serde_json::{Value, json};

use super::little_lake::{LittleLake, put};
use super::rows::{in_month, synced_at};
use super::told::told;

pub(crate) const DAY: i64 = 86_400;
pub(crate) const HOUR: i64 = 3_600;

fn tags(names: &[(&str, &str)]) -> Value {
    let tags: Vec<Value> =
        names.iter().map(|(id, name)| json!({"type": "tag", "id": id, "name": name})).collect();
    json!({"type": "tag.list", "tags": tags})
}

fn upsert<R: Row>(writer: &Writer, mut rows: Vec<R>, key: impl Fn(&R) -> String) {
    let mut commit = writer.begin().expect("a commit");
    commit.upsert(&mut rows, key).expect("rows");
    commit.finish(|_| {}).expect("a commit");
}

/// A sync of everything that began at this time.
fn run(run_id: i64, kind: &str, started_at: Timestamp) -> SyncRun {
    SyncRun {
        run_id,
        kind: kind.to_owned(),
        outcome: "completed".to_owned(),
        started_at,
        finished_at: started_at,
        listed_count: 0,
        changed_count: 0,
        thread_count: 0,
        message_count: 0,
        contact_count: 0,
        deleted_count: 0,
        missing_count: 0,
        missing: None,
        request_count: 0,
        retry_count: 0,
        rate_limited_count: 0,
        written_bytes: 0,
        error: None,
    }
}

/// Two days of March 2026, a day without anything between them, one conversation in April.
pub(crate) fn company() -> (LittleLake, Engine) {
    let lake = LittleLake::empty(Partitioning::Month);
    let writer = lake.writer();
    let march = |seconds| in_month(3, seconds);
    let acme = json!({"type": "company", "id": "c1", "name": "Acme"});
    put(
        &writer,
        &[
            told(
                1,
                march(9 * HOUR),
                "0 customer: Refund?\n600 teammate 7: Yes\n1200 teammate 7 close",
                &json!({"admin_assignee_id": 7, "team_assignee_id": 70, "company": acme,
                    "tags": tags(&[("1", "refund"), ("2", "billing")]),
                    "conversation_rating": {"rating": 5, "remark": "Nice", "created_at": march(9 * HOUR + 1200).seconds(),
                        "teammate": {"type": "admin", "id": "7"}},
                    "sla_applied": {"sla_name": "Fast", "sla_status": "hit"}}),
            ),
            told(
                2,
                march(9 * HOUR + 60),
                "0 customer: Broken\n1200 teammate 8: Where?\n1800 teammate 8 close\n2000 customer open: Here",
                &json!({"admin_assignee_id": 8, "team_assignee_id": 70,
                    "tags": tags(&[("2", "billing")]), "waiting_since": march(9 * HOUR + 2060).seconds(),
                    "conversation_rating": {"rating": 2, "remark": "", "created_at": march(9 * HOUR + 1900).seconds()},
                    "sla_applied": {"sla_name": "Fast", "sla_status": "missed"}}),
            ),
            told(3, march(10 * HOUR), "0 teammate 7: News", &json!({"admin_assignee_id": 7})),
            told(
                4,
                march(2 * DAY),
                "0 customer: Hello\n5 bot: Hi\n100 bot close",
                &json!({"ai_agent_participated": true, "company": acme,
                    "ai_agent": {"resolution_state": "confirmed_resolution", "last_answer_type": "ai_answer"},
                    "conversation_rating": {"rating": null, "remark": null, "created_at": march(2 * DAY + 90).seconds()}}),
            ),
        ],
    );
    put(
        &writer,
        &[told(5, in_month(4, 0), "0 customer: Anybody?", &json!({"tags": tags(&[("2", "old name")])}))],
    );
    let admin = |id: i64, name: &str| {
        Admin::parse(
            json!({"id": id.to_string(), "name": name, "type": "admin"}).to_string().as_bytes(),
            synced_at(),
        )
        .expect("an admin")
    };
    upsert(&writer, vec![admin(7, "Ada"), admin(8, "Ben"), admin(9, "Cleo")], |row| row.admin_id.to_string());
    let team = json!({"id": "70", "name": "Support", "type": "team", "admin_ids": [7, 8]}).to_string();
    upsert(&writer, vec![Team::parse(team.as_bytes(), synced_at()).expect("a team")], |row| {
        row.team_id.to_string()
    });
    let tag = json!({"id": "2", "name": "invoices", "type": "tag"}).to_string();
    upsert(&writer, vec![Tag::parse(tag.as_bytes(), synced_at()).expect("a tag")], |row| {
        row.tag_id.to_string()
    });
    // What was read for one conversation alone says nothing of the others.
    let runs = vec![run(1, "full", in_month(4, DAY)), run(2, "conversations", in_month(5, 0))];
    upsert(&writer, runs, |row| format!("{:020}", row.run_id));
    drop(writer);
    let engine = lake.engine();
    (lake, engine)
}
