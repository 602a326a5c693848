//! One value of a column as plain text: what CSV, Markdown and the table show.
//!
//! Lists, structs and the like come out as JSON, so that one rule covers all nesting.

use std::borrow::Cow;
use std::fmt::Write;

use arrow::array::{Array, AsArray, UnionArray};
use arrow::datatypes::{
    ArrowDictionaryKeyType, DataType, Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type,
    Decimal256Type, DurationMicrosecondType, DurationMillisecondType, DurationNanosecondType,
    DurationSecondType, Field, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, IntervalDayTimeType, IntervalMonthDayNano, IntervalMonthDayNanoType, IntervalUnit,
    IntervalYearMonthType, Time32MillisecondType, Time32SecondType, Time64MicrosecondType,
    Time64NanosecondType, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};

use super::json;
use super::time::{self, Between};

const MILLIS_PER_DAY: i64 = 86_400_000;

/// Whether a value is there.
pub(super) fn is_null(array: &dyn Array, row: usize) -> bool {
    match array.data_type() {
        DataType::Null => true,
        DataType::Dictionary(key, _) => match dictionary_key(array, key, row) {
            Some(key) => is_null(array.as_any_dictionary().values().as_ref(), key),
            None => true,
        },
        DataType::Union(..) => {
            let Some(union) = array.as_any().downcast_ref::<UnionArray>() else { return true };
            let (_, value) = chosen(union, row);
            is_null(value.as_ref(), 0)
        }
        _ => array.is_null(row),
    }
}

/// A value as text; `None` when there is none.
pub(super) fn text<'a>(
    field: &Field,
    array: &'a dyn Array,
    row: usize,
    between: Between,
) -> Option<Cow<'a, str>> {
    if is_null(array, row) {
        return None;
    }
    Some(match array.data_type() {
        DataType::Utf8 => Cow::Borrowed(array.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => Cow::Borrowed(array.as_string::<i64>().value(row)),
        DataType::Utf8View => Cow::Borrowed(array.as_string_view().value(row)),
        DataType::Dictionary(key, _) => {
            let key = dictionary_key(array, key, row)?;
            return text(field, array.as_any_dictionary().values().as_ref(), key, between);
        }
        _ => {
            let mut out = String::new();
            if !scalar(&mut out, array, row, between) {
                json::value(&mut out, field, array, row);
            }
            Cow::Owned(out)
        }
    })
}

/// Whether columns of this type are numbers, to be lined up on the right.
pub(super) fn is_number(data_type: &DataType) -> bool {
    data_type.is_numeric()
}

/// Writes a scalar that is there; false when the value is nested.
pub(super) fn scalar(out: &mut String, array: &dyn Array, row: usize, between: Between) -> bool {
    match array.data_type() {
        DataType::Boolean => out.push_str(if array.as_boolean().value(row) { "true" } else { "false" }),
        data_type if is_number(data_type) => number(out, array, row),
        DataType::Binary => bytes(out, array.as_binary::<i32>().value(row)),
        DataType::LargeBinary => bytes(out, array.as_binary::<i64>().value(row)),
        DataType::BinaryView => bytes(out, array.as_binary_view().value(row)),
        DataType::FixedSizeBinary(_) => bytes(out, array.as_fixed_size_binary().value(row)),
        data_type if data_type.is_temporal() => temporal(out, array, row, between),
        _ => return false,
    }
    true
}

/// Digits, as many as it takes to get the same number back.
fn number(out: &mut String, array: &dyn Array, row: usize) {
    macro_rules! shown {
        ($type:ty, $form:literal) => {
            push(out, format_args!($form, array.as_primitive::<$type>().value(row)))
        };
    }
    macro_rules! decimal {
        ($type:ty) => {
            out.push_str(&array.as_primitive::<$type>().value_as_string(row))
        };
    }
    match array.data_type() {
        DataType::Int8 => shown!(Int8Type, "{}"),
        DataType::Int16 => shown!(Int16Type, "{}"),
        DataType::Int32 => shown!(Int32Type, "{}"),
        DataType::Int64 => shown!(Int64Type, "{}"),
        DataType::UInt8 => shown!(UInt8Type, "{}"),
        DataType::UInt16 => shown!(UInt16Type, "{}"),
        DataType::UInt32 => shown!(UInt32Type, "{}"),
        DataType::UInt64 => shown!(UInt64Type, "{}"),
        DataType::Float16 => shown!(Float16Type, "{:?}"),
        DataType::Float32 => shown!(Float32Type, "{:?}"),
        DataType::Float64 => shown!(Float64Type, "{:?}"),
        DataType::Decimal32(..) => decimal!(Decimal32Type),
        DataType::Decimal64(..) => decimal!(Decimal64Type),
        DataType::Decimal128(..) => decimal!(Decimal128Type),
        DataType::Decimal256(..) => decimal!(Decimal256Type),
        _ => {}
    }
}

fn temporal(out: &mut String, array: &dyn Array, row: usize, between: Between) {
    match array.data_type() {
        DataType::Date32 => time::date(out, array.as_primitive::<Date32Type>().value(row)),
        DataType::Date64 => {
            let days = array.as_primitive::<Date64Type>().value(row).div_euclid(MILLIS_PER_DAY);
            time::date(out, i32::try_from(days).unwrap_or(i32::MAX));
        }
        DataType::Time32(TimeUnit::Second) => {
            time::time(out, array.as_primitive::<Time32SecondType>().value(row).into(), TimeUnit::Second);
        }
        DataType::Time32(unit) => {
            time::time(out, array.as_primitive::<Time32MillisecondType>().value(row).into(), *unit);
        }
        DataType::Time64(TimeUnit::Nanosecond) => {
            time::time(out, array.as_primitive::<Time64NanosecondType>().value(row), TimeUnit::Nanosecond);
        }
        DataType::Time64(unit) => {
            time::time(out, array.as_primitive::<Time64MicrosecondType>().value(row), *unit);
        }
        DataType::Timestamp(unit, zone) => {
            let value = timestamp_value(array, *unit, row);
            match zone {
                Some(zone) => time::timestamp_in(out, value, *unit, zone, between),
                None => time::timestamp(out, value, *unit, between),
            }
        }
        DataType::Duration(unit) => duration(out, array, *unit, row),
        DataType::Interval(unit) => time::interval(out, interval(array, *unit, row)),
        _ => {}
    }
}

fn timestamp_value(array: &dyn Array, unit: TimeUnit, row: usize) -> i64 {
    match unit {
        TimeUnit::Second => array.as_primitive::<TimestampSecondType>().value(row),
        TimeUnit::Millisecond => array.as_primitive::<TimestampMillisecondType>().value(row),
        TimeUnit::Microsecond => array.as_primitive::<TimestampMicrosecondType>().value(row),
        TimeUnit::Nanosecond => array.as_primitive::<TimestampNanosecondType>().value(row),
    }
}

fn duration(out: &mut String, array: &dyn Array, unit: TimeUnit, row: usize) {
    let (value, nanos_each) = match unit {
        TimeUnit::Second => (array.as_primitive::<DurationSecondType>().value(row), 1_000_000_000),
        TimeUnit::Millisecond => (array.as_primitive::<DurationMillisecondType>().value(row), 1_000_000),
        TimeUnit::Microsecond => (array.as_primitive::<DurationMicrosecondType>().value(row), 1_000),
        TimeUnit::Nanosecond => (array.as_primitive::<DurationNanosecondType>().value(row), 1),
    };
    time::interval(out, IntervalMonthDayNano::new(0, 0, value.saturating_mul(nanos_each)));
}

fn interval(array: &dyn Array, unit: IntervalUnit, row: usize) -> IntervalMonthDayNano {
    match unit {
        IntervalUnit::MonthDayNano => array.as_primitive::<IntervalMonthDayNanoType>().value(row),
        IntervalUnit::YearMonth => {
            IntervalMonthDayNano::new(array.as_primitive::<IntervalYearMonthType>().value(row), 0, 0)
        }
        IntervalUnit::DayTime => {
            let value = array.as_primitive::<IntervalDayTimeType>().value(row);
            IntervalMonthDayNano::new(0, value.days, i64::from(value.milliseconds) * 1_000_000)
        }
    }
}

/// Printable ASCII as it is, all else as `\xC3`: the text DuckDB casts back to a BLOB.
fn bytes(out: &mut String, bytes: &[u8]) {
    for byte in bytes {
        match byte {
            b' '..=b'~' if *byte != b'\\' && *byte != b'"' && *byte != b'\'' => out.push(char::from(*byte)),
            _ => push(out, format_args!("\\x{byte:02X}")),
        }
    }
}

/// The place of a row's value among a dictionary's values.
pub(super) fn dictionary_key(array: &dyn Array, key: &DataType, row: usize) -> Option<usize> {
    fn of<K: ArrowDictionaryKeyType>(array: &dyn Array, row: usize) -> Option<usize> {
        array.as_dictionary::<K>().key(row)
    }
    match key {
        DataType::UInt8 => of::<UInt8Type>(array, row),
        DataType::UInt16 => of::<UInt16Type>(array, row),
        DataType::UInt32 => of::<UInt32Type>(array, row),
        DataType::UInt64 => of::<UInt64Type>(array, row),
        DataType::Int8 => of::<Int8Type>(array, row),
        DataType::Int16 => of::<Int16Type>(array, row),
        DataType::Int32 => of::<Int32Type>(array, row),
        DataType::Int64 => of::<Int64Type>(array, row),
        _ => None,
    }
}

/// The field and value a union holds in a row.
pub(super) fn chosen(union: &UnionArray, row: usize) -> (Option<Field>, arrow::array::ArrayRef) {
    let id = union.type_id(row);
    let field = match union.data_type() {
        DataType::Union(fields, _) => fields.iter().find(|(of, _)| *of == id).map(|(_, field)| field),
        _ => None,
    };
    (field.map(|field| field.as_ref().clone()), union.value(row))
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = out.write_fmt(text);
}
