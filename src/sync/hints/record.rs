//! The format of a segment: `magic, record…`, each record as `length, CRC-32, JSON of a hint`. Reading stops at the
//! first damaged record: nobody was told that it is stored.

use super::Hint;

/// What a segment begins with.
pub(super) const MAGIC: &[u8; 12] = b"fi hints 1\r\n";
/// The bytes before a record's JSON.
const HEAD_BYTES: usize = 8;

/// Adds a hint to what is to be written.
pub(super) fn push(buffer: &mut Vec<u8>, hint: &Hint) {
    let json = serde_json::to_vec(hint).unwrap_or_default();
    buffer.extend((json.len() as u32).to_le_bytes());
    buffer.extend(crc32fast::hash(&json).to_le_bytes());
    buffer.extend(json);
}

/// The hints of a segment, as far as it is whole.
pub(super) fn read(content: &[u8]) -> Vec<Hint> {
    let mut hints = Vec::new();
    let mut rest = content.strip_prefix(MAGIC.as_slice()).unwrap_or_default();
    while let Some((hint, after)) = first(rest) {
        hints.push(hint);
        rest = after;
    }
    hints
}

fn first(rest: &[u8]) -> Option<(Hint, &[u8])> {
    let (head, rest) = rest.split_at_checked(HEAD_BYTES)?;
    let number = |bytes: &[u8]| Some(u32::from_le_bytes(bytes.try_into().ok()?));
    let (json, rest) = rest.split_at_checked(number(&head[..4])? as usize)?;
    let is_whole = crc32fast::hash(json) == number(&head[4..])?;
    Some((is_whole.then(|| serde_json::from_slice(json).ok()).flatten()?, rest))
}

#[cfg(test)]
mod tests {
    use super::super::HintKind;
    use super::*;

    fn hint(id: &str) -> Hint {
        Hint {
            kind: HintKind::Conversation,
            id: id.to_owned(),
            topic: "conversation.read".to_owned(),
            notification_id: Some(format!("notif_{id}")),
            workspace_id: None,
            created_at: Some(1_795_176_000),
            received_at: 1_795_176_001,
            failures: 0,
        }
    }

    #[test]
    fn what_is_whole_is_read_wherever_the_end_was_cut_off() {
        let hints = [hint("1"), hint("22"), hint("333")];
        let mut content = MAGIC.to_vec();
        let mut ends = Vec::new();
        for hint in &hints {
            push(&mut content, hint);
            ends.push(content.len());
        }
        for length in 0..=content.len() {
            let whole = ends.iter().filter(|end| **end <= length).count();
            assert_eq!(read(&content[..length]), hints[..whole], "{length} bytes");
        }
    }

    #[test]
    fn a_flipped_bit_ends_the_reading_and_changes_no_hint() {
        let mut content = MAGIC.to_vec();
        (0..3).for_each(|number| push(&mut content, &hint(&number.to_string())));
        let whole = read(&content);
        for bit in 0..content.len() * 8 {
            let mut damaged = content.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(whole.starts_with(&read(&damaged)), "bit {bit}");
        }
    }
}
