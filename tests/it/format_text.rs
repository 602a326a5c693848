//! How values look in every text format.

use std::sync::Arc;

use crate::support::batches::Answer;
use crate::support::little_lake::{LittleLake, written};
use arrow::array::{ArrayRef, Float64Array, Int64Array, StringArray, TimestampMicrosecondArray};
use fastintercom::engine::QueryOptions;
use fastintercom::format::{Format, InZone, LineOutput, TableLook};
use fastintercom::lake::Partitioning;

fn texts(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

fn answer() -> Answer {
    let times = [Some(1_793_534_400_000_000), None, Some(1_793_534_400_500_000)];
    Answer::new(vec![
        ("state", "VARCHAR", texts(&[Some("open"), None, Some("on \"hold\", or\nso")])),
        ("n", "BIGINT", Arc::new(Int64Array::from(vec![Some(12), Some(-3_456), None]))),
        ("share", "DOUBLE", Arc::new(Float64Array::from(vec![0.5, f64::NAN, f64::NEG_INFINITY]))),
        ("created_at", "TIMESTAMP", Arc::new(TimestampMicrosecondArray::from(times.to_vec()))),
        ("extra", "JSON", texts(&[Some("{\"a\":\n1}"), Some("no json"), None])),
    ])
}

#[test]
fn a_table_for_people() {
    let (text, notes) = answer().table(TableLook { width: 80, ..TableLook::default() });
    assert_eq!(
        text,
        "\
┌──────────────────┬────────┬────────┬───────────────────────┬──────────┐
│ state            │      n │  share │ created_at            │ extra    │
│ VARCHAR          │ BIGINT │ DOUBLE │ TIMESTAMP             │ JSON     │
├──────────────────┼────────┼────────┼───────────────────────┼──────────┤
│ open             │     12 │    0.5 │ 2026-11-01 12:00:00   │ {\"a\":↵1} │
│ NULL             │  -3456 │    NaN │ NULL                  │ no json  │
│ on \"hold\", or↵so │   NULL │   -inf │ 2026-11-01 12:00:00.5 │ NULL     │
└──────────────────┴────────┴────────┴───────────────────────┴──────────┘
"
    );
    assert_eq!((notes.columns, notes.shown_columns, notes.has_cut_text), (5, 5, false));
}

#[test]
fn a_narrow_table_cuts_texts_then_columns_that_tell_least() {
    let look = TableLook { width: 40, unicode: false, colour: false };
    let (text, notes) = answer().table(look);
    assert_eq!(
        text,
        "\
+----------------+--------+--------+---+
| state          |      n |  share | ~ |
| VARCHAR        | BIGINT | DOUBLE | ~ |
+----------------+--------+--------+---+
| open           |     12 |    0.5 | ~ |
| NULL           |  -3456 |    NaN | ~ |
| on \"hold\", or~ |   NULL |   -inf | ~ |
+----------------+--------+--------+---+
"
    );
    assert_eq!((notes.columns, notes.shown_columns, notes.has_cut_text), (5, 3, true));
}

#[test]
fn columns_without_values_give_way_to_those_with_some() {
    let none = || texts(&[None, None]);
    let answer = Answer::new(vec![
        ("first_column", "VARCHAR", none()),
        ("empty_column", "VARCHAR", none()),
        ("constant_column", "VARCHAR", texts(&[Some("always"), Some("always")])),
        ("differs", "VARCHAR", texts(&[Some("one"), Some("two")])),
        ("empty_again", "VARCHAR", none()),
    ]);
    let (text, notes) = answer.table(TableLook { width: 52, ..TableLook::default() });
    assert_eq!(
        text,
        "\
┌──────────────┬───┬─────────────────┬─────────┬───┐
│ first_column │ … │ constant_column │ differs │ … │
│ VARCHAR      │ … │ VARCHAR         │ VARCHAR │ … │
├──────────────┼───┼─────────────────┼─────────┼───┤
│ NULL         │ … │ always          │ one     │ … │
│ NULL         │ … │ always          │ two     │ … │
└──────────────┴───┴─────────────────┴─────────┴───┘
"
    );
    assert_eq!((notes.columns, notes.shown_columns), (5, 3));
}

#[test]
fn colours_mark_names_types_and_missing_values() {
    let answer = Answer::new(vec![("a", "VARCHAR", texts(&[None]))]);
    let (text, _) = answer.table(TableLook { colour: true, ..TableLook::default() });
    assert!(text.contains("│ \x1b[1ma\x1b[0m       │"), "{text}");
    assert!(
        text.contains("│ \x1b[2mVARCHAR\x1b[0m │") && text.contains("│ \x1b[2mNULL\x1b[0m    │"),
        "{text}"
    );
}

#[test]
fn wide_characters_stay_in_line() {
    let answer = Answer::new(vec![
        (
            "body",
            "VARCHAR",
            texts(&[Some("日本語のとても長い文章です"), Some("👩‍👩‍👧 👍🏽 ok"), Some("a\u{202e}b\x1b[31m")]),
        ),
        ("id", "VARCHAR", texts(&[Some("1"), Some("2"), Some("3")])),
    ]);
    let (text, _) = answer.table(TableLook { width: 30, ..TableLook::default() });
    assert_eq!(
        text,
        "\
┌──────────────────┬─────────┐
│ body             │ id      │
│ VARCHAR          │ VARCHAR │
├──────────────────┼─────────┤
│ 日本語のとても…  │ 1       │
│ 👩‍👩‍👧 👍🏽 ok         │ 2       │
│ a\\u{202e}b\\u{1b… │ 3       │
└──────────────────┴─────────┘
"
    );
}

#[test]
fn markdown() {
    assert_eq!(
        answer().text(Format::Markdown),
        "\
| state | n | share | created_at | extra |
| --- | ---: | ---: | --- | --- |
| open | 12 | 0.5 | 2026-11-01 12:00:00 | {\"a\":<br>1} |
|  | -3456 | NaN |  | no json |
| on \"hold\", or<br>so |  | -inf | 2026-11-01 12:00:00.5 |  |
"
    );
}

#[test]
fn one_column_a_line() {
    assert_eq!(
        answer().text(Format::Line),
        "\
─ 1 ────────────────────────────────────────────────────────
state      │ open
n          │ 12
share      │ 0.5
created_at │ 2026-11-01 12:00:00
extra      │ {\"a\":
           │ 1}
─ 2 ────────────────────────────────────────────────────────
state      │ NULL
n          │ -3456
share      │ NaN
created_at │ NULL
extra      │ no json
─ 3 ────────────────────────────────────────────────────────
state      │ on \"hold\", or
           │ so
n          │ NULL
share      │ -inf
created_at │ 2026-11-01 12:00:00.5
extra      │ NULL
"
    );
}

#[test]
fn lines_without_unicode_or_with_colours() {
    let answer = Answer::new(vec![("a", "VARCHAR", texts(&[Some("x\x1b[31m"), None]))]);
    let shown = |look| {
        let mut out = Vec::new();
        answer.give(&mut LineOutput::new(&mut out, look), 1);
        String::from_utf8(out).unwrap()
    };
    let plain = TableLook { width: 8, unicode: false, colour: false };
    assert_eq!(shown(plain), "- 1 ----\na | x\\u{1b}[31m\n- 2 ----\na | NULL\n");
    let colour = TableLook { colour: true, ..plain };
    assert!(shown(colour).ends_with("\x1b[1ma\x1b[0m | \x1b[2mNULL\x1b[0m\n"));
}

#[test]
fn html_is_a_page_in_which_text_stays_text() {
    let page = answer().text(Format::Html);
    assert!(page.starts_with("<!doctype html>\n<meta charset=\"utf-8\">\n"), "{page}");
    assert!(
        page.contains("<th title=\"VARCHAR\">state</th><th class=\"number\" title=\"BIGINT\">n</th>"),
        "{page}"
    );
    assert!(
        page.ends_with(
            "<tr><td>on &quot;hold&quot;, or<br>so</td><td class=\"null\">NULL</td><td class=\"number\">-inf</td>\
             <td>2026-11-01 12:00:00.5</td><td class=\"null\">NULL</td></tr>\n</tbody>\n</table>\n"
        ),
        "{page}"
    );
    let hostile = Answer::new(vec![("<b>", "VARCHAR", texts(&[Some("<script>alert('&')</script>")]))]);
    let page = hostile.text(Format::Html);
    assert!(
        page.contains("<td>&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;</td>")
            && page.contains(">&lt;b&gt;</th>"),
        "{page}"
    );
}

#[test]
fn csv() {
    assert_eq!(
        answer().text(Format::Csv),
        "state,n,share,created_at,extra\nopen,12,0.5,2026-11-01 12:00:00,\"{\"\"a\"\":\n1}\"\n,-3456,NaN,,no json\n\
         \"on \"\"hold\"\", or\nso\",,-inf,2026-11-01 12:00:00.5,\n"
    );
}

#[test]
fn json_and_ndjson() {
    let rows = [
        r#"{"state":"open","n":12,"share":0.5,"created_at":"2026-11-01T12:00:00","extra":{"a": 1}}"#,
        r#"{"state":null,"n":-3456,"share":"NaN","created_at":null,"extra":"no json"}"#,
        r#"{"state":"on \"hold\", or\nso","n":null,"share":"-Infinity","created_at":"2026-11-01T12:00:00.5","extra":null}"#,
    ];
    assert_eq!(answer().text(Format::Ndjson), rows.map(|row| format!("{row}\n")).concat());
    assert_eq!(answer().text(Format::Json), format!("[\n{}\n]\n", rows.join(",\n")));
}

#[test]
fn no_rows_are_a_header_or_an_empty_list() {
    let answer = Answer::new(vec![("a", "VARCHAR", texts(&[]))]);
    assert_eq!(answer.text(Format::Csv), "a\n");
    assert_eq!(answer.text(Format::Json), "[]\n");
    assert_eq!(answer.text(Format::Ndjson), "");
    assert_eq!(answer.text(Format::Markdown), "| a |\n| --- |\n");
    assert_eq!(answer.text(Format::Table).lines().count(), 5);
}

/// Every type DuckDB has, as the engine gives it.
#[test]
fn values_of_every_type() {
    let lake = LittleLake::empty(Partitioning::Month);
    let sql = "SELECT 170141183460469231731687303715884105727::HUGEINT AS huge, -1.50::DECIMAL(18,3) AS decimal,
        9007199254740993 AS big, 1e300::DOUBLE AS double, 0.1::FLOAT AS float, '{\"a\": [1]}'::JSON AS json,
        'a81bc81b-dead-4e5d-abff-90865d1e13b1'::UUID AS uuid, INTERVAL '14 months 3 days 04:05:06.5' AS interval,
        'b'::ENUM('a', 'b') AS enum, MAP {'k': 1} AS map, MAP {1: 'v'} AS int_map, {'a': 1, 'b': [NULL, 'x']} AS struct,
        [[1, 2], NULL] AS list, [1, 2]::INT[2] AS array, 'a\\xC3\"'::BLOB AS blob, DATE '2026-11-01' AS date,
        DATE '-infinity' AS never, TIME '10:00:00.25' AS time, TIMESTAMP '2026-11-01 12:00:00' AS timestamp,
        TIMESTAMP_NS '2026-11-01 12:00:00.123456789' AS nanos, TIMESTAMP '2026-11-01 12:00' AT TIME ZONE 'UTC' AS zoned,
        true AS yes, NULL AS nothing, union_value(k := 5) AS union, 'x'::VARCHAR AS text";
    let table = lake.engine().query(sql, &QueryOptions::default()).unwrap();
    let json: serde_json::Value = serde_json::from_str(&written(&table, Format::Ndjson)).unwrap();
    let expected = serde_json::json!({
        "huge": 1.7014118346046923e38, "decimal": -1.5, "big": 9_007_199_254_740_993_i64, "double": 1e300, "float": 0.1,
        "json": {"a": [1]}, "uuid": "a81bc81b-dead-4e5d-abff-90865d1e13b1",
        "interval": "1 year 2 months 3 days 04:05:06.5", "enum": "b", "map": {"k": 1},
        "int_map": [{"key": 1, "value": "v"}], "struct": {"a": 1, "b": [null, "x"]}, "list": [[1, 2], null],
        "array": [1, 2], "blob": "a\\xC3\\x22", "date": "2026-11-01", "never": "-infinity", "time": "10:00:00.25",
        "timestamp": "2026-11-01T12:00:00", "nanos": "2026-11-01T12:00:00.123456789",
        "zoned": "2026-11-01T12:00:00+00:00", "yes": true, "nothing": null, "union": 5, "text": "x",
    });
    assert_eq!(json, expected);
    let csv = written(&table, Format::Csv);
    assert!(
        csv.contains("170141183460469231731687303715884105727,-1.500,9007199254740993,1e300,0.1,"),
        "{csv}"
    );
    assert!(csv.contains("\"{\"\"a\"\":1,\"\"b\"\":[null,\"\"x\"\"]}\",\"[[1,2],null]\",\"[1,2]\""), "{csv}");
    assert!(csv.contains("2026-11-01 12:00:00+00:00"), "{csv}");
    written(&table, Format::Table);
    written(&table, Format::Markdown);
}

#[test]
fn a_zone_moves_utc_times_and_leaves_local_ones() {
    let lake = LittleLake::empty(Partitioning::Month);
    let sql = "SELECT now() AS created_at, now() AS local, now() AT TIME ZONE 'UTC' AS zoned, NULL::TIMESTAMP AS closed_at, 1 AS n";
    let table = lake.engine().query(sql, &QueryOptions::default()).unwrap();
    let mut out = Vec::new();
    let mut csv = Format::Csv.writer(&mut out);
    table.write(&mut InZone::new(&mut *csv, chrono_tz::Tz::Asia__Kolkata)).unwrap();
    drop(csv);
    let text = String::from_utf8(out).unwrap();
    assert_eq!(
        text.lines().nth(1).unwrap(),
        "2026-11-21 17:30:00+05:30,2026-11-21 12:00:00,2026-11-21 17:30:00+05:30,,1"
    );
}

#[test]
fn a_plan_is_shown_as_it_was_drawn() {
    let lake = LittleLake::empty(Partitioning::Month);
    let table = lake.engine().query("EXPLAIN SELECT 42", &QueryOptions::default()).unwrap();
    let text = written(&table, Format::Table);
    assert!(text.starts_with("╭─ Projection") && text.lines().count() > 3, "{text}");
}
