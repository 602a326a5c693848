//! What one server shares between its requests.
//!
//! Owns the locks; nothing in here waits for anything but other threads.

use super::counters::Counters;
use super::faults::FaultState;
use super::index::ConversationIndex;
use super::limiter::Limiter;
use super::options::ServerOptions;
use super::webhook::Outbox;
use crate::demo::workspace::{Contact, HexId, Index, Workspace};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// A workspace and what search knows of it.
pub(crate) struct World {
    pub(crate) live: Workspace,
    pub(crate) index: ConversationIndex,
    /// Contacts search does not know yet, or no longer: until when, and who.
    pub(crate) unindexed: VecDeque<(i64, HexId)>,
}

/// The walk through all companies that is under way.
pub(crate) struct Scroll {
    pub(crate) param: String,
    pub(crate) position: usize,
    pub(crate) used_at_ms: i64,
}

/// Everything a server has.
pub(crate) struct Inner {
    pub(crate) options: ServerOptions,
    world: RwLock<World>,
    limiter: Mutex<Limiter>,
    counters: Mutex<Counters>,
    scroll: Mutex<Option<Scroll>>,
    pub(crate) faults: FaultState,
    pub(crate) outbox: Outbox,
    numbers: AtomicU64,
}

impl Inner {
    pub(crate) fn new(workspace: Workspace, options: ServerOptions) -> Self {
        let index = ConversationIndex::new(&workspace);
        Self {
            world: RwLock::new(World { live: workspace, index, unindexed: VecDeque::new() }),
            limiter: Mutex::new(Limiter::new(options.rate_limit)),
            counters: Mutex::new(Counters::default()),
            scroll: Mutex::new(None),
            faults: FaultState::new(&options.faults, options.seed),
            outbox: Outbox::new(options.seed),
            numbers: AtomicU64::new(1),
            options,
        }
    }

    /// The world as of now, with the changes search may see by now.
    pub(crate) fn world(&self) -> RwLockReadGuard<'_, World> {
        let now_ms = self.options.clock.now_ms();
        let world = self.world.read().unwrap_or_else(PoisonError::into_inner);
        if !world.is_behind(now_ms) {
            return world;
        }
        drop(world);
        self.world_mut().catch_up(now_ms);
        self.world.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn world_mut(&self) -> RwLockWriteGuard<'_, World> {
        self.world.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn limiter(&self) -> MutexGuard<'_, Limiter> {
        self.limiter.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn counters(&self) -> MutexGuard<'_, Counters> {
        self.counters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn scroll(&self) -> MutexGuard<'_, Option<Scroll>> {
        self.scroll.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A number nobody else got: makes request ids and signatures differ.
    pub(crate) fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }
}

impl World {
    fn is_behind(&self, now_ms: i64) -> bool {
        self.index.is_behind(now_ms) || self.unindexed.front().is_some_and(|(until, _)| *until <= now_ms)
    }

    fn catch_up(&mut self, now_ms: i64) {
        self.index.catch_up(now_ms);
        while self.unindexed.front().is_some_and(|(until, _)| *until <= now_ms) {
            self.unindexed.pop_front();
        }
    }

    /// Contacts as search knows them.
    pub(crate) fn indexed_contacts(&self) -> impl Iterator<Item = &std::sync::Arc<Contact>> {
        self.live.contacts().filter(|contact| !self.unindexed.iter().any(|(_, id)| *id == contact.id))
    }

    pub(crate) fn indexed_contact(&self, id: HexId) -> Option<&std::sync::Arc<Contact>> {
        let known = self.live.contact(id)?;
        let visible =
            !self.live.merged.contains_key(&id) && !self.unindexed.iter().any(|(_, hidden)| *hidden == id);
        visible.then_some(known)
    }

    /// How many contacts a segment has.
    pub(crate) fn members(&self, segment: Index) -> usize {
        self.live.contacts().filter(|contact| contact.segments.contains(&segment)).count()
    }
}
