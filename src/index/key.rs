//! Ids as numbers, so that hits are ordered and named without reading their documents.

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

/// FNV-1a.
fn hash(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_for_themselves_and_other_ids_for_nothing_else() {
        assert_eq!(id_of(id_key("215469654321")).as_deref(), Some("215469654321"));
        for id in ["0123", "abc", "18446744073709551615", "+1", ""] {
            assert_eq!(id_of(id_key(id)), None, "{id}");
        }
        assert_ne!(id_key("abc"), id_key("abd"));
    }
}
