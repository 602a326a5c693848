//! For how long a version's bytes are kept once it is replaced.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::files::Files;
use super::layout::{DataFile, Layout};
use super::ranges::ByteRanges;
use super::state::State;

/// How long ago the version before last may have been replaced and yet be kept: the time a reader may take from a
/// file's footer to its pages. The last one is kept in any case.
const READERS_TAKE: Duration = Duration::from_secs(2);
/// The age of a file from which on no reader can hold a footer of the version before.
const SETTLED_AFTER: Duration = Duration::from_secs(10);

/// The bytes of versions that this process replaced a moment ago.
#[derive(Default)]
pub(super) struct Replaced {
    files: BTreeMap<String, Vec<(Instant, ByteRanges)>>,
}

impl Replaced {
    /// What the next version of a file keeps beside the bytes of the current one.
    pub(super) fn still_read(&self, file: &DataFile) -> ByteRanges {
        let versions = self.files.get(&file.name()).into_iter().flatten();
        let recent = versions.filter(|(at, _)| at.elapsed() < READERS_TAKE);
        ByteRanges::new(recent.flat_map(|(_, ranges)| ranges.iter().collect::<Vec<_>>()))
    }

    /// Notes that the version of a file that these bytes made is replaced; without any, the new version keeps nothing of
    /// those before, because they could not be read.
    pub(super) fn note(&mut self, file: &DataFile, replaced: ByteRanges) {
        let versions = self.files.entry(file.name()).or_default();
        versions.retain(|(at, _)| !replaced.is_empty() && at.elapsed() < READERS_TAKE);
        versions.push((Instant::now(), replaced));
    }
}

/// Erases what was kept for readers that are done by now; what cannot be erased yet is left to a later time. Tells how
/// many files that is of.
pub(super) fn erase_settled(files: &dyn Files, layout: &Layout, state: &mut State) -> usize {
    for (name, entry) in &mut state.files {
        let Some(file) = DataFile::parse(name).filter(|_| !entry.kept.is_empty()) else { continue };
        let path = layout.data_file(&file);
        let is_settled = files.age(&path).is_ok_and(|age| age.is_some_and(|age| age >= SETTLED_AFTER));
        if !is_settled {
            continue;
        }
        match files.erase(&path, &entry.kept) {
            Ok(()) => entry.kept = ByteRanges::default(),
            Err(error) => tracing::warn!(file = name, %error, "could not erase replaced rows"),
        }
    }
    state.files.values().filter(|entry| !entry.kept.is_empty()).count()
}
