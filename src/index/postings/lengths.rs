//! How long documents are, about: a byte for each.

use std::sync::LazyLock;

use tantivy::fieldnorm::FieldNormReader;

/// For each byte the smallest length that has a greater one.
static LIMITS: LazyLock<[u32; 256]> = LazyLock::new(|| {
    std::array::from_fn(|byte| match byte {
        255 => u32::MAX / 4,
        byte => FieldNormReader::id_to_fieldnorm(byte as u8 + 1),
    })
});

/// The byte of a length.
pub(super) fn byte_of(length: u32) -> u8 {
    FieldNormReader::fieldnorm_to_id(length)
}

/// About how long all documents are together.
pub(super) fn total(lengths: &[u8]) -> u64 {
    lengths.iter().map(|byte| u64::from(FieldNormReader::id_to_fieldnorm(*byte))).sum()
}

/// About how long the documents of a segment are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lengths<'a>(pub(super) &'a [u8]);

impl Lengths<'_> {
    /// How many documents there are.
    pub(super) fn docs(self) -> u32 {
        self.0.len() as u32
    }

    /// The byte of a document.
    pub(super) fn byte(self, doc: u32) -> u8 {
        self.0.get(doc as usize).copied().unwrap_or_default()
    }

    /// What all places of a document are below.
    pub(super) fn limit(self, doc: u32) -> u32 {
        LIMITS[usize::from(self.byte(doc))]
    }
}
