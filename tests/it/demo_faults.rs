//! Every fault of the demo server does what its description says, and only where it says.

use crate::demo_support::*;
use axum::body::to_bytes;
use fastintercom::demo::{Clock, DemoServer, FaultKind, Faults, ServerOptions, When};
use futures::StreamExt;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

/// A server on which one fault strikes at every request it can hit.
fn always(kind: FaultKind) -> DemoServer {
    faulty(Faults::only(kind, When::Every(1)))
}

fn everything() -> Asked {
    search(json!({"field": "created_at", "operator": ">", "value": 0}))
        .sort("updated_at", "ascending")
        .per_page(50)
}

async fn cursor() -> Value {
    everything().ok(&server()).await["pages"]["next"]["starting_after"].clone()
}

#[test]
fn faults_are_read_from_text() {
    let faults: Faults = "http_500=0.05, timeout=1/50,empty_200".parse().unwrap();
    let plans: Vec<_> = faults.plans.iter().map(|plan| (plan.kind, plan.when)).collect();
    assert_eq!(plans[0], (FaultKind::Http500, When::Probability(0.05)));
    assert_eq!(plans[1], (FaultKind::Timeout, When::Every(50)));
    assert_eq!(plans[2], (FaultKind::Empty200, When::Probability(0.02)));
    assert_eq!("mixed=0.1".parse::<Faults>().unwrap().plans.len(), FaultKind::ALL.len());
    assert_eq!("none".parse::<Faults>(), Ok(Faults::none()));
    assert_eq!("".parse::<Faults>(), Ok(Faults::none()));
}

#[test]
fn a_bad_fault_name_is_answered_with_the_good_ones() {
    let error = "http_500,flood=0.1".parse::<Faults>().unwrap_err().to_string();
    assert!(
        error.contains("`flood`") && FaultKind::ALL.iter().all(|info| error.contains(info.name)),
        "{error}"
    );
    for given in ["2", "-1", "often", "1/0", "1/x"] {
        let error = format!("timeout={given}").parse::<Faults>().unwrap_err().to_string();
        assert!(error.contains(given) && error.contains("timeout"), "{error}");
    }
    assert!("mixed=1/5".parse::<Faults>().is_err());
    assert!(FaultKind::ALL.iter().all(|info| Faults::help().contains(info.description)));
}

#[tokio::test]
async fn the_same_seed_and_requests_meet_the_same_faults() {
    let statuses = async |seed: u64| {
        let faults = "http_500=0.2,empty_200=0.1,transient_404=0.3".parse().unwrap();
        let server = with(ServerOptions { faults, seed, ..ServerOptions::default() });
        let mut seen = Vec::new();
        for id in company().conversation_ids().into_iter().take(60) {
            seen.push(get(format!("/conversations/{id}")).ask(&server).await.status.as_u16());
        }
        seen
    };
    let one = statuses(1).await;
    assert_eq!(one, statuses(1).await);
    assert_ne!(one, statuses(2).await);
    assert!([200, 404, 500].iter().all(|status| one.contains(status)));
}

#[tokio::test]
async fn every_nth_request_is_hit() {
    let server = faulty(Faults::only(FaultKind::Http500, When::Every(3)));
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(get("/me").ask(&server).await.status.as_u16());
    }
    assert_eq!(statuses, [200, 200, 500, 200, 200, 500]);
    assert_eq!(server.stats().faults, [(FaultKind::Http500, 2)].into());
}

#[tokio::test]
async fn proxies_answer_in_html_and_without_limits() {
    for (kind, status) in [
        (FaultKind::Http500, 500),
        (FaultKind::Http502, 502),
        (FaultKind::Http503, 503),
        (FaultKind::Html200, 200),
    ] {
        let answer = get("/me").ask(&always(kind)).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (status, Some("text/html")));
        assert!(answer.text().starts_with("<html>") && answer.header("x-ratelimit-limit").is_none());
    }
    assert_eq!(get("/me").ask(&always(FaultKind::Http500Json)).await.error(), (500, "server_error".into()));
    assert_eq!(get("/me").ask(&always(FaultKind::Http408)).await.status, 408);
}

#[tokio::test(start_paused = true)]
async fn slow_failures_take_their_time() {
    let before = tokio::time::Instant::now();
    let answer = get("/me").ask(&always(FaultKind::Http504)).await;
    assert_eq!((answer.status.as_u16(), answer.bytes.len(), before.elapsed().as_secs()), (504, 0, 10));
    let never = always(FaultKind::Timeout);
    assert!(tokio::time::timeout(Duration::from_secs(86_400), get("/me").ask(&never)).await.is_err());
}

#[tokio::test]
async fn bodies_with_status_200_can_be_worthless() {
    assert_eq!(get("/me").ask(&always(FaultKind::Empty200)).await.bytes, b"");
    let whole = get("/me").ask(&server()).await.bytes;
    let half = get("/me").ask(&always(FaultKind::TruncatedJson)).await;
    assert_eq!((half.status.as_u16(), half.bytes.as_slice()), (200, &whole[..whole.len() / 2]));
    let broken = get("/me").ask(&always(FaultKind::HalfUtf8)).await;
    assert!(std::str::from_utf8(&broken.bytes).is_err());
    assert!(serde_json::from_slice::<Value>(&broken.bytes).is_err());
}

#[tokio::test]
async fn connections_break_in_the_middle_of_a_body() {
    for kind in [FaultKind::ShortBody, FaultKind::Reset] {
        let response = always(kind).call(get("/admins").request()).await;
        assert_eq!(response.status(), 200);
        let promised = response
            .headers()
            .get("content-length")
            .map(|length| length.to_str().unwrap().parse::<usize>().unwrap());
        let mut body = response.into_body().into_data_stream();
        let sent = body.next().await.unwrap().unwrap().len();
        assert!(body.next().await.unwrap().is_err());
        assert!(sent > 0 && promised.is_none_or(|promised| promised > sent));
        assert_eq!(promised.is_some(), kind == FaultKind::ShortBody);
    }
}

#[tokio::test]
async fn over_a_socket_broken_bodies_are_transport_errors() {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for kind in [FaultKind::ShortBody, FaultKind::Reset] {
        let running = always(kind).bind(0).await.unwrap();
        let response =
            client.get(format!("{}/admins", running.base_url())).bearer_auth("x").send().await.unwrap();
        let error = response.bytes().await.unwrap_err();
        let mut chain = String::new();
        let mut cause: Option<&dyn std::error::Error> = Some(&error);
        while let Some(next) = cause {
            chain.push_str(&next.to_string());
            cause = next.source();
        }
        let wanted =
            if kind == FaultKind::Reset { "reset" } else { "incomplete|end of file|closed|reading a body" };
        assert!(wanted.split('|').any(|word| chain.to_lowercase().contains(word)), "{kind:?}: {chain}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_body_sends_one_byte_per_second() {
    let before = tokio::time::Instant::now();
    let response = always(FaultKind::SlowBody).call(get("/me").request()).await;
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    assert_eq!(before.elapsed().as_secs() as usize, body.len());
    assert_eq!(serde_json::from_slice::<Value>(&body).unwrap()["type"], "admin");
}

#[tokio::test(start_paused = true)]
async fn an_endless_body_does_not_end() {
    let response = always(FaultKind::EndlessBody).call(get("/me").request()).await;
    assert!(response.headers().get("content-length").is_none());
    assert!(to_bytes(response.into_body(), 4 << 20).await.is_err(), "it is longer than any limit");
}

#[tokio::test]
async fn a_gzip_bomb_is_small_and_unpacks_to_half_a_gigabyte() {
    let response = always(FaultKind::GzipBomb).call(get("/me").request()).await;
    assert_eq!(response.headers()["content-encoding"], "gzip");
    let packed = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    assert!(packed.len() < 4 << 20);
    let length = u32::from_le_bytes(packed[packed.len() - 4..].try_into().unwrap());
    assert!(length > 500 << 20, "{length}");
    assert!(unpacks(&packed, length as usize));
}

/// Whether `gunzip`, if this machine has it, agrees that it is a valid file of that size.
fn unpacks(packed: &[u8], length: usize) -> bool {
    use std::io::Read;
    let path = std::env::temp_dir().join(format!("fi-demo-bomb-{}.gz", std::process::id()));
    std::fs::write(&path, packed).unwrap();
    let child =
        std::process::Command::new("gzip").arg("-dc").arg(&path).stdout(std::process::Stdio::piped()).spawn();
    let Ok(mut child) = child else { return true };
    let (mut out, mut buffer, mut total) = (child.stdout.take().unwrap(), vec![0; 1 << 20], 0);
    while let Ok(n @ 1..) = out.read(&mut buffer) {
        total += n;
    }
    let ended = child.wait().unwrap().success();
    std::fs::remove_file(path).unwrap();
    ended && total == length
}

#[tokio::test]
async fn a_client_that_accepts_gzip_meets_the_bomb() {
    let running = always(FaultKind::GzipBomb).bind(0).await.unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let response = client.get(format!("{}/me", running.base_url())).bearer_auth("x").send().await.unwrap();
    let (mut chunks, mut total) = (response.bytes_stream(), 0);
    while total < 64 << 20 {
        total += chunks.next().await.unwrap().unwrap().len();
    }
}

#[tokio::test]
async fn pages_can_be_wrong_in_ways_only_a_careful_client_sees() {
    let good = everything().ok(&server()).await;
    let doubled = everything().ok(&always(FaultKind::DuplicatedPage)).await;
    assert_eq!(ids(&doubled), [ids(&good), ids(&good)].concat());
    let shuffled = everything().ok(&always(FaultKind::UnsortedPage)).await;
    assert_ne!(ids(&shuffled), ids(&good));
    assert_eq!(ids(&shuffled).into_iter().collect::<BTreeSet<_>>(), ids(&good).into_iter().collect());
    let drifted = everything().ok(&always(FaultKind::TotalCountDrift)).await;
    assert_eq!(ids(&drifted), ids(&good));
    let malformed = everything().ok(&always(FaultKind::MalformedItem)).await;
    let items = malformed["conversations"].as_array().unwrap();
    assert_eq!((items.len(), items.iter().filter(|item| item.get("id").is_none()).count()), (50, 1));
}

#[tokio::test]
async fn cursors_can_loop_or_expire() {
    let cursor = cursor().await;
    let second = || everything().set("pagination", json!({"per_page": 50, "starting_after": cursor}));
    let looping = always(FaultKind::RepeatedCursor);
    assert_ne!(everything().ok(&looping).await["pages"]["next"]["starting_after"], Value::Null);
    assert_eq!(second().ok(&looping).await["pages"]["next"]["starting_after"], cursor);
    let expired = always(FaultKind::ExpiredCursor);
    assert_eq!(everything().ask(&expired).await.status, 200, "first pages have no cursor");
    assert_eq!(second().ask(&expired).await.error(), (400, "client_error".into()));
}

#[tokio::test]
async fn a_conversation_can_be_deleted_between_search_and_retrieve_or_only_seem_so() {
    let id = company().conversation_ids()[9];
    let server = faulty(Faults::only(FaultKind::Transient404, When::Every(1)));
    assert_eq!(get(format!("/conversations/{id}")).ask(&server).await.error(), (404, "not_found".into()));
    assert!(server.read(|workspace| workspace.conversation(id).is_some()));
    let server = faulty(Faults::only(FaultKind::DeletedMeanwhile, When::Every(1)));
    let before = get("/conversations/deleted").ok(&server).await["total_count"].as_u64().unwrap();
    assert_eq!(get(format!("/conversations/{id}")).ask(&server).await.error(), (404, "not_found".into()));
    assert!(server.read(|workspace| workspace.conversation(id).is_none()));
    assert_eq!(get("/conversations/deleted").ok(&server).await["total_count"], before + 1);
    assert_eq!(
        search(json!({"field": "id", "operator": "=", "value": id.to_string()})).ok(&server).await["total_count"],
        0
    );
}

#[tokio::test]
async fn clocks_and_limits_can_lie() {
    let reset = |answer: &Answer| answer.header("x-ratelimit-reset").unwrap().parse::<i64>().unwrap();
    let skewed = get("/me").ask(&always(FaultKind::ClockSkew)).await;
    assert_eq!((skewed.header("date"), reset(&skewed)), (Some("Fri, 20 Nov 2026 12:10:00 GMT"), NOW + 610));
    let past = get("/me").ask(&always(FaultKind::ResetInPast)).await;
    assert_eq!(
        (past.status.as_u16(), past.header("x-ratelimit-remaining"), reset(&past)),
        (200, Some("0"), NOW - 60)
    );
    let far = get("/me").ask(&always(FaultKind::ResetFarAhead)).await;
    assert_eq!((far.header("x-ratelimit-remaining"), reset(&far)), (Some("0"), NOW + 7_210));
    let bare = get("/me").ask(&always(FaultKind::NoRateHeaders)).await;
    assert!(
        bare.status == 200
            && bare.header("x-ratelimit-limit").is_none()
            && bare.header("x-ratelimit-reset").is_none()
    );
}

#[tokio::test(start_paused = true)]
async fn a_storm_of_429_hits_everyone_for_half_a_minute() {
    let faults = Faults::only(FaultKind::Storm429, When::Every(2));
    let options = ServerOptions { faults, clock: Clock::tokio(NOW * 1_000), ..ServerOptions::default() };
    let server = DemoServer::new(company(), options);
    assert_eq!(get("/me").ask(&server).await.status, 200);
    for _ in 0..5 {
        assert_eq!(get("/me").ask(&server).await.error(), (429, "rate_limit_exceeded".into()));
    }
    tokio::time::advance(Duration::from_secs(29)).await;
    assert_eq!(get("/tags").ask(&server).await.status, 429);
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(get("/me").ask(&server).await.status, 200);
    assert_eq!(server.stats().too_many, 6);
}

#[tokio::test]
async fn some_429_say_when_to_come_back() {
    let answer = get("/me").ask(&always(FaultKind::RetryAfter)).await;
    assert_eq!((answer.error().0, answer.header("retry-after")), (429, Some("7")));
}

#[tokio::test]
async fn scrolls_break() {
    assert_eq!(
        get("/companies/scroll").ask(&always(FaultKind::ScrollExists)).await.error(),
        (400, "scroll_exists".into())
    );
    for (kind, status) in [(FaultKind::ScrollExpired, 404), (FaultKind::Scroll500, 500)] {
        let server = faulty(Faults::only(kind, When::Every(2)));
        let param = get("/companies/scroll").ok(&server).await["scroll_param"].as_str().unwrap().to_owned();
        let next = get(format!("/companies/scroll?scroll_param={param}")).ask(&server).await;
        assert_eq!(next.error().0, status);
        assert_eq!(get("/companies/scroll").ask(&server).await.status, 200, "it can be begun again at once");
        assert_eq!(get("/me").ask(&server).await.status, 200);
    }
}

#[tokio::test(start_paused = true)]
async fn a_mixture_hits_about_the_share_it_is_told_to() {
    let faults = Faults::mixed(0.2);
    let server = DemoServer::new(
        company(),
        ServerOptions { faults, clock: Clock::tokio(NOW * 1_000), ..ServerOptions::default() },
    );
    for id in company().conversation_ids() {
        let asked = server.call(get(format!("/conversations/{id}")).request());
        let _ = tokio::time::timeout(Duration::from_secs(11), asked).await;
        tokio::time::advance(Duration::from_secs(31)).await;
    }
    let hit: u64 = server.stats().faults.values().sum();
    assert!((50..180).contains(&hit), "{hit}");
    assert!(server.stats().faults.len() > 15);
}
