//! `search()` in SQL, asked of the search index.

use std::sync::Arc;

use crate::cancel::Cancel;
use crate::engine::WordSearch;
use crate::index::{TextIndex, Wait};
use crate::sync::chain;

/// The search index as the engine asks it.
pub struct EngineSearch {
    index: Arc<TextIndex>,
    cancel: Cancel,
}

impl EngineSearch {
    /// Of an index; making it first, where that is needed, ends when `cancel` is raised.
    pub fn new(index: Arc<TextIndex>, cancel: Cancel) -> Self {
        Self { index, cancel }
    }
}

impl WordSearch for EngineSearch {
    fn find(&self, query: &str) -> Result<Vec<(String, f32)>, String> {
        let wait = Wait { cancel: self.cancel.clone(), progress: &|_| {} };
        let found = self.index.all(query, &wait);
        found.map(|(all, _)| all).map_err(|error| chain(&error))
    }
}
