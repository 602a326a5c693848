//! A search index over a lake of a test.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use fastintercom::cancel::Cancel;
use fastintercom::index::{Hits, PageParams, Sort, Standing, TextIndex, Wait};
use fastintercom::lake::{Disk, Follower, Holder, Layout, Writer};

/// The index of a home.
pub(crate) fn index(home: &Path) -> Arc<TextIndex> {
    let who = || Holder { pid: std::process::id(), purpose: "a test".to_owned(), since_seconds: 0 };
    Arc::new(TextIndex::new(Layout::new(home), Arc::new(who)))
}

/// Waits without a word.
pub(crate) fn silent() -> Wait<'static> {
    Wait { cancel: Cancel::new(), progress: &|_| {} }
}

/// The ids that a query finds, in order of their numbers; and how the index stood.
pub(crate) fn found_standing(index: &TextIndex, query: &str) -> (Vec<String>, Standing) {
    let (found, standing) = index.all(query, &silent()).unwrap_or_else(|error| panic!("{query}: {error}"));
    let mut ids: Vec<String> = found.into_iter().map(|(id, _)| id).collect();
    ids.sort_by_key(|id| (id.len(), id.clone()));
    (ids, standing)
}

/// The ids that a query finds, in order of their numbers.
pub(crate) fn found(index: &TextIndex, query: &str) -> Vec<String> {
    found_standing(index, query).0
}

/// A page of what a query finds.
pub(crate) fn page(index: &TextIndex, query: &str, sort: Sort, limit: usize) -> Hits {
    let params = PageParams { sort, limit, ..PageParams::default() };
    index.page(query, &params, &silent()).unwrap_or_else(|error| panic!("{query}: {error}")).0
}

/// Writes the lake of a home, with an index following.
pub(crate) fn followed_writer(home: &Path, index: &Arc<TextIndex>) -> Writer {
    let writer = Writer::open(Arc::new(Disk::default()), Layout::new(home), None).expect("a writer");
    writer.followed_by(Arc::clone(index) as Arc<dyn Follower>)
}

/// The files of an index that hold words, by name; and how many documents in them are deleted and still there.
pub(crate) fn segments(home: &Path) -> (BTreeSet<String>, u64) {
    let index = tantivy::Index::open_in_dir(home.join("index")).expect("an index");
    let segments = index.load_metas().expect("what it says of itself").segments;
    let deleted = segments.iter().map(|segment| u64::from(segment.num_deleted_docs())).sum();
    let names = std::fs::read_dir(home.join("index")).expect("its directory");
    let names = names.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    // Segments are named by chance: what has the same name is the same file.
    let is_of_one =
        |name: &String| segments.iter().any(|segment| name.starts_with(&segment.id().uuid_string()));
    (names.filter(is_of_one).collect(), deleted)
}
