//! An answer as a table, and what a reader must know about it.

use unicode_width::UnicodeWidthStr;

use super::figures::Column;
use crate::cmd::wrap::hanging;
use crate::format::chart::{self, Style};
use crate::format::{cut, visible};
use crate::printer::Look;
use crate::tools::analyze::{Answer, Group, Period};
use crate::tools::{Clock, Covered};

/// What stands between columns.
const GAP: &str = "  ";
/// The widest a name of a group is shown.
const WIDEST_NAME: usize = 40;

pub(super) fn style(look: Look) -> Style {
    Style { width: look.width, colour: look.colour, unicode: look.unicode }
}

/// The figures, a row for each group and one for the total.
pub(super) fn answer(answer: &Answer, look: Look) -> String {
    let columns = Column::of(answer);
    let dash = if look.unicode { "–" } else { "-" };
    let is_compared = answer.compared_with.is_some();
    let mut header: Vec<String> = answer.group_by.iter().map(|by| by.name.clone()).collect();
    if header.is_empty() {
        header.push(String::new());
    }
    let names = header.len();
    // How many values a spread is of stands behind all that is told of it.
    let ends_spread = |place: usize| {
        let next = columns.get(place + 1).map(|column| &column.metric);
        columns[place].aggregate.is_some() && next != Some(&columns[place].metric)
    };
    for (place, column) in columns.iter().enumerate() {
        header.push(column.title());
        if is_compared {
            header.push("change".to_owned());
        }
        if ends_spread(place) {
            header.push("n".to_owned());
        }
    }
    let row = |title: Option<&str>, group: &Group| {
        let mut cells = keys(title, group, names, look);
        for (place, column) in columns.iter().enumerate() {
            cells.push(column.cell(group, dash));
            if is_compared {
                cells.push(column.change(group, style(look)).unwrap_or_else(|| dash.to_owned()));
            }
            if ends_spread(place) {
                cells.push(column.n(group).map_or_else(|| dash.to_owned(), chart::count));
            }
        }
        cells
    };
    let mut rows: Vec<Vec<String>> = answer.groups.iter().map(|group| row(None, group)).collect();
    if let Some(other) = &answer.other {
        let rest = answer.group_count - answer.groups.len() as u64;
        rows.push(row(Some(&format!("({} others)", chart::count(rest as i64))), other));
    }
    rows.push(row(Some(if answer.groups.is_empty() { "all" } else { "total" }), &answer.total));
    grid(&header, &rows, names, look.width)
}

fn keys(title: Option<&str>, group: &Group, names: usize, look: Look) -> Vec<String> {
    let mut cells: Vec<String> = match title {
        Some(title) => vec![title.to_owned()],
        None => group
            .keys
            .iter()
            .map(|key| {
                let name = visible(&key.name);
                let name = cut(&name, WIDEST_NAME, look.unicode);
                if key.is_partial { format!("{name} *") } else { name.into_owned() }
            })
            .collect(),
    };
    cells.resize(names, String::new());
    cells
}

/// Columns side by side, names to the left, figures to the right; those that do not fit beside the others come below
/// them, with the names again.
fn grid(header: &[String], rows: &[Vec<String>], names: usize, room: usize) -> String {
    let width = |place: usize| {
        let cells = rows.iter().map(|row| row[place].width());
        cells.chain([header[place].width()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let of_names: usize = widths[..names].iter().map(|width| width + GAP.len()).sum();
    let mut blocks: Vec<Vec<usize>> = vec![Vec::new()];
    let mut used = of_names;
    for (place, width) in widths.iter().enumerate().skip(names) {
        used += width + GAP.len();
        if used > room + GAP.len() && blocks.last().is_some_and(|block| !block.is_empty()) {
            blocks.push(Vec::new());
            used = of_names + width + GAP.len();
        }
        blocks.last_mut().expect("there is always a block").push(place);
    }
    let block = |figures: &Vec<usize>| -> String {
        let places: Vec<usize> = (0..names).chain(figures.iter().copied()).collect();
        let rows = std::iter::once(header).chain(rows.iter().map(Vec::as_slice));
        rows.map(|row| line(row, &places, &widths, names)).collect()
    };
    blocks.iter().map(block).collect::<Vec<_>>().join("\n")
}

fn line(row: &[String], places: &[usize], widths: &[usize], names: usize) -> String {
    let cell = |place: &usize| {
        let cell = &row[*place];
        let blanks = " ".repeat(widths[*place] - cell.width());
        if *place < names { format!("{cell}{blanks}") } else { format!("{blanks}{cell}") }
    };
    format!("{}\n", places.iter().map(cell).collect::<Vec<_>>().join(GAP).trim_end())
}

/// What was counted, over which period, by which clock, and how fresh it is.
pub(super) fn about(answer: &Answer, look: Look) -> String {
    let mut lines = vec![String::new(), said("Period", &answer.period)];
    lines.extend(answer.compared_with.as_ref().map(|period| said("Compared with", period)));
    if answer.groups.iter().any(|group| group.keys.iter().any(|key| key.is_partial)) {
        lines.push("* the period starts or ends within it".to_owned());
    }
    for definition in answer.metrics.iter().chain(&answer.group_by) {
        lines.push(format!("{}: {}", definition.name, definition.definition));
    }
    lines.extend(answer.notes.iter().cloned());
    lines.push(freshness(answer));
    let wrapped: Vec<String> = lines.iter().flat_map(|line| hanging(line, look.width)).collect();
    format!("{}\n", wrapped.join("\n"))
}

fn said(title: &str, period: &Period) -> String {
    let clock = match period.by {
        Clock::Created => "conversations created",
        Clock::Closed => "conversations last closed",
        Clock::FirstReplied => "conversations first replied to",
    };
    format!("{title}: {clock} from {}; {}", period.shown, period.words)
}

fn freshness(answer: &Answer) -> String {
    let freshness = &answer.freshness;
    let covered = match (freshness.coverage, freshness.data_as_of) {
        (Covered::Complete, Some(at)) => {
            format!("Complete as of {}", at.format("%Y-%m-%d %H:%M UTC"))
        }
        (Covered::Complete, None) => "Complete".to_owned(),
        (Covered::Partial, _) => {
            "INCOMPLETE: some of this period was never synced completely; run `fi sync`".to_owned()
        }
        (Covered::None, _) => {
            "INCOMPLETE: none of this period was synced completely; run `fi sync`".to_owned()
        }
    };
    match freshness.conversations_without_messages_count {
        0 => covered,
        count => format!(
            "{covered}; {} conversations are held without their messages yet, and timed by Intercom's statistics",
            chart::count(count)
        ),
    }
}
