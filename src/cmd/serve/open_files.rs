//! How many files a process may have open, which every connection is one of.

/// Files that the lake, the index and workers take beside connections.
const OTHERS: usize = 256;

/// Takes as many as the system allows, and tells how many connections that is, if there is a limit at all.
pub(super) fn raise() -> Option<usize> {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let limit = getrlimit(Resource::Nofile);
        // Where it cannot be raised it is as it was.
        let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
        let current = getrlimit(Resource::Nofile).current?;
        Some(usize::try_from(current).unwrap_or(usize::MAX).saturating_sub(OTHERS).max(1))
    }
    #[cfg(not(unix))]
    None
}
