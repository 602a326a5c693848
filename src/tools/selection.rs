//! Which conversations are meant: filters and a period by a clock, as conditions over `conversation_metrics`.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::directory::Directory;
use super::error::ToolError;
use super::timeframe::{Timeframe, TimeframeInput};
use super::zone::named_zone;
use super::{Clock, Filters};
use crate::engine::{Engine, QueryOptions};

/// Which conversations are meant, as it was asked for.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// What they must be.
    pub filters: Filters,
    /// The period they are of; none for all that is held.
    pub timeframe: Option<TimeframeInput>,
    /// Which of their times counts.
    pub clock: Clock,
    /// The zone of days and hours; none for the workspace's.
    pub timezone: Option<String>,
}

/// What it comes to.
#[derive(Debug, Clone)]
pub struct Selected {
    /// Conditions over `conversation_metrics`, all of which must hold; none for all conversations.
    pub(crate) conditions: Vec<String>,
    /// The period; from the beginning until now if none was asked for.
    pub timeframe: Timeframe,
}

impl Selection {
    /// Finds out what is meant, in a zone and at a time; names become ids as the lake knows them now.
    ///
    /// # Errors
    /// When a filter names nothing there is, or the period was not understood.
    pub fn resolve(
        &self,
        engine: &Engine,
        zone: Tz,
        now: DateTime<Utc>,
        options: &QueryOptions,
    ) -> Result<Selected, ToolError> {
        let zone = self.timezone.as_deref().map_or(Ok(zone), named_zone)?;
        let all = TimeframeInput::Text("all time".to_owned());
        let timeframe = self.timeframe.as_ref().unwrap_or(&all).resolve(zone, now)?;
        let mut conditions = match &self.timeframe {
            Some(_) => self.clock.conditions(timeframe.start, timeframe.end),
            None => Vec::new(),
        };
        if self.filters != Filters::default() {
            conditions.extend(self.filters.conditions(&Directory::load(engine, options)?)?);
        }
        Ok(Selected { conditions, timeframe })
    }
}

impl Selected {
    /// Whether it leaves conversations out.
    pub fn is_limited(&self) -> bool {
        !self.conditions.is_empty()
    }
}
