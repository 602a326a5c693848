//! What an index is made of: which version of which files of the lake.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tantivy::Index;

use super::schema::VERSION;
use crate::lake::{DataFile, Partition, State};
use crate::model::{Conversation, Message, Row};

/// Digits of a checksum that are kept: enough to tell versions apart.
const DIGITS: usize = 16;

/// For each partition the versions of its files; travels in every commit of the index.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sources {
    version: u32,
    partitions: BTreeMap<String, String>,
}

impl Sources {
    /// Of nothing.
    pub(super) fn none() -> Self {
        Self { version: VERSION, partitions: BTreeMap::new() }
    }

    /// Of the lake as it is.
    pub(super) fn of(state: &State) -> Self {
        let digest = |file: &DataFile| {
            let entry = state.files.get(&file.name());
            entry.map_or("", |entry| entry.sha256.get(..DIGITS).unwrap_or(&entry.sha256))
        };
        let partitions = state.files_of(Conversation::TABLE.name).filter_map(|(file, _)| {
            let partition = file.partition()?;
            let messages = DataFile::part(Message::TABLE, partition.clone());
            Some((partition.as_str().to_owned(), format!("{} {}", digest(&file), digest(&messages))))
        });
        Self { version: VERSION, partitions: partitions.collect() }
    }

    /// What an index says it is made of, which is nothing before its first commit; none of one of another version.
    pub(super) fn held(index: &Index) -> tantivy::Result<Option<Self>> {
        let Some(payload) = index.load_metas()?.payload else { return Ok(Some(Self::none())) };
        let held = serde_json::from_str::<Self>(&payload).ok();
        Ok(held.filter(|held| held.version == VERSION))
    }

    /// As it is noted in the index.
    pub(super) fn payload(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The partitions of the lake that are of another version here, newest first.
    pub(super) fn differing(&self, wanted: &Self) -> Vec<Partition> {
        let differing = wanted
            .partitions
            .iter()
            .rev()
            .filter(|(name, version)| self.partitions.get(*name) != Some(version));
        let file = |name: &str| DataFile::parse(&format!("{}/{name}/data.parquet", Conversation::TABLE.name));
        differing.filter_map(|(name, _)| file(name)?.partition().cloned()).collect()
    }

    /// The partitions that the lake does not have any more.
    pub(super) fn gone(&self, wanted: &Self) -> Vec<String> {
        self.partitions.keys().filter(|name| !wanted.partitions.contains_key(*name)).cloned().collect()
    }

    /// Notes that a partition is here as the lake has it, or not at all.
    pub(super) fn take_over(&mut self, partition: &str, wanted: &Self) {
        match wanted.partitions.get(partition) {
            Some(version) => self.partitions.insert(partition.to_owned(), version.clone()),
            None => self.partitions.remove(partition),
        };
    }
}
