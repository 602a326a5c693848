//! The first figure of an answer as a chart: bars over groups, a grid over two parts of the week.

use super::figures::Column;
use super::text::style;
use crate::format::chart::{self, Bar};
use crate::printer::Look;
use crate::tools::analyze::{Answer, Group};

/// More bars are no help.
const MOST_BARS: usize = 60;
/// More columns do not fit.
const MOST_COLUMNS: usize = 48;

pub(super) fn of(answer: &Answer, look: Look) -> Option<String> {
    let column = Column::of(answer).into_iter().next()?;
    let drawn = match answer.group_by.len() {
        1 if (2..=MOST_BARS).contains(&answer.groups.len()) => bars(answer, &column, look),
        2 => grid(answer, &column, look)?,
        _ => return None,
    };
    Some(format!("{}\n{drawn}", column.title()))
}

fn bars(answer: &Answer, column: &Column, look: Look) -> String {
    let shown: Vec<String> = answer
        .groups
        .iter()
        .map(|group| column.number(group).map_or_else(String::new, |number| column.shown(number)))
        .collect();
    let bars: Vec<Bar<'_>> = answer
        .groups
        .iter()
        .zip(&shown)
        .map(|(group, shown)| Bar {
            label: &group.keys[0].name,
            value: column.number(group),
            shown,
            note: None,
        })
        .collect();
    chart::bars(&bars, style(look))
}

/// Rows and columns in the order of the answer, or of the week.
fn grid(answer: &Answer, column: &Column, look: Look) -> Option<String> {
    let names = |place: usize| {
        let mut keys: Vec<(&Option<String>, &str)> = Vec::new();
        for group in &answer.groups {
            let key = &group.keys[place];
            if !keys.iter().any(|(id, _)| **id == key.id) {
                keys.push((&key.id, &key.name));
            }
        }
        keys.sort();
        keys
    };
    let (rows, columns) = (names(0), names(1));
    if answer.is_truncated || rows.len() < 2 || columns.len() < 2 || columns.len() > MOST_COLUMNS {
        return None;
    }
    let value = |row: &Option<String>, of: &Option<String>| {
        let is_it = |group: &&Group| group.keys[0].id == *row && group.keys[1].id == *of;
        answer.groups.iter().find(is_it).and_then(|group| column.number(group))
    };
    let cells: Vec<(&str, Vec<Option<f64>>)> = rows
        .iter()
        .map(|(id, name)| (*name, columns.iter().map(|(of, _)| value(id, of)).collect()))
        .collect();
    let labels: Vec<&str> = columns.iter().map(|(_, name)| *name).collect();
    Some(chart::heat_shown(&cells, &labels, |number| column.shown(number), style(look)))
}
