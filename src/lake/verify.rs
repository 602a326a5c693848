//! Compares the files of the lake with what was recorded when they were written.

use super::error::Error;
use super::files::Files;
use super::layout::{DataFile, Layout};
use super::state::State;
use super::table_file::{read_batches, sha256_of};
use crate::model::table;

/// How deep below `lake/` files that are not ours are looked for; ours lie at most three deep.
const DEPTH: usize = 5;

/// Something about a file that is not as recorded.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "finding", rename_all = "snake_case")]
pub enum Finding {
    /// A recorded file is not there.
    Missing {
        /// Its path below `lake/`.
        file: String,
    },
    /// A file's bytes are not the ones written.
    Changed {
        /// Its path below `lake/`.
        file: String,
    },
    /// A file, or the rows in it, cannot be read.
    Unreadable {
        /// Its path below `lake/`.
        file: String,
        /// Why.
        reason: String,
    },
    /// A file has another number of rows than recorded.
    RowCount {
        /// Its path below `lake/`.
        file: String,
        /// Rows recorded.
        recorded: u64,
        /// Rows found.
        found: u64,
    },
    /// A file that `fi` did not write; queries over the lake's globs may read it.
    Foreign {
        /// Its path below `lake/`.
        file: String,
    },
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing { file } => write!(f, "{file} is missing"),
            Self::Changed { file } => write!(f, "{file} is not what fi wrote: its checksum differs"),
            Self::Unreadable { file, reason } => write!(f, "{file} cannot be read: {reason}"),
            Self::RowCount { file, recorded, found } => {
                write!(f, "{file} has {found} rows, {recorded} were written")
            }
            Self::Foreign { file } => write!(f, "{file} was not written by fi"),
        }
    }
}

impl Finding {
    /// The path, below `lake/`, of the file it is about.
    pub fn file(&self) -> &str {
        match self {
            Self::Missing { file }
            | Self::Changed { file }
            | Self::Unreadable { file, .. }
            | Self::RowCount { file, .. }
            | Self::Foreign { file } => file,
        }
    }
}

/// Reads every file of the lake and tells what is not as recorded; `progress` is called after each file.
pub fn verify(
    files: &dyn Files,
    layout: &Layout,
    state: &State,
    mut progress: impl FnMut(&str),
) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    for name in state.files.keys() {
        findings.extend(check(files, layout, state, name)?);
        progress(name);
    }
    findings.extend(foreign_files(files, layout, state)?);
    Ok(findings)
}

fn check(files: &dyn Files, layout: &Layout, state: &State, name: &str) -> Result<Option<Finding>, Error> {
    let file = || name.to_owned();
    let (Some(data_file), Some(entry)) = (DataFile::parse(name), state.files.get(name)) else {
        return Ok(Some(Finding::Missing { file: file() }));
    };
    let path = layout.data_file(&data_file);
    match files.len(&path).map_err(Error::io("look at", &path))? {
        None => return Ok(Some(Finding::Missing { file: file() })),
        Some(len) if len != entry.bytes => return Ok(Some(Finding::Changed { file: file() })),
        Some(_) => {}
    }
    Ok(match sha256_of(files, &path, &entry.kept) {
        Ok(found) if found != entry.sha256 => Some(Finding::Changed { file: file() }),
        Ok(_) => match count_rows(files, layout, &data_file) {
            Ok(found) if found == entry.rows => None,
            Ok(found) => Some(Finding::RowCount { file: file(), recorded: entry.rows, found }),
            Err(error) => Some(unreadable(name, &error)),
        },
        // A block that the disk cannot read: the other files are looked at all the same.
        Err(error) => Some(unreadable(name, &error)),
    })
}

fn unreadable(name: &str, error: &Error) -> Finding {
    let reason = std::error::Error::source(error).map_or(error.to_string(), ToString::to_string);
    Finding::Unreadable { file: name.to_owned(), reason }
}

fn count_rows(files: &dyn Files, layout: &Layout, file: &DataFile) -> Result<u64, Error> {
    let Some(spec) = table(file.table()) else { return Ok(0) };
    let path = layout.data_file(file);
    let mut rows = 0;
    for batch in read_batches(files, &path, spec, None)? {
        rows += batch.map_err(Error::batch(&path, spec.name))?.num_rows() as u64;
    }
    Ok(rows)
}

fn foreign_files(files: &dyn Files, layout: &Layout, state: &State) -> Result<Vec<Finding>, Error> {
    let root = layout.lake_dir();
    let mut findings = Vec::new();
    let mut dirs = vec![(root.clone(), 1)];
    while let Some((dir, depth)) = dirs.pop() {
        // A plain file lists nothing; a directory's own entries are looked at in turn.
        for path in files.list(&dir).unwrap_or_default() {
            let name = path.strip_prefix(&root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            let is_parquet = name.ends_with(".parquet");
            if is_parquet && !state.files.contains_key(&name) {
                findings.push(Finding::Foreign { file: name });
            } else if !is_parquet && depth < DEPTH {
                dirs.push((path, depth + 1));
            }
        }
    }
    findings.sort_by(|a, b| a.file().cmp(b.file()));
    Ok(findings)
}
