//! DuckDB's types by name: of the columns of an answer, and of the kinds of columns the model has.

use arrow::datatypes::DataType;
use duckdb::core::{LogicalTypeHandle, LogicalTypeId};

use crate::model::Kind;

/// The DuckDB type of a kind of column, as `DESCRIBE` writes it.
pub fn sql_type_of(kind: Kind) -> String {
    match kind {
        Kind::Text | Kind::Json => "VARCHAR".to_owned(),
        Kind::Integer => "BIGINT".to_owned(),
        Kind::Float => "DOUBLE".to_owned(),
        Kind::Boolean => "BOOLEAN".to_owned(),
        Kind::Timestamp => "TIMESTAMP".to_owned(),
        Kind::TextList => "VARCHAR[]".to_owned(),
        Kind::StructList(fields) => {
            let fields =
                fields.iter().map(|field| format!("{} {}", identifier(field.name), sql_type_of(field.kind)));
            format!("STRUCT({})[]", fields.collect::<Vec<_>>().join(", "))
        }
    }
}

/// The type of an answer's column. The Arrow type tells the size of arrays, which the handle does not.
pub(super) fn sql_type(handle: &LogicalTypeHandle, arrow: &DataType) -> String {
    let child = |index: usize, arrow: &DataType| sql_type(&handle.child(index), arrow);
    match (handle.id(), arrow) {
        (LogicalTypeId::List, DataType::List(item) | DataType::LargeList(item)) => {
            format!("{}[]", child(0, item.data_type()))
        }
        (LogicalTypeId::Array, DataType::FixedSizeList(item, size)) => {
            format!("{}[{size}]", child(0, item.data_type()))
        }
        (LogicalTypeId::Map, DataType::Map(entries, _)) => match entries.data_type() {
            DataType::Struct(pair) if pair.len() == 2 => {
                format!("MAP({}, {})", child(0, pair[0].data_type()), child(1, pair[1].data_type()))
            }
            _ => "MAP".to_owned(),
        },
        (LogicalTypeId::Struct, DataType::Struct(fields)) => {
            let fields = fields.iter().enumerate().map(|(index, field)| {
                format!("{} {}", identifier(field.name()), child(index, field.data_type()))
            });
            format!("STRUCT({})", fields.collect::<Vec<_>>().join(", "))
        }
        (LogicalTypeId::Decimal, _) => {
            format!("DECIMAL({},{})", handle.decimal_width(), handle.decimal_scale())
        }
        (id, _) => handle.get_alias().unwrap_or_else(|| name(id).to_owned()),
    }
}

fn name(id: LogicalTypeId) -> &'static str {
    match id {
        LogicalTypeId::Boolean => "BOOLEAN",
        LogicalTypeId::Tinyint => "TINYINT",
        LogicalTypeId::Smallint => "SMALLINT",
        LogicalTypeId::Integer => "INTEGER",
        LogicalTypeId::Bigint => "BIGINT",
        LogicalTypeId::Hugeint => "HUGEINT",
        LogicalTypeId::UTinyint => "UTINYINT",
        LogicalTypeId::USmallint => "USMALLINT",
        LogicalTypeId::UInteger => "UINTEGER",
        LogicalTypeId::UBigint => "UBIGINT",
        LogicalTypeId::UHugeint => "UHUGEINT",
        LogicalTypeId::Bignum => "BIGNUM",
        LogicalTypeId::Float => "FLOAT",
        LogicalTypeId::Double => "DOUBLE",
        LogicalTypeId::Date => "DATE",
        LogicalTypeId::Time => "TIME",
        LogicalTypeId::TimeNs => "TIME_NS",
        LogicalTypeId::TimeTZ => "TIME WITH TIME ZONE",
        LogicalTypeId::Timestamp => "TIMESTAMP",
        LogicalTypeId::TimestampS => "TIMESTAMP_S",
        LogicalTypeId::TimestampMs => "TIMESTAMP_MS",
        LogicalTypeId::TimestampNs => "TIMESTAMP_NS",
        LogicalTypeId::TimestampTZ => "TIMESTAMP WITH TIME ZONE",
        LogicalTypeId::Interval => "INTERVAL",
        LogicalTypeId::Varchar => "VARCHAR",
        LogicalTypeId::Blob => "BLOB",
        LogicalTypeId::Bit => "BIT",
        LogicalTypeId::Enum => "ENUM",
        LogicalTypeId::Uuid => "UUID",
        LogicalTypeId::Union => "UNION",
        LogicalTypeId::List => "LIST",
        LogicalTypeId::Struct => "STRUCT",
        LogicalTypeId::Array => "ARRAY",
        LogicalTypeId::Map => "MAP",
        LogicalTypeId::SqlNull => "\"NULL\"",
        LogicalTypeId::Geometry => "GEOMETRY",
        LogicalTypeId::Variant => "VARIANT",
        _ => "UNKNOWN",
    }
}

/// A name as it is written inside a type: quoted only if it must be.
fn identifier(name: &str) -> String {
    let is_plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if is_plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}
