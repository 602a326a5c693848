//! What was read before, up to a number of bytes; what was not asked for the longest makes room.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

/// A bounded store of values that are costly to make and never wrong while their key is right.
pub(super) struct Cache<K, V> {
    most_bytes: usize,
    held: Mutex<Held<K, V>>,
}

struct Held<K, V> {
    entries: HashMap<K, Entry<V>>,
    bytes: usize,
    /// Rises with every use: the smallest was used the longest ago.
    uses: u64,
}

struct Entry<V> {
    value: Arc<V>,
    bytes: usize,
    used: u64,
}

impl<K: Hash + Eq + Clone, V> Cache<K, V> {
    pub(super) fn new(most_bytes: usize) -> Self {
        let held = Held { entries: HashMap::new(), bytes: 0, uses: 0 };
        Self { most_bytes, held: Mutex::new(held) }
    }

    pub(super) fn get(&self, key: &K) -> Option<Arc<V>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.uses += 1;
        let uses = held.uses;
        let entry = held.entries.get_mut(key)?;
        entry.used = uses;
        Some(Arc::clone(&entry.value))
    }

    /// Keeps a value that takes so many bytes; one that takes more than there is room for is not kept.
    pub(super) fn put(&self, key: K, value: Arc<V>, bytes: usize) {
        if bytes > self.most_bytes {
            return;
        }
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.uses += 1;
        let used = held.uses;
        held.bytes += bytes;
        if let Some(before) = held.entries.insert(key, Entry { value, bytes, used }) {
            held.bytes -= before.bytes;
        }
        while held.bytes > self.most_bytes {
            let oldest = held.entries.iter().min_by_key(|(_, entry)| entry.used);
            let Some(key) = oldest.map(|(key, _)| key.clone()) else { return };
            let removed = held.entries.remove(&key);
            held.bytes -= removed.map_or(0, |entry| entry.bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_the_longest_ago_makes_room() {
        let cache = Cache::new(10);
        for key in 1..=3 {
            cache.put(key, Arc::new(key), 3);
        }
        assert!(cache.get(&1).is_some());
        cache.put(4, Arc::new(4), 4);
        let held = [1, 2, 3, 4].map(|key| cache.get(&key).is_some());
        assert_eq!(held, [true, false, true, true]);
    }

    #[test]
    fn what_does_not_fit_is_not_kept_and_what_is_put_again_counts_once() {
        let cache = Cache::new(10);
        cache.put("large", Arc::new(()), 11);
        assert!(cache.get(&"large").is_none());
        for _ in 0..5 {
            cache.put("small", Arc::new(()), 4);
            cache.put("other", Arc::new(()), 4);
        }
        assert!(cache.get(&"small").is_some() && cache.get(&"other").is_some());
    }
}
