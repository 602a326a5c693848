//! Rows as JSON for readers: what is not there is left out, texts are made safe and short, and what people outside may
//! have written says so in its name.

use serde_json::{Map, Value};

use crate::model::{CellWriter, Class, Column, Kind, Row, Timestamp};
use crate::tools::untrusted::Untrusted;

/// Characters of one text at most,
const TEXT_CHARS: usize = 1_000;
/// and of a name in free-form JSON.
const KEY_CHARS: usize = 100;

/// What stands before the name of a column whose text is data and never an instruction.
pub(super) const UNTRUSTED: &str = "untrusted_";

/// What a row says, by the names of its columns.
pub(super) fn values<R: Row>(row: &R) -> Map<String, Value> {
    let mut cells = Cells::of(R::TABLE.columns);
    row.write(&mut cells);
    cells.map
}

/// Free-form JSON with its texts made safe.
fn safe(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(short(&text)),
        Value::Array(items) => Value::Array(items.into_iter().map(safe).collect()),
        Value::Object(entries) => Value::Object(
            entries
                .into_iter()
                .map(|(name, value)| (Untrusted::new(&name, KEY_CHARS).as_str().to_owned(), safe(value)))
                .collect(),
        ),
        other => other,
    }
}

fn short(text: &str) -> String {
    Untrusted::new(text, TEXT_CHARS).as_str().to_owned()
}

struct Cells {
    columns: &'static [Column],
    next: usize,
    map: Map<String, Value>,
}

impl Cells {
    fn of(columns: &'static [Column]) -> Self {
        Self { columns, next: 0, map: Map::new() }
    }

    /// Puts the value of the next column, if there is one.
    fn put(&mut self, value: impl FnOnce(&'static Column) -> Option<Value>) {
        let column = self.columns.get(self.next);
        self.next += 1;
        if let Some((column, value)) = column.and_then(|column| Some((column, value(column)?))) {
            let mark = if column.class == Class::Public { "" } else { UNTRUSTED };
            self.map.insert(format!("{mark}{}", column.name), value);
        }
    }
}

impl CellWriter for Cells {
    fn text(&mut self, value: Option<&str>) {
        self.put(|column| {
            let text = value.filter(|text| !text.is_empty())?;
            Some(match column.kind {
                Kind::Json => safe(serde_json::from_str(text).unwrap_or_default()),
                _ => Value::String(short(text)),
            })
            .filter(|value| !value.is_null())
        });
    }
    fn integer(&mut self, value: Option<i64>) {
        self.put(|_| value.map(Value::from));
    }
    fn float(&mut self, value: Option<f64>) {
        self.put(|_| value.map(Value::from));
    }
    fn boolean(&mut self, value: Option<bool>) {
        self.put(|_| value.map(Value::from));
    }
    fn timestamp(&mut self, value: Option<Timestamp>) {
        self.put(|_| value.map(|at| Value::String(at.to_string())));
    }
    fn text_list(&mut self, values: Option<&[String]>) {
        let texts = values.unwrap_or_default().iter().map(|text| Value::String(short(text)));
        let texts: Vec<Value> = texts.collect();
        self.put(|_| (!texts.is_empty()).then_some(Value::Array(texts)));
    }
    fn struct_list(&mut self, len: usize, write: &mut dyn FnMut(usize, &mut dyn CellWriter)) {
        let fields = match self.columns.get(self.next).map(|column| column.kind) {
            Some(Kind::StructList(fields)) => fields,
            _ => &[],
        };
        let items = (0..len).map(|index| {
            let mut cells = Self::of(fields);
            write(index, &mut cells);
            Value::Object(cells.map)
        });
        let items: Vec<Value> = items.collect();
        self.put(|_| (!items.is_empty()).then_some(Value::Array(items)));
    }
}
