//! Rows with anything in them that their types allow, of every table, from one number.
//!
//! A row is read from a store that makes its cells up as they are asked for, so nothing here names a column: tables
//! and columns that come later are covered too.

use fastintercom::model::{CellReader, Column, Kind, ReadError, Row, Timestamp};

/// A small generator of numbers, the same for the same seed everywhere.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.roll() >> 16) as usize % end.max(1)
    }

    pub(crate) fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// A text: empty, plain, with the characters that trip programs, or very long.
    pub(crate) fn text(&mut self) -> String {
        let nasty = [
            "",
            "\0",
            "a\0b",
            "\u{feff}",
            "\u{202e}abc",
            "é",
            "e\u{301}",
            "日本語",
            "👩‍👩‍👧‍👦",
            "\r\n",
            "\t",
            "'\";--",
            "\\",
            "<p>",
            "&amp;",
            "NULL",
            "null",
            "NaN",
            "\u{10ffff}",
            "\u{e000}",
            "\u{7f}",
            "%s",
            "{}",
            "[]",
            " lead",
            "trail ",
        ];
        match self.below(12) {
            0 => self.pick(&nasty).to_owned(),
            1 => (0..self.below(6)).map(|_| self.pick(&nasty)).collect(),
            2 if self.one_in(20) => "long 長い ".repeat(5_000 + self.below(5_000)),
            3 => (0..self.below(20))
                .map(|_| char::from_u32(self.below(0x11_0000) as u32).unwrap_or('?'))
                .collect(),
            _ => format!("text {}", self.below(1_000)),
        }
    }

    fn id(&mut self) -> String {
        match self.below(3) {
            0 => format!("{:024x}", self.roll()),
            1 => self.pick(&["0", "a", "A-b_c.d:e", "source-1"]).to_owned(),
            _ => self.below(1_000_000_000).to_string(),
        }
    }

    pub(crate) fn integer(&mut self) -> i64 {
        let edges = [0, 1, -1, i64::MIN, i64::MAX, 1 << 53, -(1 << 53)];
        if self.one_in(4) { self.pick(&edges) } else { self.below(100_000) as i64 }
    }

    fn float(&mut self) -> f64 {
        let edges = [0.0, -0.0, 0.1, f64::MAX, f64::MIN_POSITIVE, 5e-324, f64::INFINITY];
        if self.one_in(4) { self.pick(&edges) } else { self.below(1_000_000) as f64 / 100.0 }
    }

    pub(crate) fn timestamp(&mut self) -> Timestamp {
        let edges =
            [i64::MIN, i64::MAX, 0, -1, 1, -62_135_596_800_000_000, 253_402_300_799_999_999, -86_400_000_000];
        let near = 1_790_000_000_000_000 + self.below(1_000_000_000) as i64;
        Timestamp::from_micros(if self.one_in(4) { self.pick(&edges) } else { near })
    }

    /// Any JSON, with unique texts so that each can be found again.
    pub(crate) fn json(&mut self, depth: usize) -> serde_json::Value {
        match self.below(if depth == 0 { 5 } else { 7 }) {
            0 => serde_json::Value::Null,
            1 => self.one_in(2).into(),
            2 => self.integer().into(),
            3 => (self.below(1_000_000) as f64 / 8.0).into(),
            4 => self.text().into(),
            5 => (0..self.below(4)).map(|_| self.json(depth - 1)).collect::<Vec<_>>().into(),
            _ => (0..self.below(4))
                .map(|_| (self.text(), self.json(depth - 1)))
                .collect::<serde_json::Map<_, _>>()
                .into(),
        }
    }
}

/// A row of any table.
pub(crate) fn any_row<R: Row>(seed: u64) -> R {
    let mut dice = Dice::new(seed);
    R::read(&mut Made { columns: R::TABLE.columns, next: 0, dice: &mut dice })
        .expect("made-up cells fit their row")
}

struct Made<'a> {
    columns: &'static [Column],
    next: usize,
    dice: &'a mut Dice,
}

impl Made<'_> {
    /// The column asked for, unless it is to be empty this time.
    fn column(&mut self) -> Option<&'static Column> {
        let column = &self.columns[self.next];
        self.next += 1;
        (!(column.nullable && self.dice.one_in(3))).then_some(column)
    }
}

impl CellReader for Made<'_> {
    fn text(&mut self) -> Result<Option<String>, ReadError> {
        Ok(self.column().map(|column| match column.kind {
            Kind::Json => self.dice.json(4).to_string(),
            // Ids are parsed; a text column may have such a name too, and then holds what an id may hold.
            _ if column.name.ends_with("_id") => self.dice.id(),
            _ => self.dice.text(),
        }))
    }

    fn integer(&mut self) -> Result<Option<i64>, ReadError> {
        Ok(self.column().map(|_| self.dice.integer()))
    }

    fn float(&mut self) -> Result<Option<f64>, ReadError> {
        Ok(self.column().map(|_| self.dice.float()))
    }

    fn boolean(&mut self) -> Result<Option<bool>, ReadError> {
        Ok(self.column().map(|_| self.dice.one_in(2)))
    }

    fn timestamp(&mut self) -> Result<Option<Timestamp>, ReadError> {
        Ok(self.column().map(|_| self.dice.timestamp()))
    }

    fn text_list(&mut self) -> Result<Option<Vec<String>>, ReadError> {
        let len = if self.dice.one_in(30) { 600 } else { self.dice.below(4) };
        Ok(self.column().map(|_| (0..len).map(|_| self.dice.text()).collect()))
    }

    fn struct_list(
        &mut self,
        read: &mut dyn FnMut(&mut dyn CellReader) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let Kind::StructList(columns) = self.columns[self.next].kind else {
            return Err(ReadError::Missing("a column of structs"));
        };
        self.next += 1;
        let len = if self.dice.one_in(30) { 300 } else { self.dice.below(4) };
        (0..len).try_for_each(|_| read(&mut Made { columns, next: 0, dice: self.dice }))
    }
}
