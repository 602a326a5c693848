//! Numbers as bits: as many as a number needs, one after the other.

/// Writes numbers as bits.
#[derive(Debug, Default)]
pub(super) struct BitWriter {
    bytes: Vec<u8>,
    /// Bits that are no whole byte yet, the first one lowest.
    buffer: u64,
    count: u32,
}

impl BitWriter {
    /// A number of at most so many bits, 32 of them at most.
    pub(super) fn bits(&mut self, value: u32, width: u32) {
        self.buffer |= u64::from(value) << self.count;
        self.count += width;
        while self.count >= 8 {
            self.bytes.push(self.buffer as u8);
            self.buffer >>= 8;
            self.count -= 8;
        }
    }

    /// A number of which small ones are likely: its upper part as so many ones, the lower `width` bits as they are.
    pub(super) fn rice(&mut self, value: u32, width: u32) {
        let mut ones = value >> width;
        while ones >= 24 {
            self.bits((1 << 24) - 1, 24);
            ones -= 24;
        }
        self.bits((1 << ones) - 1, ones + 1);
        self.bits(value & mask(width), width);
    }

    /// A number below a limit, all of them as likely.
    pub(super) fn below(&mut self, value: u32, limit: u32) {
        let (width, short) = shape(limit);
        if value < short {
            self.bits(value, width);
        } else {
            let long = value + short;
            self.bits(long >> 1, width);
            self.bits(long & 1, 1);
        }
    }

    /// Ends the byte that was begun; tells how many there are.
    pub(super) fn align(&mut self) -> usize {
        if self.count > 0 {
            self.bits(0, 8 - self.count);
        }
        self.bytes.len()
    }

    /// The bytes, up to the last that was ended.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Begins anew.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        (self.buffer, self.count) = (0, 0);
    }
}

/// Bits that [`BitWriter::rice`] takes for a number.
pub(super) fn rice_cost(value: u32, width: u32) -> u64 {
    u64::from(value >> width) + 1 + u64::from(width)
}

/// Bits that [`BitWriter::below`] takes for a number.
pub(super) fn below_cost(value: u32, limit: u32) -> u64 {
    let (width, short) = shape(limit);
    u64::from(width) + u64::from(value >= short)
}

/// Bits that numbers below a limit take at least, and how many numbers do with so few.
fn shape(limit: u32) -> (u32, u32) {
    let width = limit.max(1).ilog2();
    (width, ((2_u64 << width) - u64::from(limit.max(1))) as u32)
}

fn mask(width: u32) -> u32 {
    ((1_u64 << width) - 1) as u32
}

/// Reads what [`BitWriter`] wrote. Behind the end there are zeros.
#[derive(Debug, Clone, Copy)]
pub(super) struct BitReader<'a> {
    bytes: &'a [u8],
    /// In bits.
    at: usize,
}

impl<'a> BitReader<'a> {
    /// From a place, in bits.
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    /// Where it is, in bits.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The next bits, 57 of them at least.
    fn next(&self) -> u64 {
        let byte = self.at / 8;
        let word = match self.bytes.get(byte..byte + 8) {
            Some(bytes) => u64::from_le_bytes(bytes.try_into().unwrap_or_default()),
            None => self.last_word(byte),
        };
        word >> (self.at % 8)
    }

    #[cold]
    fn last_word(&self, byte: usize) -> u64 {
        let mut bytes = [0; 8];
        let left = self.bytes.get(byte..).unwrap_or_default();
        let left = &left[..left.len().min(8)];
        bytes[..left.len()].copy_from_slice(left);
        u64::from_le_bytes(bytes)
    }

    /// A number of so many bits.
    pub(super) fn bits(&mut self, width: u32) -> u32 {
        let value = self.next() as u32 & mask(width);
        self.at += width as usize;
        value
    }

    /// What [`BitWriter::rice`] wrote.
    pub(super) fn rice(&mut self, width: u32) -> u32 {
        let mut upper = 0;
        let mut next = self.next();
        let mut ones = next.trailing_ones();
        while ones >= 24 {
            upper += 24;
            self.at += 24;
            next = self.next();
            ones = next.trailing_ones();
        }
        self.at += ones as usize + 1 + width as usize;
        // At most 24 and 32 bits: they are all there.
        let lower = (next >> (ones + 1)) as u32 & mask(width);
        ((upper + ones) << width) | lower
    }

    /// What [`BitWriter::below`] wrote.
    pub(super) fn below(&mut self, limit: u32) -> u32 {
        let (width, short) = shape(limit);
        let next = self.next();
        let value = next as u32 & mask(width);
        if value < short {
            self.at += width as usize;
            return value;
        }
        self.at += width as usize + 1;
        ((value << 1) | ((next >> width) as u32 & 1)) - short
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_were_written() {
        let numbers = [0, 1, 2, 5, 23, 24, 25, 63, 64, 100, 4_000];
        let mut writer = BitWriter::default();
        let mut cost = 0;
        for number in numbers {
            for width in [0, 1, 7, 20] {
                writer.rice(number, width);
                cost += rice_cost(number, width);
            }
            for limit in [number + 1, number + 2, 2 * number + 3, u32::MAX] {
                writer.below(number, limit);
                cost += below_cost(number, limit);
            }
            writer.bits(number, 12);
            cost += 12;
        }
        assert_eq!(writer.align(), cost.div_ceil(8) as usize);
        let mut reader = BitReader::new(writer.bytes(), 0);
        for number in numbers {
            for width in [0, 1, 7, 20] {
                assert_eq!(reader.rice(width), number, "{width}");
            }
            for limit in [number + 1, number + 2, 2 * number + 3, u32::MAX] {
                assert_eq!(reader.below(limit), number, "{limit}");
            }
            assert_eq!(reader.bits(12), number);
        }
        assert_eq!(reader.at() as u64, cost);
    }
}
