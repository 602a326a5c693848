//! What each sync of the commit protocol and of the spool is for, told from what it syncs: the checker leaves out
//! one kind after the other and must notice each time.

use std::path::Path;

use super::crash_disk::Change;

/// One kind of sync that the protocol needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SyncKind {
    /// The bytes of a staged data file.
    StageFile,
    /// The name of a staged data file.
    StageDir,
    /// The bytes of the journal.
    JournalFile,
    /// The name of the journal: the commit point.
    JournalDir,
    /// The same, in a recovery that finds a journal whose writer was killed.
    JournalDirInRecovery,
    /// The new names of data files.
    PlacedDir,
    /// The bytes of the state.
    StateFile,
    /// The name of the state.
    StateDir,
    /// The bytes of a spool segment.
    SpoolFile,
    /// The name of a spool segment.
    SpoolDir,
    /// The bytes of a spool segment written anew.
    SpoolAgainFile,
    /// The name of a spool segment written anew.
    SpoolAgainDir,
    /// The name of the home.
    HomeMade,
    /// The names of `lake/` and `state/`.
    LakeMade,
    /// The name of a table's directory.
    TableMade,
    /// The name of a partition's directory.
    PartitionMade,
    /// The name of `state/spool/`.
    SpoolMade,
    /// A directory in which nothing changed, or from which names only vanished.
    Nothing,
}

/// Every kind that the protocol cannot do without.
pub(crate) const REQUIRED: &[SyncKind] = &[
    SyncKind::StageFile,
    SyncKind::StageDir,
    SyncKind::JournalFile,
    SyncKind::JournalDir,
    SyncKind::JournalDirInRecovery,
    SyncKind::PlacedDir,
    SyncKind::StateFile,
    SyncKind::StateDir,
    SyncKind::SpoolFile,
    SyncKind::SpoolDir,
    SyncKind::SpoolAgainFile,
    SyncKind::SpoolAgainDir,
    SyncKind::HomeMade,
    SyncKind::LakeMade,
    SyncKind::TableMade,
    SyncKind::PartitionMade,
    SyncKind::SpoolMade,
];

fn name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

/// What the sync of a file is for.
pub(crate) fn kind_of_file(path: &Path) -> SyncKind {
    match name(path) {
        "journal.tmp" => SyncKind::JournalFile,
        "state.tmp" => SyncKind::StateFile,
        other if other.ends_with(".spool") => SyncKind::SpoolFile,
        other if other.starts_with(".data.parquet.") => SyncKind::StageFile,
        _ => SyncKind::SpoolAgainFile,
    }
}

/// What the sync of a directory is for, given what changed in it since the last one.
pub(crate) fn kind_of_dir(dir: &Path, changes: &[Change], is_recovering: bool) -> SyncKind {
    // What vanishes may come back: nobody needs to wait for that.
    match changes.iter().rev().find(|change| !matches!(change, Change::Remove(_))) {
        None | Some(Change::Remove(_)) => SyncKind::Nothing,
        Some(Change::Dir(made)) => match (name(dir), name(made)) {
            (_, "lake" | "state") => SyncKind::LakeMade,
            (_, "spool") => SyncKind::SpoolMade,
            ("lake", _) => SyncKind::TableMade,
            (_, made) if made.contains('=') => SyncKind::PartitionMade,
            _ => SyncKind::HomeMade,
        },
        Some(Change::Put(..)) => match name(dir) {
            "spool" => SyncKind::SpoolDir,
            _ => SyncKind::StageDir,
        },
        Some(Change::Rename { to, .. }) => match name(to) {
            "journal.json" if is_recovering => SyncKind::JournalDirInRecovery,
            "journal.json" => SyncKind::JournalDir,
            "state.json" => SyncKind::StateDir,
            other if other.ends_with(".spool") => SyncKind::SpoolAgainDir,
            _ => SyncKind::PlacedDir,
        },
    }
}
