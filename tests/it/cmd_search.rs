//! `fi search` and `fi reindex` as they are typed: lists for people, JSON for programs, and how they end.

use serde_json::Value;

use crate::support::cli::TestEnv;
use crate::support::little_lake::put;
use crate::support::rows::in_month;
use crate::support::told::told;
use fastintercom::lake::{Disk, Layout, Partitioning, Writer};
use serde_json::json;

/// A world whose home holds three conversations.
fn world() -> TestEnv {
    let env = TestEnv::new();
    let writer = Writer::open(std::sync::Arc::new(Disk::default()), Layout::new(&env.home()), None).unwrap();
    writer.create_tables(Partitioning::Month).unwrap();
    let threads = [
        told(
            11,
            in_month(1, 3_600),
            "0 customer: My parcel never arrived, I want a refund\n90 note teammate 7: refund him\n300 teammate 7: On its way\n400 teammate 7 close",
            &json!({"title": "Parcel lost"}),
        ),
        told(
            12,
            in_month(1, 7_200),
            "0 customer: Wo bleibt die Rückerstattung?",
            &json!({"priority": "high"}),
        ),
        told(13, in_month(1, 9_000), "0 customer: \u{1b}[31mred\u{202e} parcel", &json!({})),
    ];
    put(&writer, &threads);
    env
}

#[test]
fn people_get_a_list_with_the_place_marked() {
    let run = world().fi(&["search", "refund*", "--tz", "UTC"]);
    assert_eq!(run.code, Some(0), "{run}");
    insta::assert_snapshot!(run.stdout, @r"
    11  2026-01-01 01:00  closed  Mira
      3 parts
      Parcel lost
      Mira: My parcel never arrived, I want a [refund]
    ");
    assert!(run.stderr.contains("1 conversation, best first. INCOMPLETE"), "{run}");
}

#[test]
fn times_are_of_the_zone_that_is_named_in_any_case() {
    let run = world().fi(&["search", "refund*", "--tz", "america/new_york"]);
    assert!(run.stdout.starts_with("11  2025-12-31 20:00  "), "{run}");
    let run = world().fi(&["search", "refund*", "--tz", "Mars"]);
    assert_eq!(run.code, Some(2), "{run}");
}

#[test]
fn accents_and_case_make_no_difference() {
    let run = world().fi(&["search", "RUCKERSTATTUNG", "--json"]);
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&answer["total"], &answer["conversations"][0]["id"]), (&json!(1), &json!("12")), "{run}");
}

#[test]
fn customers_cannot_steer_the_terminal() {
    let run = world().with("CLICOLOR_FORCE", "1").fi(&["search", "parcel", "--no-color"]);
    assert!(!run.stdout.contains('\u{1b}') && !run.stdout.contains('\u{202e}'), "{run}");
    assert!(run.stdout.contains("red [parcel]"), "{run}");
}

#[test]
fn nothing_found_is_an_exit_code_of_its_own_with_a_reason() {
    let run = world().fi(&["search", "parcels", "lost"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(3), ""), "{run}");
    assert!(run.stderr.contains("\"parcels\" 0, \"lost\" 1"), "{run}");
    assert!(run.stderr.contains("parcels~ would find 2 conversations"), "{run}");
}

#[test]
fn a_query_that_cannot_be_read_shows_the_place() {
    let run = world().fi(&["search", "parcel \"never"]);
    assert_eq!(run.code, Some(2), "{run}");
    assert!(run.stderr.contains("parcel \"never\n"), "{run}");
    assert!(run.stderr.contains("       ^\n"), "{run}");
}

#[test]
fn a_count_is_a_number() {
    assert_eq!(world().fi(&["search", "parcel", "--count"]).stdout, "2\n");
    assert_eq!(world().fi(&["search", "--count", "--state", "open"]).stdout, "2\n");
    let none = world().fi(&["search", "nothinglikeit", "--count"]);
    assert_eq!((none.code, none.stdout.as_str()), (Some(3), "0\n"), "{none}");
}

#[test]
fn pages_go_on_where_they_ended() {
    let env = world();
    let first = env.fi(&["search", "--limit", "2", "--json"]);
    let first: Value = serde_json::from_str(&first.stdout).unwrap();
    let next =
        env.fi(&["search", "--limit", "2", "--json", "--cursor", first["next_cursor"].as_str().unwrap()]);
    let next: Value = serde_json::from_str(&next.stdout).unwrap();
    assert_eq!((&next["conversations"][0]["id"], &next["has_more"]), (&json!("11"), &json!(false)));
}

#[test]
fn words_filter_analyses_exports_and_sql() {
    let env = world();
    let run = env.fi(&["analyze", "--query", "parcel -refund", "--json"]);
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(answer["total"]["conversation_count"], 1, "{run}");
    let sql = "SELECT conversation_id FROM search('refund OR rückerstattung') ORDER BY 1";
    assert_eq!(env.fi(&["query", sql, "--format", "csv"]).stdout, "conversation_id\n11\n12\n");
    let run =
        env.fi(&["export", "out", "--format", "csv", "--table", "conversations", "--query", "has:note"]);
    assert_eq!(run.code, Some(0), "{run}");
    let rows = std::fs::read_to_string(env.path().join("out/conversations.csv")).unwrap();
    assert_eq!(rows.lines().filter(|line| line.starts_with("11,")).count(), 1, "{rows}");
    assert!(!rows.contains("\n12,"), "{rows}");
}

#[test]
fn the_index_is_made_by_itself_and_anew_on_request() {
    let env = world();
    assert!(!env.home().join("index").exists());
    env.fi(&["search", "parcel"]);
    assert!(env.home().join("index/meta.json").exists());
    let run = env.fi(&["reindex", "--json"]);
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(document["written"], 3, "{run}");
    assert_eq!(env.fi(&["reindex", "-q"]).code, Some(0));
    assert!(env.fi(&["reindex"]).stderr.contains("3 conversations in the search index"));
}

#[test]
fn a_damaged_index_is_found_by_verify_and_mended_by_reindex() {
    let env = world();
    env.fi(&["reindex"]);
    let mut files = std::fs::read_dir(env.home().join("index")).unwrap().map(|entry| entry.unwrap().path());
    let store = files.find(|path| path.extension().is_some_and(|extension| extension == "term")).unwrap();
    let mut bytes = std::fs::read(&store).unwrap();
    bytes[3] ^= 0xff;
    std::fs::write(&store, bytes).unwrap();
    let run = env.fi(&["verify"]);
    assert_eq!(run.code, Some(5), "{run}");
    assert!(run.stdout.contains("search index: ") && run.stderr.contains("fi reindex"), "{run}");
    env.fi(&["reindex"]);
    assert_eq!(env.fi(&["verify"]).code, Some(0));
}

#[test]
fn an_empty_home_has_nothing_to_search() {
    let run = TestEnv::new().fi(&["search", "x"]);
    assert_eq!(run.code, Some(3), "{run}");
    assert!(run.stderr.contains("fi sync"), "{run}");
}
