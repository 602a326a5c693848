//! `fi forget`: nothing of a person is left below the home, in any byte, and nothing of theirs comes back.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use fastintercom::demo::{Latency, ServerOptions};
use fastintercom::model::{Message, Ticket};
use serde_json::json;

use super::cmd_sync::wait_for;
use crate::support::cli::{TestEnv, files_below};
use crate::support::residue::residue;
use crate::support::scene::Scene;
use crate::support::somebody::{WORDS, is_shared, is_tracked};
use crate::support::standin::StandIn;
use crate::support::truth::Held;

/// Makes every file of the lake look as if it had been written a while ago.
fn age(home: &Path) {
    for path in files_below(&home.join("lake")) {
        let file = fs::File::options().write(true).open(path).expect("it is there");
        file.set_modified(SystemTime::now() - Duration::from_secs(60)).expect("works");
    }
}

#[test]
fn nothing_of_somebody_is_left_in_any_byte_and_nothing_comes_back() {
    let scene = Scene::new(is_shared);
    let (env, somebody) = (&scene.env, &scene.somebody);
    let log = env.home().join("logs/fi.log");
    let told = fs::read_to_string(&log).unwrap_or_default()
        + &somebody
            .conversations
            .iter()
            .map(|id| format!("WARN x conversation_id={id}\n"))
            .collect::<String>()
        + "WARN x rows=5\n";
    fs::write(&log, told).unwrap();
    let typed = env.home().join("query_history");
    let asked = format!("SELECT 1;\nFROM contacts WHERE<\\n>email = '{}';\n.quit\n", somebody.email);
    fs::write(&typed, asked).unwrap();

    let dry = scene.forget(&["--dry-run", "--json"]).json();
    let run = scene.forget(&["--yes", "--json"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run}");
    let document = run.json();
    assert_eq!(with_dry_run(&document), dry);
    let help = env.fi(&["forget", "--help"]).stdout;
    for part in [&document, &document["removed"], &document["contacts"][0]] {
        assert!(part.as_object().unwrap().keys().all(|key| help.contains(key)), "{part}");
    }
    assert_eq!(document["contact_ids"], json!([somebody.id]));
    assert_eq!(document["emails"], json!([somebody.email]));
    assert_eq!(document["removed"]["contacts"], 1);
    assert_eq!(document["removed"]["conversations"], somebody.conversations.len());
    assert!(document["removed"]["shared_conversations"].as_u64() >= Some(1), "{document}");
    assert!(document["removed"]["messages"].as_u64() > document["removed"]["conversations"].as_u64());
    assert!(document["removed"]["log_lines"].as_u64() >= Some(somebody.conversations.len() as u64));
    scene.assert_gone();
    assert!(fs::read_to_string(&log).unwrap().contains("rows=5"));
    assert_eq!(fs::read_to_string(&typed).unwrap(), "SELECT 1;\n.quit\n");
    scene.assert_rest_is_held(&[]);

    // Changes, a deletion, a new conversation, and everything again.
    let mut theirs = somebody.conversations.iter().map(|id| id.parse().unwrap());
    let (replied, deleted) = (theirs.next().unwrap(), theirs.next().unwrap());
    scene.standin.server.reply(replied, "<p>Hello?</p>").unwrap();
    scene.standin.server.delete(deleted).unwrap();
    let new = scene.standin.server.create_conversation(somebody.hex_id, "<p>Me again</p>").unwrap();
    let new = new.conversation.to_string();
    for flags in [&["sync", "--json"][..], &["sync", "--full", "--json"]] {
        let run = env.fi(flags);
        assert_eq!((run.code, &run.json()["outcome"]), (Some(0), &"completed".into()), "{run}");
        assert!(run.json()["forgotten_count"].as_u64() >= Some(2), "{run}");
        assert_eq!(run.json()["missing"], json!([]));
        scene.assert_gone();
        assert_eq!(scene.residue(std::slice::from_ref(&new)), Vec::<String>::new());
    }
    scene.standin.server.reset_stats();
    let single = env.fi(&["sync", "--json", "--conversation", &replied.to_string()]);
    assert_eq!((single.code, &single.json()["forgotten_count"]), (Some(0), &1.into()), "{single}");
    assert_eq!(scene.standin.stats().calls("GET /conversations/{id}"), 0, "it was asked for");
    assert_is_kept_out(&scene, &replied.to_string());
    scene.assert_gone();
    scene.assert_rest_is_held(&[new]);
    let verify = env.fi(&["verify", "--remote"]);
    assert!(verify.stderr.contains(" that Intercom lists: forgotten here with `fi forget`"), "{verify}");
    let status = env.fi(&["status"]);
    assert!(status.stdout.contains("Forgotten   1 contact, with their conversations"), "{status}");
    assert_eq!(env.fi(&["status", "--json"]).json()["forgotten_count"], 1);
}

/// Whoever asks for it by its number is told, and Intercom is not asked; one that never was is something else.
fn assert_is_kept_out(scene: &Scene, id: &str) {
    scene.standin.server.reset_stats();
    let shown = scene.env.fi(&["show", id]);
    assert_eq!((shown.stdout.as_str(), shown.code), ("", Some(3)), "{shown}");
    assert!(shown.stderr.contains(&format!("conversation {id} is kept out of this copy")), "{shown}");
    assert!(!shown.stderr.contains(&scene.somebody.name) && !shown.stderr.contains(&scene.somebody.email));
    assert_eq!(scene.standin.stats().requests, 0, "it was asked for");
    let never = scene.env.fi(&["show", "1", "--offline"]);
    assert!(never.stderr.contains("conversation 1 is not held here"), "{never}");
}

#[test]
fn what_others_link_to_is_gone_without_them() {
    let scene = Scene::new(is_tracked);
    assert_eq!(scene.forget(&["--yes"]).code, Some(0));
    scene.assert_gone();
    assert!(!Held::at(&scene.env.home()).rows::<Ticket>().is_empty(), "the tracker stays");
    let run = scene.env.fi(&["sync", "--full", "--json"]);
    assert_eq!(run.code, Some(0), "{run}");
    scene.assert_gone();
    scene.assert_rest_is_held(&[]);
}

/// What a dry run says before this was done.
fn with_dry_run(document: &serde_json::Value) -> serde_json::Value {
    let mut dry = document.clone();
    dry["is_dry_run"] = true.into();
    dry
}

/// Everything below a home.
fn whole(home: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    files_below(home).into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

#[test]
fn nothing_is_removed_before_somebody_says_yes() {
    let scene = Scene::new(is_shared);
    let before = whole(&scene.env.home());
    let dry = scene.forget(&["--dry-run"]);
    assert_eq!(dry.code, Some(0), "{dry}");
    let line = format!("{} <{}>, {}", scene.somebody.name, scene.somebody.email, scene.somebody.id);
    assert_eq!(dry.stdout.lines().next(), Some(line.as_str()), "{dry}");
    let count = scene.somebody.conversations.len();
    assert!(
        dry.stdout.contains(&format!("Would remove 1 contact, {count} conversations (1 with others too)")),
        "{dry}"
    );
    assert_eq!(scene.forget(&["--dry-run", "--json"]).json()["is_dry_run"], true);
    insta::assert_snapshot!(scene.forget(&[]), @"
    exit code: 2
    --- stdout ---
    --- stderr ---
    error: this removes people for good, and nobody is there to ask
      hint: to see what it would remove: add --dry-run
      hint: to do it without asking: add --yes
    ");
    assert!(whole(&scene.env.home()) == before, "something was changed");
}

#[test]
fn whoever_is_not_here_is_not_found_and_nobody_else_is_removed() {
    let scene = Scene::new(is_shared);
    let run = scene.env.fi(&["forget", "--yes", &scene.somebody.email, "nobody@nowhere.example", "cust_0"]);
    assert_eq!(run.code, Some(3), "{run}");
    insta::assert_snapshot!(run, @r#"
    exit code: 3
    --- stdout ---
    --- stderr ---
    error: nobody here is nobody@nowhere.example or cust_0
      because: it is no contact's id, no contact's id in your own system, and no e-mail address of one
      hint: nobody was forgotten; `fi query "FROM contacts"` shows who is here
    "#);
    assert!(!scene.residue(&scene.somebody.texts).is_empty());
    let empty = TestEnv::new().fi(&["forget", "a@b.example", "--yes"]);
    assert_eq!(empty.code, Some(3), "{empty}");
    assert_eq!(TestEnv::new().fi(&["forget"]).code, Some(2));
}

#[test]
fn forgetting_twice_is_fine_by_any_id_and_needs_no_token() {
    let scene = Scene::new(is_shared);
    let offline = |arguments: &[&str]| {
        let mut command = scene.env.command(arguments);
        command.env_remove("INTERCOM_ACCESS_TOKEN").env("FASTINTERCOM_API_URL", "http://127.0.0.1:1/");
        scene.env.finish(scene.env.start(&mut command))
    };
    let external = scene.somebody.external_id.clone();
    let run = offline(&["forget", &external, "--yes"]);
    assert_eq!(run.code, Some(0), "{run}");
    scene.assert_gone();
    for again in [&external, &scene.somebody.id, &scene.somebody.email.to_uppercase()] {
        let run = offline(&["forget", again, "--yes"]);
        assert_eq!(run.code, Some(0), "{run}");
        assert!(run.stderr.contains("Forgotten already"), "{run}");
    }
    assert_eq!(scene.env.fi(&["status", "--json"]).json()["forgotten_count"], 1);
}

#[test]
fn a_reset_does_not_bring_them_back() {
    let scene = Scene::new(is_shared);
    assert_eq!(scene.forget(&["--yes"]).code, Some(0));
    assert_eq!(scene.env.fi(&["reset", "--yes"]).code, Some(0));
    for command in [&["status"][..], &["verify"], &["query", "SELECT 1"]] {
        assert_eq!(scene.env.fi(command).code, Some(3), "{command:?}");
    }
    let run = scene.env.fi(&["sync", "--json"]);
    assert_eq!((run.code, &run.json()["outcome"]), (Some(0), &"completed".into()), "{run}");
    assert!(
        run.json()["forgotten_count"].as_u64() > Some(scene.somebody.conversations.len() as u64),
        "{run}"
    );
    scene.assert_gone();
    scene.assert_rest_is_held(&[]);
}

#[test]
fn a_process_killed_after_the_commit_leaves_the_rest_to_the_next() {
    let scene = Scene::new(is_shared);
    let mut child = scene.env.start(&mut scene.env.command(&["forget", &scene.somebody.email, "--yes"]));
    let state = scene.env.home().join("state/state.json");
    wait_for(|| fs::read_to_string(&state).is_ok_and(|state| state.contains("\"forgotten\"")));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!scene.residue(&[WORDS.to_owned()]).is_empty(), "kept for readers of the version before");
    age(&scene.env.home());
    assert_eq!(scene.env.fi(&["sync", "-q"]).code, Some(0));
    scene.assert_gone();
    scene.assert_rest_is_held(&[]);
}

#[test]
fn while_a_sync_runs_it_fails_at_once_or_waits() {
    let latency = Latency { fixed: Duration::from_millis(40), ..Latency::default() };
    let scene = Scene::with(is_shared, ServerOptions { latency, ..ServerOptions::default() });
    let sync = scene.env.start(&mut scene.env.command(&["sync", "--full"]));
    wait_for(|| {
        fs::read_to_string(scene.env.home().join("state/lock")).is_ok_and(|lock| lock.contains("fi sync"))
    });
    let run = scene.forget(&["--yes"]);
    assert_eq!(run.code, Some(1), "{run}");
    assert!(run.stderr.starts_with("error: the lake is being written by `fi sync` (process "), "{run}");
    assert!(run.stderr.contains("fi forget --wait"), "{run}");
    let run = scene.forget(&["--yes", "--wait"]);
    assert_eq!(run.code, Some(0), "{run}");
    assert!(run.stderr.starts_with("Waiting for `fi sync` (process "), "{run}");
    assert_eq!(scene.env.finish(sync).code, Some(0));
    scene.assert_gone();
}

#[test]
fn the_text_of_a_redacted_part_is_gone_once_the_files_have_settled() {
    let standin = StandIn::new();
    // An hour later than at Intercom: what was read is not so new that it is read again.
    let env = standin.env().with("FASTINTERCOM_NOW", "2026-11-21T13:00:00Z");
    let id = standin.server.read(|workspace| workspace.conversation_ids()[4]);
    let part = standin.server.reply(id, &format!("<p>{WORDS}</p>")).unwrap().part.unwrap();
    assert_eq!(env.fi(&["sync", "-q"]).code, Some(0));
    let texts = [WORDS.to_owned()];
    assert!(!residue(&env.home(), &texts).is_empty());
    standin.pass(10);
    standin.server.redact(id, part).unwrap();
    let run = env.fi(&["sync", "--json"]);
    assert_eq!(run.json()["thread_count"], 1, "{run}");
    let held = Held::at(&env.home()).rows::<Message>();
    let redacted = held.iter().find(|row| row.message_id.as_str() == part.to_string()).unwrap();
    assert_eq!(redacted.redacted, Some(true));
    assert!(!format!("{held:?}").contains(WORDS));
    assert!(!residue(&env.home(), &texts).is_empty(), "kept for readers of the version before");
    age(&env.home());
    assert_eq!(env.fi(&["sync", "-q"]).code, Some(0));
    assert_eq!(residue(&env.home(), &texts).into_iter().collect::<Vec<_>>(), Vec::<String>::new());
}
