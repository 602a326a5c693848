//! What dot-commands answer, as text.

use crate::cmd::words;
use crate::cmd::wrap::wrap;
use crate::engine::{self, VIEWS, View};
use crate::format::cut;
use crate::lake::{Partitioning, State};
use crate::model::TABLES;
use crate::printer::{Paint, Printer};
use crate::shell::COMMANDS;

/// Columns between two parts of a line.
const GAP: usize = 2;
/// Columns a type may take beside a description.
const TYPE_WIDTH: usize = 14;
/// The least that is left for a description.
const LEAST_TEXT: usize = 24;

/// The commands.
pub(super) fn help(width: usize) -> String {
    let rows = COMMANDS.iter().map(|command| {
        let psql = command.psql.map_or_else(String::new, |psql| format!(", {psql}"));
        (format!("{}{psql} {}", command.name, command.takes).trim_end().to_owned(), command.summary)
    });
    let x = (String::from("\\x"), "Show rows one column a line, or back as they were");
    let mut rows: Vec<(String, &str)> = rows.collect();
    rows.insert(rows.len() - 1, x);
    let keys = "\nTab completes, Up and Ctrl-R go through what was typed before, Ctrl-C stops a query. A line that begins \
                with a space is not remembered.";
    format!("{}{}\n", two_columns(&rows, width), wrap(keys, width).join("\n"))
}

/// The tables of the lake.
pub(super) fn tables(state: &State, width: usize) -> String {
    let tables = TABLES.iter().map(|table| {
        let rows = words::count(state.rows_of(table.name));
        (table.name, rows, engine::view(table.name).map_or("", View::grain))
    });
    let tables: Vec<(&str, String, &str)> = tables.collect();
    let widest = |of: fn(&(&str, String, &str)) -> usize| tables.iter().map(of).max().unwrap_or(0);
    let (names, counts) = (widest(|table| table.0.len()), widest(|table| table.1.len()).max("rows".len()));
    let lines = tables.iter().map(|(name, rows, grain)| {
        let line = format!("{name:names$}  {rows:>counts$}  {grain}");
        format!("{}\n", cut(&line, width, true))
    });
    format!("{:names$}  {:>counts$}\n{}", "table", "rows", lines.collect::<String>())
}

/// The views.
pub(super) fn views(width: usize) -> String {
    let part = |is_wanted: fn(&View) -> bool| {
        let of = VIEWS.iter().filter(|view| is_wanted(view));
        let rows: Vec<(String, &str)> = of.map(|view| (view.name.to_owned(), view.grain())).collect();
        two_columns(&rows, width)
    };
    let stored = part(|view| view.table().is_some());
    let made = part(|view| view.table().is_none());
    format!("Stored\n{stored}\nFigures made of them\n{made}")
}

/// The SQL of a view, or of all.
pub(super) fn schema(view: Option<&'static View>) -> String {
    let views: Vec<&View> = match view {
        Some(view) => vec![view],
        None => VIEWS.iter().collect(),
    };
    let texts = views.iter().map(|view| format!("CREATE VIEW {} AS\n{};\n", view.name, view.sql.trim_end()));
    texts.collect::<Vec<_>>().join("\n")
}

/// The columns of a view.
pub(super) fn describe(view: &View, partitioning: Partitioning, width: usize, printer: &Printer) -> String {
    let columns = view.columns(partitioning);
    let names = columns.iter().map(|column| column.name.len()).max().unwrap_or(0);
    let types = columns.iter().map(|column| column.sql_type.len()).max().unwrap_or(0).min(TYPE_WIDTH);
    let indent = names + GAP + types + GAP;
    let room = width.saturating_sub(indent).max(LEAST_TEXT);
    let unicode = printer.look().unicode;
    let mut text = format!("{}: {}\n\n", printer.paint(Paint::Bold, view.name), view.grain());
    for column in &columns {
        let sql_type = cut(&column.sql_type, types, unicode);
        let gap = " ".repeat(types - sql_type.chars().count());
        let sql_type = printer.paint(Paint::Dim, sql_type);
        let mut lines = wrap(&column.description, room).into_iter();
        let first = lines.next().unwrap_or_default();
        text.push_str(&format!("{:names$}  {sql_type}{gap}  {first}\n", column.name));
        for line in lines {
            text.push_str(&format!("{}{line}\n", " ".repeat(indent)));
        }
    }
    text
}

/// Questions with their SQL, ready to be run.
pub(super) fn examples(view: Option<&'static View>, printer: &Printer) -> String {
    let of = engine::examples()
        .enumerate()
        .filter(|(_, example)| view.is_none_or(|view| view.name == example.view));
    let shown = of.map(|(index, example)| {
        let question = printer.paint(Paint::Dim, format!("-- {}. {}", index + 1, example.question));
        format!("{question}\n{};\n", example.sql)
    });
    let shown: Vec<String> = shown.collect();
    match view {
        Some(view) if shown.is_empty() => {
            format!(
                "There is no example for {} yet. To begin with:\nSELECT * FROM {} LIMIT 5;\n",
                view.name, view.name
            )
        }
        _ => shown.join("\n"),
    }
}

/// Names on the left, what they are on the right, in lines that fit.
fn two_columns(rows: &[(String, &str)], width: usize) -> String {
    let names = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let indent = 2 + names + GAP;
    let room = width.saturating_sub(indent).max(LEAST_TEXT);
    let mut text = String::new();
    for (name, what) in rows {
        let mut lines = wrap(what, room).into_iter();
        text.push_str(&format!("  {name:names$}  {}\n", lines.next().unwrap_or_default()));
        for line in lines {
            text.push_str(&format!("{}{line}\n", " ".repeat(indent)));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_in_the_help_and_fits() {
        let help = help(80);
        for command in COMMANDS {
            assert!(help.contains(command.name), "{}", command.name);
        }
        assert!(help.lines().all(|line| line.chars().count() <= 80), "{help}");
    }

    #[test]
    fn descriptions_go_on_below_where_they_began() {
        let (printer, _) = Printer::captured(crate::printer::Options::default());
        let view = engine::view("conversations").unwrap();
        let text = describe(view, Partitioning::Month, 90, &printer);
        assert!(text.lines().skip(2).all(|line| line.chars().count() <= 90), "{text}");
        assert!(text.starts_with("conversations: ") && text.contains("\nconversation_id "), "{text}");
    }

    #[test]
    fn every_example_can_be_run_by_the_number_before_it() {
        let (printer, _) = Printer::captured(crate::printer::Options::default());
        let all = examples(None, &printer);
        for (index, example) in engine::examples().enumerate() {
            assert!(all.contains(&format!("-- {}. {}\n{};\n", index + 1, example.question, example.sql)));
        }
        let none = examples(engine::view("sync_runs"), &printer);
        assert!(none.contains("SELECT * FROM sync_runs LIMIT 5;"), "{none}");
    }
}
