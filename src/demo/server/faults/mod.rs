//! What goes wrong, and how often.
//!
//! Owns the choice of a fault for a request; what each fault does to the answer is in `before` and `after`.
//! All faults work in process too, except that a connection can only be truly reset over a socket: in
//! process `reset` and `short_body` appear as an error of the body stream.

mod after;
mod before;
mod bomb;
mod kinds;
mod streams;

pub(crate) use after::apply as alter;
pub(crate) use before::{answer as replace, too_many};
pub use kinds::{FaultInfo, FaultKind};

use crate::demo::workspace::draw::Draw;
use kinds::Reach;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

/// When a fault strikes.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum When {
    /// With this probability, for each request it can hit.
    Probability(f64),
    /// At every so-many-th request it can hit, the first one at that number.
    Every(u64),
}

/// A fault and when it strikes.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct FaultPlan {
    /// What.
    pub kind: FaultKind,
    /// When.
    pub when: When,
}

/// All that is to go wrong.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Faults {
    /// Asked in this order; the first that strikes is the one.
    pub plans: Vec<FaultPlan>,
}

/// How likely a fault is if `--faults` only names it.
const USUAL: f64 = 0.02;

impl Faults {
    /// Nothing.
    pub fn none() -> Self {
        Self::default()
    }

    /// Everything, so that about this share of the requests is hit by something.
    pub fn mixed(probability: f64) -> Self {
        let each = probability / FaultKind::ALL.len() as f64;
        let plan = |info: &FaultInfo| FaultPlan { kind: info.kind, when: When::Probability(each) };
        Self { plans: FaultKind::ALL.iter().map(plan).collect() }
    }

    /// One fault.
    pub fn only(kind: FaultKind, when: When) -> Self {
        Self { plans: vec![FaultPlan { kind, when }] }
    }

    /// And another one.
    #[must_use]
    pub fn and(mut self, kind: FaultKind, when: When) -> Self {
        self.plans.push(FaultPlan { kind, when });
        self
    }

    /// One line per fault, for help texts.
    pub fn help() -> String {
        let width = FaultKind::ALL.iter().map(|info| info.name.len()).max().unwrap_or(0);
        FaultKind::ALL.iter().map(|info| format!("{:width$}  {}\n", info.name, info.description)).collect()
    }
}

/// Why a list of faults could not be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum FaultsError {
    /// A name that is no fault.
    #[error("there is no fault named `{name}`; known are {known}, and `mixed` for all of them", known = known_names())]
    UnknownName {
        /// As it was given.
        name: String,
    },
    /// A frequency that is none.
    #[error(
        "`{given}` is not how often `{name}` can happen: give a probability such as 0.05, or 1/50 for every 50th request"
    )]
    BadFrequency {
        /// The fault.
        name: String,
        /// As it was given.
        given: String,
    },
}

fn known_names() -> String {
    FaultKind::ALL.iter().map(|info| info.name).collect::<Vec<_>>().join(", ")
}

impl FromStr for Faults {
    type Err = FaultsError;

    /// Reads `name`, `name=0.05`, `name=1/50` or `mixed=0.1`, separated by commas.
    fn from_str(text: &str) -> Result<Self, FaultsError> {
        let mut faults = Self::none();
        for item in text.split(',').map(str::trim).filter(|item| !item.is_empty() && *item != "none") {
            let (name, given) = item.split_once('=').unwrap_or((item, ""));
            let (name, when) = (name.trim(), frequency(name, given.trim())?);
            match (name, when) {
                ("mixed", When::Probability(probability)) => {
                    faults.plans.extend(Self::mixed(probability).plans);
                }
                ("mixed", When::Every(_)) => {
                    return Err(FaultsError::BadFrequency { name: name.to_owned(), given: given.to_owned() });
                }
                _ => {
                    let kind = FaultKind::find(name);
                    let kind = kind.ok_or_else(|| FaultsError::UnknownName { name: name.to_owned() })?;
                    faults.plans.push(FaultPlan { kind, when });
                }
            }
        }
        Ok(faults)
    }
}

fn frequency(name: &str, given: &str) -> Result<When, FaultsError> {
    let bad = || FaultsError::BadFrequency { name: name.to_owned(), given: given.to_owned() };
    if given.is_empty() {
        return Ok(When::Probability(USUAL));
    }
    if let Some(every) = given.strip_prefix("1/") {
        return every.parse().ok().filter(|every| *every > 0).map(When::Every).ok_or_else(bad);
    }
    let probability: f64 = given.parse().map_err(|_| bad())?;
    if (0.0..=1.0).contains(&probability) { Ok(When::Probability(probability)) } else { Err(bad()) }
}

/// A request, as far as the choice of a fault needs to know it.
#[derive(Clone, Copy)]
pub(crate) struct Aim<'a> {
    /// The name of the endpoint.
    pub(crate) endpoint: &'a str,
    /// Whether a cursor was sent.
    pub(crate) cursor: bool,
}

impl Aim<'_> {
    fn is_within(self, reach: Reach) -> bool {
        const PAGES: &[&str] = &[
            "GET /conversations",
            "POST /conversations/search",
            "GET /contacts",
            "POST /contacts/search",
            "POST /tickets/search",
        ];
        match reach {
            Reach::Any => true,
            Reach::Pages => PAGES.contains(&self.endpoint),
            Reach::LaterPages => self.cursor && PAGES.contains(&self.endpoint),
            Reach::Conversation => self.endpoint == "GET /conversations/{id}",
            Reach::Scroll => self.endpoint == "GET /companies/scroll",
        }
    }
}

struct Turn {
    plan: FaultPlan,
    draw: Draw,
    seen: u64,
}

/// The faults of a running server, which strike the same way for the same seed and order of requests.
pub(crate) struct FaultState {
    turns: Mutex<Vec<Turn>>,
    /// Until when everyone gets 429.
    storm_until_ms: Mutex<i64>,
}

/// How long a storm lasts.
pub(crate) const STORM_MS: i64 = 30_000;
/// Streams of chance: faults use numbers that nothing else uses.
const FAULTS: u64 = 7 << 40;

impl FaultState {
    pub(crate) fn new(faults: &Faults, seed: u64) -> Self {
        let turn = |(n, plan): (usize, &FaultPlan)| Turn {
            plan: *plan,
            draw: Draw::new(seed, FAULTS + n as u64),
            seen: 0,
        };
        Self {
            turns: Mutex::new(faults.plans.iter().enumerate().map(turn).collect()),
            storm_until_ms: Mutex::new(i64::MIN),
        }
    }

    /// Which fault strikes a request, if any.
    pub(crate) fn choose(&self, aim: Aim<'_>) -> Option<FaultKind> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.iter_mut().filter(|turn| aim.is_within(turn.plan.kind.info().reach)).find_map(Turn::strike)
    }

    /// Begins a storm.
    pub(crate) fn storm(&self, now_ms: i64) {
        *self.storm_until_ms.lock().unwrap_or_else(PoisonError::into_inner) = now_ms + STORM_MS;
    }

    pub(crate) fn is_storming(&self, now_ms: i64) -> bool {
        now_ms < *self.storm_until_ms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    fn strike(&mut self) -> Option<FaultKind> {
        self.seen += 1;
        let strikes = match self.plan.when {
            When::Every(every) => self.seen.is_multiple_of(every),
            When::Probability(probability) => self.draw.below(1_000_000_000) < (probability * 1e9) as u64,
        };
        strikes.then_some(self.plan.kind)
    }
}
