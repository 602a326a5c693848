//! What the machine allows: how far SQL from elsewhere can be confined, and how many files can be open.

use super::check::Check;

/// Fewer open files than this is little for many partitions.
#[cfg(unix)]
const FEW_FILES: u64 = 256;

/// The machine.
pub(super) fn checks() -> Vec<Check> {
    let mut checks = vec![sandbox()];
    checks.extend(open_files());
    checks
}

/// Whether the kernel can confine the process that runs SQL from models and from the network.
fn sandbox() -> Check {
    match landlock_version() {
        Some(version) => Check::ok("sandbox", format!("Landlock, version {version}")),
        None => Check::warn(
            "sandbox",
            "this system has no Landlock: SQL from models is held back by the other layers alone",
            "a Linux kernel from 5.13 on with Landlock switched on confines it further",
        ),
    }
}

#[cfg(target_os = "linux")]
fn landlock_version() -> Option<u32> {
    use landlock::{ABI, Access, AccessFs, CompatLevel, Compatible, Ruleset, RulesetAttr};
    // A rule set is made for each version from the newest down, and dropped without being applied.
    let known = [ABI::V6, ABI::V5, ABI::V4, ABI::V3, ABI::V2, ABI::V1];
    let can = |abi: &ABI| {
        let rules = Ruleset::default().set_compatibility(CompatLevel::HardRequirement);
        rules.handle_access(AccessFs::from_all(*abi)).and_then(Ruleset::create).is_ok()
    };
    known.into_iter().find(can).map(|abi| abi as u32)
}

#[cfg(not(target_os = "linux"))]
fn landlock_version() -> Option<u32> {
    None
}

#[cfg(unix)]
fn open_files() -> Option<Check> {
    use rustix::process::{Resource, getrlimit};
    let limit = getrlimit(Resource::Nofile).current;
    Some(match limit {
        Some(limit) if limit < FEW_FILES => Check::warn(
            "open files",
            format!("this process may open {limit} files at once"),
            "raise the limit, for example: ulimit -n 4096",
        ),
        Some(limit) => Check::ok("open files", format!("up to {limit} at once")),
        None => Check::ok("open files", "any number at once"),
    })
}

#[cfg(not(unix))]
fn open_files() -> Option<Check> {
    None
}
