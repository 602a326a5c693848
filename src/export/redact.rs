//! What is personal: which columns it is in, and what they become.
//!
//! A column is kept only if its class says that it is of no person. Of the others those whose whole value names
//! somebody or something can be hashed; all else is free text, which nobody can tell from a name after hashing, and is
//! left out. JSON is free text too, whatever its class: nobody knows what will be in it.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringBuilder};
use arrow::datatypes::{DataType, Schema, SchemaRef};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::params::Redaction;
use crate::engine::{Column, Output, View, ViewColumn};
use crate::model::{self, Class, Kind};

/// Personal columns whose value as a whole names a person, a company or a place.
const NAMING: &[&str] = &[
    "external_id",
    "contact_external_id",
    "name",
    "contact_name",
    "author_name",
    "company_name",
    "admin_assignee_name",
    "email",
    "contact_email",
    "author_email",
    "email_domain",
    "phone",
    "country",
    "region",
    "city",
    "job_title",
    "website",
];

/// Hashes kept at most: people write more than one message.
const MOST_KEPT: usize = 100_000;

/// What becomes of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Treatment {
    /// It is exported as it is.
    Keep,
    /// Its values are replaced by hashes.
    Hash,
    /// Of the structs in its lists only these fields are exported.
    Fields(Vec<&'static model::Column>),
    /// It is left out, for this reason.
    Drop(&'static str),
}

/// What becomes of a column of a view.
pub(super) fn treatment(view: &View, column: &ViewColumn, redaction: Option<&Redaction>) -> Treatment {
    let of_lake = view.table().and_then(|table| Some(&table.columns[table.column_index(&column.name)?]));
    if column.class == Class::Secret {
        return Treatment::Drop("secret");
    }
    let Some(redaction) = redaction else { return Treatment::Keep };
    if of_lake.is_some_and(|column| column.kind == Kind::Json) {
        return Treatment::Drop("free text: JSON may hold anything");
    }
    match (column.class, redaction) {
        (Class::Public, _) => of_lake.map_or(Treatment::Keep, |column| fields(column.kind)),
        (_, Redaction::Drop) => Treatment::Drop("personal"),
        (_, Redaction::Hash { .. }) if NAMING.contains(&column.name.as_str()) => Treatment::Hash,
        _ => Treatment::Drop("free text: a hash of it would be of no use"),
    }
}

/// Structs in a list lose their personal fields.
fn fields(kind: Kind) -> Treatment {
    let Kind::StructList(fields) = kind else { return Treatment::Keep };
    let is_kept = |field: &&model::Column| field.class == Class::Public && field.kind != Kind::Json;
    let kept: Vec<&model::Column> = fields.iter().filter(is_kept).collect();
    if kept.len() == fields.len() { Treatment::Keep } else { Treatment::Fields(kept) }
}

/// Makes hashes with one key.
pub(super) struct Hasher {
    keyed: Hmac<Sha256>,
    kept: HashMap<String, String>,
}

impl Hasher {
    /// With a key of any length.
    pub(super) fn new(key: &[u8]) -> Self {
        let keyed = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
        Self { keyed, kept: HashMap::new() }
    }

    /// The HMAC-SHA-256 of a text, in hexadecimal digits.
    fn hash(&mut self, text: &str) -> &str {
        if self.kept.len() >= MOST_KEPT {
            self.kept.clear();
        }
        let keyed = &self.keyed;
        self.kept.entry(text.to_owned()).or_insert_with(|| {
            let code = keyed.clone().chain_update(text.as_bytes()).finalize().into_bytes();
            code.iter().map(|byte| format!("{byte:02x}")).collect()
        })
    }

    fn array(&mut self, texts: &ArrayRef) -> io::Result<ArrayRef> {
        let texts =
            texts.as_string_opt::<i32>().ok_or_else(|| io::Error::other("only text can be hashed"))?;
        let mut hashes = StringBuilder::with_capacity(texts.len(), texts.len() * 64);
        texts.iter().for_each(|text| hashes.append_option(text.map(|text| self.hash(text))));
        Ok(Arc::new(hashes.finish()))
    }
}

/// Passes rows on with the values of some columns hashed.
pub(super) struct Hashed<'a> {
    inner: &'a mut dyn Output,
    hasher: &'a mut Hasher,
    names: &'a [&'a str],
    /// Where these columns are.
    places: Vec<usize>,
    schema: SchemaRef,
}

impl<'a> Hashed<'a> {
    /// Of the columns of these names.
    pub(super) fn new(inner: &'a mut dyn Output, hasher: &'a mut Hasher, names: &'a [&'a str]) -> Self {
        Self { inner, hasher, names, places: Vec::new(), schema: Arc::new(Schema::empty()) }
    }
}

impl Output for Hashed<'_> {
    fn columns(&mut self, columns: &[Column]) -> io::Result<()> {
        let is_hashed = |column: &Column| self.names.contains(&column.name.as_str());
        self.places = (0..columns.len()).filter(|place| is_hashed(&columns[*place])).collect();
        if self.places.len() != self.names.len()
            || self.places.iter().any(|place| columns[*place].field.data_type() != &DataType::Utf8)
        {
            return Err(io::Error::other("a column that should be hashed is not there as text"));
        }
        self.schema =
            Arc::new(Schema::new(columns.iter().map(|column| Arc::clone(&column.field)).collect::<Vec<_>>()));
        self.inner.columns(columns)
    }

    fn rows(&mut self, batch: &RecordBatch) -> io::Result<()> {
        let mut arrays = batch.columns().to_vec();
        for place in &self.places {
            arrays[*place] = self.hasher.array(&arrays[*place])?;
        }
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), arrays).map_err(io::Error::other)?;
        self.inner.rows(&batch)
    }

    fn end(&mut self) -> io::Result<()> {
        self.inner.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::VIEWS;
    use crate::lake::Partitioning;

    #[test]
    fn every_name_that_can_be_hashed_is_of_a_personal_text() {
        let columns: Vec<_> = VIEWS.iter().flat_map(|view| view.columns(Partitioning::Month)).collect();
        for name in NAMING {
            let mut of_name = columns.iter().filter(|column| column.name == *name).peekable();
            assert!(of_name.peek().is_some(), "there is no column {name}");
            assert!(of_name.clone().any(|column| column.class == Class::Personal), "{name} is public");
            assert!(of_name.all(|column| column.sql_type == "VARCHAR"), "{name} is no text");
        }
    }

    #[test]
    fn hashes_are_those_of_rfc_4231() {
        let mut hasher = Hasher::new(b"Jefe");
        let code = hasher.hash("what do ya want for nothing?");
        assert_eq!(code, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }
}
