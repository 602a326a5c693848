//! The child's rows as bytes of a format, told to the parent bit by bit. Where the parent does not take them, the query
//! waits.

use std::io::{self, Write};

use super::frame::{FromChild, RowFormat};
use super::replies::{Out, tell};
use crate::format::Format;

/// Bytes that are told at once.
const PIECE_BYTES: usize = 256 << 10;

/// Tells what is written to it.
pub(super) struct Pieces {
    out: Out,
    id: u64,
    piece: Vec<u8>,
}

impl Pieces {
    /// Of a query.
    pub(super) fn new(out: &Out, id: u64) -> Self {
        Self { out: Out::clone(out), id, piece: Vec::with_capacity(PIECE_BYTES) }
    }

    fn tell(&mut self) {
        if !self.piece.is_empty() {
            let bytes = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE_BYTES));
            tell(&self.out, &FromChild::Piece { id: self.id, bytes });
        }
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(PIECE_BYTES - self.piece.len());
        self.piece.extend_from_slice(&bytes[..taken]);
        if self.piece.len() == PIECE_BYTES {
            self.tell();
        }
        Ok(taken)
    }

    /// Writers flush after every batch; the rest is told at the end.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Pieces {
    fn drop(&mut self) {
        self.tell();
    }
}

impl RowFormat {
    /// How it is written.
    pub(super) fn format(self) -> Format {
        match self {
            Self::Csv => Format::Csv,
            Self::Ndjson => Format::Ndjson,
            Self::ArrowStream => Format::ArrowStream,
            Self::Parquet => Format::Parquet,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::super::frame::receive;
    use super::*;

    #[derive(Clone, Default)]
    struct Heard(Arc<Mutex<Vec<u8>>>);

    impl Write for Heard {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn all_bytes_are_told_in_order() {
        let heard = Heard::default();
        let out: Out = Arc::new(Mutex::new(Box::new(heard.clone())));
        let written: Vec<u8> = (0..700_000_u32).map(|n| (n % 251) as u8).collect();
        let mut pieces = Pieces::new(&out, 7);
        written.chunks(999).for_each(|chunk| pieces.write_all(chunk).unwrap());
        drop(pieces);
        let frames = heard.0.lock().unwrap().clone();
        let (mut input, mut told) = (frames.as_slice(), Vec::new());
        while let Some(message) = receive::<FromChild>(&mut input, 1 << 20).unwrap() {
            let FromChild::Piece { id: 7, bytes } = message else { panic!() };
            told.push(bytes);
        }
        assert_eq!(told.len(), 3);
        assert_eq!(told.concat(), written);
    }
}
