//! Writes the documents of one word, in blocks one behind the other.
//!
//! A list of several blocks begins with the last document and the bytes of each.

use super::bits::BitWriter;
use super::block::{BLOCK, Block};
use super::lengths::Lengths;

/// Writes lists.
#[derive(Debug, Default)]
pub(super) struct ListWriter {
    block: Block,
    count: u32,
    /// The first document that the next block may have.
    from: u32,
    bits: BitWriter,
    /// Bytes of the blocks that are full.
    written: usize,
    jumps: Vec<u8>,
}

impl ListWriter {
    /// Adds a document with its places; both rise.
    pub(super) fn push(&mut self, doc: u32, places: &[u32], lengths: Lengths<'_>) {
        if self.block.docs.len() == BLOCK {
            self.end_block(lengths);
        }
        self.block.push(doc, places);
        self.count += 1;
    }

    fn end_block(&mut self, lengths: Lengths<'_>) {
        self.block.write(self.from, lengths, &mut self.bits);
        let next = self.block.docs.last().map_or(0, |doc| doc + 1);
        let end = self.bits.align();
        put(next - self.from, &mut self.jumps);
        put((end - self.written) as u32, &mut self.jumps);
        (self.from, self.written) = (next, end);
        self.block.clear();
    }

    /// Ends a list: appends it to `out`, tells how many documents it has, and is ready for the next one.
    pub(super) fn end(&mut self, lengths: Lengths<'_>, out: &mut Vec<u8>) -> u32 {
        if !self.block.docs.is_empty() {
            self.end_block(lengths);
        }
        if self.count as usize > BLOCK {
            out.extend_from_slice(&self.jumps);
        }
        out.extend_from_slice(self.bits.bytes());
        self.bits.clear();
        self.jumps.clear();
        (self.from, self.written) = (0, 0);
        std::mem::take(&mut self.count)
    }
}

/// Appends a number, seven bits a byte, the last one marked.
fn put(mut number: u32, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 & 0x7f);
        number >>= 7;
    }
    out.push(number as u8 | 0x80);
}
