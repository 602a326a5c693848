//! Walking lists: what is sent for each page, how the way to the next page is read, circles, cursors
//! that expire, pages that shrink. And that no JSON whatever makes the reader panic.

use std::time::Duration;

use fastintercom::intercom::{
    Cursor, Error, Filter, Item, Page, PageStream, Query, SearchRequest, Sort, peek_id_times,
};
use futures::{StreamExt, TryStreamExt};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::scripted::{Reply, Scripted, options, scripted, served};

fn request() -> SearchRequest {
    let query = Query::closed_window("updated_at", 1_790_000_000, 1_790_086_400).unwrap();
    SearchRequest::new(query, Sort::ascending("updated_at"))
}

fn conversations(ids: &[u64]) -> Value {
    ids.iter().map(|id| json!({"type": "conversation", "id": id.to_string()})).collect()
}

fn page(ids: &[u64], pages: Value) -> Reply {
    Reply::ok(json!({
        "type": "conversation.list", "total_count": 5, "pages": pages, "conversations": conversations(ids),
    }))
}

fn next(after: &str) -> Value {
    json!({"type": "pages", "page": 1, "per_page": 150, "total_pages": 3, "next": {"page": 2, "starting_after": after}})
}

async fn walk(server: &Scripted) -> Result<Vec<Page>, Error> {
    server.client.search_conversations(&request()).try_collect().await
}

fn ids(items: &[Item]) -> Vec<String> {
    items.iter().map(|item| peek_id_times(item).id.unwrap()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_search_is_walked_to_the_page_without_a_next() {
    let server = scripted(vec![
        page(&[1, 2], next("AAA")),
        page(&[3, 4], next("BBB")),
        page(&[5], json!({"type": "pages", "page": 3})),
    ]);
    let pages = walk(&server).await.unwrap();
    let all: Vec<String> = pages.iter().flat_map(|page| ids(&page.items)).collect();
    assert_eq!(all, ["1", "2", "3", "4", "5"]);
    assert_eq!(pages.iter().map(|page| page.number).collect::<Vec<_>>(), [1, 2, 3]);
    let cursors: Vec<Value> =
        server.seen().iter().map(|seen| seen.json()["pagination"]["starting_after"].clone()).collect();
    assert_eq!(cursors, [Value::Null, json!("AAA"), json!("BBB")]);
}

#[tokio::test(start_paused = true)]
async fn paging_goes_inside_pagination_and_a_sort_is_always_sent() {
    // Gotchas 10, 11 and 13: OpenAPI #98, #114, Estuary's probe.
    let server = scripted(vec![page(&[], json!(null))]);
    walk(&server).await.unwrap();
    let body = server.seen()[0].json();
    assert_eq!(body["pagination"], json!({"per_page": 150}));
    assert_eq!(body["sort"], json!({"field": "updated_at", "order": "ascending"}));
    assert_eq!(body.as_object().unwrap().keys().collect::<Vec<_>>(), ["pagination", "query", "sort"]);
    assert_eq!(server.seen()[0].headers["content-type"], "application/json");
}

#[tokio::test(start_paused = true)]
async fn a_cursor_of_null_or_none_is_never_sent() {
    // Gotcha 9: tap-intercom #7.
    for pages in [
        json!(null),
        json!({}),
        json!({"next": null}),
        json!({"next": {}}),
        json!({"next": ""}),
        json!({"next": {"page": 2, "starting_after": null}}),
        json!({"next": {"page": 2, "starting_after": ""}}),
    ] {
        let server = scripted(vec![page(&[1], pages.clone())]);
        assert_eq!(walk(&server).await.unwrap().len(), 1, "{pages}");
        assert_eq!(server.count(), 1, "{pages}");
        assert!(!server.seen()[0].body.contains("starting_after"));
    }
}

#[tokio::test(start_paused = true)]
async fn the_next_page_is_read_leniently() {
    // Gotcha 22: intercom-php #388, `per_page` null or text.
    for link in [
        json!({"per_page": null, "starting_after": "AAA"}),
        json!({"page": "2", "per_page": "5", "starting_after": "AAA"}),
        json!("https://api.intercom.io/conversations?per_page=5&starting_after=AAA"),
        json!("/conversations?starting_after=AAA"),
        json!("http://evil.example/?starting_after=AAA"),
    ] {
        let pages = json!({"type": "pages", "per_page": null, "total_pages": "2", "next": link});
        let server = scripted(vec![page(&[1], pages), page(&[2], json!(null))]);
        assert_eq!(walk(&server).await.unwrap().len(), 2, "{link}");
        let second = &server.seen()[1];
        assert_eq!(second.json()["pagination"]["starting_after"], "AAA", "{link}");
        assert_eq!(second.path, "/conversations/search", "{link}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_next_page_that_makes_no_sense_is_an_error_and_not_the_end() {
    for link in [json!(7), json!(true), json!([]), json!("https://api.intercom.io/x"), json!({"page": 2})] {
        let server = scripted(vec![page(&[1], json!({"next": link}))]);
        assert!(matches!(walk(&server).await, Err(Error::InvalidBody { .. })), "{link}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_that_is_missing_is_an_error_and_not_an_empty_page() {
    for body in
        [json!({}), json!({"conversations": null, "total_count": 7}), json!({"conversations": {}}), json!([])]
    {
        let server = scripted(vec![Reply::ok(body.clone())]);
        assert!(matches!(walk(&server).await, Err(Error::InvalidBody { .. })), "{body}");
    }
    let empty = scripted(vec![Reply::ok(json!({"conversations": null, "total_count": 0}))]);
    assert_eq!(walk(&empty).await.unwrap()[0].items.len(), 0);
}

#[tokio::test(start_paused = true)]
async fn entries_that_are_no_objects_are_counted_and_left_out() {
    let body = json!({"conversations": [{"id": "1"}, null, 7, "x", {"id": "2"}], "total_count": 5});
    let server = scripted(vec![Reply::ok(body)]);
    let pages = walk(&server).await.unwrap();
    assert_eq!((ids(&pages[0].items), pages[0].malformed), (vec!["1".to_owned(), "2".to_owned()], 3));
}

#[tokio::test(start_paused = true)]
async fn cursors_that_go_in_a_circle_are_noticed() {
    let server = scripted(vec![page(&[1], next("AAA")), page(&[2], next("BBB")), page(&[3], next("AAA"))]);
    let outcomes: Vec<_> = server.client.search_conversations(&request()).collect().await;
    assert_eq!(outcomes.len(), 3);
    assert!(matches!(&outcomes[2], Err(error @ Error::CursorLoop { page: 3, .. }) if error.is_retryable()));
    assert_eq!(server.count(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_cursor_that_expired_is_its_own_outcome() {
    let message = "Invalid starting_after param. Please try again using a starting_after value from a paginated response";
    let server = scripted(vec![page(&[1], next("AAA")), Reply::error(400, "client_error", message)]);
    let error = walk(&server).await.unwrap_err();
    assert!(matches!(error, Error::InvalidCursor { .. }) && error.is_retryable());
    assert_eq!(server.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_total_that_moves_while_the_list_is_walked_is_told() {
    let reply = |total: Value, pages: Value| {
        Reply::ok(json!({"total_count": total, "pages": pages, "conversations": conversations(&[1])}))
    };
    let server = scripted(vec![reply(json!(10), next("AAA")), reply(json!("11"), json!(null))]);
    let pages = walk(&server).await.unwrap();
    assert_eq!((pages[1].first_total, pages[1].total_count), (Some(10), Some(11)));
    assert!(!pages[0].total_moved() && pages[1].total_moved());
}

#[tokio::test(start_paused = true)]
async fn one_page_can_be_asked_for_by_cursor() {
    let server = scripted(vec![page(&[3], next("CCC"))]);
    let cursor = Cursor::After("BBB".to_owned());
    let page = server.client.search_conversations_page(&request(), Some(&cursor)).await.unwrap();
    assert_eq!((page.number, page.next), (1, Some(Cursor::After("CCC".to_owned()))));
    assert_eq!(server.seen()[0].json()["pagination"]["starting_after"], "BBB");
}

#[tokio::test(start_paused = true)]
async fn a_search_that_keeps_failing_asks_for_smaller_pages_and_grows_again() {
    let server = served(options(), |number, seen| {
        let per_page = seen.json()["pagination"]["per_page"].as_u64().unwrap();
        if per_page > 40 && number < 10 {
            return Reply::raw(504, "<html>");
        }
        page(&[1], if number < 30 { next(&format!("C{number}")) } else { json!(null) })
    });
    let pages = walk(&server).await.unwrap();
    let sizes: Vec<u64> =
        server.seen().iter().map(|seen| seen.json()["pagination"]["per_page"].as_u64().unwrap()).collect();
    assert_eq!(sizes[..5], [150, 150, 150, 75, 37]);
    assert_eq!(sizes[5..10], [37, 37, 37, 37, 74], "after five good pages it grows");
    assert_eq!(*sizes.last().unwrap(), 150);
    assert_eq!(pages.len(), 31 - 5, "every request that did not fail is a page");
}

#[tokio::test(start_paused = true)]
async fn pages_shrink_to_twenty_and_no_further() {
    let server = scripted(vec![Reply::raw(500, "")]);
    assert!(matches!(walk(&server).await, Err(Error::Unavailable { attempts: 8, .. })));
    let sizes: Vec<u64> =
        server.seen().iter().map(|seen| seen.json()["pagination"]["per_page"].as_u64().unwrap()).collect();
    assert_eq!(sizes, [150, 150, 150, 75, 37, 20, 20, 20]);
}

#[tokio::test(start_paused = true)]
async fn a_page_that_is_too_large_is_asked_for_in_smaller_ones() {
    let mut options = options();
    options.max_response_bytes = 5_000;
    let server = served(options, |_, seen| {
        let per_page = seen.json()["pagination"]["per_page"].as_u64().unwrap();
        let ids: Vec<u64> = (0..per_page).collect();
        page(&ids, json!(null))
    });
    assert_eq!(walk(&server).await.unwrap()[0].items.len(), 75);
}

#[tokio::test(start_paused = true)]
async fn tickets_come_in_pages_of_twenty() {
    let body =
        json!({"type": "ticket.list", "tickets": [{"id": "9"}], "total_count": 1, "pages": {"per_page": 20}});
    let server = scripted(vec![Reply::ok(body)]);
    let request = SearchRequest::tickets(Filter::eq("open", true).into(), Sort::ascending("updated_at"));
    let pages: Vec<Page> = server.client.tickets_search(&request).try_collect().await.unwrap();
    assert_eq!(ids(&pages[0].items), ["9"]);
    let seen = &server.seen()[0];
    assert_eq!(
        (seen.path.as_str(), seen.json()["pagination"]["per_page"].as_u64()),
        ("/tickets/search", Some(20))
    );
}

#[tokio::test(start_paused = true)]
async fn a_count_asks_for_one_item_and_reads_the_total() {
    let server = scripted(vec![Reply::ok(json!({"conversations": [], "total_count": "412", "pages": null}))]);
    let query = Query::since("updated_at", 1_790_000_000).unwrap();
    assert_eq!(server.client.count_conversations(&query).await.unwrap(), 412);
    assert_eq!(server.seen()[0].json()["pagination"], json!({"per_page": 1}));
}

#[tokio::test(start_paused = true)]
async fn deleted_conversations_are_walked_by_page_number_and_never_by_the_url() {
    let reply = |id: u64, next: Value| {
        Reply::ok(json!({
            "type": "conversations.list", "total_count": 2, "pages": {"type": "pages", "next": next, "page": 1},
            "conversations": [{"type": "conversation", "id": id.to_string(), "deleted_at": 1_790_000_000}],
        }))
    };
    let url = json!("http://evil.example/conversations/deleted?page=2&per_page=60");
    let server = scripted(vec![reply(1, url), reply(2, json!(null))]);
    let pages: Vec<Page> = server.client.deleted_conversations().try_collect().await.unwrap();
    assert_eq!(pages.len(), 2);
    let queries: Vec<_> = server.seen().iter().map(|seen| seen.query.clone()).collect();
    assert_eq!(queries, ["order=desc&per_page=60", "order=desc&page=2&per_page=60"]);
}

#[tokio::test(start_paused = true)]
async fn a_stream_dropped_halfway_asks_for_nothing_more() {
    let server = scripted(vec![page(&[1], next("AAA")), page(&[2], next("BBB"))]);
    let mut stream: PageStream = server.client.search_conversations(&request());
    stream.next().await.unwrap().unwrap();
    drop(stream);
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(server.count(), 1);
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        Just(json!("https://api.intercom.io/x?page=2&starting_after=AAA")),
    ];
    let key = prop_oneof![
        Just("pages".to_owned()),
        Just("next".to_owned()),
        Just("starting_after".to_owned()),
        Just("page".to_owned()),
        Just("conversations".to_owned()),
        Just("data".to_owned()),
        Just("total_count".to_owned()),
        Just("id".to_owned()),
        Just("type".to_owned()),
        Just("updated_at".to_owned()),
        Just("conversation_parts".to_owned()),
        ".{0,6}",
    ];
    leaf.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn read_whatever(body: Vec<u8>) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let mut options = options();
        options.retry.tries = 1;
        let server = served(options, move |_, _| Reply::raw(200, body.clone()));
        for page in server
            .client
            .search_conversations(&request())
            .take(3)
            .collect::<Vec<_>>()
            .await
            .into_iter()
            .flatten()
        {
            for item in &page.items {
                let _ = peek_id_times(item).parts_truncated();
            }
        }
        let _ = server.client.me().await;
        let _ = server.client.conversation("215").await;
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_json_makes_the_reader_panic(value in any_json()) {
        read_whatever(value.to_string().into_bytes());
    }

    #[test]
    fn no_bytes_make_the_reader_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
        read_whatever(body);
    }

    #[test]
    fn no_damage_to_a_page_makes_the_reader_panic(at in 0usize..120, with in any::<u8>(), cut in 0usize..140) {
        let mut body = json!({"total_count": 5, "pages": next("AAA"), "conversations": conversations(&[1])}).to_string().into_bytes();
        let at = at % body.len();
        body[at] = with;
        body.truncate(cut);
        read_whatever(body);
    }
}
