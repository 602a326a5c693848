//! `fi webhooks check`: how to set webhooks up, and what it finds out about a server.

use insta::{assert_snapshot, with_settings};
use serde_json::Value;

use crate::support::cli::{Run, TestEnv};
use crate::support::hooks::{secret, with_secret};
use crate::support::serving::Serving;
use crate::support::tree::in_tree;

/// What was printed, with a fixed name for where the server is.
fn steady(run: &Run, server: &Serving) -> String {
    run.to_string().replace(&server.address, "HOST:PORT")
}

#[test]
fn it_explains_and_tries_everything() {
    let env =
        with_secret(TestEnv::new()).with("FASTINTERCOM_WEBHOOK_SECRET_PREVIOUS", "the-secret-before-that");
    let server = Serving::start(&env, &[]);
    let text = env.fi(&["webhooks", "check", "--url", &format!("http://{}", server.address)]);
    let run = env.fi(&[
        "webhooks",
        "check",
        "--json",
        "--url",
        &format!("http://{}/webhooks/intercom", server.address),
    ]);
    with_settings!({ snapshot_path => in_tree("tests/snapshots") }, {
        assert_snapshot!("check", format!("{}{}", steady(&text, &server), steady(&run, &server)));
    });
    assert_eq!(run.json()["is_ok"], true);
    env.assert_no_canary(&[text, run]);
}

/// The first failure a check finds, and what it says to do.
fn failure(run: &Run) -> (String, String, String) {
    assert_eq!(run.code, Some(1), "{run}");
    let document: Value = run.json();
    let checks = document["checks"].as_array().unwrap();
    let failed = checks.iter().find(|check| check["level"] == "fail").unwrap_or_else(|| panic!("{run}"));
    let text = |name: &str| failed[name].as_str().unwrap().to_owned();
    (text("name"), text("message"), text("hint"))
}

#[test]
fn each_way_it_can_be_wrong_is_told_with_what_to_do() {
    let here = with_secret(TestEnv::new());
    let check = |env: &TestEnv, url: &str| env.fi(&["webhooks", "check", "--json", "--url", url]);
    let nobody = failure(&check(&here, "http://127.0.0.1:9"));
    assert_eq!((nobody.0.as_str(), nobody.2.as_str()), ("endpoint", "start the server: fi serve"));
    let without = TestEnv::new();
    let server = Serving::start(&without, &[]);
    let url = format!("http://{}", server.address);
    assert_eq!(failure(&check(&without, &url)).0, "secret");
    let not_set_up = failure(&check(&here, &url));
    assert_eq!(not_set_up.1, "answered with 503 Service Unavailable (webhooks_not_set_up)");
    let nowhere = failure(&check(&here, &format!("{url}/nowhere")));
    assert!(nowhere.1.starts_with("answered with 404"), "{nowhere:?}");
    let other = TestEnv::new().with("FASTINTERCOM_WEBHOOK_SECRET", "another-secret-than-here");
    let server = Serving::start(&other, &[]);
    let url = format!("http://{}", server.address);
    let (name, message, hint) = failure(&check(&here, &url));
    assert_eq!(
        (name.as_str(), message.as_str()),
        ("ping", "answered with 401 Unauthorized (wrong_signature)")
    );
    assert!(hint.contains("the same webhook_secret") && !hint.contains(&secret()));
    let unknown = failure(&check(&here, &url.replace("127.0.0.1", "fi.localhost")));
    assert!(unknown.2.contains("--allowed-host") || unknown.2.contains("fi serve"), "{unknown:?}");
}

#[test]
fn an_address_that_is_none_is_refused_with_an_example() {
    let env = with_secret(TestEnv::new());
    for url in
        ["nonsense", "ftp://example.com", "https://", "fi.example.com:443", "https://key@fi.example.com"]
    {
        let run = env.fi(&["webhooks", "check", "--url", url]);
        assert_eq!(run.code, Some(2), "{run}");
        assert!(run.stderr.contains("fi webhooks check --url https://fi.example.com"), "{run}");
    }
}
