//! Answers that are given again while nothing has changed: the same question about the same data, within one minute.
//!
//! What an answer says depends on the question, on the lake's state and on the time. All that is held is of one state,
//! and dropped when there is another. Of the time, periods know minutes at least (days, hours and weeks of any zone begin
//! with one), so an answer is good until its minute is over; how far behind the data is counts seconds, and is told anew.
//! Who asks what somebody else is being answered waits for that answer.

mod held;
mod kept;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use tokio::sync::watch;

pub(super) use kept::Given;

use super::call::Reader;
use super::tool::Tool;
use crate::lake::State;
use held::Held;
use kept::Kept;

/// Tools whose answers are worth keeping and depend on nothing but what is compared: not SQL, which may ask for chance
/// or the time; not what syncing, status and single conversations tell, which others change.
const KEPT_TOOLS: &[&str] = &["search_conversations", "analyze_conversations"];

/// How much is kept, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheLimits {
    /// Bytes of answers and questions at most.
    pub most_bytes: usize,
    /// Age of an answer at most; it ends with its minute anyway.
    pub most_age: Duration,
}

impl Default for CacheLimits {
    fn default() -> Self {
        Self { most_bytes: 64 << 20, most_age: Duration::from_secs(60) }
    }
}

/// What became of questions whose answers can be kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CacheCounts {
    /// Answered with what was kept.
    pub hits: u64,
    /// Of them, those that waited while the same was being answered.
    pub joined: u64,
    /// Answered anew.
    pub misses: u64,
    /// Answers dropped to make room for others.
    pub evicted: u64,
    /// Answers held now.
    pub entries: usize,
    /// Bytes they take.
    pub bytes: usize,
}

/// The answers of one server.
pub(super) struct Answers {
    limits: CacheLimits,
    held: Arc<Mutex<Held>>,
}

/// A question as it is compared.
#[derive(Clone)]
pub(super) struct Question(Arc<str>);

/// What is known of a question.
pub(super) enum Found {
    /// Its answer.
    Kept(Given),
    /// Somebody is being answered the same: it changes when that is over.
    UnderWay(watch::Receiver<()>),
    /// Nothing: whoever asks finds out, and puts the answer in this place, if somebody else does not have it already.
    Nothing(Option<Place>),
}

/// Where the answer to a question goes. Others wait for it until it is dropped.
pub(super) struct Place {
    question: Question,
    held: Arc<Mutex<Held>>,
    limits: CacheLimits,
    /// The state of the lake before.
    state: Arc<State>,
    _is_over: watch::Sender<()>,
}

impl Question {
    /// Of a call, if its answer may be kept.
    pub(super) fn of(tool: &Tool, arguments: &Map<String, Value>, reader: Reader) -> Option<Self> {
        // Maps of JSON are in the order of their keys, so the same arguments are the same text.
        let text = || format!("{} {reader:?} {}", tool.name, Value::Object(arguments.clone()));
        KEPT_TOOLS.contains(&tool.name).then(|| Self(text().into()))
    }
}

impl Answers {
    /// None yet.
    pub(super) fn new(limits: CacheLimits) -> Self {
        Self { limits, held: Arc::default() }
    }

    /// Whether anything is ever kept.
    pub(super) fn is_on(&self) -> bool {
        self.limits.most_bytes > 0 && !self.limits.most_age.is_zero()
    }

    /// What is known of a question about this state of the lake.
    pub(super) fn find(
        &self,
        question: &Question,
        state: &Arc<State>,
        now: DateTime<Utc>,
        has_waited: bool,
    ) -> Found {
        let mut held = lock(&self.held);
        held.are_of(state);
        let kept = held.get(&question.0);
        if let Some(given) = kept.and_then(|kept| kept.again(now, self.limits.most_age)) {
            held.counts.hits += 1;
            held.counts.joined += u64::from(has_waited);
            return Found::Kept(given);
        }
        match held.under_way(&question.0) {
            Some(other) if !has_waited => return Found::UnderWay(other),
            // The answer waited for was none to be kept, and may never be: nobody waits twice.
            Some(_) => {
                held.counts.misses += 1;
                return Found::Nothing(None);
            }
            None => held.counts.misses += 1,
        }
        let is_over = watch::Sender::new(());
        held.begin(&question.0, is_over.subscribe());
        Found::Nothing(Some(Place {
            question: question.clone(),
            held: Arc::clone(&self.held),
            limits: self.limits,
            state: Arc::clone(state),
            _is_over: is_over,
        }))
    }

    /// What became of questions so far.
    pub(super) fn counts(&self) -> CacheCounts {
        lock(&self.held).counts()
    }
}

impl Place {
    /// The state of the lake when the question came.
    pub(super) fn state(&self) -> &Arc<State> {
        &self.state
    }

    /// Keeps an answer of a moment, which is of the state the question was asked about.
    pub(super) fn keep(&self, answer: &Given, at: DateTime<Utc>) {
        let Some(kept) = Kept::of(answer, at) else { return };
        lock(&self.held).put(&self.question.0, kept, &self.state, self.limits.most_bytes);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        lock(&self.held).end(&self.question.0);
    }
}

fn lock(held: &Mutex<Held>) -> MutexGuard<'_, Held> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
