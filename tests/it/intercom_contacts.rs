//! Contacts: mergers, lists cut off at ten, a search that thinks in days, pages of ten by default.

use fastintercom::intercom::{ContactOutcome, EmbeddedList, Error, Page, peek_id_times};
use futures::TryStreamExt;
use serde_json::value::to_raw_value;
use serde_json::{Value, json};

use crate::support::scripted::{Reply, Scripted, options, scripted, served};

fn contact(id: &str) -> Value {
    json!({"type": "contact", "id": id, "updated_at": 1_790_000_000})
}

fn list(items: Vec<Value>, pages: Value) -> Reply {
    Reply::ok(json!({"type": "list", "total_count": items.len(), "data": items, "pages": pages}))
}

fn merged_into(id: &str) -> Reply {
    Reply::error(410, "contact_merged", "This contact has been merged.")
        .header("link", &format!("</contacts/{id}>; rel=\"canonical\""))
}

fn gone() -> Reply {
    Reply::error(404, "not_found", "Resource Not Found")
}

/// A server whose search knows `c…` contacts, and which answers single requests from the function.
fn directory(single: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Scripted {
    served(options(), move |_, seen| {
        if seen.path == "/contacts/search" {
            let asked = seen.json()["query"]["value"].clone();
            let known =
                asked.as_array().unwrap().iter().filter_map(Value::as_str).filter(|id| id.starts_with('c'));
            return list(known.map(contact).collect(), json!({"type": "pages", "page": 1}));
        }
        single(seen.path.strip_prefix("/contacts/").unwrap())
    })
}

#[tokio::test(start_paused = true)]
async fn contacts_are_looked_up_a_hundred_at_a_time_and_answered_in_order() {
    let server = directory(|_| gone());
    let ids: Vec<String> = (0..230).map(|n| format!("c{n}")).collect();
    let found = server.client.contacts_by_id(&ids).await.unwrap();
    assert_eq!(server.count(), 3);
    let query = &server.seen()[0].json()["query"];
    assert_eq!((query["field"].as_str(), query["operator"].as_str()), (Some("id"), Some("IN")));
    assert_eq!(found.iter().map(|lookup| lookup.requested.clone()).collect::<Vec<_>>(), ids);
    assert!(found.iter().all(|lookup| matches!(lookup.outcome, ContactOutcome::Found(_))));
}

#[tokio::test(start_paused = true)]
async fn a_contact_no_search_finds_is_asked_for_by_itself() {
    let server = directory(|id| match id {
        "m1" => merged_into("m2"),
        "m2" => merged_into("c9"),
        "c9" | "slow" => Reply::ok(contact(id)),
        _ => gone(),
    });
    let ids = ["c1", "m1", "x1", "slow"].map(str::to_owned);
    let found = server.client.contacts_by_id(&ids).await.unwrap();
    assert!(matches!(&found[0].outcome, ContactOutcome::Found(_)));
    let ContactOutcome::Merged { canonical, contact } = &found[1].outcome else { panic!("{:?}", found[1]) };
    assert_eq!((canonical.as_str(), peek_id_times(contact).id.as_deref()), ("c9", Some("c9")));
    assert!(matches!(&found[2].outcome, ContactOutcome::Gone));
    assert!(matches!(&found[3].outcome, ContactOutcome::Found(_)), "not indexed yet, but there");
}

#[tokio::test(start_paused = true)]
async fn mergers_that_go_in_a_circle_end_after_three_hops() {
    let server = directory(|id| merged_into(if id == "a" { "b" } else { "a" }));
    assert!(matches!(server.client.contact("a").await.unwrap(), ContactOutcome::Gone));
    assert_eq!(server.count(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_search_that_refuses_lists_of_ids_is_replaced_by_single_requests() {
    let server = served(options(), |_, seen| match seen.path.as_str() {
        "/contacts/search" => Reply::error(400, "parameter_invalid", "IN is not supported for id"),
        path => Reply::ok(contact(path.strip_prefix("/contacts/").unwrap())),
    });
    let ids = ["a", "b"].map(str::to_owned);
    let found = server.client.contacts_by_id(&ids).await.unwrap();
    assert!(found.iter().all(|lookup| matches!(lookup.outcome, ContactOutcome::Found(_))));
}

#[tokio::test(start_paused = true)]
async fn a_failure_while_looking_up_contacts_is_not_taken_for_gone() {
    let server = directory(|_| Reply::raw(500, ""));
    let error = server.client.contacts_by_id(&["x".to_owned()]).await.unwrap_err();
    assert!(matches!(error, Error::Unavailable { .. }));
}

#[tokio::test(start_paused = true)]
async fn the_contact_list_is_asked_for_in_the_largest_pages() {
    // Gotcha 30: OpenAPI #639, the default is 10.
    let next = json!({"next": {"page": 2, "starting_after": "W+/="}});
    let server = scripted(vec![list(vec![contact("a")], next), list(vec![contact("b")], json!(null))]);
    let pages: Vec<Page> = server.client.contacts().try_collect().await.unwrap();
    assert_eq!(pages.len(), 2);
    let seen = server.seen();
    assert!(seen.iter().all(|seen| seen.param("per_page").as_deref() == Some("150")));
    assert_eq!(seen[1].param("starting_after").as_deref(), Some("W+/="), "escaped on the way");
}

fn changed(id: &str, updated_at: i64) -> Value {
    json!({"id": id, "updated_at": updated_at})
}

#[tokio::test(start_paused = true)]
async fn contacts_changed_since_are_filtered_here_and_the_walk_stops_at_the_watermark() {
    // Gotcha 12: the search answers with whole days.
    let next = |after: &str| json!({"next": {"starting_after": after}});
    let server = scripted(vec![
        list(vec![changed("a", 1_790_003_000), changed("b", 1_790_002_000)], next("A")),
        list(vec![changed("c", 1_790_001_000), json!({"id": "d"}), changed("e", 1_789_999_999)], next("B")),
        list(vec![changed("f", 1_789_999_000)], json!(null)),
    ]);
    let pages: Vec<Page> =
        server.client.contacts_updated_since(1_790_001_000).unwrap().try_collect().await.unwrap();
    let ids: Vec<_> =
        pages.iter().flat_map(|page| &page.items).map(|item| peek_id_times(item).id.unwrap()).collect();
    assert_eq!(ids, ["a", "b", "c", "d"], "the edge is included, what has no time is kept");
    assert_eq!(server.count(), 2);
    let body = server.seen()[0].json();
    assert_eq!(body["sort"], json!({"field": "updated_at", "order": "descending"}));
    assert_eq!(
        body["query"],
        json!({"operator": "OR", "value": [
            {"field": "updated_at", "operator": ">", "value": 1_790_001_000},
            {"field": "updated_at", "operator": "=", "value": 1_790_001_000},
        ]})
    );
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_not_sorted_after_all_is_walked_to_its_end() {
    // Airbyte #8475.
    let next = |after: &str| json!({"next": {"starting_after": after}});
    let server = scripted(vec![
        list(vec![changed("old", 1_789_000_000), changed("a", 1_790_003_000)], next("A")),
        list(vec![changed("old2", 1_789_000_001)], next("B")),
        list(vec![changed("b", 1_790_002_000)], json!(null)),
    ]);
    let pages: Vec<Page> =
        server.client.contacts_updated_since(1_790_001_000).unwrap().try_collect().await.unwrap();
    let ids: Vec<_> =
        pages.iter().flat_map(|page| &page.items).map(|item| peek_id_times(item).id.unwrap()).collect();
    assert_eq!(ids, ["a", "b"]);
}

#[test]
fn a_list_inside_a_contact_has_more_when_it_says_so_or_when_the_count_does() {
    // Gotcha 26.
    let read = |value: Value| EmbeddedList::read(&to_raw_value(&value).unwrap());
    let url = "/contacts/68/tags";
    let data: Vec<Value> = (0..10).map(|id| json!({"id": id})).collect();
    let full = json!({"type": "list", "data": data, "url": url, "total_count": 10, "has_more": false});
    assert_eq!(read(full.clone()).more_at(), None);
    let mut more = full.clone();
    more["has_more"] = json!(true);
    assert_eq!(read(more).more_at(), Some(url));
    let mut counted = full;
    counted["total_count"] = json!(11);
    assert_eq!(read(counted).more_at(), Some(url));
    for odd in [json!(null), json!([]), json!("x"), json!({"has_more": true})] {
        assert_eq!(read(odd).more_at(), None);
    }
}

#[tokio::test(start_paused = true)]
async fn the_rest_of_a_list_inside_a_contact_is_fetched_from_its_url() {
    let page = |id: u64, next: Value| list(vec![json!({"id": id.to_string()})], json!({"next": next}));
    let server = scripted(vec![
        page(1, json!("https://elsewhere.example/contacts/68/companies?page=2")),
        page(2, json!(null)),
    ]);
    let items = server.client.contact_sublist("/contacts/68/companies").await.unwrap();
    assert_eq!(items.len(), 2);
    let seen = server.seen();
    assert!(seen.iter().all(|seen| seen.path == "/contacts/68/companies"));
    assert_eq!(seen[1].param("page").as_deref(), Some("2"));
}

#[tokio::test(start_paused = true)]
async fn a_url_in_a_payload_cannot_lead_to_another_host_or_another_place() {
    let server = scripted(vec![list(vec![], json!(null))]);
    for url in [
        "https://evil.example/contacts/68/tags",
        "//evil.example/contacts/68/tags",
        "http://localhost:4011/contacts/68/tags",
        "https://localhost:4010/contacts/68/tags",
        "http://user@localhost:4010/contacts/68/tags",
        "/me",
        "/contacts/68/../../me",
        "/admins/1/activity_logs",
        "file:///contacts/68/tags",
        "",
        "\\\\evil.example\\contacts\\68\\tags",
    ] {
        let error = server.client.contact_sublist(url).await.unwrap_err();
        assert!(matches!(error, Error::ForeignHost { .. }), "{url}");
    }
    assert_eq!(server.count(), 0);
    server.client.contact_sublist("http://localhost:4010/contacts/68/tags").await.unwrap();
}
