//! The search grammar: operators, types, groups, cursors, dates; and the delay of the index.

use crate::demo_support::*;
use fastintercom::demo::workspace::{Conversation, State};
use fastintercom::demo::{Clock, DemoServer, ServerOptions};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

fn filter(field: &str, operator: &str, value: impl Into<Value>) -> Value {
    json!({"field": field, "operator": operator, "value": value.into()})
}

async fn count(query: Value) -> usize {
    search(query).ok(&server()).await["total_count"].as_u64().unwrap() as usize
}

async fn refused(query: Value) -> (u16, String) {
    search(query).ask(&server()).await.error()
}

fn matching(test: impl Fn(&Conversation) -> bool) -> usize {
    company().conversations().filter(|c| test(c)).count()
}

#[tokio::test]
async fn every_operator_finds_what_it_should() {
    let middle = NOW - 30 * 86_400;
    let workspace = company();
    let some = workspace.conversations().nth(100).unwrap().clone();
    let id = some.id.to_string();
    let cases = [
        (filter("id", "=", id.as_str()), 1),
        (filter("id", "!=", id.as_str()), 599),
        (filter("id", "IN", json!([id, "1"])), 1),
        (filter("id", "NIN", json!([id])), 599),
        (filter("created_at", ">=", middle), matching(|c| c.created_at >= middle)),
        (filter("created_at", "<=", middle), matching(|c| c.created_at <= middle)),
        (filter("created_at", "=", some.created_at), matching(|c| c.created_at == some.created_at)),
        (filter("created_at", "IN", json!([some.created_at])), matching(|c| c.created_at == some.created_at)),
        (filter("updated_at", ">", middle), matching(|c| c.updated_at >= middle)),
        (filter("state", "=", "open"), matching(|c| c.state == State::Open)),
        (filter("state", "!=", "closed"), matching(|c| c.state != State::Closed)),
        (filter("open", "=", true), matching(|c| c.state != State::Closed)),
        (filter("source.type", "=", "EMAIL"), matching(|c| c.source.kind == "email")),
        (filter("source.type", "^", "em"), matching(|c| c.source.kind == "email")),
        (filter("source.type", "$", "ail"), matching(|c| c.source.kind == "email")),
        (filter("source.type", "~", "mai"), matching(|c| c.source.kind == "email")),
        (filter("source.type", "!~", "mai"), matching(|c| c.source.kind != "email")),
        (filter("waiting_since", "=", Value::Null), matching(|c| c.waiting_since.is_none())),
        (filter("waiting_since", "!=", Value::Null), matching(|c| c.waiting_since.is_some())),
        (filter("admin_assignee_id", "=", 0), matching(|c| c.admin.is_none())),
        (filter("admin_assignee_id", "=", Value::Null), matching(|c| c.admin.is_none())),
        (filter("admin_assignee_id", "=", "7300101"), matching(|c| c.admin == Some(1))),
        (filter("statistics.count_reopens", ">", 0), matching(|_| true)),
        (filter("statistics.count_reopens", ">=", 1), matching(|c| c.statistics.count_reopens >= 1)),
        (
            filter("conversation_rating.score", "IN", json!([4, 5])),
            matching(|c| c.rating.as_ref().is_some_and(|r| r.rating >= Some(4))),
        ),
        (filter("ai_agent_participated", "=", true), matching(|c| c.ai_agent.is_some())),
        (filter("priority", "=", "none"), matching(|c| c.priority.name() == "none")),
        (
            filter("custom_attributes.Copilot used", "=", true),
            matching(|c| c.custom_attributes.contains(&("Copilot used".into(), json!(true)))),
        ),
    ];
    for (query, expected) in cases {
        assert_eq!(count(query.clone()).await, expected, "{query}");
    }
}

#[tokio::test]
async fn lists_match_if_one_of_their_values_does() {
    let workspace = company();
    let c = workspace.conversations().find(|c| !c.tags.is_empty() && !c.teammates().is_empty()).unwrap();
    let tag = workspace.tags()[c.tags[0].tag as usize].id.to_string();
    let with_tag = |c: &Conversation| {
        c.tags.iter().any(|applied| workspace.tags()[applied.tag as usize].id.to_string() == tag)
    };
    assert_eq!(count(filter("tag_ids", "=", tag.as_str())).await, matching(with_tag));
    assert_eq!(count(filter("tag_ids", "NIN", json!([tag]))).await, matching(|c| !with_tag(c)));
    let contact = workspace.contacts().next().unwrap().id.to_string();
    assert_eq!(
        count(filter("contact_ids", "=", contact.as_str())).await,
        matching(|c| c.contacts.contains(&0))
    );
    let teammate = c.teammates()[0];
    let id = workspace.admins()[teammate as usize].id.to_string();
    assert_eq!(count(filter("teammate_ids", "=", id)).await, matching(|c| c.teammates().contains(&teammate)));
}

#[tokio::test]
async fn bodies_are_found_by_single_words_only() {
    assert!(count(filter("source.body", "=", "charged")).await > 0);
    assert_eq!(count(filter("source.body", "=", "charged twice")).await, 0);
    assert_eq!(count(filter("source.body", "=", "refun")).await, 0, "not by parts of words");
}

#[tokio::test]
async fn dates_may_be_strings_and_milliseconds_find_nothing() {
    assert_eq!(count(filter("created_at", ">", "1306054154")).await, 600);
    for operator in [">", "<", "=", ">=", "<="] {
        assert_eq!(count(filter("created_at", operator, NOW * 1_000)).await, 0, "{operator}");
    }
    let nothing = search(filter("created_at", ">", NOW * 1_000)).ok(&server()).await;
    let pages = json!({"type": "pages", "page": 1, "per_page": 20, "total_pages": 0});
    assert_eq!((&nothing["pages"], &nothing["conversations"]), (&pages, &json!([])));
}

#[tokio::test]
async fn greater_than_includes_the_bound_unless_told_otherwise() {
    let at = company().conversations().nth(50).unwrap().updated_at;
    let strict = with(ServerOptions { inclusive_gt: false, ..ServerOptions::default() });
    for (operator, inclusive, exclusive) in [
        (">", matching(|c| c.updated_at >= at), matching(|c| c.updated_at > at)),
        ("<", matching(|c| c.updated_at <= at), matching(|c| c.updated_at < at)),
    ] {
        assert_eq!(count(filter("updated_at", operator, at)).await, inclusive);
        let total =
            search(filter("updated_at", operator, at)).ok(&strict).await["total_count"].as_u64().unwrap();
        assert_eq!(total as usize, exclusive);
    }
}

#[tokio::test]
async fn groups_nest_twice_and_hold_fifteen() {
    let some = |n: usize| json!({"operator": "OR", "value": vec![filter("state", "=", "open"); n]});
    let (a, b) = (
        some(15),
        json!({"operator": "OR", "value": [filter("read", "=", true), filter("read", "=", false)]}),
    );
    let both = json!({"operator": "AND", "value": [a, b]});
    assert_eq!(count(both.clone()).await, matching(|c| c.state == State::Open));
    assert_eq!(refused(json!({"operator": "AND", "value": [both]})).await, (400, "parameter_invalid".into()));
    assert_eq!(refused(some(16)).await, (400, "parameter_invalid".into()));
    assert_eq!(refused(some(0)).await, (400, "parameter_invalid".into()));
    let either =
        json!({"operator": "OR", "value": [filter("state", "=", "open"), filter("state", "=", "snoozed")]});
    assert_eq!(count(either).await, matching(|c| c.state != State::Closed));
}

#[tokio::test]
async fn what_is_wrong_with_a_query_is_said() {
    let cases = [
        (filter("shoe_size", "=", 1), "invalid_field"),
        (filter("created_at", ">", "foorbar"), "type_mismatch"),
        (filter("created_at", ">", true), "type_mismatch"),
        (filter("state", "=", 5), "type_mismatch"),
        (filter("open", "=", "yes"), "type_mismatch"),
        (filter("admin_assignee_id", "=", "Jonas"), "type_mismatch"),
        (filter("id", "IN", "1"), "type_mismatch"),
        (filter("state", ">", "a"), "parameter_invalid"),
        (filter("created_at", "~", 1), "parameter_invalid"),
        (filter("open", ">", true), "parameter_invalid"),
        (filter("state", "LIKE", "a"), "parameter_invalid"),
        (json!({"operator": "XOR", "value": []}), "parameter_invalid"),
        (json!("state = open"), "parameter_invalid"),
        (Value::Null, "parameter_not_found"),
    ];
    for (query, code) in cases {
        assert_eq!(refused(query.clone()).await, (400, code.into()), "{query}");
    }
    let message = search(filter("shoe_size", "=", 1)).ask(&server()).await.message();
    assert_eq!(message, "shoe_size is not a valid search field");
}

#[tokio::test]
async fn pages_have_twenty_items_and_never_more_than_a_hundred_and_fifty() {
    let all = filter("created_at", ">", 0);
    let page = search(all.clone()).ok(&server()).await;
    assert_eq!(
        (ids(&page).len(), &page["pages"]["per_page"], &page["pages"]["total_pages"]),
        (20, &json!(20), &json!(30))
    );
    assert!(page["conversations"].as_array().unwrap().iter().all(|c| c.get("conversation_parts").is_none()));
    assert_eq!(ids(&search(all.clone()).per_page(5_000).ok(&server()).await).len(), 150);
    let ignored = search(all.clone()).set("per_page", json!(5)).ok(&server()).await;
    assert_eq!(ids(&ignored).len(), 20, "per_page counts inside `pagination` only");
    let strict = with(ServerOptions { reject_large_pages: true, ..ServerOptions::default() });
    assert_eq!(
        search(all.clone()).per_page(151).ask(&strict).await.error(),
        (400, "parameter_invalid".into())
    );
    assert_eq!(
        search(all.clone()).per_page(0).ask(&server()).await.error(),
        (400, "parameter_invalid".into())
    );
    assert_eq!(ids(&search(all).set("pagination", json!({"per_page": "7"})).ok(&server()).await).len(), 7);
}

#[tokio::test]
async fn cursors_lead_through_everything_once_in_both_directions_by_any_field() {
    let server = server();
    for field in [
        "updated_at",
        "created_at",
        "id",
        "waiting_since",
        "statistics.time_to_admin_reply",
        "state",
        "source.author.name",
        "conversation_rating.score",
    ] {
        for order in ["ascending", "descending"] {
            let body =
                json!({"query": filter("created_at", ">", 0), "sort": {"field": field, "order": order}});
            let seen = walk(&server, &body, 37).await;
            assert_eq!(seen.len(), 600, "{field} {order}");
            assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 600, "{field} {order}");
        }
    }
}

#[tokio::test]
async fn results_are_sorted_and_descending_is_the_default() {
    let server = server();
    let times = |page: Value| -> Vec<i64> {
        page["conversations"].as_array().unwrap().iter().map(|c| c["updated_at"].as_i64().unwrap()).collect()
    };
    let up = times(
        search(filter("created_at", ">", 0)).sort("updated_at", "ascending").per_page(150).ok(&server).await,
    );
    assert!(up.is_sorted());
    let down = times(
        search(filter("created_at", ">", 0))
            .set("sort", json!({"field": "updated_at"}))
            .per_page(150)
            .ok(&server)
            .await,
    );
    assert!(down.is_sorted_by(|a, b| a >= b));
    let last = search(filter("created_at", ">", 0)).sort("id", "ascending").per_page(1).ok(&server).await;
    assert_eq!(ids(&last)[0], company().conversation_ids()[0].to_string(), "ids sort as numbers");
}

#[tokio::test]
async fn a_sort_order_must_be_spelt_out_from_2_16_on() {
    let server = server();
    let desc = || search(filter("created_at", ">", 0)).sort("updated_at", "desc");
    assert_eq!(desc().ask(&server).await.error(), (400, "invalid_sort_order".into()));
    assert_eq!(desc().version("2.15").ask(&server).await.status, 200);
    let contacts =
        || post("/contacts/search", json!({"query": filter("role", "=", "user")})).sort("updated_at", "desc");
    assert_eq!(contacts().ask(&server).await.error(), (400, "invalid_sort_order".into()));
    assert_eq!(contacts().version("2.11").ask(&server).await.status, 200);
    assert_eq!(
        search(filter("created_at", ">", 0)).sort("shoe_size", "ascending").ask(&server).await.error(),
        (400, "invalid_field".into())
    );
}

#[tokio::test]
async fn next_is_absent_on_the_last_page() {
    let page = search(filter("created_at", ">", 0)).per_page(150);
    let first = page.ok(&server()).await;
    let next = &first["pages"]["next"];
    assert_eq!(next["page"], 2);
    let id = company().conversations().next().unwrap().id.to_string();
    let only = search(filter("id", "=", id)).ok(&server()).await;
    assert!(only["pages"].as_object().unwrap().get("next").is_none());
}

#[tokio::test]
async fn a_bad_cursor_is_a_client_error() {
    for cursor in [json!("None"), json!("bm9wZQ=="), json!(5), json!("W10=")] {
        let asked = search(filter("created_at", ">", 0)).set("pagination", json!({"starting_after": cursor}));
        let answer = asked.ask(&server()).await;
        assert_eq!(answer.error(), (400, "client_error".into()));
        assert!(answer.message().starts_with("Invalid starting_after param."));
    }
}

#[tokio::test]
async fn a_conversation_that_changes_between_two_pages_is_missed_or_seen_twice() {
    let server = server();
    let page = |cursor: Value| {
        search(filter("created_at", ">", 0))
            .sort("updated_at", "ascending")
            .set("pagination", json!({"per_page": 150, "starting_after": cursor}))
    };
    let first = page(Value::Null).ok(&server).await;
    let moved = ids(&first)[0].clone();
    server.note(moved.parse().unwrap(), 1, "<p>x</p>").unwrap();
    let mut cursor = first["pages"]["next"]["starting_after"].clone();
    let mut again = false;
    while !cursor.is_null() {
        let next = page(cursor).ok(&server).await;
        again |= ids(&next).contains(&moved);
        cursor = next["pages"]["next"]["starting_after"].clone();
    }
    assert!(again, "sorted by updated_at, the changed one comes again at the end");
}

#[tokio::test]
async fn the_index_and_the_scan_agree() {
    let server = server();
    let (low, high) = (NOW - 40 * 86_400, NOW - 10 * 86_400);
    let range = json!({"operator": "AND", "value": [filter("updated_at", ">=", low), filter("updated_at", "<=", high), filter("state", "=", "closed")]});
    let both = json!({"operator": "OR", "value": [range]});
    let by_index =
        walk(&server, &json!({"query": range, "sort": {"field": "updated_at", "order": "ascending"}}), 11)
            .await;
    let by_scan =
        walk(&server, &json!({"query": both, "sort": {"field": "updated_at", "order": "ascending"}}), 13)
            .await;
    assert_eq!(by_index, by_scan);
    assert_eq!(
        by_index.len(),
        matching(|c| (low..=high).contains(&c.updated_at) && c.state == State::Closed)
    );
}

#[tokio::test(start_paused = true)]
async fn search_sees_a_change_only_after_the_index_lag() {
    let options =
        ServerOptions { index_lag_seconds: 30, clock: Clock::tokio(NOW * 1_000), ..ServerOptions::default() };
    let server = DemoServer::new(company(), options);
    let id = company().conversations().find(|c| c.state == State::Closed).unwrap().id;
    server.reply(id, "<p>again</p>").unwrap();
    let gone = company().conversation_ids()[5];
    server.delete(gone).unwrap();
    let contact = company().contacts().next().unwrap().id;
    let new = server.create_conversation(contact, "<p>new</p>").unwrap().conversation;
    let state = async |id: u64| {
        search(filter("id", "=", id.to_string())).ok(&server).await["conversations"][0]["state"].clone()
    };
    assert_eq!(get(format!("/conversations/{id}")).ok(&server).await["state"], "open");
    assert_eq!(
        (state(id).await, state(gone).await.is_null(), state(new).await.is_null()),
        (json!("closed"), false, true)
    );
    tokio::time::advance(Duration::from_secs(29)).await;
    server.close(id, 1, None).unwrap();
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(
        (state(id).await, state(gone).await.is_null(), state(new).await),
        (json!("open"), true, json!("open"))
    );
    tokio::time::advance(Duration::from_secs(29)).await;
    assert_eq!(state(id).await, json!("closed"));
}

#[tokio::test]
async fn contact_search_knows_days_of_the_workspace_up_to_2_16() {
    let (server, workspace) = (server(), company());
    // 2026-11-10 00:00 in Berlin is 23:00 UTC of the day before.
    let midnight = 1_794_265_200;
    let total = async |operator: &str, value: i64, version: &str| {
        let asked = post("/contacts/search", json!({"query": filter("updated_at", operator, value)}))
            .version(version);
        asked.ok(&server).await["total_count"].as_u64().unwrap() as usize
    };
    let within = |test: &dyn Fn(i64) -> bool| workspace.contacts().filter(|c| test(c.updated_at)).count();
    let noon = midnight + 43_200;
    assert!(within(&|at| (midnight..midnight + 86_400).contains(&at)) > 0);
    assert_eq!(total("=", noon, "2.16").await, within(&|at| (midnight..midnight + 86_400).contains(&at)));
    assert_eq!(total(">", noon, "2.16").await, within(&|at| at >= midnight + 86_400));
    assert_eq!(total("<", noon, "2.16").await, within(&|at| at < midnight));
    assert_eq!(total(">", noon, "2.17").await, within(&|at| at > noon));
    assert_eq!(total(">=", noon, "2.17").await, within(&|at| at >= noon));
    assert_eq!(total(">", noon * 1_000, "2.16").await, 0);
    for operator in ["!=", ">=", "<=", "IN", "NIN"] {
        let asked = post("/contacts/search", json!({"query": filter("updated_at", operator, json!([noon]))}));
        assert_eq!(asked.ask(&server).await.error().0, 400, "{operator}");
    }
}

#[tokio::test]
async fn contacts_are_found_by_id_name_tag_and_attribute() {
    let (server, workspace) = (server(), company());
    let found = async |query: Value| {
        ids(&post("/contacts/search", json!({"query": query, "pagination": {"per_page": 150}}))
            .ok(&server)
            .await)
    };
    let some: Vec<String> = workspace.contacts().take(3).map(|contact| contact.id.to_string()).collect();
    let mut by_id = found(filter("id", "IN", json!(some))).await;
    by_id.sort();
    let mut expected = some.clone();
    expected.sort();
    assert_eq!(by_id, expected);
    let (gone, _) = workspace.merged_contacts().next().unwrap();
    assert_eq!(found(filter("id", "=", gone.to_string())).await, Vec::<String>::new());
    let leads = found(filter("role", "=", "lead")).await.len();
    assert_eq!(leads, workspace.contacts().filter(|contact| contact.role.name() == "lead").count().min(150));
    let tag = workspace.tags()[25].id.to_string();
    assert!(!found(filter("tag_id", "=", tag.as_str())).await.is_empty());
    assert_eq!(
        post("/contacts/search", json!({"query": filter("tag_id", "IN", json!([tag]))}))
            .ask(&server)
            .await
            .error()
            .0,
        400
    );
    assert!(!found(filter("custom_attributes.seats", ">", 3)).await.is_empty());
    assert_eq!(
        ids(&post("/contacts/search", json!({"query": filter("role", "=", "user")})).ok(&server).await).len(),
        50
    );
}
