//! A valid gzip file of a few megabytes that unpacks to half a gigabyte of JSON.
//!
//! Written by hand with deflate's fixed codes, so that the demo needs no compressor: one space, then
//! "the same again, 258 times" until the size is reached.

use axum::body::Body;
use bytes::Bytes;
use futures::{StreamExt, stream};
use std::io;
use std::sync::LazyLock;

const START: &[u8] = b"{\"type\":\"list\",\"data\":[";
const END: &[u8] = b"]}";
/// Copies of 258 spaces; eight of them are 13 bytes of deflate.
const COPIES: usize = 8 * PER_CHUNK * CHUNKS;
const PER_CHUNK: usize = 5_000;
const CHUNKS: usize = 52;

/// How large it is when unpacked.
pub(crate) const UNPACKED: usize = START.len() + 1 + 258 * COPIES + END.len();

/// Bits, least significant first, as deflate packs them.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    word: u64,
    count: u32,
}

impl Bits {
    fn push(&mut self, value: u32, count: u32) {
        self.word |= u64::from(value) << self.count;
        self.count += count;
        while self.count >= 8 {
            self.bytes.push(self.word as u8);
            self.word >>= 8;
            self.count -= 8;
        }
    }

    /// Huffman codes are packed from their most significant bit.
    fn code(&mut self, code: u32, count: u32) {
        self.push(code.reverse_bits() >> (32 - count), count);
    }

    /// A byte below 144 in the fixed code.
    fn literal(&mut self, byte: u8) {
        self.code(0x30 + u32::from(byte), 8);
    }

    /// 258 times the byte before.
    fn copy(&mut self) {
        self.code(0b1100_0101, 8);
        self.code(0, 5);
    }

    fn finish(mut self) -> Vec<u8> {
        self.push(0, (8 - self.count) % 8);
        self.bytes
    }
}

struct Bomb {
    head: Bytes,
    middle: Bytes,
    tail: Bytes,
}

static BOMB: LazyLock<Bomb> = LazyLock::new(|| {
    let mut bits = Bits { bytes: vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255], ..Bits::default() };
    bits.push(0b011, 3);
    START.iter().chain(b" ").for_each(|byte| bits.literal(*byte));
    let head = bits.bytes.len();
    // Eight copies are a whole number of bytes, so the pattern repeats whatever bit it starts at.
    (0..8 * PER_CHUNK).for_each(|_| bits.copy());
    let middle = bits.bytes.split_off(head);
    let mut tail = Bits { bytes: Vec::new(), ..bits };
    let head = bits.bytes;
    END.iter().for_each(|byte| tail.literal(*byte));
    tail.code(0, 7);
    let mut tail = tail.finish();
    tail.extend(checksum().to_le_bytes());
    tail.extend((UNPACKED as u32).to_le_bytes());
    Bomb { head: head.into(), middle: middle.into(), tail: tail.into() }
});

fn checksum() -> u32 {
    let spaces = {
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(&[b' '; 258]);
        hasher
    };
    let mut chunk = crc32fast::Hasher::new();
    (0..8).for_each(|_| chunk.combine(&spaces));
    let mut all = crc32fast::Hasher::new();
    all.update(START);
    all.update(b" ");
    (0..COPIES / 8).for_each(|_| all.combine(&chunk));
    all.update(END);
    all.finalize()
}

/// The compressed bytes.
pub(crate) fn stream() -> Body {
    let bomb = &*BOMB;
    let start = stream::once(async { bomb.head.clone() });
    let middle = stream::iter(0..CHUNKS).map(|_| bomb.middle.clone());
    let end = stream::once(async { bomb.tail.clone() });
    Body::from_stream(start.chain(middle).chain(end).map(Ok::<_, io::Error>))
}
