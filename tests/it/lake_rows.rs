//! Rows through Arrow and Parquet and back are the same rows, whatever is in them.

use std::collections::HashSet;
use std::sync::Arc;

use fastintercom::lake::{DataFile, Layout, Writer, arrow_schema, decode, encode};
use fastintercom::model::{
    Admin, Company, CompanyActivity, Contact, ContactActivity, Conversation, ConversationAttribute,
    ConversationMetrics, DeletedConversation, Message, Row, Segment, SyncRun, TABLES, TableSpec, Tag, Team,
    Ticket, TicketType,
};
use proptest::prelude::*;

use crate::support::any_rows::any_row;
use crate::support::crash_files::CrashFiles;
use crate::support::keys::key_of;
use crate::support::rows::in_month;

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

fn writer(files: &CrashFiles) -> Writer {
    Writer::open(files.shared_files(), Layout::new("/home".as_ref()), None).expect("no call fails")
}

/// Puts any rows of one table into its file, and reads them again.
fn is_identity<R: Row>(seed: u64, len: usize) -> Result<(), TestCaseError> {
    let mut rows: Vec<R> = (0..len as u64).map(|index| any_row(seed ^ (index << 32))).collect();
    let batch = encode(&rows).expect("rows fit their columns");
    prop_assert_eq!(batch.schema(), arrow_schema(R::TABLE));
    let decoded: Vec<R> = decode(&batch).expect("columns fit their rows");
    prop_assert_eq!(&decoded, &rows);

    let files = CrashFiles::default();
    let writer = writer(&files);
    let file = match R::TABLE.is_partitioned {
        true => {
            DataFile::part(R::TABLE, writer.state().expect("whole").partitioning.partition(in_month(3, 0)))
        }
        false => DataFile::whole(R::TABLE),
    };
    // Files hold rows in the order of their keys, and each key once.
    let mut seen = HashSet::new();
    rows.sort_by_cached_key(key_of);
    rows.retain(|row| seen.insert(key_of(row)));
    let mut commit = writer.begin().expect("whole");
    let mut edit = commit.edit::<R>(file.clone(), Arc::default()).expect("no call fails");
    rows.iter().for_each(|row| edit.push(row).expect("rows come in order"));
    commit.add(edit).expect("rows come in order");
    commit.finish(|_| {}).expect("no call fails");
    let read: Vec<R> = writer.reader().rows(&file).expect("the file is readable");
    prop_assert_eq!(read, rows);
    Ok(())
}

type Check = fn(u64, usize) -> Result<(), TestCaseError>;

const CHECKS: &[(&TableSpec, Check)] = &[
    (Conversation::TABLE, is_identity::<Conversation>),
    (ConversationMetrics::TABLE, is_identity::<ConversationMetrics>),
    (ContactActivity::TABLE, is_identity::<ContactActivity>),
    (CompanyActivity::TABLE, is_identity::<CompanyActivity>),
    (Message::TABLE, is_identity::<Message>),
    (Contact::TABLE, is_identity::<Contact>),
    (Company::TABLE, is_identity::<Company>),
    (Admin::TABLE, is_identity::<Admin>),
    (Team::TABLE, is_identity::<Team>),
    (Tag::TABLE, is_identity::<Tag>),
    (Segment::TABLE, is_identity::<Segment>),
    (ConversationAttribute::TABLE, is_identity::<ConversationAttribute>),
    (Ticket::TABLE, is_identity::<Ticket>),
    (TicketType::TABLE, is_identity::<TicketType>),
    (DeletedConversation::TABLE, is_identity::<DeletedConversation>),
    (SyncRun::TABLE, is_identity::<SyncRun>),
];

proptest! {
    #![proptest_config(config(24))]

    #[test]
    fn rows_come_back_from_parquet_as_they_were(seed in any::<u64>(), len in 0..6_usize) {
        for (_, check) in CHECKS {
            check(seed, len)?;
        }
    }
}

#[test]
fn every_table_is_among_the_rows_tested_above() {
    let tested: Vec<_> = CHECKS.iter().map(|(table, _)| table.name).collect();
    assert_eq!(tested, TABLES.iter().map(|table| table.name).collect::<Vec<_>>());
}
