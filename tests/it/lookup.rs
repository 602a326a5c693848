//! Single rows read straight from the files are the rows that are in them, wherever they lie and whoever writes meanwhile.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow::array::AsArray;
use fastintercom::lake::{Disk, Layout, Lookup, Partitioning, Reader, State, Writer, decode};
use fastintercom::model::{Admin, Contact, Conversation, Message, Row, Tag, Timestamp};

use crate::support::little_lake::{LittleLake, put};
use crate::support::rows::{in_month, thread};
use crate::support::world::World;

const MONTH: Partitioning = Partitioning::Month;

/// All rows of a table, file by file.
fn all<R: Row>(layout: &Layout) -> Vec<R> {
    let state = State::load(&Disk::default(), layout).unwrap().unwrap();
    let disk = Disk::default();
    let reader = Reader::new(&disk, layout);
    state.files_of(R::TABLE.name).flat_map(|(file, _)| reader.rows::<R>(&file).unwrap()).collect()
}

#[tokio::test(start_paused = true)]
async fn every_conversation_of_a_company_is_found_as_it_is() {
    let world = World::new(250);
    world.sync_to_equality().await;
    let layout = Layout::new(world.home());
    let (lookup, state) = (Lookup::new(&layout), State::load(&Disk::default(), &layout).unwrap().unwrap());
    let messages: Vec<Message> = all(&layout);
    for conversation in all::<Conversation>(&layout) {
        let (at, id) = (conversation.created_at, conversation.conversation_id.as_str());
        assert_eq!(
            lookup.conversation_row(state.partitioning, at, id, None).unwrap().as_ref(),
            Some(&conversation)
        );
        let mut own: Vec<Message> =
            messages.iter().filter(|one| one.conversation_id.as_str() == id).cloned().collect();
        own.sort_by_key(|message| message.position);
        assert_eq!(lookup.message_rows(state.partitioning, at, id, None).unwrap(), own);
        assert_eq!(lookup.created_at(&state, id).unwrap(), Some(at));
    }
    for contact in all::<Contact>(&layout) {
        assert_eq!(lookup.row::<Contact>(contact.contact_id.as_str()).unwrap(), Some(contact));
    }
    assert_eq!(lookup.row::<Contact>("nobody").unwrap(), None);
    assert_eq!(lookup.table::<Admin>().unwrap(), all::<Admin>(&layout));
}

/// Of a January with more conversations than a row group has rows: three begin in each second.
const MANY: i64 = 10_600;

fn many() -> LittleLake {
    let lake = LittleLake::empty(MONTH);
    let threads: Vec<_> =
        (0..MANY).map(|id| thread(id, at(id), 1 + id % 2, &format!("Question {id}"))).collect();
    put(&lake.writer(), &threads);
    lake
}

fn at(id: i64) -> Timestamp {
    in_month(1, 60 * (id / 3))
}

/// Some conversations of everywhere, and all near where pages and row groups end.
fn sample() -> impl Iterator<Item = usize> {
    (0..MANY as usize).filter(|row| {
        let is_near = |size: usize| (row + 8) % size < 16;
        row % 97 == 0 || is_near(10_000) || (is_near(2_000) && row % 4 == 0) || *row + 5 > MANY as usize
    })
}

#[test]
fn rows_are_found_across_pages_and_row_groups_and_among_others_of_the_same_second() {
    let lake = many();
    let lookup = Lookup::new(&lake.layout());
    let (conversations, messages) = (all::<Conversation>(&lake.layout()), all::<Message>(&lake.layout()));
    assert_eq!(conversations.len(), MANY as usize);
    for row in sample() {
        let conversation = &conversations[row];
        let (at, id) = (conversation.created_at, conversation.conversation_id.as_str());
        assert_eq!(lookup.conversation_row(MONTH, at, id, None).unwrap().as_ref(), Some(conversation));
    }
    let mut groups = messages.chunk_by(|one, next| one.conversation_id == next.conversation_id);
    let columns = ["position", "body_text", "message_id"];
    assert!(groups.clone().count() == MANY as usize);
    assert!(groups.all(|own| {
        let (at, id) = (own[0].conversation_created_at, own[0].conversation_id.as_str());
        let batch = lookup.messages(MONTH, at, id, Some(&columns)).unwrap().unwrap();
        let (ids, texts) = (batch.column(0).as_string::<i32>(), batch.column(2).as_string::<i32>());
        let read: Vec<_> = ids.iter().zip(texts).collect();
        let kept: Vec<_> =
            own.iter().map(|one| (Some(one.message_id.as_str()), one.body_text.as_deref())).collect();
        read == kept
    }));
}

#[test]
fn whole_messages_come_back_where_their_row_group_ends_among_them() {
    let lake = LittleLake::empty(MONTH);
    // Seven rows each: 10,000 is no multiple of it.
    let threads: Vec<_> = (0..1_600).map(|id| thread(id, in_month(2, id * 7), 6, "Hello")).collect();
    put(&lake.writer(), &threads);
    let lookup = Lookup::new(&lake.layout());
    for (conversation, messages) in threads.iter().skip(1_400).step_by(2).chain(&threads[1_420..1_435]) {
        let id = conversation.conversation_id.as_str();
        assert_eq!(&lookup.message_rows(MONTH, conversation.created_at, id, None).unwrap(), messages);
    }
}

#[test]
fn what_is_not_there_is_not_found() {
    let lake = many();
    let layout = lake.layout();
    let (lookup, state) = (Lookup::new(&layout), State::load(&Disk::default(), &layout).unwrap().unwrap());
    for (at, id) in [
        (at(0), "999999"),
        (in_month(1, 61), "0"),
        (at(3), "0"),
        (in_month(2, 0), "0"),
        (Timestamp::from_seconds(0), "0"),
    ] {
        assert!(lookup.conversation(MONTH, at, id, None).unwrap().is_none(), "{at} {id}");
        assert_eq!(lookup.message_rows(MONTH, at, id, None).unwrap(), []);
    }
    assert_eq!(lookup.created_at(&state, "999999").unwrap(), None);
    assert_eq!(lookup.created_at(&state, "0").unwrap(), Some(at(0)));
    assert_eq!(lookup.created_at(&state, &(MANY - 1).to_string()).unwrap(), Some(at(MANY - 1)));
    let error = lookup.messages(MONTH, at(0), "0", Some(&["body"])).unwrap_err();
    assert!(error.to_string().contains("messages"), "{error}");
    let nowhere = tempfile::tempdir().unwrap();
    let nothing = Lookup::new(&Layout::new(nowhere.path()));
    assert!(nothing.conversation(MONTH, at(0), "0", None).unwrap().is_none());
    assert!(nothing.state().unwrap().is_none() && nothing.table::<Tag>().unwrap().is_empty());
}

#[test]
fn several_conversations_are_read_together_as_each_by_itself_whatever_their_order() {
    let lake = many();
    put(&lake.writer(), &[thread(20_000, in_month(2, 60), 1, "February")]);
    let (lookup, columns) = (Lookup::new(&lake.layout()), ["updated_at", "title", "part_count"]);
    let mut wanted: Vec<(Timestamp, String)> =
        sample().step_by(3).map(|row| row as i64).map(|id| (at(id), id.to_string())).collect();
    // Others of the same second, one twice, one in another file, some that are not there.
    let others = [(at(6), "7"), (at(6), "8"), (at(6), "8"), (in_month(2, 60), "20000"), (at(6), "9")];
    wanted.extend(others.map(|(at, id)| (at, id.to_owned())));
    wanted.extend([(in_month(1, 61), "0".to_owned()), (in_month(3, 0), "0".to_owned())]);
    wanted.sort_by_key(|(at, id)| (at.micros() % 7, id.clone()));
    let asked: Vec<(Timestamp, &str)> = wanted.iter().map(|(at, id)| (*at, id.as_str())).collect();
    let found = lookup.conversations(MONTH, &asked, &columns).unwrap();
    assert_eq!(found.len(), asked.len());
    assert_eq!(found.iter().filter(|one| one.is_none()).count(), 3);
    for ((at, id), found) in asked.into_iter().zip(found) {
        assert_eq!(found, lookup.conversation(MONTH, at, id, Some(&columns)).unwrap(), "{at} {id}");
    }
    assert_eq!(lookup.conversations(MONTH, &[], &columns).unwrap(), []);
    let columns = ["position", "body_text"];
    let asked: Vec<(Timestamp, &str)> = wanted.iter().map(|(at, id)| (*at, id.as_str())).collect();
    let found = lookup.messages_of(MONTH, &asked, &columns).unwrap();
    assert_eq!(found.iter().filter(|one| one.is_none()).count(), 3);
    for ((at, id), found) in asked.into_iter().zip(found) {
        assert_eq!(found, lookup.messages(MONTH, at, id, Some(&columns)).unwrap(), "{at} {id}");
    }
}

#[test]
fn columns_come_in_the_order_of_the_table_and_only_those_asked_for() {
    let lake = LittleLake::with_threads();
    let lookup = Lookup::new(&lake.layout());
    let names = |columns: Option<&[&str]>| {
        let batch = lookup.messages(MONTH, in_month(1, 0), "100", columns).unwrap().unwrap();
        assert_eq!(batch.num_rows(), 3);
        batch.schema().fields().iter().map(|field| field.name().clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(Some(&["is_note", "attachments", "position"])), ["position", "is_note", "attachments"]);
    assert_eq!(names(Some(&["conversation_id", "conversation_id"])), ["conversation_id"]);
    assert_eq!(names(None).len(), Message::TABLE.columns.len());
}

#[test]
fn a_lake_split_by_day_is_read_the_same_way() {
    let lake = LittleLake::empty(Partitioning::Day);
    let (conversation, messages) = thread(5, in_month(3, 86_399), 4, "Late");
    put(&lake.writer(), &[(conversation.clone(), messages.clone())]);
    let lookup = Lookup::new(&lake.layout());
    let state = lookup.state().unwrap().unwrap();
    assert_eq!(lookup.created_at(&state, "5").unwrap(), Some(conversation.created_at));
    assert_eq!(lookup.message_rows(Partitioning::Day, conversation.created_at, "5", None).unwrap(), messages);
}

/// Puts everything of a month anew, each text saying which version it is of.
fn rewrite(writer: &Writer, version: usize) {
    let threads: Vec<_> = (0..40)
        .map(|id| thread(id, in_month(1, id), 3 + version as i64 % 5, &format!("v{version}")))
        .collect();
    put(writer, &threads);
}

#[test]
fn a_lake_rewritten_meanwhile_is_read_as_one_of_its_versions() {
    let lake = LittleLake::empty(MONTH);
    let writer = lake.writer();
    rewrite(&writer, 0);
    let lookup = Arc::new(Lookup::new(&lake.layout()));
    let is_done = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..2)
        .map(|number| {
            let (lookup, is_done) = (Arc::clone(&lookup), Arc::clone(&is_done));
            std::thread::spawn(move || {
                let mut reads = 0;
                while !is_done.load(Ordering::Relaxed) || reads < 40 {
                    let id = (reads * 7 + number) % 40;
                    read_once(&lookup, id);
                    reads += 1;
                }
            })
        })
        .collect();
    for version in 1..=40 {
        rewrite(&writer, version);
    }
    is_done.store(true, Ordering::Relaxed);
    readers.into_iter().for_each(|reader| reader.join().unwrap());
}

/// Reads a conversation, whose title and messages must be of one version; and its messages must be in any case.
fn read_once(lookup: &Lookup, id: i64) {
    let (at, text) = (in_month(1, id), id.to_string());
    let read = || -> Result<_, fastintercom::lake::Error> {
        Ok((lookup.conversation_row(MONTH, at, &text, None)?, lookup.message_rows(MONTH, at, &text, None)?))
    };
    let ((conversation, messages), is_steady) = lookup.steadily(read).unwrap();
    let title = conversation.unwrap().title.unwrap();
    let opening = messages[0].body_text.clone().unwrap();
    for message in &messages[1..] {
        assert_eq!(message.body_text, Some(format!("{opening} {}", message.position)));
    }
    let version: usize = opening[1..].parse().unwrap();
    assert_eq!(messages.len(), 4 + version % 5);
    assert!(!is_steady || title == opening, "{title} and {opening}");
}

#[test]
fn a_writer_that_died_half_way_is_waited_for_once_and_what_is_read_is_of_no_one_version() {
    let lake = many();
    std::fs::write(lake.layout().state_dir().join("journal.json"), "{}").unwrap();
    let lookup = Lookup::new(&lake.layout());
    let reads = Cell::new(0);
    let read = || -> Result<(), fastintercom::lake::Error> {
        reads.set(reads.get() + 1);
        Ok(())
    };
    let ((), is_steady) = lookup.steadily(read).unwrap();
    assert_eq!((is_steady, reads.get()), (false, 1));
}

#[test]
fn what_keeps_changing_is_read_a_few_times_and_no_more() {
    let lake = LittleLake::empty(MONTH);
    let writer = lake.writer();
    let lookup = Lookup::new(&lake.layout());
    let versions = Cell::new(0);
    let read = || -> Result<(), fastintercom::lake::Error> {
        versions.set(versions.get() + 1);
        rewrite(&writer, versions.get());
        Ok(())
    };
    let ((), is_steady) = lookup.steadily(read).unwrap();
    assert_eq!((is_steady, versions.get()), (false, 5));
}

#[test]
fn what_was_remembered_of_a_version_is_not_used_for_the_next() {
    let lake = LittleLake::empty(MONTH);
    let writer = lake.writer();
    let lookup = Lookup::new(&lake.layout());
    for version in 0..12 {
        rewrite(&writer, version);
        for id in [0, 39] {
            let batch = lookup.messages(MONTH, in_month(1, id), &id.to_string(), None).unwrap().unwrap();
            let messages: Vec<Message> = decode(&batch).unwrap();
            assert_eq!(messages.len(), 4 + version % 5);
            assert_eq!(messages[0].body_text, Some(format!("v{version}")));
        }
    }
}

#[test]
fn some_columns_of_a_row_leave_the_others_empty_and_never_make_up_a_value() {
    let lake = LittleLake::with_threads();
    let lookup = Lookup::new(&lake.layout());
    let whole = lookup.conversation_row(MONTH, in_month(1, 0), "100", None).unwrap().unwrap();
    let some = lookup
        .conversation_row(MONTH, in_month(1, 0), "100", Some(&["title", "contact_ids"]))
        .unwrap()
        .unwrap();
    assert_eq!((&some.title, &some.contact_ids), (&whole.title, &whole.contact_ids));
    assert_eq!((some.has_thread, some.synced_at, some.state), (true, whole.synced_at, None));
    assert_eq!(some.thread.thread_customer_message_count, whole.thread.thread_customer_message_count);
    assert!(whole.state.is_some() && some.tags.is_empty());
    let messages = lookup.message_rows(MONTH, in_month(1, 0), "100", Some(&["body_text"])).unwrap();
    assert_eq!(messages.len(), 3);
    assert!(messages.iter().all(|message| message.body_text.is_some() && message.body_html.is_none()));
}
