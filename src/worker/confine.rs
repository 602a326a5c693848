//! What the kernel is told to keep a worker from: before any thread is started and any file of the lake is open.

#[cfg(not(target_os = "linux"))]
use std::path::Path;

#[cfg(target_os = "linux")]
pub(super) use linux::{forbid_files_and_network, with_large_stacks};

/// Address space: several times what DuckDB plans with, since functions on texts allocate beside its count.
#[cfg(unix)]
const ADDRESS_BYTES: u64 = 4 << 30;
/// The largest file that may be written.
#[cfg(unix)]
const FILE_BYTES: u64 = 512 << 20;
/// Files open at the same time.
#[cfg(unix)]
const OPEN_FILES: u64 = 256;

/// Sets the limits that the kernel keeps to.
pub(super) fn limit_resources() {
    #[cfg(unix)]
    {
        use rustix::process::Resource;
        let limits = [
            (Resource::As, ADDRESS_BYTES),
            (Resource::Core, 0),
            (Resource::Fsize, FILE_BYTES),
            (Resource::Nofile, OPEN_FILES),
        ];
        for (resource, most) in limits {
            lower(resource, most);
        }
    }
}

/// Lowers a limit for good. Where a system has no such limit, the others remain.
#[cfg(unix)]
fn lower(resource: rustix::process::Resource, most: u64) {
    use rustix::process::{Rlimit, getrlimit, setrlimit};
    let most = getrlimit(resource).maximum.map_or(most, |there| there.min(most));
    let _ = setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) });
}

#[cfg(not(target_os = "linux"))]
pub(super) fn with_large_stacks() {}

/// What there is where the kernel knows no such thing.
#[cfg(not(target_os = "linux"))]
pub(super) fn forbid_files_and_network(
    _home: &Path,
    _audit: Option<&Path>,
    _private_dir: &Path,
) -> Result<(), String> {
    Ok(())
}

#[cfg(target_os = "linux")]
mod linux {
    use std::os::unix::process::CommandExt;
    use std::path::Path;
    use std::process::Command;

    use landlock::{
        ABI, Access, AccessFs, AccessNet, BitFlags, Ruleset, RulesetAttr, RulesetCreatedAttr, Scope,
        path_beneath_rules,
    };
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    use super::super::child::ARGUMENT;
    use crate::lake::Layout;

    /// The stacks of DuckDB's own threads, which it plans and computes on recursively.
    const STACK_BYTES: u64 = 64 << 20;
    /// The newest Landlock whose rules are known here; an older kernel keeps to those it knows.
    const KNOWN: ABI = ABI::V6;
    /// What DuckDB and the C library read beside the lake: how much memory there is, and libraries.
    const SYSTEM: &[&str] = &[
        "/usr",
        "/lib",
        "/lib64",
        "/sys/fs/cgroup",
        "/sys/devices/system/cpu",
        "/proc/self/cgroup",
        "/proc/meminfo",
        "/dev/urandom",
    ];

    /// Begins the program anew with a higher limit for stacks: the C library looks at it only when a program begins.
    pub(in super::super) fn with_large_stacks() {
        let limit = getrlimit(Resource::Stack);
        let wanted = limit.maximum.map_or(STACK_BYTES, |most| most.min(STACK_BYTES));
        let is_done = std::env::args_os().count() > 2;
        if is_done || limit.current == Some(wanted) {
            return;
        }
        if setrlimit(Resource::Stack, Rlimit { current: Some(wanted), maximum: limit.maximum }).is_ok() {
            // It only comes back when it failed; then stacks are as they were, and deep SQL crashes the worker sooner.
            let _ = Command::new("/proc/self/exe").args([ARGUMENT, "again"]).exec();
        }
    }

    /// No file but those of the lake, and of the audit log where SQL may read it, may be opened, none but in the private directory be written, nobody be called.
    pub(in super::super) fn forbid_files_and_network(
        home: &Path,
        audit: Option<&Path>,
        private_dir: &Path,
    ) -> Result<(), String> {
        let layout = Layout::new(home);
        let read: BitFlags<AccessFs> = AccessFs::ReadFile | AccessFs::ReadDir;
        let write = read
            | AccessFs::WriteFile
            | AccessFs::MakeReg
            | AccessFs::MakeDir
            | AccessFs::RemoveFile
            | AccessFs::RemoveDir
            | AccessFs::Truncate;
        let confined = Ruleset::default()
            .handle_access(AccessFs::from_all(KNOWN))
            .and_then(|rules| rules.handle_access(AccessNet::from_all(KNOWN)))
            .and_then(|rules| rules.scope(Scope::from_all(KNOWN)))
            .and_then(Ruleset::create)
            .and_then(|rules| rules.add_rules(path_beneath_rules(SYSTEM, read)))
            .and_then(|rules| {
                rules.add_rules(path_beneath_rules([layout.lake_dir(), layout.state_dir()], read))
            })
            .and_then(|rules| rules.add_rules(path_beneath_rules(audit, read)))
            .and_then(|rules| rules.add_rules(path_beneath_rules([private_dir], write)))
            .and_then(landlock::RulesetCreated::restrict_self);
        confined.map(drop).map_err(|error| error.to_string())
    }
}
