//! Months and days drawn in marks: how full each is, and how many conversations began in it. Right without colour,
//! and without Unicode.

use chrono::Datelike;

use super::calendar::{Completeness, Stretch};
use crate::cmd::words;
use crate::format::chart::{Style, spark};
use crate::printer::{Paint, Printer};

/// Years that are drawn; those before are only counted.
const YEARS: usize = 6;
const INITIALS: &str = "JFMAMJJASOND";
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A title and the text behind it.
pub(super) type Line = (String, String);

/// One line a year: which months are complete, and how many conversations each has.
pub(super) fn months(months: &[Stretch], printer: &Printer) -> Vec<Line> {
    let Some((first, last)) = months.first().zip(months.last()) else { return Vec::new() };
    let (first_year, last_year) = (first.starts_on.year(), last.starts_on.year());
    let volume = marks(months, printer);
    let shown = (first_year..=last_year).skip(((last_year - first_year + 1) as usize).saturating_sub(YEARS));
    let mut lines = vec![
        (String::from("Months"), format!("{:<14}conversations", "complete")),
        (String::new(), printer.paint(Paint::Dim, format!("{INITIALS}  {INITIALS}"))),
    ];
    for year in shown {
        let of_year = || months.iter().zip(&volume).filter(move |(month, _)| month.starts_on.year() == year);
        // Months before the first and after the present one are blank.
        let place = |month: u32| of_year().find(move |(found, _)| found.starts_on.month() == month);
        let cover: Vec<Option<Completeness>> =
            (1..=12).map(|month| place(month).map(|(found, _)| found.coverage)).collect();
        let heights: String = (1..=12).map(|month| place(month).map_or(' ', |(_, mark)| *mark)).collect();
        let total: Option<u64> = of_year().map(|(month, _)| month.conversations).sum();
        let total = total.map(words::count).unwrap_or_default();
        let text = format!("{}  {}  {total}", covered(&cover, printer), printer.paint(Paint::Cyan, heights));
        lines.push((format!("  {year}"), text));
    }
    lines
}

/// Conversations a day, which days are complete, the dates, and what the marks mean.
pub(super) fn days(days: &[Stretch], printer: &Printer) -> Vec<Line> {
    if days.is_empty() {
        return Vec::new();
    }
    let heights: String = marks(days, printer).into_iter().collect();
    let cover: Vec<_> = days.iter().map(|day| Some(day.coverage)).collect();
    let most = days.iter().filter_map(|day| day.conversations).max();
    let most = most.map(|most| format!("  at most {} a day", words::count(most))).unwrap_or_default();
    vec![
        (String::from("Days"), printer.paint(Paint::Cyan, heights)),
        (String::new(), covered(&cover, printer)),
        (String::new(), printer.paint(Paint::Dim, dates(days))),
        (String::new(), legend(printer) + &printer.paint(Paint::Dim, most)),
    ]
}

/// One mark of a height for each stretch; a gap where nothing is held.
fn marks(stretches: &[Stretch], printer: &Printer) -> Vec<char> {
    let value = |stretch: &Stretch| match (stretch.coverage, stretch.conversations) {
        (Completeness::None, Some(0)) | (_, None) => None,
        (_, Some(count)) => Some(count as f64),
    };
    let values: Vec<Option<f64>> = stretches.iter().map(value).collect();
    let style = Style { width: values.len(), colour: false, unicode: printer.look().unicode };
    spark(&values, style).text.chars().collect()
}

/// Marks of completeness; blank where there is nothing to say.
fn covered(stretches: &[Option<Completeness>], printer: &Printer) -> String {
    let same = stretches.chunk_by(|one, other| one == other);
    let painted = same.map(|run| {
        let Some(coverage) = run[0] else { return " ".repeat(run.len()) };
        let (mark, paint) = look(coverage, printer.look().unicode);
        printer.paint(paint, mark.repeat(run.len()))
    });
    painted.collect()
}

fn look(coverage: Completeness, unicode: bool) -> (&'static str, Paint) {
    match (coverage, unicode) {
        (Completeness::Complete, true) => ("█", Paint::Green),
        (Completeness::Complete, false) => ("#", Paint::Green),
        (Completeness::Partial, true) => ("▒", Paint::Yellow),
        (Completeness::Partial, false) => ("+", Paint::Yellow),
        (Completeness::None, true) => ("·", Paint::Dim),
        (Completeness::None, false) => (".", Paint::Dim),
    }
}

fn legend(printer: &Printer) -> String {
    let of = |coverage, words| {
        let (mark, paint) = look(coverage, printer.look().unicode);
        format!("{} {}", printer.paint(paint, mark), printer.paint(Paint::Dim, words))
    };
    [
        of(Completeness::Complete, "complete"),
        of(Completeness::Partial, "in part"),
        of(Completeness::None, "not held"),
    ]
    .join("  ")
}

/// Dates below the days: where a month begins, and the first day if there is room before that.
fn dates(days: &[Stretch]) -> String {
    let mut text = String::new();
    for (index, day) in days.iter().enumerate() {
        let date = day.starts_on;
        let name = MONTHS[date.month0() as usize];
        let label = match index {
            0 => format!("{} {name}", date.day()),
            _ if date.day() == 1 => name.to_owned(),
            _ => continue,
        };
        let next = days.iter().skip(index + 1).position(|day| day.starts_on.day() == 1);
        // The first date gives way to a month that begins right behind it.
        if index == 0 && next.is_some_and(|next| next < label.len()) {
            continue;
        }
        text += &" ".repeat(index.saturating_sub(text.len()));
        text += &label;
    }
    text
}

#[cfg(test)]
mod tests {
    use chrono::{Days, NaiveDate};

    use super::*;
    use crate::printer::{Look, Options};

    fn stretches(first: &str, count: u64) -> Vec<Stretch> {
        let first: NaiveDate = first.parse().unwrap();
        let day = |index| Stretch {
            starts_on: first.checked_add_days(Days::new(index)).unwrap(),
            conversations: Some(index % 4),
            coverage: if index == 0 { Completeness::Partial } else { Completeness::Complete },
        };
        (0..count).map(day).collect()
    }

    #[test]
    fn dates_stand_below_the_day_they_name() {
        assert_eq!(dates(&stretches("2026-10-20", 14)), "20 Oct      Nov");
        assert_eq!(dates(&stretches("2026-10-28", 8)), "    Nov", "no room for the first");
        assert_eq!(dates(&stretches("2026-11-01", 3)), "1 Nov");
    }

    #[test]
    fn days_are_marks_below_each_other() {
        let (printer, _) = Printer::captured(Options::default());
        let lines: Vec<String> =
            days(&stretches("2026-10-20", 14), &printer).into_iter().map(|(_, text)| text).collect();
        let legend = "█ complete  ▒ in part  · not held  at most 3 a day";
        assert_eq!(lines, ["▁▃▆█▁▃▆█▁▃▆█▁▃", "▒█████████████", "20 Oct      Nov", legend]);
    }

    #[test]
    fn without_unicode_the_marks_are_letters_of_a_typewriter_and_colour_only_repeats_them() {
        let plain = Look { unicode: false, ..Look::PLAIN };
        let drawn = |look| {
            let (printer, _) = Printer::captured_as(Options::default(), look);
            let stretches = stretches("2026-10-20", 14);
            let lines = days(&stretches, &printer).into_iter().chain(months(&stretches[..1], &printer));
            lines.map(|(title, text)| format!("{title:<11} {text}\n")).collect::<String>()
        };
        let text = drawn(plain);
        assert!(text.is_ascii(), "{text}");
        assert!(text.contains("\n            +#############\n"), "{text}");
        let coloured = drawn(Look { colour: true, ..plain });
        assert_ne!(coloured, text);
        let uncoloured: String = coloured
            .split('\x1b')
            .map(|piece| {
                piece
                    .strip_prefix('[')
                    .and_then(|piece| piece.split_once('m'))
                    .map_or(piece, |(_, rest)| rest)
            })
            .collect();
        assert_eq!(uncoloured, text);
    }

    #[test]
    fn sixty_days_and_their_remark_fit_into_eighty_columns() {
        let (printer, _) = Printer::captured(Options::default());
        let mut busy = stretches("2026-09-23", 60);
        busy[7].conversations = Some(1_234_567);
        assert!(days(&busy, &printer).iter().all(|(_, text)| text.chars().count() <= 68));
    }

    #[test]
    fn a_year_that_began_in_march_is_blank_before() {
        let (printer, _) = Printer::captured(Options::default());
        let month = |month, conversations, coverage| Stretch {
            starts_on: NaiveDate::from_ymd_opt(2026, month, 1).unwrap(),
            conversations: Some(conversations),
            coverage,
        };
        let lines = months(
            &[
                month(3, 0, Completeness::None),
                month(4, 7, Completeness::Partial),
                month(5, 14, Completeness::Complete),
            ],
            &printer,
        );
        assert_eq!(
            lines[2],
            (String::from("  2026"), format!("  ·▒█{}    ·▅█{}  21", " ".repeat(7), " ".repeat(7)))
        );
    }
}
