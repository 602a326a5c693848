//! Each check of the lake finds what it is for, and nothing in a lake that is right.

use std::collections::BTreeSet;

use crate::support::activity::activity;
use crate::support::little_lake::{LittleLake, overwrite, put, written};
use crate::support::rows::{in_month, thread};
use crate::support::tree::in_tree;
use fastintercom::engine::{CHECKS, QueryOptions};
use fastintercom::format::Format;
use fastintercom::lake::{DataFile, Partitioning};
use fastintercom::model::{
    CompanyActivity, CompanyId, ContactActivity, Conversation, ConversationMetrics, DeletedConversation,
    Message, Row, Tag,
};

type Threads = Vec<(Conversation, Vec<Message>)>;

fn threads() -> Threads {
    (1..=3).map(|id| thread(id, in_month(1, id), 3, "x")).collect()
}

/// The checks that find something in a lake with these threads, with what they find.
fn found(threads: &Threads, also: impl Fn(&LittleLake)) -> Vec<(&'static str, String)> {
    let lake = LittleLake::empty(Partitioning::Month);
    let partition = Partitioning::Month.partition(in_month(1, 0));
    let conversations: Vec<Conversation> =
        threads.iter().map(|(conversation, _)| conversation.clone()).collect();
    let messages: Vec<Message> = threads.iter().flat_map(|(_, messages)| messages.clone()).collect();
    // The lake's own writer would refuse to write such rows.
    overwrite(&lake, &DataFile::part(Conversation::TABLE, partition.clone()), &conversations);
    overwrite(&lake, &DataFile::part(Message::TABLE, partition), &messages);
    let metrics: Vec<ConversationMetrics> = conversations.iter().map(ConversationMetrics::of).collect();
    overwrite(&lake, &DataFile::whole(ConversationMetrics::TABLE), &metrics);
    let (contacts, companies) = activity(&metrics);
    overwrite(&lake, &DataFile::whole(ContactActivity::TABLE), &contacts);
    overwrite(&lake, &DataFile::whole(CompanyActivity::TABLE), &companies);
    also(&lake);
    let mut done = 0;
    let offences = lake.engine().run_checks(&QueryOptions::default(), |_| done += 1).unwrap();
    assert_eq!(done, CHECKS.len());
    offences.iter().map(|offence| (offence.check.name, written(&offence.rows, Format::Csv))).collect()
}

/// What is found when a thread is spoiled.
fn spoiled(spoil: impl Fn(&mut Threads)) -> Vec<(&'static str, String)> {
    let mut threads = threads();
    spoil(&mut threads);
    found(&threads, |_| {})
}

fn names(found: &[(&'static str, String)]) -> Vec<&'static str> {
    found.iter().map(|(name, _)| *name).collect()
}

#[test]
fn every_file_is_a_check_and_says_what_should_hold() {
    let directory = in_tree("sql/check");
    let files =
        std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let files: BTreeSet<String> = files.collect();
    assert_eq!(files, CHECKS.iter().map(|check| format!("{}.sql", check.name)).collect());
    for check in CHECKS {
        assert!(check.sql.starts_with("-- ") && check.promise().ends_with('.'), "{}", check.name);
        assert!(check.meaning().is_none_or(|meaning| meaning.ends_with('.')), "{}", check.name);
    }
}

#[test]
fn a_right_lake_passes_all_checks() {
    for partitioning in [Partitioning::Month, Partitioning::Day] {
        let lake = LittleLake::empty(partitioning);
        assert!(lake.engine().run_checks(&QueryOptions::default(), |_| {}).unwrap().is_empty());
        put(&lake.writer(), &threads());
        assert!(lake.engine().run_checks(&QueryOptions::default(), |_| {}).unwrap().is_empty());
    }
}

#[test]
fn each_check_finds_what_it_is_for() {
    let twice = spoiled(|threads| threads.push(threads[0].clone()));
    assert_eq!(names(&twice), ["conversation_once", "message_once", "position_gap", "thread_facts"]);
    assert_eq!(
        twice[0].1,
        "conversation_id,row_count,partitions\n1,2,\"[\"\"2026-01\"\",\"\"2026-01\"\"]\"\n"
    );

    let orphan = spoiled(|threads| {
        threads[2].1.iter_mut().for_each(|message| message.conversation_id = "999".parse_id());
    });
    assert_eq!(names(&orphan), ["message_without_conversation", "thread_without_messages"]);

    let apart = spoiled(|threads| threads[0].1[1].conversation_created_at = in_month(1, 500));
    assert_eq!(names(&apart), ["message_apart_from_conversation"]);

    let gap = spoiled(|threads| threads[0].1[3].position = 7);
    assert_eq!(names(&gap), ["position_gap"]);

    let disorder = spoiled(|threads| threads[0].1[2].created_at = in_month(1, 0));
    assert_eq!(names(&disorder), ["message_out_of_order", "thread_facts"]);

    let silent = spoiled(|threads| threads[1].1.clear());
    assert_eq!(names(&silent), ["thread_without_messages"]);

    let short = spoiled(|threads| threads[1].1.truncate(2));
    assert_eq!(names(&short), ["thread_shorter_than_said", "thread_facts"]);
    assert_eq!(short[0].1, "conversation_id,part_count,held_part_count\n2,3,1\n");

    let stranger = spoiled(|threads| threads[0].1[1].author_class = "alien".to_owned());
    assert_eq!(names(&stranger), ["author_class_unknown", "thread_facts"]);

    let miscounted = spoiled(|threads| threads[0].0.thread.thread_customer_message_count += 1);
    assert_eq!(names(&miscounted), ["thread_facts"]);
    assert_eq!(miscounted[0].1, "conversation_id,differing\n1,thread_customer_message_count\n");

    let early = spoiled(|threads| threads[0].0.thread.thread_first_teammate_reply_at = Some(in_month(1, 0)));
    assert_eq!(names(&early), ["thread_facts", "negative_duration", "reply_before_message"]);

    let contradicted = spoiled(|threads| threads[0].0.stat_first_admin_reply_at = Some(in_month(1, 900)));
    assert_eq!(names(&contradicted), ["statistics_contradict_messages"]);
    let agreed = spoiled(|threads| threads[0].0.stat_first_admin_reply_at = Some(in_month(1, 150)));
    assert_eq!(names(&agreed), Vec::<&str>::new());

    let misplaced = spoiled(|threads| {
        threads[2].0.created_at = in_month(2, 0);
        threads[2].1.iter_mut().for_each(|message| message.conversation_created_at = in_month(2, 0));
    });
    assert_eq!(names(&misplaced), ["row_in_wrong_partition", "reply_before_message"]);
    assert_eq!(misplaced[0].1.lines().count(), 1 + 1 + 4);
}

#[test]
fn deleted_and_doubled_rows_of_other_tables_are_found() {
    let found = found(&threads(), |lake| {
        let synced_at = in_month(12, 0);
        let deleted = DeletedConversation {
            conversation_id: "2".parse_id(),
            deleted_at: None,
            are_metrics_retained: None,
            synced_at,
            extra: None,
        };
        let tag = Tag::parse(br#"{"type": "tag", "id": "7", "name": "vip"}"#, synced_at).unwrap();
        overwrite(lake, &DataFile::whole(DeletedConversation::TABLE), &[deleted]);
        overwrite(lake, &DataFile::whole(Tag::TABLE), &[tag.clone(), tag]);
    });
    assert_eq!(names(&found), ["row_once", "deleted_but_held"]);
    assert_eq!(found[0].1, "view,id,row_count\ntags,7,2\n");
}

#[test]
fn metrics_that_are_not_what_the_conversation_says_are_found() {
    let found = found(&threads(), |lake| {
        let mut metrics: Vec<ConversationMetrics> =
            threads().iter().map(|(conversation, _)| ConversationMetrics::of(conversation)).collect();
        metrics[0].first_response_seconds = Some(1);
        metrics[0].is_unanswered = None;
        metrics[1].conversation_id = "999".parse_id();
        overwrite(lake, &DataFile::whole(ConversationMetrics::TABLE), &metrics);
    });
    // What contacts come to is no longer what the metrics say, either.
    assert_eq!(names(&found), ["conversation_metrics", "contact_activity"]);
    let mut lines: Vec<&str> = found[0].1.lines().skip(1).collect();
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            "1,\"first_response_seconds, is_unanswered\"",
            "2,not in conversation_metrics",
            "999,not in conversations",
        ]
    );
}

/// Ids in tests.
trait ParseId {
    fn parse_id(&self) -> fastintercom::model::ConversationId;
}

impl ParseId for str {
    fn parse_id(&self) -> fastintercom::model::ConversationId {
        fastintercom::model::ConversationId::parse(self).unwrap()
    }
}

#[test]
fn activity_that_is_not_what_the_metrics_say_is_found() {
    let mut threads = threads();
    threads
        .iter_mut()
        .for_each(|(conversation, _)| conversation.company_id = Some(CompanyId::parse("c1").unwrap()));
    let metrics: Vec<ConversationMetrics> =
        threads.iter().map(|(conversation, _)| ConversationMetrics::of(conversation)).collect();
    let (mut contacts, companies) = activity(&metrics);
    assert_eq!((contacts.len(), companies.len()), (1, 1));
    contacts[0].activity.open_count += 1;
    let found = found(&threads, |lake| {
        overwrite(lake, &DataFile::whole(ContactActivity::TABLE), &contacts);
        overwrite::<CompanyActivity>(lake, &DataFile::whole(CompanyActivity::TABLE), &[]);
    });
    let id = contacts[0].contact_id.as_str();
    assert_eq!(
        found,
        [
            ("contact_activity", format!("contact_id,fault\n{id},another in contact_activity\n")),
            ("company_activity", "company_id,fault\nc1,not in company_activity\n".to_owned()),
        ]
    );
}
