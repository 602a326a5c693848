//! Base64 as cursors use it. Owns the alphabet.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word =
            chunk.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for n in 0..4 {
            let digit = ALPHABET[(word >> (18 - 6 * n) & 63) as usize];
            text.push(if n > chunk.len() { '=' } else { char::from(digit) });
        }
    }
    text
}

pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=').as_bytes();
    if text.len() % 4 == 1 {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    for chunk in text.chunks(4) {
        let mut word = 0_u32;
        for byte in chunk {
            word = word << 6 | ALPHABET.iter().position(|known| known == byte)? as u32;
        }
        word <<= 6 * (4 - chunk.len());
        bytes.extend((0..chunk.len() - 1).map(|n| (word >> (16 - 8 * n)) as u8));
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_of_the_documentation_decodes() {
        assert_eq!(decode("WzE3MDc5MzAwODEwMDAsMTMxLDJd").as_deref(), Some(&b"[1707930081000,131,2]"[..]));
        assert_eq!(encode(b"[1707930081000,131,2]"), "WzE3MDc5MzAwODEwMDAsMTMxLDJd");
        for text in ["", "a", "ab", "abc", "abcd"] {
            assert_eq!(decode(&encode(text.as_bytes())).as_deref(), Some(text.as_bytes()));
        }
        assert_eq!(decode("None?"), None);
    }
}
