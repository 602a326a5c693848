//! One test per outcome of a request: what is retried, what is not, what the error says, and that the
//! token is in none of it. In virtual time, without sockets.

use std::error::Error as _;
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastintercom::intercom::{Client, Error, OptionsError};
use reqwest::Url;
use serde_json::json;
use tokio::time::Instant;

use crate::support::scripted::{Reply, Scripted, TOKEN, options, scripted, served};

const HTML: &str = "<html><body><h1>502 Bad Gateway</h1></body></html>";

fn conversation() -> Reply {
    Reply::ok(json!({"type": "conversation", "id": "215", "updated_at": 1_790_000_000}))
}

/// The outcome of retrieving one conversation, and how many requests it took.
async fn outcome(replies: Vec<Reply>) -> (Result<(), Error>, Scripted) {
    let server = scripted(replies);
    let outcome = server.client.conversation("215").await.map(drop);
    (outcome, server)
}

async fn error(reply: Reply) -> (Error, usize) {
    let (outcome, server) = outcome(vec![reply]).await;
    (outcome.unwrap_err(), server.count())
}

#[tokio::test(start_paused = true)]
async fn a_200_is_the_object_exactly_as_it_came() {
    let text = r#"{ "id":"215",   "type":"conversation", "new_field":[1, 2.50, "\u00e9"] }"#;
    let server = scripted(vec![Reply::raw(200, text)]);
    assert_eq!(server.client.conversation("215").await.unwrap().get(), text.trim());
}

#[tokio::test(start_paused = true)]
async fn every_request_carries_token_version_and_accept() {
    let server = scripted(vec![conversation()]);
    server.client.conversation("215").await.unwrap();
    let seen = &server.seen()[0];
    assert_eq!(seen.headers["authorization"], format!("Bearer {TOKEN}").as_str());
    assert_eq!(seen.headers["intercom-version"], "2.16");
    assert_eq!(seen.headers["accept"], "application/json");
    assert_eq!(seen.headers["host"], "localhost");
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("GET", "/conversations/215"));
}

#[tokio::test(start_paused = true)]
async fn a_400_is_a_refusal_with_code_and_message_and_is_not_retried() {
    let (error, tries) = error(Reply::error(400, "invalid_field", "foo is not a valid search field")).await;
    assert!(matches!(&error, Error::BadRequest { status: 400, code, .. } if &**code == "invalid_field"));
    assert_eq!(
        error.to_string(),
        "Intercom refused the request with 400 invalid_field: foo is not a valid search field \
         on GET /conversations/{id} (request 000req)"
    );
    assert_eq!(tries, 1);
}

#[tokio::test(start_paused = true)]
async fn a_401_stops_everything_and_says_to_check_token_and_region() {
    for code in ["unauthorized", "token_revoked", "token_not_found", "token_expired"] {
        let (error, tries) = error(Reply::error(401, code, "Access Token Invalid")).await;
        assert!(matches!(&error, Error::Unauthorized { code: found, .. } if &**found == code));
        assert!(error.is_fatal() && !error.is_retryable());
        assert!(error.hint().unwrap().contains("fi init --region eu"));
        assert_eq!(tries, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_401_for_want_of_a_permission_names_the_permission() {
    let (error, _) =
        error(Reply::error(401, "token_unauthorized", "Not authorized to access resource")).await;
    assert!(error.hint().unwrap().contains("\"Read conversations\""));
}

#[tokio::test(start_paused = true)]
async fn a_402_or_a_403_about_the_plan_leaves_this_part_out() {
    for reply in [
        Reply::error(402, "forbidden", "API not available on your plan"),
        Reply::error(403, "api_plan_restricted", "Active subscription needed."),
    ] {
        let (error, tries) = error(reply).await;
        assert!(matches!(error, Error::PlanRestricted { .. }));
        assert!(error.is_unavailable_here() && !error.is_fatal());
        assert_eq!(tries, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_403_names_the_missing_scope_and_the_box_to_tick() {
    let message = "You do not have the required scope (read_conversations) to access this resource";
    let (error, tries) = error(Reply::error(403, "forbidden", message)).await;
    assert!(
        matches!(&error, Error::MissingScope { scope: Some(scope), .. } if &**scope == "read_conversations")
    );
    let hint = error.hint().unwrap();
    assert!(
        hint.contains("Developer Hub") && hint.contains("\"Read conversations\" (read_conversations)"),
        "{hint}"
    );
    assert_eq!(tries, 1);
}

#[tokio::test(start_paused = true)]
async fn a_403_that_is_not_intercoms_is_blamed_on_whatever_stands_between() {
    let (error, tries) = error(Reply::raw(403, HTML)).await;
    assert!(matches!(error, Error::Blocked { status: 403, .. }) && error.is_fatal());
    assert!(error.hint().unwrap().contains("proxy"));
    assert_eq!(tries, 1);
}

#[tokio::test(start_paused = true)]
async fn a_404_means_gone_and_is_not_retried() {
    for code in ["not_found", "conversation_not_found"] {
        let (error, tries) = error(Reply::error(404, code, "Resource Not Found")).await;
        assert!(matches!(error, Error::NotFound { .. }) && error.is_gone());
        assert_eq!(tries, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_404_that_is_not_intercoms_never_passes_for_a_deletion() {
    let (error, tries) = error(Reply::raw(404, HTML)).await;
    assert!(matches!(error, Error::Blocked { status: 404, .. }) && !error.is_gone());
    assert!(error.is_retryable() && !error.is_fatal());
    assert_eq!(tries, 8);
}

#[tokio::test(start_paused = true)]
async fn a_405_406_409_415_or_422_is_a_mistake_of_ours_and_is_not_retried() {
    for status in [405, 406, 409, 415, 422] {
        let (error, tries) = error(Reply::error(status, "parameter_invalid", "no")).await;
        assert!(matches!(error, Error::BadRequest { status: found, .. } if found == status));
        assert!(!error.is_retryable() && !error.is_fatal());
        assert_eq!(tries, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_410_carries_the_surviving_contact() {
    let reply = Reply::error(410, "contact_merged", "This contact has been merged.")
        .header("link", "</contacts/68e1a7c2d9f04b3a5c6e7f81>; rel=\"canonical\"");
    let (error, tries) = error(reply).await;
    let Error::ContactMerged { canonical, .. } = &error else { panic!("{error}") };
    assert_eq!(canonical.as_deref(), Some("68e1a7c2d9f04b3a5c6e7f81"));
    assert!(!error.is_gone());
    assert_eq!(tries, 1);
}

#[tokio::test(start_paused = true)]
async fn a_redirect_is_not_followed() {
    for status in [301, 302, 307, 308] {
        let (error, tries) = error(Reply::raw(status, "").header("location", "https://evil.example/")).await;
        assert!(matches!(error, Error::Redirected { status: found, .. } if found == status));
        assert_eq!(tries, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_408_or_a_5xx_is_retried_whatever_its_body() {
    for status in [408, 500, 502, 503, 504, 520] {
        let failures =
            [Reply::raw(status, HTML), Reply::error(status, "server_error", "oops"), Reply::raw(status, "")];
        let replies = failures.into_iter().chain([conversation()]).collect();
        let (outcome, server) = outcome(replies).await;
        outcome.unwrap();
        assert_eq!(server.count(), 4);
        assert_eq!(server.client.stats().retries, 3);
    }
}

#[tokio::test(start_paused = true)]
async fn a_503_without_end_is_given_up_after_eight_tries_with_growing_pauses() {
    let started = Instant::now();
    let (error, tries) = error(Reply::raw(503, HTML)).await;
    assert!(matches!(error, Error::Unavailable { status: 503, attempts: 8, .. }));
    assert!(error.is_retryable() && !error.is_fatal());
    assert_eq!(tries, 8);
    // Full jitter below 0.5, 1, 2, 4, 8, 16 and 32 seconds.
    assert!(started.elapsed() <= Duration::from_millis(63_600), "{:?}", started.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_503_that_says_when_to_come_back_is_left_alone_until_then() {
    let (outcome, server) =
        outcome(vec![Reply::raw(503, HTML).header("retry-after", "7"), conversation()]).await;
    outcome.unwrap();
    let seen = server.seen();
    assert!(seen[1].at - seen[0].at >= Duration::from_secs(7));
}

#[tokio::test(start_paused = true)]
async fn a_200_with_an_empty_body_is_retried() {
    // Gotcha 19: tap-intercom #66.
    for body in ["", "   \n"] {
        let (outcome, server) = outcome(vec![Reply::raw(200, body), conversation()]).await;
        outcome.unwrap();
        assert_eq!(server.count(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_200_with_html_or_half_a_document_or_half_a_character_is_retried() {
    let half_character = b"{\"id\":\"215\",\"title\":\"caf\xc3".to_vec();
    let inner_half = b"{\"id\":\"215\",\"title\":\"caf\xc3\"}".to_vec();
    for body in [HTML.into(), b"{\"id\":\"215\",".to_vec(), half_character, inner_half, b"{} {}".to_vec()] {
        let (outcome, server) = outcome(vec![Reply::raw(200, body), conversation()]).await;
        outcome.unwrap();
        assert_eq!(server.count(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_200_that_never_makes_sense_becomes_an_error_that_says_why() {
    let (error, tries) = error(Reply::raw(200, HTML)).await;
    assert!(matches!(error, Error::InvalidBody { attempts: 8, .. }));
    assert_eq!(error.source().unwrap().to_string(), "the body is not complete JSON");
    assert_eq!(tries, 8);
}

#[tokio::test(start_paused = true)]
async fn a_200_with_another_object_or_an_error_inside_is_retried() {
    let wrong = [
        Reply::ok(json!({"type": "conversation", "id": "216"})),
        Reply::ok(json!({"type": "conversation"})),
        Reply::ok(json!({"type": "error.list", "errors": [{"code": "server_error"}]})),
        Reply::ok(json!([])),
        Reply::ok(json!(null)),
    ];
    for reply in wrong {
        let (outcome, server) = outcome(vec![reply, conversation()]).await;
        outcome.unwrap();
        assert_eq!(server.count(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn an_id_may_be_a_number() {
    let (outcome, _) = outcome(vec![Reply::ok(json!({"id": 215}))]).await;
    outcome.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_version_without_this_endpoint_is_its_own_outcome() {
    for message in [
        "Requested resource is not available in current API version",
        "The requested version could not be found",
    ] {
        let (error, tries) = error(Reply::error(400, "intercom_version_invalid", message)).await;
        assert!(matches!(error, Error::VersionUnavailable { .. }) && error.is_unavailable_here());
        assert_eq!(tries, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_429_is_not_a_try_and_retry_after_is_honoured() {
    let mut replies =
        vec![Reply::error(429, "rate_limit_exceeded", "Exceeded rate limit of 83 in 10_seconds"); 12];
    replies =
        replies.into_iter().map(|reply| reply.header("retry-after", "20")).chain([conversation()]).collect();
    let (outcome, server) = outcome(replies).await;
    outcome.unwrap();
    assert_eq!(server.count(), 13);
    let stats = server.client.stats();
    assert_eq!((stats.rate_limited, stats.retries), (12, 0));
    let seen = server.seen();
    assert!(seen.windows(2).all(|two| two[1].at - two[0].at >= Duration::from_secs(20)));
}

#[tokio::test(start_paused = true)]
async fn a_response_beyond_the_size_limit_is_an_error_after_three_tries() {
    let mut options = options();
    options.max_response_bytes = 1000;
    let server = served(options, |_, _| Reply::raw(200, vec![b' '; 2000]));
    let error = server.client.conversation("215").await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit: 1000, .. }));
    assert_eq!(server.count(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_id_that_is_none_is_never_sent() {
    let server = scripted(vec![conversation()]);
    for id in ["", "..", "../me", "1/2", "1?x=1", "ü", &"1".repeat(100)] {
        let error = server.client.conversation(id).await.unwrap_err();
        assert!(matches!(error, Error::InvalidId { .. }), "{id}");
    }
    assert_eq!(server.count(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_the_client_does_is_counted_by_endpoint() {
    let server = scripted(vec![Reply::raw(500, "12345"), conversation()]);
    server.client.conversation("215").await.unwrap();
    let stats = server.client.stats();
    assert_eq!((stats.requests, stats.retries), (2, 1));
    assert!(stats.bytes_received > 5);
    assert_eq!(stats.by_endpoint.len(), 1);
    assert_eq!(stats.by_endpoint[0].endpoint.to_string(), "GET /conversations/{id}");
}

fn refused(change: impl FnOnce(&mut fastintercom::intercom::ClientOptions)) -> OptionsError {
    let mut options = options();
    change(&mut options);
    Client::new(options).unwrap_err()
}

#[test]
fn options_that_cannot_be_right_are_refused() {
    let url = |text: &str| Url::parse(text).unwrap();
    assert!(matches!(
        refused(|o| o.base_url = url("http://api.intercom.io/")),
        OptionsError::NotEncrypted { .. }
    ));
    assert!(matches!(
        refused(|o| o.base_url = url("http://localhost.evil.example/")),
        OptionsError::NotEncrypted { .. }
    ));
    assert!(matches!(refused(|o| o.base_url = url("file:///etc/passwd")), OptionsError::NoHost { .. }));
    assert!(matches!(
        refused(|o| o.base_url = url("https://me:pw@api.intercom.io/")),
        OptionsError::CredentialsInUrl
    ));
    assert!(matches!(refused(|o| o.share = 0.0), OptionsError::Share { .. }));
    assert!(matches!(refused(|o| o.share = 1.5), OptionsError::Share { .. }));
    assert!(matches!(refused(|o| o.share = f64::NAN), OptionsError::Share { .. }));
    assert!(matches!(refused(|o| o.token = " ".into()), OptionsError::EmptyToken));
    assert!(matches!(refused(|o| o.token = "a\nb".into()), OptionsError::TokenCharacters));
    for good in ["http://127.0.0.1:9/", "http://[::1]:9/", "http://localhost/", "https://api.eu.intercom.io/"]
    {
        let mut options = options();
        options.base_url = url(good);
        Client::new(options).unwrap();
    }
}

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn the_token_is_in_no_log_no_error_and_no_debug_output() {
    let captured = Captured::default();
    let writer = captured.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let echo = format!("bad token {TOKEN} in Bearer {TOKEN}");
    let mut said = format!("{:?} {:?}", options(), scripted(vec![conversation()]).client);
    for reply in [
        Reply::error(400, TOKEN, &echo),
        Reply::error(401, TOKEN, &echo),
        Reply::error(403, "forbidden", &echo),
        Reply::raw(403, echo.clone()),
        Reply::raw(500, echo.clone()),
        Reply::raw(200, echo.clone()),
        Reply::raw(302, "").header("location", &format!("https://x.example/?token={TOKEN}")),
    ] {
        let (error, _) = error(reply).await;
        said.push_str(&format!("{error} {error:?} {:?}", error.hint()));
        let mut source = error.source();
        while let Some(cause) = source {
            said.push_str(&format!("{cause} {cause:?}"));
            source = cause.source();
        }
    }
    said.push_str(&String::from_utf8(captured.0.lock().unwrap().clone()).unwrap());
    assert!(said.contains("/conversations/{id}") && said.contains("attempt=8"));
    assert!(!said.contains(TOKEN), "the token leaked");
    assert!(!said.contains("/conversations/215"), "an id leaked");
}
