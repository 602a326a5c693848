//! The words timeframes are written with, and how a text is cut into them.

use chrono::Weekday;

use super::calendar::Unit;

/// Longer texts are no timeframes.
const LONGEST: usize = 120;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const NUMBERS: [&str; 12] =
    ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

/// The words of a text in lower case, without those that say nothing; separators are words of their own.
///
/// None if the text is too long.
pub(super) fn split(text: &str) -> Option<Vec<String>> {
    if text.chars().count() > LONGEST {
        return None;
    }
    let mut text = text.to_lowercase().replace(['_', ','], " ");
    text = text.replace(['–', '—'], " - ").replace("...", "..").replace('…', "..").replace("..", " .. ");
    if text.matches('/').count() == 1 {
        text = text.replace('/', " / ");
    }
    let words = text.split_whitespace().flat_map(pieces);
    let mut words: Vec<String> = words.filter(|word| !["the", "of"].contains(&word.as_str())).collect();
    let fillers = words.iter().take_while(|word| is_filler(word)).count();
    words.drain(..fillers);
    Some(words)
}

fn is_filler(word: &str) -> bool {
    ["in", "on", "during", "over", "within", "for"].contains(&word)
}

/// `last-7-days` is three words, `2026-w46` and `2026q3` are two, `2026-03-01` is one.
fn pieces(word: &str) -> Vec<String> {
    if let Some((year @ [_, _, _, _], rest @ [b'q' | b'w', ..])) = word.as_bytes().split_at_checked(4)
        && year.iter().all(u8::is_ascii_digit)
    {
        return [year, rest].map(|part| String::from_utf8_lossy(part).into_owned()).into();
    }
    let chars: Vec<char> = word.chars().collect();
    let letter = |at: usize| chars.get(at).is_some_and(|char| char.is_alphabetic());
    let parts = chars.iter().enumerate().map(|(at, char)| {
        let between_words = at > 0 && (letter(at - 1) || letter(at + 1) || chars[0] == 'q');
        if *char == '-' && between_words { ' ' } else { *char }
    });
    parts.collect::<String>().split_whitespace().map(str::to_owned).collect()
}

/// A number in digits, without sign.
pub(super) fn digits(word: &str) -> Option<u32> {
    let all = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| word.parse().unwrap_or(u32::MAX))
}

/// A number in digits or, up to twelve, in letters.
pub(super) fn number(word: &str) -> Option<u32> {
    let named = || NUMBERS.iter().zip(1..).find(|(name, _)| **name == word).map(|(_, number)| number);
    digits(word).or_else(named)
}

/// A day of the month: `5` or `5th`.
pub(super) fn day_number(word: &str) -> Option<u32> {
    let bare = ["st", "nd", "rd", "th"].iter().find_map(|suffix| word.strip_suffix(suffix)).unwrap_or(word);
    digits(bare).filter(|_| bare.len() <= 2)
}

/// The number of a month by its English name or the first three letters.
pub(super) fn month(word: &str) -> Option<u32> {
    let fits = |name: &str| name.eq_ignore_ascii_case(word) || name[..3].eq_ignore_ascii_case(word);
    let found = MONTHS.iter().zip(1..).find(|(name, _)| fits(name)).map(|(_, number)| number);
    found.or((word == "sept").then_some(9))
}

/// The English name of a month by its number.
pub(super) fn month_name(month: u32) -> &'static str {
    MONTHS[(month as usize + 11) % 12]
}

/// A day of the week by its English name or an abbreviation.
pub(super) fn weekday(word: &str) -> Option<Weekday> {
    match word {
        "tues" => Some(Weekday::Tue),
        "thur" | "thurs" => Some(Weekday::Thu),
        _ => word.parse().ok(),
    }
}

/// What a length is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    Minutes,
    Hours,
    Calendar(Unit),
}

/// A measure by its name or an abbreviation; `m` is none, since it could be two.
pub(super) fn measure(word: &str) -> Option<Measure> {
    Some(match word {
        "min" | "mins" | "minute" | "minutes" => Measure::Minutes,
        "h" | "hr" | "hrs" | "hour" | "hours" => Measure::Hours,
        "d" | "day" | "days" => Measure::Calendar(Unit::Day),
        "w" | "wk" | "wks" | "week" | "weeks" => Measure::Calendar(Unit::Week),
        "mo" | "mos" | "month" | "months" => Measure::Calendar(Unit::Month),
        "q" | "quarter" | "quarters" => Measure::Calendar(Unit::Quarter),
        "y" | "yr" | "yrs" | "year" | "years" => Measure::Calendar(Unit::Year),
        _ => return None,
    })
}

/// A count with its noun: 1 day, 7 days.
pub(super) fn counted(count: u32, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// What someone wrote, fit to be shown: short, on one line, and without signs that do not show.
pub(super) fn quoted(text: &str) -> String {
    let shown = |char: char| char == ' ' || char.is_ascii_graphic() || char.is_alphanumeric();
    let clean = |char| if shown(char) { char } else { '\u{fffd}' };
    let mut short: String = text.trim().chars().take(60).map(clean).collect();
    if text.trim().chars().count() > 60 {
        short.push_str("...");
    }
    format!("'{short}'")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        split(text).unwrap()
    }

    #[test]
    fn hyphens_and_underscores_between_words_are_blanks() {
        assert_eq!(words("last_7_days"), ["last", "7", "days"]);
        assert_eq!(words(" Year-to-Date"), ["year", "to", "date"]);
        assert_eq!(words("2026-W46"), ["2026", "w46"]);
        assert_eq!(words("Q3-2026"), ["q3", "2026"]);
        assert_eq!(words("2026q3"), ["2026", "q3"]);
        assert_eq!(words("2026-03-01–2026-03-05"), ["2026-03-01", "-", "2026-03-05"]);
        assert_eq!(words("2026-03-01T09:30:00-05:00"), ["2026-03-01t09:30:00-05:00"]);
    }

    #[test]
    fn words_that_say_nothing_are_left_out() {
        assert_eq!(words("in the last two weeks"), ["last", "two", "weeks"]);
        assert_eq!(words("the 1st of June, 2026"), ["1st", "june", "2026"]);
        assert_eq!(split(&"a ".repeat(90)), None);
    }

    #[test]
    fn what_does_not_show_is_not_quoted() {
        assert_eq!(quoted(" a\nb\u{202e}c "), "'a\u{fffd}b\u{fffd}c'");
        assert_eq!(quoted(&"é".repeat(80)).chars().count(), 65);
    }
}
