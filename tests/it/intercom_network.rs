//! The transport over real sockets against a server that breaks every rule below HTTP. Nothing here
//! measures time; limits are set low so that waiting for them is short.

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use fastintercom::intercom::{Client, ClientOptions, Error, Region, TimeoutPhase};
use reqwest::Url;
use tower_http::compression::CompressionLayer;

use crate::support::raw_server::{Answer, RawServer, response};

const BODY: &str = r#"{"type":"conversation","id":"215","updated_at":1790000000}"#;

/// Options that lose patience quickly and retry at once.
fn hasty(base_url: Url) -> ClientOptions {
    let mut options = ClientOptions::at(base_url, "token".into());
    options.retry.base = Duration::from_millis(1);
    options.retry.tries = 3;
    options.timeouts.connect = Duration::from_millis(150);
    options.timeouts.head = Duration::from_millis(150);
    options.timeouts.body_idle = Duration::from_millis(150);
    options.max_response_bytes = 1_000_000;
    options
}

async fn outcome(script: Vec<Answer>) -> (Result<(), Error>, RawServer) {
    let server = RawServer::start(script).await;
    let client = Client::new(hasty(server.url())).unwrap();
    (client.conversation("215").await.map(drop), server)
}

/// One bad answer, then a good one: the bad one must be survived.
async fn survives(bad: Answer) {
    let (outcome, server) = outcome(vec![bad.clone(), Answer::json(BODY)]).await;
    outcome.unwrap_or_else(|error| panic!("{bad:?}: {error}"));
    assert_eq!(server.hits(), 2, "{bad:?}");
}

#[tokio::test]
async fn a_request_over_a_socket_is_what_intercom_expects() {
    let (outcome, server) = outcome(vec![Answer::json(BODY)]).await;
    outcome.unwrap();
    let request = server.requests()[0].to_ascii_lowercase();
    assert!(request.starts_with("get /conversations/215 http/1.1"), "{request}");
    for line in
        ["authorization: bearer token", "intercom-version: 2.16", "accept-encoding: gzip", "user-agent: fi/"]
    {
        assert!(request.contains(line), "{line} is not in {request}");
    }
}

#[tokio::test]
async fn a_connection_reset_before_or_in_the_body_is_retried() {
    survives(Answer::Reset(Vec::new())).await;
    survives(Answer::reset_mid_body(&BODY.as_bytes()[..20], BODY.len())).await;
    survives(Answer::Reset(b"HTTP/1.1 2".to_vec())).await;
}

#[tokio::test]
async fn a_body_shorter_than_announced_is_retried() {
    survives(Answer::short(&BODY.as_bytes()[..30], BODY.len())).await;
}

#[tokio::test]
async fn a_chunked_body_cut_off_is_retried_even_if_it_is_complete_json() {
    let text = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{BODY}\r\n", BODY.len());
    survives(Answer::Bytes(text.into_bytes())).await;
}

#[tokio::test]
async fn something_that_is_not_http_is_retried() {
    survives(Answer::Bytes(b"SSH-2.0-OpenSSH_9.6\r\n".to_vec())).await;
    survives(Answer::Bytes(Vec::new())).await;
}

#[tokio::test]
async fn html_with_status_200_and_half_a_character_are_retried() {
    survives(Answer::http(200, &[("content-type", "text/html")], b"<html>maintenance</html>")).await;
    survives(Answer::http(200, &[], b"{\"id\":\"215\",\"title\":\"caf\xc3")).await;
}

#[tokio::test]
async fn a_damaged_gzip_body_is_retried() {
    survives(Answer::http(
        200,
        &[("content-encoding", "gzip")],
        b"\x1f\x8b\x08\x00garbage that is no deflate",
    ))
    .await;
}

#[tokio::test]
async fn silence_times_out_and_is_retried() {
    survives(Answer::Silence).await;
    let (outcome, server) = outcome(vec![Answer::Silence]).await;
    let error = outcome.unwrap_err();
    assert!(matches!(error, Error::Timeout { attempts: 3, .. }), "{error}");
    assert_eq!(server.hits(), 3);
}

#[tokio::test]
async fn a_body_that_stops_moving_times_out_and_is_retried() {
    // The head and a part of the body, then nothing, on a connection that stays open.
    let part = response(200, &[], &BODY.as_bytes()[..10], BODY.len());
    survives(Answer::Stall(part)).await;
    let (outcome, _) = outcome(vec![Answer::Stall(response(200, &[], b"{", 100))]).await;
    let error = outcome.unwrap_err();
    assert!(matches!(error, Error::Timeout { phase: TimeoutPhase::Body, .. }), "{error}");
}

#[tokio::test]
async fn a_body_that_drips_for_ever_hits_the_limit_for_the_whole_exchange() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n".to_vec();
    let drip = Answer::Drip([head, vec![b' '; 100_000]].concat(), Duration::from_millis(1));
    let server = RawServer::start(vec![drip]).await;
    let mut options = hasty(server.url());
    options.retry.tries = 1;
    options.timeouts.head = Duration::from_secs(60);
    options.timeouts.body_idle = Duration::from_secs(60);
    options.timeouts.total = Duration::from_millis(300);
    let error = Client::new(options).unwrap().conversation("215").await.unwrap_err();
    assert!(matches!(error, Error::Timeout { phase: TimeoutPhase::Total, .. }), "{error}");
}

#[tokio::test]
async fn an_endless_chunked_body_is_cut_off_at_the_size_limit() {
    let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    let chunk = [b"4000\r\n".to_vec(), vec![b' '; 0x4000], b"\r\n".to_vec()].concat();
    let (outcome, server) = outcome(vec![Answer::Endless(head, chunk)]).await;
    assert!(matches!(outcome.unwrap_err(), Error::TooLarge { limit: 1_000_000, .. }));
    assert_eq!(server.hits(), 3);
}

#[tokio::test]
async fn a_gzip_bomb_is_cut_off_at_the_size_it_would_have() {
    let router = Router::new()
        .route("/conversations/{id}", get(|| async { vec![b' '; 20_000_000] }))
        .layer(CompressionLayer::new());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let mut options = hasty(url);
    options.timeouts.head = Duration::from_secs(30);
    let error = Client::new(options).unwrap().conversation("215").await.unwrap_err();
    server.abort();
    assert!(matches!(error, Error::TooLarge { limit: 1_000_000, .. }), "{error}");
}

#[tokio::test]
async fn a_redirect_to_another_host_is_not_followed() {
    let elsewhere = RawServer::start(vec![Answer::json(BODY)]).await;
    let location = format!("{}conversations/215", elsewhere.url());
    let (outcome, _) = outcome(vec![Answer::http(302, &[("location", &location)], b"")]).await;
    assert!(matches!(outcome.unwrap_err(), Error::Redirected { status: 302, .. }));
    assert_eq!(elsewhere.hits(), 0, "the token went to another host");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_an_error_with_the_host_and_nothing_else() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let client = Client::new(hasty(Url::parse(&format!("http://{address}/")).unwrap())).unwrap();
    let error = client.conversation("215").await.unwrap_err();
    assert!(
        matches!(&error, Error::Connect { host, attempts: 3, .. } if **host == *address.to_string()),
        "{error:?}"
    );
    assert!(!format!("{error:?}").contains("conversations/215"), "the URL is in {error:?}");
    assert_eq!(client.stats().requests, 3);
}

#[tokio::test]
async fn gzip_bodies_are_read() {
    let router = Router::new()
        .route("/conversations/{id}", get(|| async { format!("{BODY}{}", " ".repeat(5000)) }))
        .layer(CompressionLayer::new());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let item = Client::new(hasty(url)).unwrap().conversation("215").await.unwrap();
    server.abort();
    assert_eq!(item.get(), BODY);
}

#[test]
fn a_token_used_on_the_wrong_regional_host_is_answered_with_the_region_to_try() {
    // Gotcha 28. The 401 itself is tested with the other outcomes; here, that each region has its host.
    let hosts: Vec<_> = Region::ALL.iter().map(|region| region.api_base().to_string()).collect();
    assert_eq!(
        hosts,
        ["https://api.intercom.io/", "https://api.eu.intercom.io/", "https://api.au.intercom.io/"]
    );
    for region in Region::ALL {
        assert_eq!(region.as_str().parse(), Ok(region));
        assert_eq!(region.as_str().to_uppercase().parse(), Ok(region));
        assert_eq!(Region::of_host(region.api_base().host_str().unwrap()), Some(region));
        assert!(region.app_base().starts_with("https://app."));
    }
    let error = "moon".parse::<Region>().unwrap_err();
    assert_eq!(error.to_string(), "`moon` is not an Intercom region; write `us`, `eu` or `au`");
}
