//! The companies scroll: one at a time, drained at once, begun again when it breaks, and its two ways
//! of saying that it is over.

use std::time::Duration;

use fastintercom::intercom::{Error, Page, peek_id_times};
use futures::{StreamExt, TryStreamExt};
use serde_json::{Value, json};

use crate::support::scripted::{Reply, Scripted, scripted};

fn page(ids: &[&str], param: Value) -> Reply {
    let data: Vec<Value> = ids.iter().map(|id| json!({"type": "company", "id": id})).collect();
    Reply::ok(
        json!({"type": "list", "data": data, "pages": null, "total_count": null, "scroll_param": param}),
    )
}

fn not_found() -> Reply {
    Reply::error(404, "not_found", "scroll parameter not found")
}

fn broken() -> Reply {
    let message = "Request failed due to an internal network error. Please restart the scroll operation.";
    Reply::error(500, "internal_error", message)
}

fn exists() -> Reply {
    Reply::error(400, "scroll_exists", "scroll already exists for this workspace")
}

async fn walk(server: &Scripted) -> Result<Vec<String>, Error> {
    let pages: Vec<Page> = server.client.companies_scroll().try_collect().await?;
    Ok(pages.iter().flat_map(|page| &page.items).map(|item| peek_id_times(item).id.unwrap()).collect())
}

fn params(server: &Scripted) -> Vec<Option<String>> {
    server.seen().iter().map(|seen| seen.param("scroll_param")).collect()
}

#[tokio::test(start_paused = true)]
async fn companies_are_scrolled_to_the_empty_page_with_the_same_parameter() {
    // Gotcha 15: the numbered list ends at 10,000, so it is never used.
    let server = scripted(vec![page(&["a"], json!("S")), page(&["b"], json!("S")), page(&[], json!("S"))]);
    assert_eq!(walk(&server).await.unwrap(), ["a", "b"]);
    assert_eq!(params(&server), [None, Some("S".to_owned()), Some("S".to_owned())]);
    assert!(server.seen().iter().all(|seen| seen.path == "/companies/scroll"));
}

#[tokio::test(start_paused = true)]
async fn a_404_behind_a_page_cut_short_is_the_end() {
    let server = scripted(vec![page(&["a", "b"], json!("S")), page(&["c"], json!("S")), not_found()]);
    assert_eq!(walk(&server).await.unwrap(), ["a", "b", "c"]);
}

#[tokio::test(start_paused = true)]
async fn a_404_behind_a_full_page_begins_the_scroll_again_since_companies_may_be_missing() {
    let mut replies = vec![page(&["a"], json!("S")), page(&["b"], json!("S")), not_found()];
    replies.extend([
        page(&["a"], json!("T")),
        page(&["b"], json!("T")),
        page(&["c"], json!("T")),
        page(&[], json!("T")),
    ]);
    let server = scripted(replies);
    assert_eq!(walk(&server).await.unwrap(), ["a", "b", "a", "b", "c"]);
}

#[tokio::test(start_paused = true)]
async fn a_404_before_any_page_is_an_error() {
    let server = scripted(vec![not_found()]);
    assert!(matches!(walk(&server).await, Err(Error::NotFound { .. })));
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_does_not_let_the_scroll_expire() {
    // Gotcha 16: intercom-ruby #450, `scroll parameter not found` after a minute.
    let server = scripted(vec![page(&["a"], json!("S")), page(&["b"], json!("S")), page(&[], json!("S"))]);
    let mut stream = server.client.companies_scroll();
    stream.next().await.unwrap().unwrap();
    tokio::time::sleep(Duration::from_secs(300)).await;
    let rest: Vec<Page> = stream.try_collect().await.unwrap();
    assert_eq!(rest.len(), 1);
    let seen = server.seen();
    assert!(seen[2].at - seen[0].at < Duration::from_secs(10));
}

#[tokio::test(start_paused = true)]
async fn a_404_after_a_minute_of_rate_limit_begins_the_scroll_again() {
    let mut replies = vec![page(&["a"], json!("S"))];
    replies
        .extend(vec![Reply::error(429, "rate_limit_exceeded", "slow down").header("retry-after", "40"); 2]);
    replies.extend([not_found(), page(&["a"], json!("T")), page(&["b"], json!("T")), page(&[], json!("T"))]);
    let server = scripted(replies);
    assert_eq!(walk(&server).await.unwrap(), ["a", "a", "b"]);
}

#[tokio::test(start_paused = true)]
async fn another_open_scroll_is_waited_for() {
    // Gotcha 17.
    let server = scripted(vec![exists(), exists(), page(&["a"], json!("S")), page(&[], json!("S"))]);
    assert_eq!(walk(&server).await.unwrap(), ["a"]);
    let seen = server.seen();
    assert!(seen[1].at - seen[0].at >= Duration::from_secs(65));
    let stuck = scripted(vec![exists()]);
    let error = walk(&stuck).await.unwrap_err();
    assert!(matches!(error, Error::ScrollExists { tries: 5, .. }) && error.is_retryable());
    assert_eq!(stuck.count(), 5);
}

#[tokio::test(start_paused = true)]
async fn two_scrolls_of_one_client_take_turns() {
    let server = scripted(vec![
        page(&["a"], json!("S")),
        page(&[], json!("S")),
        page(&["b"], json!("T")),
        page(&[], json!("T")),
    ]);
    let (first, second) = tokio::join!(walk(&server), walk(&server));
    assert_eq!((first.unwrap(), second.unwrap()), (vec!["a".to_owned()], vec!["b".to_owned()]));
    assert_eq!(params(&server), [None, Some("S".to_owned()), None, Some("T".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn a_500_in_the_middle_begins_the_scroll_again_from_the_first_page() {
    // Gotcha 18. Asking for the same page again could skip one.
    let server = scripted(vec![
        page(&["a"], json!("S")),
        broken(),
        page(&["a"], json!("T")),
        page(&["b"], json!("T")),
        page(&[], json!("T")),
    ]);
    assert_eq!(walk(&server).await.unwrap(), ["a", "a", "b"]);
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(params(&server), [None, some("S"), None, some("T"), some("T")]);
}

#[tokio::test(start_paused = true)]
async fn a_scroll_that_keeps_breaking_is_given_up_with_the_cause() {
    let mut replies = Vec::new();
    for _ in 0..10 {
        replies.extend([page(&["a"], json!("S")), broken()]);
    }
    let server = scripted(replies);
    let error = walk(&server).await.unwrap_err();
    let Error::ScrollInterrupted { breaks: 4, source } = &error else { panic!("{error:?}") };
    assert!(matches!(**source, Error::Unavailable { status: 500, .. }));
    assert!(error.is_retryable());
}

#[tokio::test(start_paused = true)]
async fn a_scroll_that_repeats_one_page_for_ever_is_noticed() {
    let server = scripted(vec![page(&["a", "b"], json!("S"))]);
    assert!(matches!(walk(&server).await, Err(Error::CursorLoop { .. })));
}

#[tokio::test(start_paused = true)]
async fn a_workspace_without_companies_is_an_empty_stream() {
    let server = scripted(vec![page(&[], json!("S"))]);
    assert!(walk(&server).await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_token_without_the_permission_is_told_so_at_once() {
    let server = scripted(vec![Reply::error(403, "forbidden", "no")]);
    assert!(matches!(walk(&server).await, Err(Error::MissingScope { .. })));
    assert_eq!(server.count(), 1);
}
