//! What the lake's Parquet files are like: sorted, in row groups that are quick to pick from, compressed, small.

use std::sync::Arc;

use fastintercom::lake::{DataFile, Disk, Layout, Partitioning, Writer};
use fastintercom::model::{Conversation, Message, Row, TableSpec, Tag, Thread};
use parquet::basic::Compression;
use parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::json;
use tempfile::TempDir;

use crate::support::any_rows::Dice;
use crate::support::keys::keys;
use crate::support::rows::{in_month, part_json, synced_at, thread};

fn open() -> (TempDir, Writer) {
    let home = tempfile::tempdir().expect("there is room for a directory");
    let layout = Layout::new(home.path());
    let writer = Writer::open(Arc::new(Disk::default()), layout, None).expect("the disk works");
    (home, writer)
}

fn january(table: &'static TableSpec) -> DataFile {
    DataFile::part(table, Partitioning::Month.partition(in_month(1, 0)))
}

fn parquet(writer: &Writer, file: &DataFile) -> SerializedFileReader<std::fs::File> {
    let file = std::fs::File::open(writer.layout().data_file(file)).expect("it is there");
    SerializedFileReader::new(file).expect("it is Parquet")
}

fn write(writer: &Writer, threads: impl Iterator<Item = (Conversation, Vec<Message>)>) {
    let mut commit = writer.begin().expect("whole");
    let mut conversations =
        commit.edit::<Conversation>(january(Conversation::TABLE), Arc::default()).expect("works");
    let mut messages = commit.edit::<Message>(january(Message::TABLE), Arc::default()).expect("works");
    for (conversation, parts) in threads {
        conversations.push(&conversation).expect("in order");
        parts.iter().for_each(|message| messages.push(message).expect("in order"));
    }
    commit.add(conversations).expect("works");
    commit.add(messages).expect("works");
    commit.finish(|_| {}).expect("works");
}

#[test]
fn rows_are_sorted_and_row_groups_are_small() {
    let (_home, writer) = open();
    write(&writer, (0..6_000).map(|id| thread(100_000 + id, in_month(1, id / 3), 3, "note")));
    for file in [january(Conversation::TABLE), january(Message::TABLE)] {
        let metadata = parquet(&writer, &file).metadata().clone();
        let rows: Vec<_> = metadata.row_groups().iter().map(|group| group.num_rows()).collect();
        assert!(rows.iter().all(|rows| *rows <= 10_000), "{rows:?}");
        assert!(rows.len() as i64 <= rows.iter().sum::<i64>() / 10_000 + 1, "{rows:?}");
    }
    let mut last = None;
    let columns = ["conversation_id", "conversation_created_at"];
    for batch in writer.reader().columns::<Message>(&january(Message::TABLE), &columns).expect("readable") {
        for key in keys::<Message>(&batch.expect("readable")) {
            assert!(last.as_ref() <= Some(&key), "{last:?} before {key:?}");
            last = Some(key);
        }
    }
}

#[test]
fn columns_are_compressed_and_ids_have_bloom_filters() {
    let (_home, writer) = open();
    write(&writer, (0..50).map(|id| thread(100 + id, in_month(1, id), 3, "note")));
    for (spec, looked_up) in [
        (Conversation::TABLE, ["conversation_id", "contact_id"].as_slice()),
        (Message::TABLE, ["conversation_id", "message_id"].as_slice()),
    ] {
        let reader = parquet(&writer, &january(spec));
        let pairs = reader.metadata().file_metadata().key_value_metadata().expect("there are some");
        let version =
            pairs.iter().find(|pair| pair.key == "fi.table_version").and_then(|pair| pair.value.clone());
        assert_eq!(version, Some(spec.version.to_string()));
        let group = &reader.metadata().row_groups()[0];
        for column in group.columns() {
            assert!(matches!(column.compression(), Compression::ZSTD(_)), "{}", column.column_path());
            let name = column.column_path().string();
            if looked_up.contains(&name.as_str()) {
                assert!(column.bloom_filter_offset().is_some(), "{name} has no bloom filter");
            }
            if name == "created_at" {
                assert!(
                    column.statistics().is_some_and(|s| s.min_bytes_opt().is_some()),
                    "{name} has no statistics"
                );
            }
        }
    }
}

#[test]
fn what_is_recorded_of_a_file_is_so() {
    let (_home, writer) = open();
    write(
        &writer,
        (0..10).map(|id| {
            let (mut conversation, messages) = thread(100 + id, in_month(1, id * 60), 1, "note");
            conversation.has_thread = id % 5 != 0;
            (conversation, messages)
        }),
    );
    let state = writer.state().expect("whole");
    let entry = &state.files[&january(Conversation::TABLE).name()];
    assert_eq!((entry.rows, entry.without_thread), (10, 2));
    assert_eq!(entry.first_created_at, Some(in_month(1, 0).micros()));
    assert_eq!(entry.last_created_at, Some(in_month(1, 540).micros()));
    let path = writer.layout().data_file(&january(Conversation::TABLE));
    assert_eq!(entry.bytes, std::fs::metadata(path).expect("it is there").len());
    assert_eq!((state.rows_of("messages"), state.without_thread()), (20, 2));
    let missing = writer.reader().without_thread(&january(Conversation::TABLE)).expect("readable");
    assert_eq!(missing, ["105", "100"]);
}

#[test]
fn a_file_of_another_version_is_refused_by_name() {
    let (_home, writer) = open();
    let mut commit = writer.begin().expect("whole");
    let tag = Tag::parse(br#"{"id": 1}"#, synced_at()).expect("it is a tag");
    commit.upsert(&mut [tag], |tag| tag.tag_id.to_string()).expect("works");
    commit.finish(|_| {}).expect("works");
    let path = writer.layout().data_file(&DataFile::whole(Tag::TABLE));
    let content = std::fs::read(&path).expect("readable");
    let key = b"fi.table_version";
    let at =
        content.windows(key.len()).position(|window| window == key).expect("the version is in the footer");
    let mut newer = content.clone();
    let digit =
        at + key.len() + newer[at + key.len()..].iter().position(|byte| *byte == b'1').expect("version 1");
    newer[digit] = b'7';
    std::fs::write(&path, newer).expect("works");
    let error = writer.reader().rows::<Tag>(&DataFile::whole(Tag::TABLE)).expect_err("it is newer");
    assert!(error.to_string().contains("version 7"), "{error}");
    assert!(error.to_string().contains("tags/data.parquet"), "{error}");
}

/// A word of a language of 3,000 words, some of them used far more than others.
fn word(dice: &mut Dice) -> String {
    const SYLLABLES: [&str; 16] = [
        "re", "or", "in", "vo", "ship", "ack", "pay", "ment", "the", "ti", "on", "al", "wa", "s", "ex", "er",
    ];
    let most = dice.below(3_000) + 1;
    let rank = dice.below(most);
    let (first, second, third) = (rank % 16, rank / 16 % 16, rank / 256);
    [first, second, third].map(|syllable| SYLLABLES[syllable % 16]).concat()
}

/// A paragraph of about this many words, with a number now and then.
fn paragraph(dice: &mut Dice, words: usize) -> String {
    let text: Vec<_> = (0..words / 2 + dice.below(words))
        .map(|_| if dice.one_in(15) { dice.below(100_000).to_string() } else { word(dice) })
        .collect();
    format!("<p class=\"no-margin\">{}.</p>", text.join(" "))
}

/// A plain conversation of eight messages between one of many customers and one of a few teammates.
fn plain(dice: &mut Dice, number: i64) -> (Conversation, Vec<Message>) {
    let begin = in_month(1, number * 40).seconds();
    let contact = format!("{:024x}", 0x68e1_a7c2_0000_0000_u64 + dice.below(5_000) as u64 * 7_919);
    let customer = json!({"type": "user", "id": contact, "name": format!("Customer {}", &contact[18..]),
        "email": format!("c{}@harborline.example", &contact[18..]), "from_ai_agent": false, "is_ai_answer": false});
    let teammate = dice.below(20);
    let admin = json!({"type": "admin", "id": format!("73001{teammate:02}"), "name": format!("Teammate {teammate}"),
        "email": format!("t{teammate}@fi.example"), "from_ai_agent": false, "is_ai_answer": false});
    let mut at = begin;
    let mut parts = Vec::new();
    for n in 0..7 {
        at += 30 + dice.below(4_000) as i64;
        let (kind, body) = match n {
            6 => ("close", None),
            _ => ("comment", Some(paragraph(dice, 16))),
        };
        let author = if n % 2 == 0 { &admin } else { &customer };
        parts.push(part_json(37_410_000_000 + number * 9 + n, kind, author, body.as_deref(), at));
    }
    let reply = begin + 30 + dice.below(4_000) as i64;
    let json = json!({
        "type": "conversation", "id": (215_480_000_000_000 + number * 11).to_string(), "created_at": begin,
        "updated_at": at, "waiting_since": null, "snoozed_until": null, "state": "closed", "open": false, "read": true,
        "priority": "none", "title": null, "admin_assignee_id": 7_300_100 + teammate as i64,
        "team_assignee_id": 8_100_200 + dice.below(6) as i64, "custom_attributes": {"Language": "en"},
        "source": {"type": "conversation", "id": (3_391_000_000_i64 + number).to_string(),
            "delivered_as": "customer_initiated", "subject": "", "body": paragraph(dice, 20), "author": customer,
            "attachments": [], "url": "https://app.harborline.example/billing", "redacted": false},
        "contacts": {"type": "contact.list", "contacts": [{"type": "contact", "id": contact, "external_id": null}]},
        "teammates": {"type": "admin.list", "admins": [{"type": "admin", "id": format!("73001{teammate:02}")}]},
        "tags": {"type": "tag.list", "tags": []}, "topics": {}, "conversation_rating": null,
        "first_contact_reply": {"created_at": begin, "type": "conversation", "url": null}, "sla_applied": null,
        "statistics": {"type": "conversation_statistics", "time_to_admin_reply": reply - begin,
            "first_contact_reply_at": begin, "first_admin_reply_at": reply, "first_close_at": at, "last_close_at": at,
            "last_closed_by_id": format!("73001{teammate:02}"), "median_time_to_reply": reply - begin,
            "count_reopens": 0, "count_assignments": 1, "count_conversation_parts": 8},
        "conversation_parts": {"type": "conversation_part.list", "conversation_parts": parts, "total_count": 7},
        "linked_objects": {"type": "list", "data": [], "total_count": 0, "has_more": false},
        "ai_agent_participated": false, "ai_agent": null, "channel": {"initial": "messenger", "current": "messenger"},
    });
    let thread =
        Thread::parse(json.to_string().as_bytes(), synced_at()).expect("the JSON above is a conversation");
    assert_eq!((thread.messages.len(), &thread.conversation.extra), (8, &None));
    (thread.conversation, thread.messages)
}

/// What each column of some files costs for one conversation, the dearest first.
fn costs(writer: &Writer, conversations: i64) -> String {
    let mut costs = Vec::new();
    for file in [january(Conversation::TABLE), january(Message::TABLE)] {
        for group in parquet(writer, &file).metadata().row_groups() {
            for column in group.columns() {
                let bloom = i64::from(column.bloom_filter_length().unwrap_or_default());
                let name = format!("{}.{}", file.table(), column.column_path().string());
                costs.push((column.compressed_size(), bloom, name));
            }
        }
    }
    costs.sort();
    let line = |(size, bloom, name): &(i64, i64, String)| format!("{size:>9} + {bloom} bloom {name}");
    let lines: Vec<_> = costs.iter().rev().take(25).map(line).collect();
    format!("of {conversations} conversations\n{}", lines.join("\n"))
}

#[test]
fn a_plain_conversation_of_eight_messages_takes_less_than_two_kilobytes() {
    let (_home, writer) = open();
    let count = 3_000;
    let mut dice = Dice::new(7);
    write(&writer, (0..count).map(|number| plain(&mut dice, number)));
    let bytes = writer.state().expect("whole").lake_bytes() as i64 / count;
    assert!(bytes <= 2_048, "{bytes} bytes a conversation {}", costs(&writer, count));
    assert!(bytes >= 200, "{bytes} bytes: are the bodies there?");
}
