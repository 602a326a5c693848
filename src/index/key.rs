//! Ids as numbers, so that hits are ordered and named without reading their documents.

use std::hash::{BuildHasherDefault, Hasher};

/// Set in the key of an id that is no number.
const HASHED: u64 = 1 << 63;

/// A number for an id: the id itself where it is one, as Intercom's are; else a hash of it.
pub fn id_key(id: &str) -> u64 {
    let number = id.parse::<u64>().ok().filter(|number| *number < HASHED && number.to_string() == id);
    number.unwrap_or_else(|| HASHED | hash(id.as_bytes()))
}

/// The id of a key, if the key tells.
pub(super) fn id_of(key: u64) -> Option<String> {
    (key < HASHED).then(|| key.to_string())
}

/// Hashes keys for a map of them: they are numbers nobody chose, so a multiplication spreads them.
pub type KeyHashing = BuildHasherDefault<KeyHasher>;

/// See [`KeyHashing`].
#[derive(Debug, Default)]
pub struct KeyHasher(u64);

/// 2^64 by the golden ratio.
const SPREAD: u128 = 0x9e37_79b9_7f4a_7c15;

impl Hasher for KeyHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.write_u64(hash(bytes));
    }

    fn write_u64(&mut self, key: u64) {
        let wide = u128::from(self.0 ^ key) * SPREAD;
        self.0 = (wide >> 64) as u64 ^ wide as u64;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// FNV-1a.
fn hash(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::hash::BuildHasher;

    use super::*;

    #[test]
    fn numbers_stand_for_themselves_and_other_ids_for_nothing_else() {
        assert_eq!(id_of(id_key("215469654321")).as_deref(), Some("215469654321"));
        for id in ["0123", "abc", "18446744073709551615", "+1", ""] {
            assert_eq!(id_of(id_key(id)), None, "{id}");
        }
        assert_ne!(id_key("abc"), id_key("abd"));
    }

    #[test]
    fn keys_in_a_row_are_spread_over_a_map() {
        // A map looks at the lowest bits of a hash for the place, and at the highest seven to compare.
        let hashes: Vec<u64> =
            (0..1_024).map(|n| KeyHashing::default().hash_one(215_469_000_000_u64 + n * 1_000)).collect();
        let different = |part: fn(&u64) -> u64| hashes.iter().map(part).collect::<HashSet<_>>().len();
        assert!(different(|hash| hash & 0x3ff) > 500);
        assert_eq!(different(|hash| hash >> 57), 128);
    }
}
