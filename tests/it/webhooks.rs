//! `/webhooks/intercom`: who is let in and who is not, and what is answered to whom.

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use fastintercom::intercom::webhook::{parse_notification, sign, verify_signature};
use fastintercom::sync::hints::Hint;
use proptest::prelude::*;
use secrecy::SecretString;
use serde_json::json;

use crate::support::cli::TestEnv;
use crate::support::hooks::{PATH, deliver, hinted, notification, ping, secret, signed, with_secret};
use crate::support::serving::{Reply, Request, Serving, key};

fn conversation(notification_id: &str) -> serde_json::Value {
    notification(
        "conversation.user.replied",
        notification_id,
        &json!({"type": "conversation", "id": "215470000000001"}),
    )
}

#[test]
fn a_server_without_a_secret_takes_nothing_and_says_what_is_missing() {
    let env = TestEnv::new();
    let server = Serving::start(&env, &[]);
    for request in [signed(&ping(), "whatever it may be"), Request::get(PATH), Request::post(PATH, "")] {
        let reply = server.send(&request);
        assert_eq!((reply.status, reply.code().as_str()), (503, "webhooks_not_set_up"), "{reply:?}");
        assert!(reply.body.contains("fi webhooks check"), "{reply:?}");
    }
    assert_eq!(server.send(&Request { method: "HEAD", ..Request::get(PATH) }).status, 503);
}

#[test]
fn what_is_signed_is_taken_and_nothing_else() {
    let env = with_secret(TestEnv::new());
    let server = Serving::start(&env, &[]);
    assert_eq!(server.send(&Request { method: "HEAD", ..Request::get(PATH) }).status, 200);
    assert_eq!(server.send(&Request::get(PATH)).status, 405);
    assert_eq!(deliver(&server, &ping()).status, 200);
    let genuine = signed(&conversation("notif_1"), &secret());
    let signature = genuine.headers[0].1.clone();
    let with = |signature: &str| Request::post(PATH, &genuine.body).with("X-Hub-Signature", signature);
    let forged = [
        ("none", Request::post(PATH, &genuine.body)),
        ("empty", with("")),
        ("not in hex", with("sha1=zz")),
        ("without its name", with(&signature[5..])),
        ("another hash", with(&signature.replace("sha1", "sha256"))),
        ("cut short", with(&signature[..44])),
        ("of another secret", signed(&conversation("notif_1"), "another secret")),
        ("of no secret", signed(&conversation("notif_1"), "")),
        ("of another body", Request { body: genuine.body.replace("notif_1", "notif_2"), ..genuine.clone() }),
        ("of a body with a space more", Request { body: format!("{} ", genuine.body), ..genuine.clone() }),
    ];
    for (what, request) in forged {
        let reply = server.send(&request);
        assert_eq!((reply.status, reply.code().as_str()), (401, "wrong_signature"), "{what}: {reply:?}");
        assert!(!reply.body.contains("notif_"), "nothing of it comes back: {reply:?}");
    }
    assert_eq!(hinted(&env.home()), Vec::<String>::new(), "nothing forged is kept");
    assert_eq!(server.send(&genuine).status, 200);
    let kept = hinted(&env.home()).concat();
    assert!(kept.contains("215470000000001") && kept.contains("notif_1"), "{kept}");
    let elsewhere = genuine.with("Host", "evil.example");
    assert_eq!(server.send(&elsewhere).status, 403);
    let (status, said) = server.end();
    assert!(status.success() && !said.contains(&secret()), "{said}");
    env.assert_no_canary(&[]);
}

#[test]
fn two_secrets_are_good_while_one_is_replaced() {
    let env =
        with_secret(TestEnv::new()).with("FASTINTERCOM_WEBHOOK_SECRET_PREVIOUS", "the-secret-before-that");
    let server = Serving::start(&env, &[]);
    for (secret, status) in
        [(secret().as_str(), 200), ("the-secret-before-that", 200), ("the-secret-before-tha", 401)]
    {
        assert_eq!(server.send(&signed(&ping(), secret)).status, status, "{secret}");
    }
}

#[test]
fn what_is_not_synced_is_answered_and_what_is_no_notification_is_not() {
    let env = with_secret(TestEnv::new());
    let server = Serving::start(&env, &[]);
    for topic in ["article.created", "admin.logged_in", "visitor.signed_up", "conversation.user.replied"] {
        assert_eq!(
            deliver(&server, &notification(topic, "notif_9", &json!({"type": "x"}))).status,
            200,
            "{topic}"
        );
    }
    assert_eq!(hinted(&env.home()), Vec::<String>::new());
    for body in [json!({}), json!([]), json!("ping"), json!({"topic": ""})] {
        let reply = deliver(&server, &body);
        assert_eq!((reply.status, reply.code().as_str()), (400, "no_notification"), "{body}");
    }
}

/// A delivery of so many bytes of which the first has come.
fn begun_with(server: &Serving, bytes: usize) -> TcpStream {
    let mut stream = server.connect();
    let signature = "0".repeat(40);
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nHost: {}\r\nX-Hub-Signature: sha1={signature}\r\nContent-Length: {bytes}\r\n\r\n{{",
        server.address,
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

#[test]
fn who_forges_much_keeps_nobody_else_out() {
    let env = with_secret(TestEnv::new());
    let server = Serving::start(&env, &[]);
    let forged = signed(&conversation("notif_1"), "another secret");
    for _ in 0..30 {
        assert_eq!(server.send(&forged).status, 401);
    }
    let _slow = begun_with(&server, 1_000);
    for notification in ["notif_2", "notif_3"] {
        assert_eq!(deliver(&server, &conversation(notification)).status, 200, "it may be a proxy");
        assert_eq!(server.send(&forged).status, 401);
    }
    let kept = hinted(&env.home()).concat();
    assert!(kept.contains("notif_2") && kept.contains("notif_3") && !kept.contains("notif_1"), "{kept}");
}

#[test]
fn bodies_too_large_or_too_slow_are_refused_and_hold_nobody_up() {
    let env = with_secret(TestEnv::new());
    let server = Serving::start(&env, &[]);
    let slow = begun_with(&server, 1_000);
    let begun = Instant::now();
    let reply = Reply::read(begun_with(&server, (4 << 20) + 1));
    assert_eq!((reply.status, reply.code().as_str()), (413, "body_too_large"), "{reply:?}");
    let nearly =
        notification("conversation.read", "notif_2", &json!({"id": "1", "text": "x".repeat(4_000_000)}));
    assert_eq!(deliver(&server, &nearly).status, 200);
    let reply = Reply::read(slow);
    assert_eq!((reply.status, reply.code().as_str()), (408, "body_too_slow"), "{reply:?}");
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[test]
fn nobody_is_ever_told_to_come_less_often() {
    let env = with_secret(TestEnv::new()).with("FASTINTERCOM_KEY_REQUESTS_PER_MINUTE", 30);
    let key = key(&env, "team", "read");
    let server = Serving::start(&env, &[]);
    let statuses = |request: &Request<'_>| {
        let mut statuses: Vec<u16> = (0..200).map(|_| server.send(request).status).collect();
        statuses.dedup();
        statuses
    };
    assert_eq!(statuses(&signed(&conversation("notif_1"), &secret())), [200]);
    assert_eq!(statuses(&signed(&ping(), "not the secret of it")), [401]);
    assert_eq!(statuses(&Request::get("/tools").key(&key)), [200, 429], "keys are");
}

#[test]
fn what_cannot_be_stored_is_not_acknowledged() {
    let env = with_secret(TestEnv::new());
    env.write("home/state/hints", "a file where the directory should be");
    let server = Serving::start(&env, &[]);
    let reply = deliver(&server, &conversation("notif_1"));
    assert_eq!((reply.status, reply.code().as_str()), (503, "cannot_store"), "{reply:?}");
    assert_eq!(reply.header("Retry-After"), Some("60"));
    assert_eq!(deliver(&server, &ping()).status, 200);
    std::fs::remove_file(env.home().join("state/hints")).unwrap();
    assert_eq!(deliver(&server, &conversation("notif_1")).status, 200, "it was not taken for known");
    assert!(hinted(&env.home()).concat().contains("notif_1"));
}

proptest! {
    #[test]
    fn no_body_and_no_header_breaks_anything(body: Vec<u8>, header: String, text in "\\PC{0,80}") {
        let secrets = [SecretString::from("a secret")];
        assert!(!verify_signature(&body, &header, &secrets));
        assert!(verify_signature(&body, &sign(&body, &secrets[0]), &secrets));
        let _ = parse_notification(&body);
        let item = json!({"id": text, "conversation": {"id": 7}, "merged_from": text});
        let shaped = json!({"topic": text, "id": text, "app_id": [text], "data": {"item": item}});
        if let Ok(notification) = parse_notification(shaped.to_string().as_bytes()) {
            assert!(Hint::of(&notification, 0).len() <= 2);
        }
    }

    #[test]
    fn no_signature_but_the_right_one_is_taken(body: Vec<u8>, flipped in 0_usize..160) {
        let secrets = [SecretString::from("a secret"), SecretString::from("the one before")];
        let signature = sign(&body, &secrets[1]);
        let digit = 5 + flipped / 4;
        let wrong = u8::from_str_radix(&signature[digit..=digit], 16).unwrap() ^ (1 << (flipped % 4));
        let forged = format!("{}{wrong:x}{}", &signature[..digit], &signature[digit + 1..]);
        assert!(verify_signature(&body, &signature, &secrets) && !verify_signature(&body, &forged, &secrets));
    }
}
