//! The index on the disk: what is there, what is wrong with it, and an empty one in its place.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use tantivy::directory::error::OpenReadError;
use tantivy::{Index, TantivyError};

use super::error::Error;
use super::opened::Opened;
use super::postings::Damage;
use super::schema::{Fields, is_ours, plugin, schema, settings, tokenizers};
use super::sources::Sources;

const MISSING: &str = "there was no search index";
pub(super) const DAMAGED: &str = "the search index was damaged";
const OTHER_VERSION: &str = "the search index was of another version of fi";
const BEHIND: &str = "the search index was behind the data";

/// What is wrong with an index.
pub(super) enum Wrong {
    Missing,
    OtherVersion,
    Damaged(TantivyError),
    Behind(Arc<Opened>),
}

impl Wrong {
    pub(super) fn why(&self) -> &'static str {
        match self {
            Self::Missing => MISSING,
            Self::OtherVersion => OTHER_VERSION,
            Self::Damaged(_) => DAMAGED,
            Self::Behind(_) => BEHIND,
        }
    }
}

/// An index in a directory, and what it is made of.
pub(super) struct OnDisk {
    pub(super) index: Index,
    pub(super) fields: Fields,
    pub(super) sources: Sources,
    /// What was found to be damaged while segments were merged.
    pub(super) damage: Damage,
}

/// The index in a directory, if it is one of this version's.
pub(super) fn on_disk(dir: &Path) -> Result<OnDisk, Wrong> {
    if !dir.join("meta.json").is_file() {
        return Err(Wrong::Missing);
    }
    let mut index = Index::open_in_dir(dir).map_err(Wrong::Damaged)?;
    if !is_ours(&index) {
        return Err(Wrong::OtherVersion);
    }
    let fields = schema().1;
    index.set_tokenizers(tokenizers());
    let damage = Damage::default();
    index.register_plugin(plugin(&fields, &damage));
    let sources = Sources::held(&index).map_err(Wrong::Damaged)?.ok_or(Wrong::OtherVersion)?;
    Ok(OnDisk { index, fields, sources, damage })
}

/// An empty index in a directory, in the place of what is there.
pub(super) fn made(dir: &Path) -> Result<OnDisk, Error> {
    remove(dir)?;
    create(dir)?;
    let (schema, fields) = schema();
    let builder = Index::builder().schema(schema).settings(settings()).tokenizers(tokenizers());
    let damage = Damage::default();
    let builder = builder.register_plugin(plugin(&fields, &damage));
    let index = builder.create_in_dir(dir).map_err(|source| Error::Index { path: dir.to_owned(), source })?;
    Ok(OnDisk { index, fields, sources: Sources::none(), damage })
}

fn create(dir: &Path) -> Result<(), Error> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let made = builder.recursive(true).create(dir);
    made.map_err(|source| Error::Io { action: "create", path: dir.to_owned(), source })
}

/// Removes an index.
pub(super) fn remove(dir: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(dir) {
        Err(source) if source.kind() != ErrorKind::NotFound => {
            Err(Error::Io { action: "remove", path: dir.to_owned(), source })
        }
        _ => Ok(()),
    }
}

/// Whether the disk is at fault rather than what is on it: making it anew would not help.
pub(super) fn is_io(error: &TantivyError) -> bool {
    matches!(error, TantivyError::IoError(_) | TantivyError::LockFailure(..))
}

/// Whether a file was not there.
pub(super) fn is_gone(error: &TantivyError) -> bool {
    matches!(error, TantivyError::OpenReadError(OpenReadError::FileDoesNotExist(_)))
}
