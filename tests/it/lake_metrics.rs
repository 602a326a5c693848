//! `conversation_metrics` is of the conversations in the lake, and `contact_activity` and `company_activity` of those
//! metrics, whatever was done to any of them.

use std::collections::HashSet;
use std::sync::Arc;

use fastintercom::engine::{Access, Error, QueryOptions};
use fastintercom::format::Format;
use fastintercom::lake::{DataFile, Partitioning, Writer};
use fastintercom::model::{
    CompanyActivity, CompanyId, ContactActivity, ContactId, Conversation, ConversationMetrics, Row, SyncRun,
    Timestamp,
};

use crate::support::activity::activity;
use crate::support::any_rows::{Dice, any_row};
use crate::support::keys::key_of;
use crate::support::little_lake::{LittleLake, ask, complaint, overwrite, put, written};
use crate::support::rows::{in_month, thread};

fn metrics_file() -> DataFile {
    DataFile::whole(ConversationMetrics::TABLE)
}

/// The metrics held, and those of the conversations held; both by id, of which no two are the same.
fn held_and_told(writer: &Writer) -> (Vec<ConversationMetrics>, Vec<ConversationMetrics>) {
    let mut held: Vec<ConversationMetrics> =
        writer.reader().rows(&metrics_file()).expect("the file is readable");
    held.sort_by_cached_key(|metrics| metrics.conversation_id.to_string());
    let state = writer.state().expect("whole");
    let files = state.files_of(Conversation::TABLE.name);
    let mut told: Vec<ConversationMetrics> = files
        .flat_map(|(file, _)| writer.reader().rows::<Conversation>(&file).expect("the file is readable"))
        .map(|conversation| ConversationMetrics::of(&conversation))
        .collect();
    told.sort_by_cached_key(|metrics| metrics.conversation_id.to_string());
    assert_eq!(state.rows_of(ConversationMetrics::TABLE.name), told.len() as u64);
    (held, told)
}

/// The rows of a table that is one file.
fn rows<R: Row>(writer: &Writer) -> Vec<R> {
    writer.reader().rows(&DataFile::whole(R::TABLE)).expect("the file is readable")
}

fn assert_same(writer: &Writer) -> usize {
    let (held, told) = held_and_told(writer);
    assert_eq!(held, told);
    let (contacts, companies) = activity(&told);
    assert_eq!(rows::<ContactActivity>(writer), contacts);
    assert_eq!(rows::<CompanyActivity>(writer), companies);
    held.len()
}

/// Whatever a conversation may hold that metrics depend on, in every combination that comes up.
fn any_conversation(seed: u64) -> Conversation {
    let mut dice = Dice::new(seed);
    let mut conversation: Conversation = any_row(seed);
    let mut at = || (!dice.one_in(3)).then(|| in_month(2, dice.below(5) as i64 * 3_600));
    conversation.first_contact_reply_at = at();
    conversation.stat_first_contact_reply_at = at();
    conversation.stat_last_contact_reply_at = at();
    conversation.stat_first_admin_reply_at = at();
    conversation.stat_last_admin_reply_at = at();
    conversation.stat_first_close_at = at();
    conversation.stat_last_close_at = at();
    conversation.stat_first_assignment_at = at();
    conversation.thread.thread_first_customer_message_at = at();
    conversation.thread.thread_last_customer_message_at = at();
    conversation.thread.thread_first_teammate_reply_at = at();
    conversation.thread.thread_first_bot_reply_at = at();
    conversation.thread.thread_first_close_at = at();
    conversation.thread.thread_last_close_at = at();
    conversation.thread.thread_first_assigned_at = at();
    // Many began at once, and few people wrote them.
    conversation.created_at = in_month(2, dice.below(3) as i64 * 3_600);
    conversation.thread.thread_customer_message_count = dice.below(9) as i64;
    conversation.rating = [None, Some(1), Some(4), Some(5)][dice.below(4)];
    let mut few = |what: &str| (!dice.one_in(4)).then(|| format!("{what}{}", dice.below(40)));
    (conversation.contact_name, conversation.contact_email) = (few("name"), few("mail"));
    conversation.company_name = few("company");
    conversation.contact_id = few("contact").map(|id| ContactId::parse(&id).expect("an id"));
    conversation.company_id = few("company").map(|id| CompanyId::parse(&id).expect("an id"));
    conversation.conversation_id = format!("{seed}").parse_id();
    let mut one_of = |texts: &[&str]| {
        let index = dice.below(texts.len() + 1);
        texts.get(index).map(|text| (*text).to_owned())
    };
    conversation.state = one_of(&["open", "closed", "snoozed"]);
    conversation.thread.thread_started_by = one_of(&["customer", "teammate", "bot"]);
    conversation.ai_agent_resolution_state = one_of(&["assumed_resolution", "escalated"]);
    conversation.stat_reopen_count = [None, Some(0), Some(2)][dice.below(3)];
    conversation.stat_part_count = [None, Some(1), Some(7)][dice.below(3)];
    conversation.thread.thread_reopen_count = dice.below(2) as i64;
    conversation.thread.thread_replier_ids.truncate(dice.below(3));
    conversation
}

#[test]
fn they_are_what_sql_makes_of_the_same_conversations() {
    let lake = LittleLake::empty(Partitioning::Month);
    let mut conversations: Vec<Conversation> = (1..=4_000).map(any_conversation).collect();
    conversations.sort_by_cached_key(key_of);
    let writer = lake.writer();
    let mut commit = writer.begin().expect("a commit");
    let file = DataFile::part(Conversation::TABLE, Partitioning::Month.partition(in_month(2, 0)));
    let mut edit = commit.edit::<Conversation>(file, Arc::default()).expect("an edit");
    conversations.iter().try_for_each(|row| edit.push(row)).expect("rows");
    commit.add(edit).expect("a new version");
    commit.finish(|_| {}).expect("a commit");
    assert_eq!(assert_same(&writer), 4_000);
    let offences = lake.engine().run_checks(&QueryOptions::default(), |_| {}).expect("checks");
    let derived = ["conversation_metrics", "contact_activity", "company_activity"];
    let of_derived = offences.iter().find(|offence| derived.contains(&offence.check.name));
    assert_eq!(of_derived.map(|offence| written(&offence.rows, Format::Csv)), None);
    assert_eq!((rows::<ContactActivity>(&writer).len(), rows::<CompanyActivity>(&writer).len()), (40, 40));
}

#[test]
fn what_is_not_closed_stands_side_by_side() {
    let lake = LittleLake::empty(Partitioning::Month);
    let mut threads: Vec<_> = (1..=60).map(|id| thread(id, in_month(1, id), 1, "x")).collect();
    for (conversation, _) in
        threads.iter_mut().filter(|(conversation, _)| conversation.created_at.seconds() % 3 > 0)
    {
        conversation.state = Some("closed".to_owned());
    }
    put(&lake.writer(), &threads);
    let held: Vec<ConversationMetrics> = lake.writer().reader().rows(&metrics_file()).expect("readable");
    assert!(held.is_sorted_by_key(|metrics| (metrics.is_closed != Some(true), metrics.created_at)));
    assert_eq!(held.iter().filter(|metrics| metrics.is_closed == Some(true)).count(), 40);
}

#[test]
fn they_follow_every_change_of_conversations_in_all_quarters() {
    for partitioning in [Partitioning::Month, Partitioning::Day] {
        let lake = LittleLake::empty(partitioning);
        let writer = lake.writer();
        let mut dice = Dice::new(7);
        for round in 0..25 {
            let month = 1 + dice.below(12) as i64;
            let at = |n: i64| in_month(month, n * 60);
            let rows: Vec<_> = (0..1 + dice.below(40) as i64)
                .map(|n| thread(month * 1_000 + n, at(n), 1 + n % 4, &format!("round {round}")))
                .collect();
            put(&writer, &rows);
            if dice.one_in(3) {
                let gone = Arc::new(HashSet::from([(month * 1_000).to_string()]));
                let mut commit = writer.begin().expect("a commit");
                let file = DataFile::part(Conversation::TABLE, partitioning.partition(at(0)));
                commit.remove::<Conversation>(file, &gone).expect("a new version");
                commit.finish(|_| {}).expect("a commit");
            }
            assert_same(&writer);
        }
        let offences = lake.engine().run_checks(&QueryOptions::default(), |_| {}).expect("checks");
        assert!(offences.iter().all(|offence| offence.check.name == "message_without_conversation"));
    }
}

#[test]
fn what_stayed_as_it_was_is_not_read_again() {
    let lake = LittleLake::with_threads();
    let writer = lake.writer();
    put(&writer, &[thread(5_000, in_month(5, 0), 2, "May")]);
    let first = writer.state().expect("whole").files_of(Conversation::TABLE.name).nth(1).expect("January").0;
    let path = lake.layout().data_file(&first);
    let aside = path.with_extension("aside");
    std::fs::rename(&path, &aside).expect("a file");
    put(&writer, &[thread(5_001, in_month(5, 60), 2, "May")]);
    std::fs::rename(&aside, &path).expect("a file");
    assert_eq!(assert_same(&writer), 32);
}

#[test]
fn a_change_of_something_else_leaves_them_alone() {
    let lake = LittleLake::with_threads();
    let writer = lake.writer();
    let before = writer.state().expect("whole").files[&metrics_file().name()].clone();
    writer.begin().expect("a commit").finish(|_| {}).expect("a commit");
    writer.create_tables(Partitioning::Month).expect("tables");
    assert_eq!(writer.state().expect("whole").files[&metrics_file().name()], before);
}

#[test]
fn metrics_that_are_gone_or_damaged_are_made_anew() {
    let lake = LittleLake::with_threads();
    let writer = lake.writer();
    let path = lake.layout().data_file(&metrics_file());
    std::fs::remove_file(&path).expect("a file");
    put(&writer, &[thread(5_000, in_month(5, 0), 2, "May")]);
    assert_eq!(assert_same(&writer), 31);
    std::fs::write(&path, "no Parquet at all").expect("a file");
    put(&writer, &[thread(5_001, in_month(5, 60), 2, "May")]);
    assert_eq!(assert_same(&writer), 32);
    for table in [ContactActivity::TABLE, CompanyActivity::TABLE] {
        let path = lake.layout().data_file(&DataFile::whole(table));
        std::fs::remove_file(&path).expect("a file");
        put(&writer, &[thread(5_001, in_month(5, 60), 2, table.name)]);
        assert_eq!(assert_same(&writer), 32);
        std::fs::write(&path, "no Parquet at all").expect("a file");
        put(&writer, &[thread(5_001, in_month(5, 60), 2, "again")]);
        assert_eq!(assert_same(&writer), 32);
    }
}

#[test]
fn metrics_that_say_nothing_of_what_they_are_made_of_are_made_anew() {
    let lake = LittleLake::with_threads();
    let writer = lake.writer();
    overwrite::<ConversationMetrics>(&lake, &metrics_file(), &[]);
    put(&writer, &[thread(5_000, in_month(5, 0), 2, "May")]);
    assert_eq!(assert_same(&writer), 31);
}

#[test]
fn a_lake_of_before_there_were_metrics_says_so_and_gets_them_from_the_next_sync() {
    let lake = LittleLake::with_threads();
    let state_file = lake.layout().state_dir().join("state.json");
    for table in [ConversationMetrics::TABLE, ContactActivity::TABLE, CompanyActivity::TABLE] {
        let file = DataFile::whole(table);
        let counted = format!("SELECT count(*) FROM {}", table.name);
        let before = ask(&lake.engine(), &counted);
        let text = std::fs::read_to_string(&state_file).expect("a state");
        let mut state: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        state["files"].as_object_mut().expect("files").remove(&file.name());
        std::fs::write(&state_file, state.to_string()).expect("a state");
        std::fs::remove_file(lake.layout().data_file(&file)).expect("a file");

        let error = lake.engine().query(&counted, &QueryOptions::default()).expect_err("no such table");
        let is_told = matches!(error, Error::WithoutDerived(name) if name == table.name);
        assert!(is_told, "{}", complaint(&error));
        assert_eq!(ask(&lake.engine(), "SELECT count(*) FROM conversations"), "30");

        lake.writer().create_tables(Partitioning::Month).expect("tables");
        assert_eq!(ask(&lake.engine(), &counted), before);
        assert_same(&lake.writer());
    }
}

#[test]
fn views_of_ones_own_tell_times_until_the_last_sync_too() {
    let lake = LittleLake::with_threads();
    let run = SyncRun {
        kind: "full".to_owned(),
        outcome: "completed".to_owned(),
        started_at: in_month(6, 0),
        ..any_row(1)
    };
    let writer = lake.writer();
    let mut commit = writer.begin().expect("a commit");
    commit.upsert(&mut [run], |run| run.run_id.to_string()).expect("a row");
    commit.finish(|_| {}).expect("a commit");
    let age = "SELECT age_seconds = date_diff('second', created_at, TIMESTAMP '2026-06-01') FROM";
    let engine = lake.engine_with(Access::Everything);
    assert_eq!(ask(&engine, "CREATE VIEW mine AS FROM conversation_metrics"), "");
    assert_eq!(ask(&engine, &format!("{age} mine LIMIT 1")), "true");
    assert_eq!(ask(&lake.engine(), &format!("{age} conversation_metrics LIMIT 1")), "true");
}

#[test]
fn no_clock_runs_backwards() {
    let told = (1..=4_000).map(|seed| ConversationMetrics::of(&any_conversation(seed)));
    for metrics in told {
        assert!(metrics.time_to_first_close_seconds.is_none_or(|_| metrics.first_close_at.is_some()));
        assert!(metrics.resolution_seconds.is_none() || metrics.is_closed == Some(true));
        let began_at = metrics.created_at.max(Timestamp::from_seconds(0));
        let is_later = |at: Option<Timestamp>| at.is_some_and(|at| at >= began_at);
        if is_later(metrics.last_close_at) {
            assert!(metrics.time_to_last_close_seconds >= Some(0), "{}", metrics.conversation_id);
        }
    }
}

/// Ids in tests.
trait ParseId {
    fn parse_id(&self) -> fastintercom::model::ConversationId;
}

impl ParseId for str {
    fn parse_id(&self) -> fastintercom::model::ConversationId {
        fastintercom::model::ConversationId::parse(self).expect("an id")
    }
}
