//! Searches: which conversations they find, in which order, a page at a time, and what they tell beside.

use std::collections::HashSet;

use arrow::array::AsArray;
use chrono::{DateTime, Utc};
use fastintercom::engine::QueryOptions;
use fastintercom::tools::search::SearchAnswer;
use serde_json::{Value, json};

use crate::support::company::company;
use crate::support::finding::Searched;
use crate::support::indexed::{followed_writer, index};
use crate::support::little_lake::{LittleLake, ask, put};
use crate::support::rows::{in_month, thread};
use crate::support::told::told;
use crate::support::world::World;
use fastintercom::lake::Partitioning;

fn now() -> DateTime<Utc> {
    "2026-04-10T12:00:00Z".parse().unwrap()
}

/// The ids that a search over the little company finds.
fn ids(params: &Value) -> Vec<String> {
    let (lake, _) = company();
    Searched::new(&lake.home(), now()).ids(params)
}

fn refusal(params: &Value) -> String {
    let (lake, _) = company();
    Searched::new(&lake.home(), now()).refusal(params)
}

#[test]
fn without_words_the_newest_come_first() {
    assert_eq!(ids(&json!({})), ["5", "4", "3", "2", "1"]);
    assert_eq!(ids(&json!({"sort": "oldest"})), ["1", "2", "3", "4", "5"]);
    assert_eq!(ids(&json!({"limit": 2, "offset": 1})), ["4", "3"]);
}

#[test]
fn words_and_qualifiers_find_what_has_them() {
    assert_eq!(ids(&json!({"query": "refund"})), ["1"]);
    assert_eq!(ids(&json!({"query": "tag:billing", "sort": "oldest"})), ["1", "2"]);
    assert_eq!(ids(&json!({"query": "assignee:ada", "sort": "oldest"})), ["1", "3"]);
    assert_eq!(ids(&json!({"query": "assignee:support -refund"})), ["2"]);
    assert_eq!(ids(&json!({"query": "where OR anybody", "sort": "oldest"})), ["2", "5"]);
}

#[test]
fn each_filter_leaves_what_it_says() {
    let cases = [
        (json!({"state": ["open"]}), vec!["2", "3", "5"]),
        (json!({"assignee": ["Ben"]}), vec!["2"]),
        (json!({"assignee_id": ["unassigned"]}), vec!["4", "5"]),
        (json!({"team": ["Support"]}), vec!["1", "2"]),
        (json!({"tags": ["invoices"]}), vec!["1", "2", "5"]),
        (json!({"tags_none": ["invoices"]}), vec!["3", "4"]),
        (json!({"rating": [5]}), vec!["1"]),
        (json!({"company": ["acme"]}), vec!["1", "4"]),
        (json!({"has_fin": true}), vec!["4"]),
        (json!({"unanswered": true}), vec!["2", "5"]),
        (json!({"has_note": false, "has_attachment": false, "state": ["closed"]}), vec!["1", "4"]),
        (json!({"direction": "outbound"}), vec!["3"]),
        (json!({"query": "refund OR news"}), vec!["1", "3"]),
    ];
    for (filters, expected) in cases {
        assert_eq!(ids(&json!({"filters": filters, "sort": "oldest"})), expected, "{filters}");
    }
}

#[test]
fn a_period_is_of_the_beginning_the_last_change_or_the_close() {
    let by = |by: &str, timeframe: &str| ids(&json!({"timeframe": timeframe, "by": by, "sort": "oldest"}));
    assert_eq!(by("created", "2026-03-01"), ["1", "2", "3"]);
    assert_eq!(by("closed", "2026-03"), ["1", "4"]);
    assert_eq!(by("updated", "2026-04"), ["5"]);
    assert_eq!(by("first_replied", "2026-03-01"), ["1", "2"]);
}

#[test]
fn names_of_older_clients_are_understood() {
    assert_eq!(ids(&json!({"query": "refund", "time_filter": "last 90 days"})), ["1"]);
    assert_eq!(
        ids(&json!({"created_after": "2026-03-02T00:00:00Z", "created_before": "2026-04-30"})),
        ["5", "4"]
    );
    assert_eq!(ids(&json!({"state": "closed"})), ["4", "1"]);
    assert_eq!(ids(&json!({"state": "all", "limit": 1})), ["5"]);
    let filters = json!({"state": "open", "assignee_id": "8", "tags": "invoices", "rating": 2});
    assert_eq!(ids(&json!({"filters": filters})), ["2"], "one value stands for a list of it");
    assert_eq!(
        ids(&json!({"timeframe": {"start_date": "2026-03-01", "end_date": "2026-03-01"}, "limit": 1})),
        ["3"]
    );
    let answer = serde_json::to_value(answered(&json!({"query": "refund"}))).unwrap();
    assert_eq!(answer["total_count"], 1);
    assert_eq!(answer["conversations"][0]["tags"], json!(["refund", "billing"]));
    assert!(answer["sync_info"]["state"].is_string());
}

fn answered(params: &Value) -> SearchAnswer {
    let (lake, _) = company();
    Searched::new(&lake.home(), now()).answer(params).unwrap()
}

#[test]
fn those_who_wait_longest_come_first_by_the_same_times_as_in_the_backlog() {
    let (lake, _) = company();
    let searched = Searched::new(&lake.home(), now());
    let answer = searched.answer(&json!({"sort": "longest_wait", "filters": {"unanswered": true}})).unwrap();
    let found: Vec<String> = answer
        .conversations
        .iter()
        .map(|hit| format!("{},{}", hit.id, hit.waiting_since_at.unwrap().format("%Y-%m-%d %H:%M:%S")))
        .collect();
    let sql = "SELECT conversation_id, strftime(waiting_since_at, '%Y-%m-%d %H:%M:%S') FROM backlog
        WHERE is_unanswered ORDER BY waiting_since_at, conversation_id DESC";
    assert_eq!(found.join("\n"), ask(&searched.engine, sql));
    assert_eq!(searched.ids(&json!({"sort": "longest_wait"})).len(), 5, "nobody is left out");
}

#[test]
fn a_hit_says_who_when_and_shows_the_place() {
    let (lake, _) = company();
    let answer = Searched::new(&lake.home(), now()).answer(&json!({"query": "refund"})).unwrap();
    let mut hit = serde_json::to_value(&answer.conversations[0]).unwrap();
    hit["score"] = json!("some");
    insta::assert_json_snapshot!(hit, @r#"
    {
      "assignee": {
        "id": "7",
        "name": "Ada"
      },
      "contact": {
        "id": "68e1a7c2d9f04b3a5c6e7f81",
        "untrusted_name": "Mira"
      },
      "created_at": "2026-03-01T09:00:00Z",
      "id": "1",
      "part_count": 2,
      "rating": 5,
      "score": "some",
      "snippets": [
        {
          "author_class": "customer",
          "created_at": "2026-03-01T09:00:00Z",
          "matches": [
            [
              0,
              6
            ]
          ],
          "position": 0,
          "untrusted_author_name": "Mira",
          "untrusted_text": "Refund?"
        }
      ],
      "source": "conversation",
      "state": "closed",
      "tags": [
        "refund",
        "billing"
      ],
      "team": {
        "id": "70",
        "name": "Support"
      },
      "untrusted_company": "Acme",
      "untrusted_first_line": "Refund?",
      "updated_at": "2026-03-01T09:20:00Z"
    }
    "#);
}

#[test]
fn a_detailed_answer_has_messages() {
    let answer = answered(&json!({"query": "refund", "response_format": "detailed"}));
    let bodies: Vec<&str> = answer.conversations[0].messages.iter().map(|one| one.body.as_str()).collect();
    assert_eq!(bodies, ["Refund?", "Yes", ""], "a body is always there");
}

#[test]
fn figures_come_with_it_if_asked_for() {
    let aggregation = json!({"group_by": "state", "metrics": ["count", "resolution_rate"]});
    let answer = answered(&json!({"query": "refund OR broken", "aggregation": aggregation}));
    let figures = serde_json::to_value(answer.aggregation.unwrap()).unwrap();
    assert_eq!(figures["total"]["conversation_count"], 2);
    assert_eq!(figures["group_count"], 2);
    let refused = refusal(&json!({"by": "updated", "timeframe": "2026-03", "aggregation": {}}));
    assert!(refused.contains("created or closed"), "{refused}");
}

#[test]
fn nonsense_is_refused_with_what_would_be_right() {
    for (params, said) in [
        (json!({"query": "refund \"not"}), "never closed\n  refund \"not\n         ^"),
        (json!({"query": "assignee:bem"}), "did you mean Ben?"),
        (json!({"filters": {"query": "tag:"}}), "nothing follows tag:"),
        (json!({"filters": {"team": ["Suport"]}}), "did you mean Support?"),
        (json!({"limit": 0}), "limit is from 1 to 1000, not 0"),
        (json!({"timeframe": "last fortnite"}), "last fortnite"),
        (json!({"cursor": "nonsense"}), "cannot be read"),
        (json!({"timeframe": "2026-03", "created_after": "2026-01-01"}), "not both"),
    ] {
        let refused = refusal(&params);
        assert!(refused.contains(said), "{params}: {refused}");
    }
}

#[test]
fn when_nothing_is_found_it_says_why() {
    let (lake, _) = company();
    let searched = Searched::new(&lake.home(), now());
    let made = searched.answer(&json!({})).unwrap().notes;
    assert!(made[0].starts_with("Before answering, the search index was brought up to date"), "{made:?}");
    let notes = |params: &Value| searched.answer(params).unwrap().notes.join("\n");
    assert_eq!(
        notes(&json!({"query": "refund broken"})),
        "No conversation has all of this together. By itself each is found in so many: \"refund\" 1, \"broken\" 1. OR \
         between words finds either."
    );
    assert!(notes(&json!({"query": "refunt"})).contains("refunt~ would find 1 conversations"));
    assert!(
        notes(&json!({"query": "refund", "filters": {"state": ["open"]}}))
            .starts_with("1 conversations have these")
    );
}

#[test]
fn a_cursor_is_of_its_own_search_only() {
    let (lake, _) = company();
    let searched = Searched::new(&lake.home(), now());
    let cursor = searched.answer(&json!({"limit": 2})).unwrap().next_cursor.unwrap();
    assert_eq!(searched.ids(&json!({"limit": 2, "cursor": cursor})), ["3", "2"]);
    let refused = searched.refusal(&json!({"limit": 2, "cursor": cursor, "sort": "oldest"}));
    assert!(refused.contains("another search"), "{refused}");
}

/// All pages of a search, with something happening between them.
fn pages(searched: &Searched, params: &Value, mut between: impl FnMut()) -> Vec<String> {
    let mut params = params.clone();
    let mut all = Vec::new();
    loop {
        let answer = searched.answer(&params).unwrap();
        all.extend(answer.conversations.into_iter().map(|hit| hit.id));
        let Some(cursor) = answer.next_cursor else { return all };
        params["cursor"] = json!(cursor);
        between();
    }
}

#[test]
fn pages_stay_together_while_conversations_come() {
    for sort in ["relevance", "newest", "oldest", "updated", "most_parts", "longest_wait"] {
        let lake = LittleLake::empty(Partitioning::Month);
        let index = index(&lake.home());
        let writer = followed_writer(&lake.home(), &index);
        // Texts of different lengths, so that scores differ; some of them the same.
        let rows: Vec<_> = (1..=40)
            .map(|n| {
                thread(
                    n,
                    in_month(1, n * 600),
                    n % 5,
                    &format!("parcel {}", "late ".repeat((n % 7) as usize)),
                )
            })
            .collect();
        put(&writer, &rows);
        let searched = Searched::new(&lake.home(), "2026-06-01T00:00:00Z".parse().unwrap());
        let params = json!({"query": "parcel", "sort": sort, "limit": 7});
        let whole = searched.ids(&json!({"query": "parcel", "sort": sort, "limit": 100}));
        assert_eq!(pages(&searched, &params, || {}), whole, "{sort}");
        let mut next = 1_000;
        let with_more = pages(&searched, &params, || {
            // Words that were rare become common, and the other way round.
            put(
                &writer,
                &[
                    thread(next, in_month(2, next * 60), 4, "parcel parcel late"),
                    thread(next + 1, in_month(2, next * 60 + 60), 0, "something else"),
                ],
            );
            next += 2;
        });
        let before: Vec<&String> = with_more.iter().filter(|id| id.len() < 4).collect();
        assert_eq!(before, whole.iter().collect::<Vec<_>>(), "{sort}");
        assert_eq!(
            with_more.iter().collect::<HashSet<_>>().len(),
            with_more.len(),
            "{sort}: none comes twice"
        );
    }
}

#[test]
fn an_answer_is_only_so_long_and_goes_on() {
    let lake = LittleLake::empty(Partitioning::Month);
    let story = format!("0 customer: parcel {}", "x".repeat(300));
    let long = |id| {
        told(id, in_month(1, id * 600), &story, &json!({"title": format!("parcel {}", "y".repeat(300))}))
    };
    put(&lake.writer(), &(1..=200).map(long).collect::<Vec<_>>());
    let searched = Searched::new(&lake.home(), now());
    let params = json!({"query": "parcel", "limit": 200});
    let answer = searched.answer(&params).unwrap();
    assert!(answer.is_truncated && answer.returned < 200 && answer.total == 200, "{}", answer.returned);
    assert!(serde_json::to_string(&answer).unwrap().chars().count() < 50_000);
    let all = pages(&searched, &params, || {});
    assert_eq!(all.len(), 200);
    assert_eq!(all.iter().collect::<HashSet<_>>().len(), 200);
}

#[test]
fn text_of_customers_is_clean() {
    let lake = LittleLake::empty(Partitioning::Month);
    let story = "0 customer: My par\u{200b}cel\u{1b}[31m is \u{202e}gone";
    put(&lake.writer(), &[told(1, in_month(1, 0), story, &json!({"title": "a\u{7}b"}))]);
    let answer = Searched::new(&lake.home(), now()).answer(&json!({"query": "parcel"})).unwrap();
    let text = serde_json::to_string(&answer).unwrap();
    assert!(!text.contains("\\u"), "{text}");
    let snippet = &answer.conversations[0].snippets[0];
    let marked: String = {
        let (start, length) = snippet.matches[0];
        snippet.untrusted_text.as_str().chars().skip(start).take(length).collect()
    };
    assert_eq!(marked, "parcel");
}

#[tokio::test(start_paused = true)]
async fn filters_and_words_agree_with_sql_over_a_whole_company() {
    let world = World::new(800);
    world.sync_to_equality().await;
    let searched = Searched::new(world.home(), DateTime::from_timestamp(world.clock.now(), 0).unwrap());
    for (filters, sql) in [
        (json!({"state": ["open", "snoozed"]}), "state IN ('open', 'snoozed')"),
        (json!({"unanswered": true}), "is_unanswered"),
        (json!({"has_note": true}), "note_count > 0"),
        (
            json!({"has_attachment": true}),
            "conversation_id IN (SELECT conversation_id FROM messages WHERE len(attachments) > 0 AND (is_visible OR is_note))",
        ),
        (json!({"rating": [1, 2], "direction": "inbound"}), "rating <= 2 AND is_inbound"),
    ] {
        for query in ["", "the -parcel"] {
            let found: u64 =
                searched.answer(&json!({"query": query, "filters": filters, "limit": 1})).unwrap().total;
            let sql = format!(
                "SELECT count(*) FROM conversation_metrics JOIN search('{query}') USING (conversation_id) WHERE {sql}"
            );
            assert_eq!(found.to_string(), ask(&searched.engine, &sql), "{filters} {query}");
        }
    }
}

#[test]
fn search_is_a_table_in_sql() {
    let (lake, _) = company();
    let searched = Searched::new(&lake.home(), now());
    let sql = "SELECT conversation_id, state FROM conversation_metrics JOIN search('refund OR broken') USING (conversation_id)
        ORDER BY conversation_id";
    assert_eq!(ask(&searched.engine, sql), "1,closed\n2,open");
    assert_eq!(ask(&searched.engine, "SELECT count(*), count(score) FROM search('')"), "5,5");
    assert_eq!(ask(&searched.engine, "SELECT count(*) FROM search('nothinglikethis')"), "0");
    let error = ask(&searched.engine, "FROM search('refund \"not')");
    assert!(error.contains("never closed"), "{error}");
    let table =
        searched.engine.query("SELECT score FROM search('refund')", &QueryOptions::default()).unwrap();
    assert!(table.batches[0].column(0).as_primitive::<arrow::datatypes::Float64Type>().value(0) > 0.0);
}
