//! The home: one directory that holds everything `fi` keeps, and the names inside it.

use std::io;
use std::path::{Path, PathBuf};

use super::error::ConfigError;
use super::private;

/// The directory that holds settings, lake, state and logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home(PathBuf);

impl Home {
    /// A home at an absolute or relative path. Nothing is created.
    pub fn at(path: impl AsRef<Path>) -> io::Result<Self> {
        std::path::absolute(path).map(Self)
    }

    /// The directory itself.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The settings.
    pub fn config_file(&self) -> PathBuf {
        self.0.join("config.toml")
    }

    /// The keys of `fi serve`, as hashes.
    pub fn keys_file(&self) -> PathBuf {
        self.0.join("keys.toml")
    }

    /// The Parquet files.
    pub fn lake_dir(&self) -> PathBuf {
        self.0.join("lake")
    }

    /// Lock, journal, cursors and coverage.
    pub fn state_dir(&self) -> PathBuf {
        self.0.join("state")
    }

    /// Who asked what of a server. Beside the lake and its state, not in them: SQL from outside may not look there.
    pub fn audit_dir(&self) -> PathBuf {
        self.0.join("audit")
    }

    /// The full-text index.
    pub fn index_dir(&self) -> PathBuf {
        self.0.join("index")
    }

    /// The log files.
    pub fn log_dir(&self) -> PathBuf {
        self.0.join("logs")
    }

    /// The lines typed into the shell of `fi query`. Beside the lake's state, not in it: what may read the state has no
    /// business with them.
    pub fn query_history(&self) -> PathBuf {
        self.0.join("query_history")
    }

    /// Scratch space for queries larger than memory.
    pub fn tmp_dir(&self) -> PathBuf {
        self.0.join("tmp")
    }

    /// The home of the demo, apart from the user's own data.
    pub fn demo(&self) -> Self {
        Self(self.0.join("demo"))
    }

    /// The settings file of the older FastIntercom, if one lies here.
    pub fn older_config_file(&self) -> Option<PathBuf> {
        Some(self.0.join("config.json")).filter(|file| file.is_file())
    }

    /// Whether the directory is there.
    pub fn exists(&self) -> bool {
        self.0.is_dir()
    }

    /// Creates the directory for the user alone, or checks that the one there can be written to.
    pub fn create(&self) -> Result<(), ConfigError> {
        private::create_dir(&self.0)
            .and_then(|()| private::probe(&self.0))
            .map_err(|source| ConfigError::HomeNotWritable { path: self.0.clone(), source })
    }

    /// The mode of the directory if others than its owner may enter it.
    pub fn open_to_others(&self) -> Option<u32> {
        private::open_to_others(&self.0).ok().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_is_absolute_and_its_parts_lie_inside() {
        let home = Home::at("some/where").unwrap();
        assert!(home.path().is_absolute());
        for part in [home.config_file(), home.lake_dir(), home.state_dir(), home.log_dir(), home.index_dir()]
        {
            assert!(part.starts_with(home.path()));
        }
        assert!(!home.exists());
    }

    #[test]
    fn a_home_below_a_file_cannot_be_created_and_says_why() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("file"), "").unwrap();
        let home = Home::at(dir.path().join("file/home")).unwrap();
        let error = home.create().unwrap_err();
        assert!(matches!(error, ConfigError::HomeNotWritable { .. }), "{error}");
    }
}
