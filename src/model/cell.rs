//! How one value of a row is written to and read from columns, whatever stores them.
//!
//! A `Cell` knows its kind and whether it may be missing; `CellWriter` and `CellReader` are what a store
//! (Arrow, in the lake) implements.

use super::id::{AdminId, CompanyId, ContactId, ConversationId, MessageId, TagId, TeamId};
use super::table::{Column, Kind};
use super::time::Timestamp;

/// Takes the cells of a row in column order.
pub trait CellWriter {
    /// A text, JSON or id.
    fn text(&mut self, value: Option<&str>);
    /// A whole number.
    fn integer(&mut self, value: Option<i64>);
    /// A floating point number.
    fn float(&mut self, value: Option<f64>);
    /// True or false.
    fn boolean(&mut self, value: Option<bool>);
    /// An instant in UTC.
    fn timestamp(&mut self, value: Option<Timestamp>);
    /// A list of texts.
    fn text_list(&mut self, values: Option<&[String]>);
    /// A list of structs: `write` is called once an item, and writes its fields in order.
    fn struct_list(&mut self, len: usize, write: &mut dyn FnMut(usize, &mut dyn CellWriter));
}

/// Gives the cells of a row in column order.
pub trait CellReader {
    /// A text, JSON or id.
    fn text(&mut self) -> Result<Option<String>, ReadError>;
    /// A whole number.
    fn integer(&mut self) -> Result<Option<i64>, ReadError>;
    /// A floating point number.
    fn float(&mut self) -> Result<Option<f64>, ReadError>;
    /// True or false.
    fn boolean(&mut self) -> Result<Option<bool>, ReadError>;
    /// An instant in UTC.
    fn timestamp(&mut self) -> Result<Option<Timestamp>, ReadError>;
    /// A list of texts.
    fn text_list(&mut self) -> Result<Option<Vec<String>>, ReadError>;
    /// A list of structs: `read` is called once an item, and reads its fields in order.
    fn struct_list(
        &mut self,
        read: &mut dyn FnMut(&mut dyn CellReader) -> Result<(), ReadError>,
    ) -> Result<(), ReadError>;
}

/// Why a stored cell does not fit its row type.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ReadError {
    /// The store's column has another type.
    #[error("column '{column}' holds {found}, expected {expected}")]
    Type {
        /// The column's name.
        column: String,
        /// What it should hold.
        expected: &'static str,
        /// What it holds.
        found: String,
    },
    /// A value that must be there is missing.
    #[error("a value that must be there is missing (expected {0})")]
    Missing(&'static str),
    /// A stored id is none.
    #[error(transparent)]
    Id(#[from] super::id::IdError),
}

/// One value of a row.
pub trait Cell: Sized {
    /// What its column holds.
    const KIND: Kind;
    /// Whether the value may be missing.
    const NULLABLE: bool;
    /// Writes it.
    fn write(&self, out: &mut dyn CellWriter);
    /// Reads it.
    fn read(from: &mut dyn CellReader) -> Result<Self, ReadError>;
}

/// A struct inside a list.
pub trait Item: Sized {
    /// Its fields, in order.
    const FIELDS: &'static [Column];
    /// Writes every field, in order.
    fn write(&self, out: &mut dyn CellWriter);
    /// Reads every field, in order.
    fn read(from: &mut dyn CellReader) -> Result<Self, ReadError>;
}

/// Compact JSON text with sorted keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Json(pub String);

impl Json {
    /// The text of a value.
    pub fn from_value(value: &serde_json::Value) -> Self {
        Self(value.to_string())
    }

    /// The value of the text; `Null` if a store handed out something that is no JSON.
    pub fn to_value(&self) -> serde_json::Value {
        serde_json::from_str(&self.0).unwrap_or_default()
    }
}

macro_rules! scalar {
    ($type:ty, $kind:expr, $what:literal, $method:ident, |$value:ident| $to:expr, |$stored:ident| $from:expr) => {
        impl Cell for $type {
            const KIND: Kind = $kind;
            const NULLABLE: bool = false;
            fn write(&self, out: &mut dyn CellWriter) {
                let $value = self;
                out.$method(Some($to));
            }
            fn read(from: &mut dyn CellReader) -> Result<Self, ReadError> {
                let $stored = from.$method()?.ok_or(ReadError::Missing($what))?;
                Ok($from)
            }
        }
        impl Cell for Option<$type> {
            const KIND: Kind = $kind;
            const NULLABLE: bool = true;
            fn write(&self, out: &mut dyn CellWriter) {
                out.$method(self.as_ref().map(|$value| $to));
            }
            fn read(from: &mut dyn CellReader) -> Result<Self, ReadError> {
                from.$method()?.map(|$stored| Ok($from)).transpose()
            }
        }
    };
}

scalar!(String, Kind::Text, "text", text, |value| value.as_str(), |stored| stored);
scalar!(Json, Kind::Json, "JSON", text, |value| value.0.as_str(), |stored| Json(stored));
scalar!(i64, Kind::Integer, "a number", integer, |value| *value, |stored| stored);
scalar!(f64, Kind::Float, "a number", float, |value| *value, |stored| stored);
scalar!(bool, Kind::Boolean, "true or false", boolean, |value| *value, |stored| stored);
scalar!(Timestamp, Kind::Timestamp, "a time", timestamp, |value| *value, |stored| stored);
scalar!(ConversationId, Kind::Text, "an id", text, |v| v.as_str(), |s| ConversationId::parse(&s)?);
scalar!(MessageId, Kind::Text, "an id", text, |v| v.as_str(), |s| MessageId::parse(&s)?);
scalar!(ContactId, Kind::Text, "an id", text, |v| v.as_str(), |s| ContactId::parse(&s)?);
scalar!(CompanyId, Kind::Text, "an id", text, |v| v.as_str(), |s| CompanyId::parse(&s)?);
scalar!(AdminId, Kind::Text, "an id", text, |v| v.as_str(), |s| AdminId::parse(&s)?);
scalar!(TeamId, Kind::Text, "an id", text, |v| v.as_str(), |s| TeamId::parse(&s)?);
scalar!(TagId, Kind::Text, "an id", text, |v| v.as_str(), |s| TagId::parse(&s)?);

impl Cell for Vec<String> {
    const KIND: Kind = Kind::TextList;
    const NULLABLE: bool = false;
    fn write(&self, out: &mut dyn CellWriter) {
        out.text_list(Some(self));
    }
    fn read(from: &mut dyn CellReader) -> Result<Self, ReadError> {
        from.text_list()?.ok_or(ReadError::Missing("a list"))
    }
}

impl Cell for Option<Vec<String>> {
    const KIND: Kind = Kind::TextList;
    const NULLABLE: bool = true;
    fn write(&self, out: &mut dyn CellWriter) {
        out.text_list(self.as_deref());
    }
    fn read(from: &mut dyn CellReader) -> Result<Self, ReadError> {
        from.text_list()
    }
}

impl<T: Item> Cell for Vec<T> {
    const KIND: Kind = Kind::StructList(T::FIELDS);
    const NULLABLE: bool = false;
    fn write(&self, out: &mut dyn CellWriter) {
        out.struct_list(self.len(), &mut |index, out| self[index].write(out));
    }
    fn read(from: &mut dyn CellReader) -> Result<Self, ReadError> {
        let mut items = Vec::new();
        from.struct_list(&mut |from| {
            items.push(T::read(from)?);
            Ok(())
        })?;
        Ok(items)
    }
}
