//! Where things lie: the names of directories and files, and which partition a row belongs to.
//!
//! `lake/` holds only what any tool may glob; `state/`, beside it, what only `fi` reads.

use std::path::{Path, PathBuf};

use chrono::Datelike;

use crate::model::{TableSpec, Timestamp};

/// The one file of a partition.
pub(super) const DATA_FILE: &str = "data.parquet";

/// How `conversations`, `messages` and `tickets` are split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Partitioning {
    /// One directory a month: `month=2026-11`.
    #[default]
    Month,
    /// One directory a day, for more than about 100,000 conversations a month: `day=2026-11-21`.
    Day,
}

impl Partitioning {
    /// The name of the partition column.
    pub const fn column(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Day => "day",
        }
    }

    /// The partition of an instant.
    pub fn partition(self, instant: Timestamp) -> Partition {
        let date = instant.to_utc().date_naive();
        Partition(match self {
            Self::Month => format!("month={:04}-{:02}", date.year(), date.month()),
            Self::Day => format!("day={:04}-{:02}-{:02}", date.year(), date.month(), date.day()),
        })
    }

    /// The partition that is always there, so that every view binds on an empty lake.
    pub fn first(self) -> Partition {
        self.partition(Timestamp::from_seconds(0))
    }
}

/// The directory of one partition, like `month=2026-11`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Partition(String);

impl Partition {
    /// The directory's name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn parse(name: &str) -> Option<Self> {
        let (column, value) = name.split_once('=')?;
        let is_value = value.len() >= 7 && value.chars().all(|c| c.is_ascii_digit() || c == '-');
        (matches!(column, "month" | "day") && is_value).then(|| Self(name.to_owned()))
    }
}

/// One data file: a table, and its partition if it has partitions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DataFile {
    table: &'static str,
    partition: Option<Partition>,
}

impl DataFile {
    /// The file of an unpartitioned table.
    pub fn whole(table: &'static TableSpec) -> Self {
        Self { table: table.name, partition: None }
    }

    /// The file of one partition.
    pub fn part(table: &'static TableSpec, partition: Partition) -> Self {
        Self { table: table.name, partition: Some(partition) }
    }

    /// The table's name.
    pub fn table(&self) -> &'static str {
        self.table
    }

    /// The partition, if the table has partitions.
    pub fn partition(&self) -> Option<&Partition> {
        self.partition.as_ref()
    }

    /// The path below `lake/`, with `/`; the file's name in the state.
    pub fn name(&self) -> String {
        match &self.partition {
            Some(partition) => format!("{}/{}/{DATA_FILE}", self.table, partition.as_str()),
            None => format!("{}/{DATA_FILE}", self.table),
        }
    }

    /// From a path below `lake/`; `None` when it names no file of ours.
    pub fn parse(name: &str) -> Option<Self> {
        let mut parts = name.split('/');
        let table = crate::model::table(parts.next()?)?;
        let mut next = parts.next()?;
        let mut partition = None;
        if table.is_partitioned {
            partition = Some(Partition::parse(next)?);
            next = parts.next()?;
        }
        (next == DATA_FILE && parts.next().is_none()).then_some(Self { table: table.name, partition })
    }
}

/// The directories of one lake.
#[derive(Debug, Clone)]
pub struct Layout {
    root: PathBuf,
}

impl Layout {
    /// Below a home directory.
    pub fn new(home: &Path) -> Self {
        Self { root: home.to_owned() }
    }

    /// The home itself.
    pub fn home_dir(&self) -> &Path {
        &self.root
    }

    /// What any tool may read.
    pub fn lake_dir(&self) -> PathBuf {
        self.root.join("lake")
    }

    /// What only `fi` reads.
    pub fn state_dir(&self) -> PathBuf {
        self.root.join("state")
    }

    /// Fetched objects that are not in the lake yet.
    pub fn spool_dir(&self) -> PathBuf {
        self.state_dir().join("spool")
    }

    /// Objects that webhooks told of, to be fetched again.
    pub fn hints_dir(&self) -> PathBuf {
        self.state_dir().join("hints")
    }

    /// The full-text index over the conversations, which can be made anew from them at any time.
    pub fn index_dir(&self) -> PathBuf {
        self.root.join("index")
    }

    /// A table's directory.
    pub fn table_dir(&self, table: &str) -> PathBuf {
        self.lake_dir().join(table)
    }

    /// A data file.
    pub fn data_file(&self, file: &DataFile) -> PathBuf {
        self.lake_dir().join(file.name())
    }

    /// The file a transaction stages beside a data file; hidden, so that tools that read whole directories pass it
    /// by.
    pub fn stage_file(&self, file: &DataFile, txid: u64) -> PathBuf {
        self.data_file(file).with_file_name(format!(".{DATA_FILE}.{txid}.tmp"))
    }

    /// Whether a file name is one that `stage_file` makes.
    pub(super) fn is_stage(name: &str) -> bool {
        let name = name.strip_prefix('.').and_then(|rest| rest.strip_prefix(DATA_FILE));
        let middle = name.and_then(|rest| rest.strip_prefix('.'));
        let txid = middle.and_then(|rest| rest.strip_suffix(".tmp"));
        txid.is_some_and(|txid| txid.parse::<u64>().is_ok_and(|number| number.to_string() == txid))
    }

    /// Whether a directory name is one of a partition.
    pub(super) fn is_partition(name: &str) -> bool {
        Partition::parse(name).is_some()
    }

    pub(super) fn lock_file(&self) -> PathBuf {
        self.state_dir().join("lock")
    }

    pub(super) fn journal_file(&self) -> PathBuf {
        self.state_dir().join("journal.json")
    }

    pub(super) fn journal_stage(&self) -> PathBuf {
        self.state_dir().join("journal.tmp")
    }

    pub(super) fn state_file(&self) -> PathBuf {
        self.state_dir().join("state.json")
    }

    pub(super) fn state_stage(&self) -> PathBuf {
        self.state_dir().join("state.tmp")
    }
}
