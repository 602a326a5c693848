//! What a caller decides about the engine and about one query.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::beside::Beside;
use crate::cancel::Cancel;

/// What SQL may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Access {
    /// Read the views, nothing else.
    #[default]
    ViewsOnly,
    /// Whatever DuckDB can do with the rights of this process: several statements, files, settings.
    Everything,
}

/// Tells the time queries see.
#[derive(Clone)]
pub struct Now(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Now {
    /// From a function.
    pub fn new(now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// Always the same time.
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self::new(move || at)
    }

    pub(crate) fn get(&self) -> DateTime<Utc> {
        (self.0)()
    }
}

impl fmt::Debug for Now {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Now")
    }
}

/// Finds conversations by words, for `search()` in SQL.
pub trait WordSearch: Send + Sync {
    /// Ids and scores of all conversations that a query finds.
    ///
    /// # Errors
    /// What to tell who asked.
    fn find(&self, query: &str) -> Result<Vec<(String, f32)>, String>;
}

/// What holds back SQL that may read the views only. Everything, but in tests of what each layer holds by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layers {
    /// The syntax tree must be made of what is known to be harmless.
    pub gate: bool,
    /// The text runs inside a query of ours, as the value of a parameter.
    pub wrapper: bool,
    /// DuckDB is told to open no files but the lake's, and to let nobody change that.
    pub settings: bool,
}

impl Default for Layers {
    fn default() -> Self {
        Self { gate: true, wrapper: true, settings: true }
    }
}

/// How an engine is set up.
#[derive(Clone)]
pub struct EngineOptions {
    /// What SQL may do.
    pub access: Access,
    /// What `now()`, `current_date` and the like are.
    pub now: Now,
    /// Memory for all queries together; DuckDB's own choice without it.
    pub memory_bytes: Option<u64>,
    /// Threads for all queries together; as many as there are processors without it.
    pub threads: Option<usize>,
    /// Where queries put what does not fit into memory; below the lake's home without it, or where the system keeps
    /// what is temporary if that can only be read.
    pub spill_dir: Option<PathBuf>,
    /// How much they may put there; DuckDB's own choice without it.
    pub spill_bytes: Option<u64>,
    /// How long DuckDB itself lets a query run, whatever the limits of the query say; for ever without it.
    pub longest: Option<Duration>,
    /// What `search()` asks; without it there is no such function.
    pub search: Option<Arc<dyn WordSearch>>,
    /// A table beside the lake, if SQL may read one.
    pub beside: Option<Beside>,
    /// What holds SQL back.
    pub layers: Layers,
}

impl EngineOptions {
    /// Views only, with DuckDB's own limits.
    pub fn new(now: Now) -> Self {
        Self {
            access: Access::ViewsOnly,
            now,
            memory_bytes: None,
            threads: None,
            spill_dir: None,
            spill_bytes: None,
            longest: None,
            search: None,
            beside: None,
            layers: Layers::default(),
        }
    }
}

/// The limits of one query.
#[derive(Debug, Clone)]
pub struct QueryOptions {
    /// How long it may compute; time spent waiting for rows to be taken does not count.
    pub timeout: Duration,
    /// How many rows it may give.
    pub max_rows: Option<u64>,
    /// How many bytes of memory its rows may take together.
    pub max_bytes: Option<u64>,
    /// Stops it.
    pub cancel: Cancel,
}

impl Default for QueryOptions {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(300), max_rows: None, max_bytes: None, cancel: Cancel::new() }
    }
}
