//! A directory of a process's own, where the system keeps what is temporary: for nobody else, and gone with its owner.

use std::fs::{self, DirBuilder};
use std::io;
use std::path::{Path, PathBuf};

/// Exists until it is dropped.
#[derive(Debug)]
pub(crate) struct PrivateDir(PathBuf);

impl PrivateDir {
    /// Makes one for a purpose, which its name tells, under a name nobody guesses.
    pub(crate) fn create(purpose: &str) -> io::Result<Self> {
        let name = format!("fi-{purpose}-{:032x}", rand::random::<u128>());
        let path = std::env::temp_dir().join(name);
        #[cfg_attr(not(unix), expect(unused_mut, reason = "modes exist on Unix only"))]
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&path)?;
        // What is made from names must agree with what the kernel makes of them.
        Ok(Self(fs::canonicalize(&path).unwrap_or(path)))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for PrivateDir {
    fn drop(&mut self) {
        // What is left behind is empty or encloses rows that only the user may read; the system clears it away.
        let _ = fs::remove_dir_all(&self.0);
    }
}
