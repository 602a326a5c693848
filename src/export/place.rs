//! Where an export appears: whole or not at all, and never in the place of anything but an earlier export.
//!
//! It is written into a hidden directory beside its place and renamed when it is complete. What is replaced is known as
//! ours by what it says of itself, and by holding nothing else.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use duckdb::{AccessMode, Config, Connection};

use super::error::Error;
use super::manifest::{MANIFEST, files_of};
use super::params::ExportFormat;
use super::write::INFO_TABLE;
use crate::lake::{Disk, Files as _, Layout};

/// Where an export is to appear.
#[derive(Debug)]
pub struct Target {
    path: PathBuf,
    name: String,
    is_file: bool,
    is_forced: bool,
}

impl Target {
    /// At a path; `is_forced` allows to replace an earlier export there. Nothing is written yet.
    ///
    /// # Errors
    /// When the path cannot be one of an export, or something is there that must stay.
    pub fn new(path: &Path, format: ExportFormat, is_forced: bool, lake: &Layout) -> Result<Self, Error> {
        // A link is followed: what it names is replaced, not the link.
        let path =
            fs::canonicalize(path).or_else(|_| std::path::absolute(path)).map_err(Error::write(path))?;
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(Error::Refused(format!(
                "{} is no place for an export; name a directory in it, such as {}",
                path.display(),
                path.join("export").display()
            )));
        };
        if !parent.is_dir() {
            return Err(Error::Refused(format!(
                "there is no directory {}; make it first, or name another place",
                parent.display()
            )));
        }
        let real = fs::canonicalize(parent).map_err(Error::write(parent))?;
        for of_lake in [lake.lake_dir(), lake.state_dir()] {
            if fs::canonicalize(&of_lake).is_ok_and(|of_lake| real.join(name).starts_with(of_lake)) {
                return Err(Error::Refused(format!(
                    "{} belongs to the lake; name a place outside of it",
                    path.display()
                )));
            }
        }
        let is_file = format == ExportFormat::Duckdb;
        let target =
            Self { path: real.join(name), name: name.to_string_lossy().into_owned(), is_file, is_forced };
        target.check()?;
        Ok(target)
    }

    /// Where it is to appear.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The last part of its path.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether the place is free, or holds what may be replaced.
    fn check(&self) -> Result<(), Error> {
        let kind = match fs::symlink_metadata(&self.path) {
            Ok(metadata) => metadata.file_type(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(source) => return Err(Error::write(&self.path)(source)),
        };
        if kind.is_dir() && !self.is_file && is_empty(&self.path) {
            return Ok(());
        }
        if !self.is_forced {
            return Err(Error::Exists(self.path.clone()));
        }
        let why = match (kind.is_dir(), kind.is_file(), self.is_file) {
            (true, _, false) => why_not_ours(&self.path),
            (_, true, true) => why_no_database_of_ours(&self.path),
            (true, _, true) => Some("it is a directory, and the export is one file".to_owned()),
            _ => Some("it is no directory, and the export is one".to_owned()),
        };
        match why {
            Some(why) => Err(Error::NotOurs { path: self.path.clone(), why }),
            None => Ok(()),
        }
    }

    /// An empty directory beside the place, for this process alone.
    pub(super) fn stage(&self) -> Result<Stage, Error> {
        let path = self.path.with_file_name(format!(".{}.partial-{}", self.name, std::process::id()));
        // Only a process of the same number can have left it, and that is gone.
        let _ = fs::remove_dir_all(&path);
        private_dir(&path).map_err(Error::write(&path))?;
        Ok(Stage { path })
    }
}

/// An export that is not in its place yet; what is left of it when it is dropped is removed.
pub(super) struct Stage {
    path: PathBuf,
}

impl Stage {
    /// Where it is written.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Puts it in its place.
    pub(super) fn commit(self, target: &Target) -> Result<(), Error> {
        target.check()?;
        let placed = match target.is_file {
            true => fs::rename(self.path.join(&target.name), &target.path),
            false => self.swap(&target.path),
        };
        placed.map_err(Error::write(&target.path))?;
        let parent = target.path.parent().unwrap_or(&target.path);
        Disk::default().sync_dir(parent).map_err(Error::write(parent))
    }

    /// Takes the place of a directory, which is removed with the stage.
    fn swap(&self, place: &Path) -> io::Result<()> {
        if !place.exists() || is_empty(place) {
            return fs::rename(&self.path, place);
        }
        #[cfg(any(target_os = "linux", target_os = "macos"))]
        {
            use rustix::fs::{CWD, RenameFlags, renameat_with};
            // At once, where the file system can.
            if renameat_with(CWD, &self.path, CWD, place, RenameFlags::EXCHANGE).is_ok() {
                return Ok(());
            }
        }
        let aside = self.path.with_extension(format!("replaced-{}", std::process::id()));
        fs::rename(place, &aside)?;
        match fs::rename(&self.path, place) {
            Ok(()) => fs::rename(&aside, &self.path),
            Err(error) => {
                fs::rename(&aside, place)?;
                Err(error)
            }
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // Nothing more can be done for what is not wanted anyway.
        let _ = fs::remove_dir_all(&self.path);
    }
}

fn private_dir(path: &Path) -> io::Result<()> {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "modes exist on Unix only"))]
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn is_empty(directory: &Path) -> bool {
    fs::read_dir(directory).is_ok_and(|mut entries| entries.next().is_none())
}

/// Why a directory is not an earlier export and nothing else.
fn why_not_ours(directory: &Path) -> Option<String> {
    let document = fs::read_to_string(directory.join(MANIFEST)).ok();
    let Some(files) = document.and_then(|document| files_of(&document)) else {
        return Some("it is no export of fi".to_owned());
    };
    let mut directories = vec![directory.to_owned()];
    while let Some(next) = directories.pop() {
        let Ok(entries) = fs::read_dir(&next) else {
            return Some(format!("{} cannot be read", next.display()));
        };
        for entry in entries {
            let Ok(entry) = entry else { return Some(format!("{} cannot be read", next.display())) };
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                directories.push(entry.path());
                continue;
            }
            let path = entry.path();
            let name = path.strip_prefix(directory).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            if !files.contains(&name) {
                return Some(format!("it also holds {name}, which is not of the export"));
            }
        }
    }
    None
}

/// Why a file is not a database an export of ours wrote.
fn why_no_database_of_ours(file: &Path) -> Option<String> {
    let is_ours = || -> duckdb::Result<bool> {
        let config = Config::default()
            .access_mode(AccessMode::ReadOnly)?
            .enable_external_access(false)?
            .enable_autoload_extension(false)?;
        let connection = Connection::open_with_flags(file, config)?;
        let sql = format!("SELECT count(*) > 0 FROM duckdb_tables() WHERE table_name = '{INFO_TABLE}'");
        connection.query_row(&sql, [], |row| row.get(0))
    };
    match is_ours() {
        Ok(true) => None,
        Ok(false) => Some("it is a DuckDB database, but no export of fi".to_owned()),
        Err(_) => Some("it is no DuckDB database of fi, or in use".to_owned()),
    }
}
