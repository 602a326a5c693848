//! What a caller decides about workers, and about one query.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::engine::{Layers, Now, WordSearch};
use crate::lake::Layout;

/// How workers are set up.
#[derive(Clone)]
pub struct WorkerOptions {
    /// Where the lake lies.
    pub layout: Layout,
    /// What `now()` and the like are.
    pub now: Now,
    /// What `search()` asks, in this process; without it there is no such function.
    pub search: Option<Arc<dyn WordSearch>>,
    /// Where the audit log lies, if SQL may read it.
    pub audit: Option<PathBuf>,
    /// How many queries run at the same time.
    pub workers: usize,
    /// Memory that DuckDB plans with, for each worker; the kernel stops it at several times that.
    pub memory_bytes: u64,
    /// Threads of each worker.
    pub threads: usize,
    /// The longest time limit a query may have.
    pub longest: Duration,
    /// The program that is started: this one.
    pub program: PathBuf,
    /// Which layers hold SQL back. Only tests switch one off.
    pub layers: Layers,
    /// Whether the kernel is to confine the process, too. Only tests switch that off.
    pub is_confined: bool,
}

impl WorkerOptions {
    /// Two workers, confined in every way there is.
    pub fn new(layout: Layout, now: Now) -> Self {
        Self {
            layout,
            now,
            search: None,
            audit: None,
            workers: 2,
            memory_bytes: 512 << 20,
            threads: 2,
            longest: Duration::from_secs(60),
            program: this_program(),
            layers: Layers::default(),
            is_confined: true,
        }
    }
}

/// On Linux by the name that stays right when the file is replaced by another version.
fn this_program() -> PathBuf {
    if cfg!(target_os = "linux") {
        return PathBuf::from("/proc/self/exe");
    }
    std::env::current_exe().unwrap_or_else(|_| PathBuf::from("fi"))
}

/// The limits of one query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// How long it may take; soon after that it has ended, one way or the other.
    pub timeout: Duration,
    /// How many rows it may give.
    pub max_rows: u64,
    /// How many bytes its rows may take as JSON.
    pub max_bytes: usize,
    /// How many characters of one cell are given.
    pub max_cell_chars: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(10), max_rows: 1_000, max_bytes: 1 << 20, max_cell_chars: 2_000 }
    }
}
