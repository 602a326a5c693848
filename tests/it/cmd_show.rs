//! `fi show` as it is typed: a page for people, the tool's answer for programs, and how it ends.

use std::sync::Arc;

use fastintercom::demo::ServerOptions;
use fastintercom::lake::{Disk, Layout, Partitioning, Writer};
use fastintercom::model::Thread;
use serde_json::{Value, json};

use crate::support::cli::TestEnv;
use crate::support::little_lake::put;
use crate::support::rows::{in_month, synced_at};
use crate::support::standin::StandIn;
use crate::support::told::told_json;

/// A world whose home holds these conversations of a workspace in Berlin.
fn world(conversations: &[Value]) -> TestEnv {
    let env = TestEnv::new();
    let writer = Writer::open(Arc::new(Disk::default()), Layout::new(&env.home()), None).unwrap();
    writer.create_tables(Partitioning::Month).unwrap();
    let threads: Vec<_> = conversations
        .iter()
        .map(|json| Thread::parse(json.to_string().as_bytes(), synced_at()).unwrap())
        .map(|thread| (thread.conversation, thread.messages))
        .collect();
    put(&writer, &threads);
    let workspace = json!({"id": "abc123", "name": "Acme", "region": "US", "timezone": "Europe/Berlin"});
    writer.begin().unwrap().finish(|state| state.sync = json!({ "workspace": workspace })).unwrap();
    env
}

fn refund() -> Value {
    let story = "0 customer: Hi, I was charged twice for September, once on the third and once again on the fourth, and \
                 I would like to have one of them back please.\n\
                 60 bot assignment\n\
                 300 note teammate 7: checking the ledger\n\
                 400 teammate 7: Refund issued.<ul><li>EUR 12.00</li></ul>\n\
                 500 customer: Thanks!\n\
                 600 teammate 7 close: Closing for now.\n\
                 700 nobody brand_new_event";
    let fields = json!({
        "title": "Charged twice", "priority": "high",
        "tags": {"type": "tag.list", "tags": [{"type": "tag", "id": "1", "name": "refund"}]},
        "conversation_rating": {"rating": 5, "remark": "Fast fix", "created_at": in_month(3, 650).seconds()},
    });
    let mut json = told_json(215, in_month(3, 0), story, &fields);
    let parts = &mut json["conversation_parts"]["conversation_parts"];
    parts[0]["assigned_to"] = json!({"type": "team", "id": "70"});
    parts[3]["attachments"] = json!([{"type": "upload", "name": "receipt.pdf", "url": "https://x.example",
        "content_type": "application/pdf", "filesize": 48211, "width": null, "height": null}]);
    json
}

#[test]
fn people_get_a_page_with_times_of_the_workspaces_zone() {
    let run = world(&[refund()]).with("COLUMNS", "72").fi(&["show", "215"]);
    assert_eq!((run.stderr.as_str(), run.code), ("", Some(0)));
    insta::assert_snapshot!(run.stdout, @r#"
    Charged twice
    215 · closed · high · conversation
    Customer    Mira
    Assigned    nobody
    Tags        refund
    Rating      5 of 5: "Fast fix"
    Began       2026-03-01 01:00
    Changed     2026-03-01 01:11
    Inbox       https://app.intercom.com/a/inbox/abc123/inbox/conversation/215

    Mira (customer)  2026-03-01 01:00
      Hi, I was charged twice for September, once on the third and once
      again on the fourth, and I would like to have one of them back please.
    · 2026-03-01 01:01  assigned to team 70 by Fin

    Jonas (note)  2026-03-01 01:05
    │ checking the ledger

    Jonas (teammate)  2026-03-01 01:06
      Refund issued.
      - EUR 12.00

    Mira (customer)  2026-03-01 01:08
      Thanks!
      [receipt.pdf (application/pdf, 48.2 kB)]

    Jonas (teammate)  2026-03-01 01:10
      Closing for now.
    · 2026-03-01 01:10  closed by Jonas
    · 2026-03-01 01:11  brand_new_event

    As of 2026-12-01 01:00 (Europe/Berlin).
    "#);
}

#[test]
fn a_page_can_be_in_another_zone_shorter_and_the_other_way_round() {
    let env = world(&[refund()]);
    let page = |flags: &[&str]| {
        let run = env.fi(&[&["show", "#215"], flags].concat());
        assert_eq!((run.stderr.as_str(), run.code), ("", Some(0)));
        run.stdout
    };
    assert!(page(&["--tz", "America/New_York"]).contains("2026-02-28 19:00"));
    let short = page(&["--no-events", "--no-notes"]);
    assert!(!short.contains("ledger") && !short.contains("brand_new_event"), "{short}");
    assert!(short.contains("closed by Jonas"), "{short}");
    let latest = page(&["--newest", "-n", "1"]);
    assert!(
        latest.contains("brand_new_event") && latest.contains("1 of 7 messages; --all shows the rest."),
        "{latest}"
    );
    assert!(!page(&["--all"]).contains("--all shows"));
}

#[test]
fn colours_tell_who_wrote_where_they_are_wanted() {
    let env = world(&[refund()]).with("CLICOLOR_FORCE", "1");
    let run = env.fi(&["show", "215"]);
    for (paint, text) in [("36", "Mira"), ("32", "Jonas"), ("1;33", "Jonas"), ("1", "Charged twice")] {
        assert!(run.stdout.contains(&format!("\u{1b}[{paint}m{text}\u{1b}[0m")), "{text} in\n{}", run.stdout);
    }
    assert!(!env.fi(&["show", "215", "--no-color"]).stdout.contains('\u{1b}'));
}

#[test]
fn programs_get_the_answer_of_the_tool_and_the_link_can_be_had_alone() {
    let env = world(&[refund()]);
    let answer = env.fi(&["show", "215", "--json"]).json();
    assert_eq!(answer["id"], "215");
    assert_eq!(answer["messages"].as_array().unwrap().len(), 7);
    assert_eq!(answer["messages"][0]["author_type"], "user");
    assert_eq!(
        answer["conversation"]["url"],
        "https://app.intercom.com/a/inbox/abc123/inbox/conversation/215"
    );
    let details = env.fi(&["show", "215", "--json", "--details"]).json();
    assert_eq!(details["details"]["metrics"]["first_response_seconds"], 400);
    let help = env.fi(&["show", "--help"]).stdout;
    let words: Vec<&str> = help.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
    let keys = details.as_object().unwrap().keys().chain(answer["messages"][0].as_object().unwrap().keys());
    let within = [&answer["conversation"], &answer["freshness"], &details["details"]];
    for key in keys.chain(within.iter().flat_map(|one| one.as_object().unwrap().keys())) {
        assert!(words.contains(&key.as_str()), "the help does not name {key}");
    }
    let link = "https://app.intercom.com/a/inbox/abc123/inbox/conversation/215";
    assert_eq!(env.fi(&["show", "215", "--open"]).stdout, format!("{link}\n"));
    assert_eq!(env.fi(&["show", link, "--open", "--json"]).json(), json!({ "url": link }));
}

#[test]
fn programs_read_a_long_thread_to_its_end_page_by_page() {
    let story: Vec<String> =
        (0..700).map(|number| format!("{number} customer: word{number} {}", "more ".repeat(60))).collect();
    let env = world(&[told_json(8, in_month(3, 0), &story.join("\n"), &json!({}))]);
    for flags in
        [&["--json"][..], &["--json", "--newest"], &["--json", "--details"], &["--json", "-n", "300"]]
    {
        let mut positions = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let on: Vec<&str> = cursor.iter().flat_map(|cursor| ["--cursor", cursor.as_str()]).collect();
            let run = env.fi(&[&["show", "8"], flags, &on].concat());
            assert!(run.stdout.chars().count() <= 40_001, "{} in {flags:?}", run.stdout.chars().count());
            let answer = run.json();
            let messages = answer["messages"].as_array().unwrap();
            assert!(!messages.is_empty(), "{flags:?}");
            positions.extend(messages.iter().map(|one| one["position"].as_i64().unwrap()));
            cursor = answer["next_cursor"].as_str().map(str::to_owned);
            if cursor.is_none() {
                break;
            }
        }
        positions.sort_unstable();
        assert_eq!(positions, (0..700).collect::<Vec<_>>(), "{flags:?}");
    }
    let all = env.fi(&["show", "8", "--json", "--all"]).json();
    assert_eq!((&all["returned"], &all["is_truncated"]), (&json!(700), &json!(false)));
    assert!(env.fi(&["show", "8"]).stdout.contains("200 of 700 messages; --all shows the rest."));
}

#[test]
fn a_page_says_when_messages_are_still_to_be_fetched() {
    let mut listed = told_json(5, in_month(3, 0), "0 customer: Hello\n9 teammate 7: Hi", &json!({}));
    listed.as_object_mut().unwrap().remove("conversation_parts");
    let run = world(&[listed]).fi(&["show", "5"]);
    assert!(run.stdout.contains("Only the opening message is held; `fi sync` fetches the others."), "{run}");
}

#[test]
fn all_that_is_known_is_shown_in_sections() {
    let run = world(&[refund()]).fi(&["show", "215", "--details"]);
    for expected in
        ["\nFigures\n", "  first_response_seconds", "\nRating\n", "\nEvents\n", "\nOther attributes\n"]
    {
        assert!(run.stdout.contains(expected), "{expected} in\n{}", run.stdout);
    }
}

#[test]
fn customers_cannot_steer_the_terminal_nor_break_the_page() {
    let mut json = told_json(6, in_month(3, 0), "0 customer: x", &json!({"title": "a\u{1b}[2Jb\u{202e}c"}));
    json["source"]["body"] = json!("one\u{1b}]0;title\u{7}\u{202e} two\r\rthree");
    json["source"]["author"]["name"] = json!("Mira\u{1b}[31m\nAna (teammate)");
    let long =
        told_json(7, in_month(3, 1), &format!("0 customer: {}", "wide 日本語 words ".repeat(40)), &json!({}));
    let env = world(&[json, long]).with("COLUMNS", "40").with("LC_ALL", "C");
    let page = env.fi(&["show", "6"]).stdout;
    assert!(page.chars().all(|c| c == '\n' || !c.is_control()) && !page.contains('\u{202e}'), "{page:?}");
    assert!(page.contains("Mira [31m Ana (teammate) (customer)"), "one line: {page}");
    let page = env.fi(&["show", "7"]).stdout;
    let widest = page
        .lines()
        .filter(|line| !line.contains("Inbox") && !line.contains("https"))
        .map(unicode_width::UnicodeWidthStr::width)
        .max();
    assert!(widest <= Some(40), "{widest:?}\n{page}");
}

#[test]
fn what_is_not_there_ends_with_three_and_nonsense_with_two() {
    let env = world(&[refund()]);
    let run = env.fi(&["show", "99"]);
    assert_eq!((run.stdout.as_str(), run.code), ("", Some(3)));
    assert!(
        run.stderr.contains("conversation 99 is not held here") && run.stderr.contains("no token"),
        "{}",
        run.stderr
    );
    assert_eq!(env.fi(&["show", "99", "--json"]).error()["kind"], "nothing_found");
    let run = env.fi(&["show", "ninety"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("names no conversation"), "{}", run.stderr);
    assert_eq!(env.fi(&["show", "215", "--tz", "Mars"]).code, Some(2));
    assert_eq!(TestEnv::new().fi(&["show", "99"]).code, Some(3));
}

#[test]
fn what_is_not_held_is_fetched_once_and_never_offline() {
    let standin = StandIn::new();
    let env = standin.env();
    let id = standin.server.snapshot().conversation_ids().into_iter().next().unwrap().to_string();
    let offline = env.fi(&["show", &id, "--offline"]);
    assert_eq!(offline.code, Some(3), "{offline}");
    assert!(offline.stderr.contains("Intercom was not asked"), "{offline}");
    assert_eq!(standin.stats().requests, 0);
    let fetched = env.fi(&["show", &id, "--json"]);
    assert_eq!(fetched.code, Some(0), "{fetched}");
    assert_eq!(
        (&fetched.json()["id"], &fetched.json()["freshness"]["fetched_now"]),
        (&json!(id), &json!(true))
    );
    let again = env.fi(&["show", &id, "--json"]).json();
    assert_eq!(again["freshness"]["fetched_now"], false);
    assert_eq!(again["messages"], fetched.json()["messages"]);
    let nobody = env.fi(&["show", "1"]);
    assert_eq!(nobody.code, Some(3), "{nobody}");
    assert!(nobody.stderr.contains("Intercom has no conversation 1"), "{nobody}");
    env.assert_no_canary(&[offline, fetched, nobody]);
}

#[test]
fn a_token_that_is_refused_is_said_and_leaves_nothing_behind() {
    let standin =
        StandIn::with(5, ServerOptions { token: Some("another".to_owned()), ..ServerOptions::default() });
    let env = standin.env();
    let run = env.fi(&["show", "5"]);
    assert_eq!((run.stdout.as_str(), run.code), ("", Some(4)), "{run}");
    assert!(run.stderr.contains("conversation 5 is not held here, and could not be fetched"), "{run}");
    assert!(run.stderr.contains("Intercom did not accept the access token"), "{run}");
    assert!(!env.home().join("lake").exists());
}
