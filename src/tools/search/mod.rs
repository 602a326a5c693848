//! Finding conversations: by words, people, tags, states and times, in an order, a page at a time.
//!
//! Words are asked of the index, filters of the engine with the same conditions as figures; what is shown of the
//! messages comes from the lake. Total, order and pages are of one version of all three.

mod aggregate;
mod answer;
mod cursor;
mod hits;
mod notes;
mod params;
mod request;
mod within;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

pub use answer::{SearchAnswer, SearchHit, SearchPeriod, ShownSnippet, SyncInfo};
pub use params::{Aggregation, ResponseFormat, SearchClock, SearchParams};

use super::analyze::Analyst;
use super::conversation::Conversations;
use super::{Covered, Freshness, ToolError};
use crate::engine::{Engine, QueryOptions};
use crate::index::{Hit, PageParams, Standing, TextIndex, Wait};
use cursor::Cursor;
use hits::Shower;
use request::Request;

/// How often a search is made anew when a sync changes the lake under it.
const MOST_RUNS: usize = 3;
/// Hits that are made into what is shown before it is looked whether there is room for more.
const TOGETHER: usize = 32;
/// Threads that do so at most, and hits that are worth one.
const MOST_THREADS: usize = 4;
const LEAST_SHARE: usize = 4;

/// What a search is answered with.
pub struct Finder<'a> {
    /// SQL over the lake.
    pub engine: &'a Engine,
    /// The words of the lake.
    pub index: &'a TextIndex,
    /// Its conversations.
    pub conversations: &'a Conversations,
    /// The zone of days unless the search names one: the workspace's.
    pub zone: Tz,
    /// The present.
    pub now: DateTime<Utc>,
    /// The limits of each query.
    pub options: QueryOptions,
    /// What hears of the index being made, if it has to be.
    pub wait: Wait<'a>,
    /// How much an answer may hold.
    pub room: Room,
}

/// How much an answer may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Characters of all its conversations.
    chars: usize,
    /// Messages of a detailed one.
    messages: usize,
    /// Characters of each.
    message_chars: usize,
}

impl Room {
    /// What a model can read: about 10,000 tokens.
    pub const MODEL: Self = Self { chars: 36_000, messages: 20, message_chars: 1_000 };
    /// What a program can.
    pub const PROGRAM: Self = Self { chars: 2_000_000, messages: 100, message_chars: 10_000 };
    /// As many conversations as are asked for, each as for a model.
    pub const ALL: Self = Self { chars: usize::MAX, ..Self::MODEL };
}

impl Finder<'_> {
    /// Answers a search.
    ///
    /// # Errors
    /// When a parameter names nothing there is, or the words cannot be read: the error says what would be right.
    pub fn answer(&self, params: &SearchParams) -> Result<SearchAnswer, ToolError> {
        let request = Request::read(params, self.zone, self.now)?;
        for _ in 1..MOST_RUNS {
            let (answer, generation) = self.answered(params, &request)?;
            if self.engine.state()?.generation == generation {
                return Ok(answer);
            }
        }
        let (mut answer, generation) = self.answered(params, &request)?;
        if self.engine.state()?.generation != generation {
            answer.notes.push("A sync changed the data while this was answered.".to_owned());
        }
        Ok(answer)
    }

    fn answered(&self, params: &SearchParams, request: &Request) -> Result<(SearchAnswer, u64), ToolError> {
        let state = self.engine.state()?;
        let within = within::within(request, self.engine, &self.options)?;
        let page = PageParams {
            sort: request.sort,
            offset: request.offset,
            limit: request.limit,
            after: request.cursor.as_ref().map(|cursor| cursor.place),
            within: within.clone(),
            statistics: request.cursor.as_ref().map(|cursor| cursor.statistics.clone()),
        };
        let (found, standing) = self.index.page(&request.query, &page, &self.wait)?;
        let mut notes: Vec<String> = notes::standing(&standing).into_iter().collect();
        if found.total == 0 {
            notes.extend(notes::nothing_found(request, self.index, within.is_some(), &self.wait)?);
        }
        let known = self.conversations.known(&state)?;
        let shower = Shower {
            request,
            lookup: self.conversations.lookup(),
            state: &state,
            names: &known.names,
            workspace: known.sync.workspace.as_ref(),
            within: within.as_ref(),
            room: self.room,
        };
        let shown = self.shown(&shower, &found.hits)?;
        if shown.gone > 0 {
            notes.push(format!(
                "{} conversations of this page were deleted meanwhile and are left out.",
                shown.gone
            ));
        }
        let has_more = found.has_more || shown.taken < found.hits.len();
        let last = shown.taken.checked_sub(1).and_then(|last| found.hits.get(last));
        let next = last.filter(|_| has_more).map(|hit| {
            Cursor::new(request.fingerprint, hit.place, request.now, found.statistics.clone()).text()
        });
        let freshness = Freshness::of(&state, &request.whole_timeframe()?, request.now)?;
        notes.extend(freshness.note());
        let aggregation = params.aggregation.as_ref();
        let aggregation = aggregation.map(|wanted| {
            let analyst = Analyst {
                engine: self.engine,
                zone: self.zone,
                now: request.now,
                options: self.options.clone(),
            };
            analyst.answer(&aggregate::question(params, request, wanted)?).map(Box::new)
        });
        let answer = SearchAnswer {
            total: found.total,
            total_count: found.total,
            returned: shown.conversations.len(),
            has_more,
            next_cursor: next,
            is_truncated: shown.taken < found.hits.len(),
            is_index_behind: matches!(standing, Standing::Behind { .. }),
            sort: request.sort,
            period: request.period(),
            conversations: shown.conversations,
            aggregation: aggregation.transpose()?,
            sync_info: sync_info(&freshness),
            freshness,
            notes,
        };
        Ok((answer, state.generation))
    }

    /// As many hits as fit into an answer.
    fn shown(&self, shower: &Shower<'_>, hits: &[Hit]) -> Result<Shown, ToolError> {
        let mut shown = Shown { conversations: Vec::new(), taken: 0, gone: 0 };
        let mut chars = 0;
        // Pages that are longer than an answer may be are not made whole first.
        for part in hits.chunks(TOGETHER) {
            for conversation in side_by_side(shower, part)? {
                let Some(conversation) = conversation else {
                    (shown.taken, shown.gone) = (shown.taken + 1, shown.gone + 1);
                    continue;
                };
                chars += serde_json::to_string(&conversation).map_or(0, |json| json.chars().count());
                if chars > self.room.chars && !shown.conversations.is_empty() {
                    return Ok(shown);
                }
                shown.conversations.push(conversation);
                shown.taken += 1;
            }
        }
        Ok(shown)
    }
}

/// Shows hits, in their order, by as many threads as there are processors: most of the time is unpacking pages. Each
/// thread has those of some stretch of time, which are in the same files.
fn side_by_side(shower: &Shower<'_>, hits: &[Hit]) -> Result<Vec<Option<SearchHit>>, ToolError> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
    let share = hits.len().div_ceil(threads).max(LEAST_SHARE);
    let mut by_time: Vec<(usize, &Hit)> = hits.iter().enumerate().collect();
    by_time.sort_by_key(|(_, hit)| hit.card.created_at);
    let (order, by_time): (Vec<usize>, Vec<&Hit>) = by_time.into_iter().unzip();
    let shown = std::thread::scope(|scope| {
        let mut parts = by_time.chunks(share);
        let first = parts.next().unwrap_or_default();
        let others: Vec<_> = parts.map(|part| scope.spawn(move || shower.show(part))).collect();
        let mut shown = shower.show(first)?;
        for other in others {
            match other.join() {
                Ok(part) => shown.extend(part?),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok::<_, ToolError>(shown)
    })?;
    let mut shown: Vec<_> = order.into_iter().zip(shown).collect();
    shown.sort_by_key(|(place, _)| *place);
    Ok(shown.into_iter().map(|(_, shown)| shown).collect())
}

/// What is shown of a page.
struct Shown {
    conversations: Vec<SearchHit>,
    /// Hits dealt with.
    taken: usize,
    /// Of them, those that are gone.
    gone: usize,
}

fn sync_info(freshness: &Freshness) -> SyncInfo {
    let as_of = freshness.data_as_of.map(|at| at.format("%Y-%m-%d %H:%M UTC").to_string());
    let (state, message) = match (freshness.coverage, as_of) {
        (Covered::Complete, Some(as_of)) if freshness.is_behind() => {
            ("partial", format!("Complete as of {as_of}; the period goes on after that."))
        }
        (Covered::Complete, Some(as_of)) => ("fresh", format!("Complete as of {as_of}.")),
        (Covered::Complete, None) => ("fresh", "Complete.".to_owned()),
        (Covered::Partial, _) => ("partial", "Some stretches of the period were never synced.".to_owned()),
        (Covered::None, _) => ("stale", "Nothing of the period was ever synced.".to_owned()),
    };
    SyncInfo {
        state,
        last_sync: freshness.data_as_of,
        message,
        data_complete: freshness.coverage == Covered::Complete && !freshness.is_behind(),
    }
}
