//! Files and directories for the user alone: created with their final rights, replaced whole or not at all.
//!
//! Rights are set on Unix; elsewhere the user's profile directory already is private.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Makes everything this process creates private, whatever creates it, and keeps its memory, which holds the token,
/// out of core dumps.
pub fn restrict_process() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit, umask};
        umask(rustix::fs::Mode::from_raw_mode(0o077));
        let none = Rlimit { current: Some(0), maximum: getrlimit(Resource::Core).maximum };
        // Lowering a limit is always allowed; where it is not, dumps are as the system has them.
        let _ = setrlimit(Resource::Core, none);
    }
}

/// Creates a directory and those above it that are missing, each with mode 0700. One that is there is left alone.
pub fn create_dir(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Options that create a file with mode 0600.
pub fn file_options() -> OpenOptions {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "modes exist on Unix only"))]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Replaces a file: after a crash it has either the old content or the new.
pub fn write_atomic(path: &Path, content: &[u8]) -> io::Result<()> {
    let (directory, name) = match (path.parent(), path.file_name()) {
        (Some(directory), Some(name)) => (directory, name),
        _ => return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a file name")),
    };
    let stage = directory.join(format!(".{}.{}.tmp", name.to_string_lossy(), std::process::id()));
    let written = write_synced(&stage, content).and_then(|()| fs::rename(&stage, path));
    if written.is_err() {
        // The stage is of no use; that it cannot be removed is no reason to hide the first error.
        let _ = fs::remove_file(&stage);
    }
    written?;
    sync_dir(directory)
}

fn write_synced(path: &Path, content: &[u8]) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = file_options().write(true).create_new(true).open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Makes a rename inside the directory durable.
fn sync_dir(path: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
}

/// Fails if files cannot be created in the directory; leaves nothing behind.
pub fn probe(directory: &Path) -> io::Result<()> {
    let path = directory.join(format!(".probe.{}.tmp", std::process::id()));
    file_options().write(true).create(true).truncate(true).open(&path)?;
    fs::remove_file(&path)
}

/// The mode of a file or directory if others than its owner have any rights on it.
pub fn open_to_others(path: &Path) -> io::Result<Option<u32>> {
    let metadata = fs::metadata(path)?;
    #[cfg(unix)]
    let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o7777;
    #[cfg(not(unix))]
    let mode = if metadata.is_dir() { 0o700 } else { 0o600 };
    Ok((mode & 0o077 != 0).then_some(mode))
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used, reason = "a test says what went wrong by failing")]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn what_is_created_is_private() {
        let dir = tempfile::tempdir().unwrap();
        let nested = dir.path().join("a/b");
        create_dir(&nested).unwrap();
        assert_eq!((mode(&dir.path().join("a")), mode(&nested)), (0o700, 0o700));

        let file = nested.join("config.toml");
        write_atomic(&file, b"one").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(open_to_others(&file).unwrap(), Some(0o644));
        write_atomic(&file, b"two").unwrap();
        assert_eq!((fs::read_to_string(&file).unwrap().as_str(), mode(&file)), ("two", 0o600));
        assert_eq!(open_to_others(&file).unwrap(), None);
    }

    #[test]
    fn a_failed_write_leaves_the_old_file_and_no_stage() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("config.toml");
        fs::create_dir(&target).unwrap();
        assert!(write_atomic(&target, b"x").is_err());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_probe_leaves_nothing_behind() {
        let dir = tempfile::tempdir().unwrap();
        probe(dir.path()).unwrap();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        assert!(probe(&dir.path().join("missing")).is_err());
    }
}
