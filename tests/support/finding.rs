//! Searches over a lake of a test, as a caller of the tool makes them.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use fastintercom::cancel::Cancel;
use fastintercom::engine::{Engine, EngineOptions, Now, QueryOptions};
use fastintercom::index::TextIndex;
use fastintercom::lake::Layout;
use fastintercom::tools::conversation::Conversations;
use fastintercom::tools::search::{Finder, Room, SearchAnswer, SearchParams};
use fastintercom::tools::{EngineSearch, ToolError};
use serde_json::Value;

use super::indexed::{index, silent};

/// A lake that can be searched.
pub(crate) struct Searched {
    pub(crate) engine: Engine,
    pub(crate) index: Arc<TextIndex>,
    conversations: Conversations,
    now: DateTime<Utc>,
}

impl Searched {
    /// The lake of a home, at a time.
    pub(crate) fn new(home: &Path, now: DateTime<Utc>) -> Self {
        let (layout, index) = (Layout::new(home), index(home));
        let search = EngineSearch::new(Arc::clone(&index), Cancel::new());
        let options = EngineOptions { search: Some(Arc::new(search)), ..EngineOptions::new(Now::fixed(now)) };
        let engine = Engine::open(&layout, options).expect("an engine");
        Self { engine, index, conversations: Conversations::new(&layout), now }
    }

    /// The answer to a search given as JSON.
    pub(crate) fn answer(&self, params: &Value) -> Result<SearchAnswer, ToolError> {
        let params: SearchParams =
            serde_json::from_value(params.clone()).unwrap_or_else(|error| panic!("{params}: {error}"));
        let finder = Finder {
            engine: &self.engine,
            index: &self.index,
            conversations: &self.conversations,
            zone: Tz::UTC,
            now: self.now,
            options: QueryOptions::default(),
            wait: silent(),
            room: Room::MODEL,
        };
        finder.answer(&params)
    }

    /// The ids on the page that answers a search, in order.
    pub(crate) fn ids(&self, params: &Value) -> Vec<String> {
        let answer = self.answer(params).unwrap_or_else(|error| panic!("{params}: {error}"));
        answer.conversations.into_iter().map(|hit| hit.id).collect()
    }

    /// What is said against a search.
    pub(crate) fn refusal(&self, params: &Value) -> String {
        self.answer(params).expect_err("it is refused").to_string()
    }
}
