//! All the way: a change in the stand-in, its webhook, the server, and an answer that knows of it.

use std::io::{BufRead, BufReader};
use std::process::Child;

use fastintercom::demo::WebhookTarget;
use serde_json::{Value, json};

use crate::support::cli::TestEnv;
use crate::support::hooks::{PATH, about, deliver, hint, hinted, secret, wait, with_secret};
use crate::support::serving::{Request, Serving};
use crate::support::standin::StandIn;

/// A world with a server that is told of changes.
fn told() -> (StandIn, TestEnv, Serving) {
    let standin = StandIn::new();
    let env = with_secret(standin.env());
    let run = env.fi(&["sync"]);
    assert!(run.code == Some(0), "{run}");
    let server = Serving::start(&env, &[]);
    (standin, env, server)
}

fn found(server: &Serving, words: &str) -> u64 {
    let request = Request::post("/tools/search_conversations", json!({"query": words}));
    let reply = server.send(&request);
    reply.json()["total"].as_u64().unwrap_or_else(|| panic!("{reply:?}"))
}

#[test]
fn a_reply_is_found_by_a_search_soon_after_it_was_written() {
    let (standin, env, server) = told();
    let mut target = WebhookTarget::new(format!("http://{}{PATH}", server.address), secret());
    (target.duplicates, target.reorder) = (0.5, true);
    standin.tell(target);
    let ids = standin.server.read(|workspace| workspace.conversation_ids());
    assert_eq!(found(&server, "xylophone"), 0);
    for id in ids.iter().take(4) {
        standin.change(|server| server.reply(*id, "<p>my xylophone is out of tune</p>")).unwrap();
    }
    wait(|| found(&server, "xylophone") == 4);
    standin.change(|server| server.delete(ids[0])).unwrap();
    wait(|| found(&server, "xylophone") == 3);
    let deliveries = standin.server.deliveries();
    assert!(deliveries.iter().all(|delivery| delivery.status == Some(200)), "{deliveries:?}");
    let (status, said) = server.end();
    assert!(status.success(), "{said}");
    env.assert_no_canary(&[]);
}

#[test]
fn a_reply_to_the_stand_in_by_its_api_goes_all_the_way() {
    let standin = StandIn::new();
    let env = with_secret(standin.env());
    assert_eq!(env.fi(&["sync"]).code, Some(0));
    let server = Serving::start(&env, &[]);
    standin.tell(WebhookTarget::new(format!("http://{}{PATH}", server.address), secret()));
    let id = standin.server.read(|workspace| workspace.conversation_ids()[3]).to_string();
    let api = standin.url().trim_start_matches("http://").to_owned();
    let said = json!({"type": "user", "message_type": "comment", "body": "<p>my theremin hums</p>"});
    let path = format!("/conversations/{id}/reply");
    let reply = Request::post(&path, said).key("anything").send_to(&api);
    assert_eq!(reply.status, 200, "{reply:?}");
    assert!(reply.body.contains("my theremin hums"));
    wait(|| found(&server, "theremin") == 1);
    let path = format!("/conversations/{id}");
    let gone = Request { method: "DELETE", ..Request::get(&path).key("anything") }.send_to(&api);
    assert_eq!(gone.json(), json!({"id": id, "object": "conversation", "deleted": true}));
    wait(|| found(&server, "theremin") == 0);
    assert_eq!(deliver(&server, &about("conversation.read", 1, &id)).status, 200, "gone already");
}

#[test]
fn a_reset_removes_what_webhooks_told_of() {
    let standin = StandIn::new();
    let env = standin.env();
    assert_eq!(env.fi(&["sync"]).code, Some(0));
    hint(&env.home(), &[about("conversation.read", 1, "215470000000001")]);
    assert_eq!(env.fi(&["reset", "--yes"]).code, Some(0));
    assert_eq!(hinted(&env.home()), Vec::<String>::new());
}

#[test]
fn the_stand_in_of_the_command_line_tells_of_what_requests_change() {
    let env = with_secret(TestEnv::new());
    let server = Serving::start(&env, &[]);
    let url = format!("http://{}{PATH}", server.address);
    let (port, secret) = ("--port=0", secret());
    let told = ["--webhook-url", &url, "--webhook-secret", &secret];
    let arguments = [&["demo", "serve", port, "--conversations", "20", "--json"], &told[..]].concat();
    let mut demo = env.start(&mut env.command(&arguments));
    let api = document(&mut demo)["api_url"].as_str().unwrap().trim_start_matches("http://").to_owned();
    let listed = Request::get("/conversations").key("any").send_to(&api).json();
    let id = listed["conversations"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/conversations/{id}/reply");
    let said = json!({"type": "user", "message_type": "comment", "body": "once more"});
    wait(|| {
        assert_eq!(Request::post(&path, &said).key("any").send_to(&api).status, 200);
        hinted(&env.home()).concat().contains(&id)
    });
    demo.kill().unwrap();
    demo.wait().unwrap();
}

/// The first document that a command prints.
fn document(child: &mut Child) -> Value {
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut text = String::new();
    loop {
        assert!(stdout.read_line(&mut text).unwrap() > 0, "it ended: {text}");
        if let Ok(document) = serde_json::from_str(&text) {
            return document;
        }
    }
}
