//! The index of a home that can only be read, as a copy in a directory of this process's own.
//!
//! The library locks a file beside the index while it opens one, which needs a directory that can be written. It also
//! maps files that the writer deletes later: on a volume shared over a network that ends the process that looks at
//! them. Files of an index never change once its `meta.json` names them, so each is copied once.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use tantivy::index::{SegmentComponent, SegmentMeta};
use tantivy::{Index, TantivyError};

use super::disk::Wrong;
use crate::private_dir::PrivateDir;

/// The file that says which others an index is made of; replaced whole.
const META: &str = "meta.json";
/// How often it is begun again because the index was replaced meanwhile.
const ATTEMPTS: u32 = 10;

/// A copy of an index, gone when it is dropped.
pub(super) struct IndexCopy {
    dir: PrivateDir,
    /// The `meta.json` all of whose files are here.
    whole: Option<Vec<u8>>,
}

impl IndexCopy {
    /// Of nothing yet.
    pub(super) fn empty() -> io::Result<Self> {
        Ok(Self { dir: PrivateDir::create("index")?, whole: None })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Makes it the index in a directory as that is now.
    pub(super) fn follow(&mut self, original: &Path) -> Result<(), Wrong> {
        for _ in 0..ATTEMPTS {
            let meta = meta_of(original)?;
            if self.whole.as_ref() == Some(&meta) {
                return Ok(());
            }
            self.whole = None;
            let named = self.take(original, &meta).map_err(Wrong::Damaged)?;
            // What its `meta.json` names is removed only after that was replaced: as long as it is the same, all was there.
            if meta_of(original)? == meta {
                self.tidy(&named).map_err(|error| Wrong::Damaged(error.into()))?;
                self.whole = Some(meta);
                return Ok(());
            }
        }
        Err(Wrong::Damaged(TantivyError::InternalError(
            "it is replaced faster than it can be copied".to_owned(),
        )))
    }

    /// Copies what the original is made of and is not here yet; tells what it is made of.
    fn take(&self, original: &Path, meta: &[u8]) -> tantivy::Result<HashSet<OsString>> {
        fs::write(self.path().join(META), meta)?;
        let segments = Index::open_in_dir(self.path())?.load_metas()?.segments;
        let mut named = HashSet::new();
        for entry in fs::read_dir(original)? {
            let name = entry?.file_name();
            if !segments.iter().any(|segment| is_of(segment, &name)) {
                continue;
            }
            let to = self.path().join(&name);
            if !to.exists() {
                copy(&original.join(&name), &to)?;
            }
            named.insert(name);
        }
        Ok(named)
    }

    /// Removes segments that are not part of it any more; whoever has them open keeps them as long.
    fn tidy(&self, named: &HashSet<OsString>) -> io::Result<()> {
        for entry in fs::read_dir(self.path())? {
            let name = entry?.file_name();
            let is_hidden = name.as_encoded_bytes().starts_with(b".");
            if name != META && !is_hidden && !named.contains(&name) {
                fs::remove_file(self.path().join(name))?;
            }
        }
        Ok(())
    }
}

/// Whether a file is of a segment as it is now. Which kinds of files there are is the writer's affair; of deletions there
/// may be older and newer ones beside those that count.
fn is_of(segment: &SegmentMeta, name: &OsStr) -> bool {
    let Some(text) = name.to_str() else { return false };
    let is_segments =
        text.strip_prefix(&segment.id().uuid_string()).is_some_and(|rest| rest.starts_with('.'));
    let deletions =
        || segment.has_deletes() && segment.relative_path(SegmentComponent::Delete).as_os_str() == name;
    is_segments && (!text.ends_with(".del") || deletions())
}

fn meta_of(dir: &Path) -> Result<Vec<u8>, Wrong> {
    fs::read(dir.join(META)).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Wrong::Missing,
        _ => Wrong::Damaged(error.into()),
    })
}

/// Copies a file, whole or not at all; one that is not there any more is left out.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let aside = to.with_extension("part");
    match fs::copy(from, &aside) {
        Ok(_) => fs::rename(&aside, to),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}
