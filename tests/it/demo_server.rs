//! The demo server as a client meets it: tokens, versions, limits, lists, permissions.

use crate::demo_support::*;
use fastintercom::demo::{ApiVersion, Clock, Latency, Scope, ServerOptions};
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test]
async fn a_request_without_a_valid_token_is_401_and_learns_nothing_about_limits() {
    let server = with(ServerOptions { token: Some("secret".into()), ..ServerOptions::default() });
    for asked in [
        get("/me").bare(),
        get("/me").header("authorization", "Bearer wrong"),
        get("/me").header("authorization", "secret"),
    ] {
        let answer = asked.ask(&server).await;
        assert_eq!(answer.error(), (401, "unauthorized".into()));
        assert_eq!(answer.message(), "Access Token Invalid");
        assert_eq!(answer.header("x-ratelimit-limit"), None);
    }
    assert_eq!(get("/me").ask(&server).await.status, 200);
    assert_eq!(server.stats().unauthorized, 3);
}

#[tokio::test]
async fn any_token_will_do_unless_one_is_set_but_none_will_not() {
    assert_eq!(get("/me").header("authorization", "Bearer anything").ask(&server()).await.status, 200);
    assert_eq!(get("/me").header("authorization", "Bearer ").ask(&server()).await.status, 401);
}

#[tokio::test]
async fn me_names_the_workspace_its_region_and_its_time_zone() {
    let me = get("/me").ok(&server()).await;
    assert_eq!(me["app"]["region"], "EU");
    assert_eq!(me["app"]["timezone"], "Europe/Berlin");
    assert_eq!(me["app"]["id_code"], "w7k2q9xd");
}

#[tokio::test]
async fn every_answer_carries_the_headers_of_the_api() {
    let answer = get("/tags").ask(&server()).await;
    assert_eq!(answer.header("x-request-id").unwrap().len(), 20);
    assert_eq!(answer.header("x-intercom-version").unwrap().len(), 40);
    assert!(answer.header("x-runtime").unwrap().parse::<f64>().is_ok());
    assert_eq!(answer.header("date"), Some("Fri, 20 Nov 2026 12:00:00 GMT"));
    assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"));
    assert_eq!(answer.header("x-ratelimit-limit"), Some("1000000"));
}

#[tokio::test]
async fn an_unknown_version_is_refused_and_a_missing_one_is_the_default() {
    for version in ["9.9", "two", "1.4", ""] {
        let answer = get("/me").version(version).ask(&server()).await;
        assert_eq!(answer.error(), (400, "intercom_version_invalid".into()), "{version}");
        assert_eq!(answer.message(), "The requested version could not be found");
    }
    let old = with(ServerOptions { default_version: ApiVersion::V2_15, ..ServerOptions::default() });
    let gone = get("/conversations/deleted").ask(&old).await;
    assert_eq!(gone.error(), (400, "intercom_version_invalid".into()));
    assert_eq!(gone.message(), "Requested resource is not available in current API version");
    assert_eq!(get("/conversations/deleted").version("2.16").ask(&old).await.status, 200);
    assert_eq!(get("/conversations/deleted").version("Preview").ask(&old).await.status, 200);
}

#[tokio::test]
async fn conversation_attributes_moved_with_2_16() {
    let server = server();
    assert_eq!(get("/conversations/attributes").version("2.15").ask(&server).await.error().0, 400);
    let old = get("/data_attributes?model=conversation").version("2.15").ok(&server).await;
    assert!(old["data"].as_array().unwrap().iter().any(|a| a["name"] == "CX Score rating"));
    let answer = get("/data_attributes?model=conversation").version("2.16").ask(&server).await;
    assert_eq!(answer.error(), (422, "parameter_invalid".into()));
    assert!(answer.message().contains("Use GET /conversations/attributes instead"));
    let new = get("/conversations/attributes").ok(&server).await["data"].as_array().unwrap().len();
    let all = get("/conversations/attributes?include_archived=true").ok(&server).await["data"]
        .as_array()
        .unwrap()
        .len();
    assert!(all > new);
}

#[tokio::test]
async fn owners_and_ticket_assignees_change_their_type_with_2_16() {
    let workspace = company();
    let owned = workspace.contacts().find(|contact| contact.owner.is_some()).unwrap().id;
    let server = server();
    assert!(get(format!("/contacts/{owned}")).version("2.15").ok(&server).await["owner_id"].is_number());
    assert!(get(format!("/contacts/{owned}")).ok(&server).await["owner_id"].is_string());
    let ticket = workspace.tickets()[0].id;
    let old = get(format!("/tickets/{ticket}")).version("2.15").ok(&server).await;
    assert!(old["admin_assignee_id"].is_string() && old.get("previous_ticket_state_id").is_none());
    assert!(get(format!("/tickets/{ticket}")).ok(&server).await["admin_assignee_id"].is_number());
    assert!(get(format!("/tickets/{ticket}")).version("2.11").ok(&server).await["ticket_state"].is_string());
    assert!(get("/admins").version("2.15").ok(&server).await["admins"][1].get("role").is_none());
}

#[tokio::test(start_paused = true)]
async fn the_limit_holds_per_ten_seconds_of_unix_time() {
    let options = ServerOptions {
        rate_limit: Some(3),
        clock: Clock::tokio(NOW * 1_000 + 4_000),
        ..ServerOptions::default()
    };
    let server = fastintercom::demo::DemoServer::new(company(), options);
    for remaining in ["2", "1", "0"] {
        let answer = get("/me").ask(&server).await;
        assert_eq!(answer.header("x-ratelimit-remaining"), Some(remaining));
        assert_eq!(answer.header("x-ratelimit-limit"), Some("3"));
        assert_eq!(answer.header("x-ratelimit-reset"), Some((NOW + 10).to_string().as_str()));
    }
    let refused = get("/me").ask(&server).await;
    assert_eq!(refused.error(), (429, "rate_limit_exceeded".into()));
    assert_eq!(refused.message(), "Exceeded rate limit of 3 in 10_seconds");
    assert_eq!(refused.header("x-ratelimit-remaining"), Some("0"));
    assert_eq!(refused.header("retry-after"), None);
    tokio::time::advance(Duration::from_millis(5_999)).await;
    assert_eq!(get("/me").ask(&server).await.status, 429);
    tokio::time::advance(Duration::from_millis(1)).await;
    assert_eq!(get("/me").ask(&server).await.status, 200);
    let stats = server.stats();
    assert_eq!((stats.too_many, stats.calls("GET /me"), stats.most_in_window, stats.requests), (2, 4, 5, 6));
    assert_eq!(stats.most_in_any_10s, 6);
}

#[tokio::test(start_paused = true)]
async fn answers_take_as_long_as_they_are_told_to() {
    let latency = Latency { fixed: Duration::from_millis(200), jitter: Duration::from_millis(100) };
    let server = with(ServerOptions { latency, ..ServerOptions::default() });
    let before = tokio::time::Instant::now();
    get("/me").ask(&server).await;
    assert!((200..=301).contains(&before.elapsed().as_millis()));
}

#[tokio::test]
async fn unknown_paths_are_404_and_wrong_methods_405() {
    let server = server();
    for path in ["/", "/nope", "/conversations/1/2/3", "/me/x", "/v2/me"] {
        assert_eq!(get(path).ask(&server).await.error(), (404, "not_found".into()), "{path}");
    }
    for asked in [
        post("/me", json!({})),
        get("/contacts/search").method("DELETE"),
        get("/conversations/search").method("PUT"),
    ] {
        assert_eq!(asked.ask(&server).await.status, 405);
    }
    assert_eq!(get("/me").header("accept", "text/csv").ask(&server).await.status, 406);
    let form = search(json!({})).header("x-unused", "1").request();
    let (mut parts, body) = form.into_parts();
    parts.headers.insert("content-type", "text/plain".parse().unwrap());
    assert_eq!(server.call(axum::http::Request::from_parts(parts, body)).await.status(), 415);
}

#[tokio::test]
async fn a_missing_scope_is_403_and_named() {
    let server =
        with(ServerOptions { denied: vec![Scope::Conversations, Scope::Me], ..ServerOptions::default() });
    for path in ["/conversations", "/conversations/1", "/conversations/deleted", "/me"] {
        assert_eq!(get(path).ask(&server).await.error(), (403, "forbidden".into()), "{path}");
    }
    let message = get("/conversations").ask(&server).await.message();
    assert_eq!(message, "You do not have the required scope (read_conversations) to access this resource");
    assert_eq!(get("/contacts").ask(&server).await.status, 200);
}

#[tokio::test]
async fn without_the_tickets_scope_tickets_are_missing_from_the_conversations_too() {
    let all = search(json!({"field": "created_at", "operator": ">", "value": 0})).ok(&server()).await["total_count"].as_u64();
    let tickets = company().conversations().filter(|c| c.ticket.is_some()).count() as u64;
    let server = with(ServerOptions { denied: vec![Scope::Tickets], ..ServerOptions::default() });
    let fewer =
        search(json!({"field": "created_at", "operator": ">", "value": 0})).ok(&server).await["total_count"]
            .as_u64();
    assert_eq!(fewer, all.map(|all| all - tickets));
    let ticket = company().conversations().find(|c| c.ticket.is_some()).unwrap().id;
    assert_eq!(get(format!("/conversations/{ticket}")).ask(&server).await.error().0, 403);
    let restricted = with(ServerOptions { tickets_restricted: true, ..ServerOptions::default() });
    let answer = post("/tickets/search", json!({})).ask(&restricted).await;
    assert_eq!(answer.error(), (403, "api_plan_restricted".into()));
}

#[tokio::test]
async fn a_conversation_is_returned_whole_and_as_the_truth_has_it() {
    let (server, workspace) = (server(), company());
    for id in workspace.conversation_ids().into_iter().step_by(17) {
        let mut got = get(format!("/conversations/{id}")).ok(&server).await;
        let mut truth = workspace.conversation_json(id, ApiVersion::V2_16, NOW).unwrap();
        unsign(&mut got);
        unsign(&mut truth);
        assert_eq!(got, truth);
    }
}

/// Cuts the signatures off, which differ from one fetch to the next.
fn unsign(value: &mut Value) {
    match value {
        Value::String(text) => {
            while let Some(start) = text.find("?expires=") {
                let end = text[start..].find('"').map_or(text.len(), |n| start + n);
                text.replace_range(start..end, "");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(unsign),
        Value::Object(fields) => fields.values_mut().for_each(unsign),
        _ => {}
    }
}

#[tokio::test]
async fn of_more_than_500_parts_the_most_recent_500_are_returned() {
    let workspace = company();
    let long = workspace.conversations().find(|c| c.parts.len() > 500).unwrap();
    let got = get(format!("/conversations/{}", long.id)).ok(&server()).await;
    let parts = got["conversation_parts"]["conversation_parts"].as_array().unwrap();
    assert_eq!(parts.len(), 500);
    assert_eq!(parts.last().unwrap()["id"], long.parts.last().unwrap().id.to_string());
    assert_eq!(got["conversation_parts"]["total_count"], long.parts.len());
    assert_eq!(got["statistics"]["count_conversation_parts"], long.parts.len() + 1);
    let counting = with(ServerOptions { count_returned_parts: true, ..ServerOptions::default() });
    let got = get(format!("/conversations/{}", long.id)).ok(&counting).await;
    assert_eq!(got["conversation_parts"]["total_count"], 500);
}

#[tokio::test]
async fn plaintext_is_for_retrieve_only() {
    let workspace = company();
    let c = workspace
        .conversations()
        .find(|c| c.source.body.contains("<p class") && c.source.body.contains("&amp;"))
        .unwrap();
    let server = server();
    let got = get(format!("/conversations/{}?display_as=plaintext", c.id)).ok(&server).await;
    assert!(!got["source"]["body"].as_str().unwrap().contains("<p"));
    let found = search(json!({"field": "id", "operator": "=", "value": c.id.to_string()})).ok(&server).await;
    assert!(found["conversations"][0]["source"]["body"].as_str().unwrap().contains("<p"));
}

#[tokio::test]
async fn attachment_addresses_differ_on_every_fetch_and_expire_after_half_an_hour() {
    let workspace = company();
    let id = workspace.conversations().find(|c| !c.source.attachments.is_empty()).unwrap().id;
    let server = server();
    let url = async || {
        let got = get(format!("/conversations/{id}")).ok(&server).await;
        got["source"]["attachments"][0]["url"].as_str().unwrap().to_owned()
    };
    let (one, other) = (url().await, url().await);
    assert_ne!(one, other);
    assert_eq!(one.split('?').next(), other.split('?').next());
    assert!(
        one.contains(&format!("?expires={}&signature=", NOW + 1_800))
            && one.contains(".intercom-attachments-")
    );
}

#[tokio::test]
async fn monitors_and_scorecards_come_only_when_asked_for() {
    let workspace = company();
    let id = workspace.conversation_ids().into_iter().find(|id| id % 7 == 0).unwrap().to_string();
    let query = json!({"query": {"field": "id", "operator": "=", "value": id}});
    let plain = post("/conversations/search", query.clone()).ok(&server()).await;
    assert!(plain["conversations"][0].get("monitor_evaluations").is_none());
    let more = post("/conversations/search?include_monitors=true&include_scorecards=true", query)
        .ok(&server())
        .await;
    assert!(
        more["conversations"][0]["monitor_evaluations"].is_array()
            && more["conversations"][0]["scorecards"].is_array()
    );
}

#[tokio::test]
async fn it_listens_on_this_machine_and_compresses_for_those_who_accept_it() {
    let running = server().bind(0).await.unwrap();
    assert!(running.addr.ip().is_loopback());
    let client = reqwest::Client::builder().no_proxy().gzip(false).build().unwrap();
    let ask = |accept: &'static str| {
        client
            .get(format!("{}/admins", running.base_url()))
            .bearer_auth("x")
            .header("accept-encoding", accept)
            .send()
    };
    let packed = ask("gzip").await.unwrap();
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    assert_eq!(packed.bytes().await.unwrap()[..2], [0x1f, 0x8b]);
    let bare = ask("identity").await.unwrap();
    assert!(bare.headers().get("content-encoding").is_none());
    assert_eq!(bare.json::<Value>().await.unwrap()["type"], "admin.list");
    let url = format!("{}/me", running.base_url());
    running.shutdown().await;
    assert!(client.get(url).bearer_auth("x").send().await.is_err());
}

#[tokio::test]
async fn it_counts_which_conversations_were_asked_for() {
    let server = server();
    let id = company().conversation_ids()[3];
    for _ in 0..2 {
        get(format!("/conversations/{id}")).ok(&server).await;
    }
    assert_eq!(server.stats().conversation_gets.get(&id), Some(&2));
    server.reset_stats();
    assert_eq!(server.stats().requests, 0);
}
