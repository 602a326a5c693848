//! `catalog.sql` of an export: views over its files for DuckDB, with what they and their columns mean, so that it can be
//! asked as the lake can.

use super::params::{ExportFormat, ExportLayout, ExportParams};
use super::plan::{Plan, Planned, PlannedColumn};
use crate::engine::literal;

const HEAD: &str = include_str!("sql/catalog_head.sql");

/// The most bytes of one row that readers of text files take: far above any message, to miss none.
const MOST_ROW_BYTES: u32 = 64 << 20;

/// The text of `catalog.sql`.
pub(super) fn catalog(plan: &Plan, params: &ExportParams) -> String {
    plan.tables.iter().fold(HEAD.to_owned(), |sql, table| sql + "\n" + &view(table, params))
}

/// The statements that make the view of one table.
fn view(table: &Planned, params: &ExportParams) -> String {
    let name = table.view.name;
    let is_hive = params.layout == ExportLayout::Hive && table.is_by_month;
    let mut columns: Vec<String> = table.columns.iter().map(|column| read(column, params.format)).collect();
    if is_hive && table.view.table().is_some_and(|table| table.is_partitioned) {
        columns.push("month".to_owned());
    }
    let from = match params.format {
        ExportFormat::Csv => format!(
            "read_csv(\n    '{name}.csv', header = true, auto_detect = false, nullstr = '', allow_quoted_nulls = false,\n    \
             delim = ',', quote = '\"', escape = '\"', max_line_size = {MOST_ROW_BYTES},\n    columns = {}\n)",
            types(table, params.format)
        ),
        ExportFormat::Ndjson => format!(
            "read_json(\n    '{name}.ndjson', format = 'newline_delimited', maximum_object_size = {MOST_ROW_BYTES},\n    \
             columns = {}\n)",
            types(table, params.format)
        ),
        _ if is_hive => format!("read_parquet('{name}/*/*.parquet', hive_partitioning = true)"),
        _ => format!("read_parquet('{name}.parquet')"),
    };
    let columns = columns.join(",\n    ");
    let mut sql = format!("CREATE OR REPLACE VIEW {name} AS\nSELECT\n    {columns}\nFROM {from};\n");
    sql.push_str(&format!("COMMENT ON VIEW {name} IS {};\n", literal(table.view.grain())));
    for PlannedColumn { column, .. } in &table.columns {
        let description = literal(&column.description);
        sql.push_str(&format!("COMMENT ON COLUMN {name}.{} IS {description};\n", column.name));
    }
    sql
}

/// A column as the view has it: with the type it has in the lake.
fn read(column: &PlannedColumn, format: ExportFormat) -> String {
    let (name, sql_type) = (&column.column.name, &column.column.sql_type);
    match format {
        // In CSV lists are JSON, which is text to the reader.
        ExportFormat::Csv if is_list(sql_type) => format!("{name}::JSON::{sql_type} AS {name}"),
        _ => name.clone(),
    }
}

/// The types a reader of text is told, as a struct of texts.
fn types(table: &Planned, format: ExportFormat) -> String {
    let types = table.columns.iter().map(|PlannedColumn { column, .. }| {
        let is_text = format == ExportFormat::Csv && is_list(&column.sql_type);
        let sql_type = if is_text { "VARCHAR" } else { &column.sql_type };
        format!("'{}': {}", column.name, literal(sql_type))
    });
    format!("{{\n        {}\n    }}", types.collect::<Vec<_>>().join(",\n        "))
}

fn is_list(sql_type: &str) -> bool {
    sql_type.ends_with(']')
}
