//! A server seen from elsewhere, and syncing in a process of its own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command};

use serde_json::{Value, json};

use crate::support::cli::{CANARY, TestEnv};
use crate::support::serving::{Serving, key, world};
use crate::support::standin::StandIn;

#[test]
fn a_running_server_tells_how_it_stands() {
    let (_standin, env) = world();
    let key = key(&env, "ops", "read");
    let server = Serving::start(&env, &[]);
    let url = format!("http://{}", server.address);
    let elsewhere = TestEnv::new().with("FASTINTERCOM_API_KEY", &key);
    let run = elsewhere.fi(&["status", "--url", &url]);
    assert!(run.code == Some(0) && run.stdout.contains("30 conversations"), "{run}");
    let told = elsewhere.fi(&["status", "--url", &format!("{url}/"), "--json"]).json();
    assert_eq!((&told["url"], &told["ready"]["ready"]), (&json!(url), &json!(true)));
    assert_eq!(told["server"]["total_conversations"], json!(30));
    assert_eq!(told["data"]["has_data"], json!(true));

    let nobody = TestEnv::new();
    let run = nobody.fi_with_stdin(&["status", "--url", &url, "--key-stdin"], &format!("{key}\n"));
    assert_eq!(run.code, Some(0), "{run}");
    for (run, code, words) in [
        (nobody.fi(&["status", "--url", &url]), 4, "fi keys add NAME"),
        (
            nobody.fi_with_stdin(&["status", "--url", &url, "--key-stdin"], "fi_wrong-wrong-wrong"),
            4,
            "this key",
        ),
        (nobody.fi_with_stdin(&["status", "--url", &url, "--key-stdin"], "no key"), 4, "that is not a key"),
        (nobody.fi(&["status", "--url", "ftp://x"]), 2, "https://fi.example.com"),
        (nobody.fi(&["status", "--url", "https://user:pw@x"]), 2, "holds no key"),
        (nobody.fi(&["status", "--url", "http://127.0.0.1:9"]), 1, "cannot be reached"),
        (elsewhere.fi(&["status", "--url", &format!("{url}/tools")]), 1, "is no `fi serve`"),
    ] {
        assert!(run.code == Some(code) && run.stderr.contains(words), "{run}");
        assert!(!run.to_string().contains(&key));
    }
    assert!(server.end().0.success());
}

#[test]
fn a_process_of_its_own_syncs_until_it_is_stopped() {
    let standin = StandIn::new();
    let env = standin.env_with_token(CANARY).with("SYNC_INTERVAL", 300);
    let mut child = env.start(&mut env.command(&["sync", "--daemon", "--json"]));
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let told: Value = serde_json::from_str(&line).unwrap();
    assert_eq!((&told["outcome"], &told["thread_count"]), (&json!("completed"), &json!(30)), "{told}");
    assert_eq!(env.fi(&["status", "--json"]).json()["lake"]["conversations"], json!(30));
    let end = |child: Child| {
        let kill = ["-s", "TERM", &child.id().to_string()];
        assert!(Command::new("kill").args(kill).status().unwrap().success());
        let run = env.finish(child);
        assert_eq!(run.code, Some(0), "{run}");
        env.assert_no_canary(&[run]);
    };
    end(child);
    let mut child = env.start(&mut env.command(&["sync", "--daemon"]));
    let mut line = String::new();
    BufReader::new(child.stderr.as_mut().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with("Syncing every 5 minutes"), "{line}");
    end(child);

    for (arguments, code, words) in
        [(&["sync", "--daemon", "--full"][..], 2, "--full"), (&["sync", "--daemon", "--wait"], 2, "--wait")]
    {
        let run = env.fi(arguments);
        assert!(run.code == Some(code) && run.stderr.contains(words), "{run}");
    }
    let run = TestEnv::new().fi(&["sync", "--daemon"]);
    assert_eq!(run.code, Some(4), "{run}");
}
