//! The index of a home that can only be read, as a copy in a directory of this process's own.
//!
//! The library locks a file beside the index while it opens one, which needs a directory that can be written. It also
//! maps files that the writer deletes later: on a volume shared over a network that ends the process that looks at
//! them. Files of an index never change once its `meta.json` names them, so each is copied once.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use tantivy::index::SegmentComponent;
use tantivy::{Index, TantivyError};

use super::disk::Wrong;
use super::postings;
use crate::private_dir::PrivateDir;

/// The file that says which others an index is made of; replaced whole.
const META: &str = "meta.json";
/// How often it is begun again because the index was replaced meanwhile.
const ATTEMPTS: u32 = 10;
/// What the library makes a segment of, besides its deletions.
const COMPONENTS: &[SegmentComponent] = &[
    SegmentComponent::Postings,
    SegmentComponent::Positions,
    SegmentComponent::Terms,
    SegmentComponent::Store,
    SegmentComponent::FastFields,
    SegmentComponent::FieldNorms,
];

/// A copy of an index, gone when it is dropped.
pub(super) struct IndexCopy(PrivateDir);

impl IndexCopy {
    /// Of nothing yet.
    pub(super) fn empty() -> io::Result<Self> {
        PrivateDir::create("index").map(Self)
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Makes it the index in a directory as that is now.
    pub(super) fn follow(&self, original: &Path) -> Result<(), Wrong> {
        for _ in 0..ATTEMPTS {
            let meta = meta_of(original)?;
            if meta_of(self.path()).is_ok_and(|held| held == meta) && self.is_whole() {
                return Ok(());
            }
            self.take(original, &meta).map_err(Wrong::Damaged)?;
            // A segment that went away meanwhile was replaced, which the original then says.
            if meta_of(original)? == meta && self.is_whole() {
                return self.tidy().map_err(Wrong::Damaged);
            }
        }
        Err(Wrong::Damaged(TantivyError::InternalError("files that it names are not there".to_owned())))
    }

    /// Copies what the original is made of and is not here yet.
    fn take(&self, original: &Path, meta: &[u8]) -> tantivy::Result<()> {
        fs::write(self.path().join(META), meta)?;
        for name in self.named()? {
            let (from, to) = (original.join(&name), self.path().join(&name));
            if !to.exists() {
                copy(&from, &to)?;
            }
        }
        Ok(())
    }

    fn is_whole(&self) -> bool {
        self.named().is_ok_and(|names| names.iter().all(|name| self.path().join(name).exists()))
    }

    /// The files its `meta.json` names.
    fn named(&self) -> tantivy::Result<HashSet<OsString>> {
        let mut names = HashSet::new();
        for segment in Index::open_in_dir(self.path())?.searchable_segment_metas()? {
            let deletions = segment.has_deletes().then_some(&SegmentComponent::Delete);
            let words = postings::component();
            let components = COMPONENTS.iter().chain([&words]).chain(deletions);
            names.extend(components.map(|one| segment.relative_path(one.clone()).into_os_string()));
        }
        Ok(names)
    }

    /// Removes segments that are not part of it any more; whoever has them open keeps them as long.
    fn tidy(&self) -> tantivy::Result<()> {
        let named = self.named()?;
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
