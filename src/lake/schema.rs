//! The Arrow schema of every table, derived from the model, and how its columns are written to Parquet.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef, TimeUnit};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{
    BloomFilterPosition, EnabledStatistics, WriterProperties, WriterPropertiesBuilder,
};
use parquet::schema::types::ColumnPath;

use crate::model::{Column, Conversation, Kind, Row, TableSpec};

/// Rows of one row group: what a reader loads to get at one conversation.
const ROW_GROUP_ROWS: usize = 10_000;
/// What one row group may hold in memory before it is written.
const ROW_GROUP_BYTES: usize = 8 * 1024 * 1024;

/// How much one row group holds at most.
#[derive(Debug, Clone, Copy)]
pub(super) struct GroupLimits {
    pub(super) rows: usize,
    /// In memory, before it is written.
    pub(super) bytes: usize,
}

impl GroupLimits {
    /// Of a table; derived ones are read as a whole, so theirs are as large as DuckDB's own.
    pub(super) fn of(table: &TableSpec) -> Self {
        match table.is_derived() {
            true => Self { rows: 122_880, bytes: 4 * ROW_GROUP_BYTES },
            false => Self { rows: ROW_GROUP_ROWS, bytes: ROW_GROUP_BYTES },
        }
    }
}
/// Rows of one page.
const PAGE_ROWS: usize = 2_000;
/// Rows, and bytes before compression, of one page of what people wrote: who reads one conversation unpacks a page of
/// it, which takes longer than all else together when it is large.
const TEXT_PAGE_ROWS: usize = 512;
const TEXT_PAGE_BYTES: usize = 128 * 1024;
/// Key of the metadata that names the version of a table's columns.
pub(super) const VERSION_KEY: &str = "fi.table_version";

/// The Arrow schema of a table. Built from the same constants every time.
pub fn arrow_schema(table: &TableSpec) -> SchemaRef {
    Arc::new(Schema::new(table.columns.iter().map(field).collect::<Vec<_>>()))
}

fn field(column: &Column) -> Field {
    Field::new(column.name, data_type(column.kind), column.nullable)
}

/// The Arrow type of a kind of column.
pub(super) fn data_type(kind: Kind) -> DataType {
    match kind {
        Kind::Text | Kind::Json => DataType::Utf8,
        Kind::Integer => DataType::Int64,
        Kind::Float => DataType::Float64,
        Kind::Boolean => DataType::Boolean,
        Kind::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
        Kind::TextList => DataType::List(list_item(DataType::Utf8)),
        Kind::StructList(fields) => DataType::List(list_item(DataType::Struct(struct_fields(fields)))),
    }
}

pub(super) fn list_item(item: DataType) -> Arc<Field> {
    Arc::new(Field::new("element", item, false))
}

pub(super) fn struct_fields(columns: &[Column]) -> Fields {
    columns.iter().map(field).collect()
}

/// How a table's files are written.
pub(super) fn writer_properties(table: &TableSpec) -> WriterProperties {
    let is_read_whole = table.is_derived();
    let (compression, page_rows) = match is_read_whole {
        // Half as large again, and a quarter faster to read.
        true => (Compression::SNAPPY, 10 * PAGE_ROWS),
        false => (Compression::ZSTD(ZstdLevel::try_new(3).unwrap_or_default()), PAGE_ROWS),
    };
    let version = KeyValue::new(VERSION_KEY.to_owned(), table.version.to_string());
    let builder = WriterProperties::builder()
        .set_created_by(format!("fi {}", env!("CARGO_PKG_VERSION")))
        .set_key_value_metadata(Some(vec![version]))
        .set_compression(compression)
        // Last, so that a row group is as long as its columns.
        .set_bloom_filter_position(BloomFilterPosition::End)
        .set_data_page_row_count_limit(page_rows)
        .set_write_batch_size(PAGE_ROWS)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        // Row groups that are taken over as they are leave it behind.
        .set_offset_index_disabled(is_read_whole);
    table.columns.iter().fold(builder, |builder, column| column_properties(builder, table, column)).build()
}

/// Columns whose values hardly repeat: a dictionary of them would only cost memory.
const FREE_TEXT: &[&str] = &["body_html", "body_text", "title", "extra", "url"];
/// Columns of conversations of which single values are shown: with a dictionary, all values of a row group would be
/// unpacked for one.
const SHOWN_ALONE: &[&str] =
    &["conversation_id", "contact_id", "contact_name", "contact_email", "company_name"];
/// Columns that name a row or what it belongs to.
const LOOKED_UP: &[&str] =
    &["conversation_id", "message_id", "contact_id", "company_id", "ticket_id", "email", "contact_email"];

fn column_properties(
    builder: WriterPropertiesBuilder,
    table: &TableSpec,
    column: &Column,
) -> WriterPropertiesBuilder {
    let is_read_whole = table.is_derived();
    let is_shown_alone = table.name == Conversation::TABLE.name && SHOWN_ALONE.contains(&column.name);
    let path = ColumnPath::from(column.name);
    let builder = if LOOKED_UP.contains(&column.name) {
        builder
            .set_column_bloom_filter_enabled(path.clone(), true)
            .set_column_bloom_filter_fpp(path.clone(), 0.01)
            .set_column_bloom_filter_max_ndv(path.clone(), ROW_GROUP_ROWS as u64)
    } else {
        builder
    };
    match column.kind {
        Kind::Timestamp | Kind::Integer | Kind::Float if is_read_whole => {
            builder.set_column_dictionary_enabled(path, false)
        }
        Kind::Timestamp => builder
            .set_column_dictionary_enabled(path.clone(), false)
            .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED),
        Kind::Text if column.name == "message_id" => builder
            .set_column_dictionary_enabled(path.clone(), false)
            .set_column_encoding(path, Encoding::DELTA_BYTE_ARRAY),
        Kind::Text if is_shown_alone => builder.set_column_dictionary_enabled(path, false),
        Kind::Text | Kind::Json if FREE_TEXT.contains(&column.name) => {
            let builder = builder.set_column_dictionary_enabled(path.clone(), false);
            match is_read_whole {
                true => builder,
                false => builder
                    .set_column_data_page_row_count_limit(path.clone(), TEXT_PAGE_ROWS)
                    .set_column_data_page_size_limit(path, TEXT_PAGE_BYTES),
            }
        }
        _ => builder,
    }
}
