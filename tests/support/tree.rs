//! The source tree that the tests belong to.

use std::path::{Path, PathBuf};

/// A file or directory of the tree, told relative to its root.
///
/// Cargo says at run time where the tree is: two checkouts that share a target directory also share the binary, so
/// what was true when it was compiled may be about the other one.
pub(crate) fn in_tree(path: impl AsRef<Path>) -> PathBuf {
    let root = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    root.unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into()).join(path)
}
