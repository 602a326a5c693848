//! The ways to write a timeframe, as `fi help timeframes` lists them: examples, each of which the parser reads, and
//! what they mean.

/// Timeframes written alike.
#[derive(Debug)]
pub struct Form {
    /// Examples.
    pub written: &'static [&'static str],
    /// From when until when that is.
    pub meaning: &'static str,
}

macro_rules! forms {
    ($([$($written:literal),+] $meaning:literal;)+) => {
        &[$(Form { written: &[$($written),+], meaning: $meaning }),+]
    };
}

/// Every form, the most used first.
pub const FORMS: &[Form] = forms![
    ["last 7 days", "past 2 weeks", "last 3 months", "7d", "P7D"]
        "from midnight of the day so long before today until now: so many full days, and today so far";
    ["last 24 hours", "90 minutes", "24h", "PT24H"] "from exactly so long ago until now";
    ["today", "this week", "this month", "quarter to date", "ytd"] "from the start of that unit until now";
    ["yesterday", "last week", "last month", "last quarter", "last year"] "the whole unit before the present one";
    ["2026-03-05", "5 March 2026", "2026-W10", "2026-03", "Q3 2026", "2026"]
        "that day, week, month, quarter or year";
    ["monday", "last monday"] "the most recent one before today";
    ["november", "1 June", "Q3", "week 46"] "without a year: the most recent that has begun";
    ["since 2026-03-05", "from 1 June", "2026-03.."] "from its start until now";
    ["after 2026-03-05"] "from its end until now";
    ["until 2026-03-05"] "from the beginning to its end: the day itself is included";
    ["before 2026-03-05"] "from the beginning to its start: the day itself is not";
    ["2026-03-01 to 2026-03-31", "1 June - 15 June", "2026-01..2026-03", "between 1 June and today"]
        "from the start of the first to the end of the last";
    ["2026-03-01/P7D", "P30D/2026-03-31"] "so long from a start; so long before an end";
    ["all time", "everything"] "from the beginning until now";
];

/// What holds for all of them, a sentence each.
pub const RULES: &[&str] = &[
    "Days begin at midnight in the time zone, and weeks on Monday.",
    "An end that is a day, week, month, quarter or year is included; an end that is a moment, such as \
     2026-03-05T09:30:00Z, is not.",
    "A day of the month that the target month lacks becomes its last: 3 months before 31 May is 28 February.",
    "What cannot be read, or could mean two things, is refused with examples; it never becomes another period.",
];

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::super::Timeframe;
    use super::*;

    #[test]
    fn every_example_is_read_by_the_parser() {
        let now = "2026-11-21T12:00:00Z".parse().unwrap();
        for form in FORMS {
            for written in form.written {
                let read = Timeframe::parse(written, Tz::Europe__Berlin, now);
                assert!(read.is_ok(), "{written}: {read:?}");
            }
        }
    }

    #[test]
    fn forms_said_to_end_now_do_and_the_others_do_not() {
        let now = "2026-11-21T12:00:00Z".parse().unwrap();
        // A range may end today, which is now.
        for form in FORMS.iter().filter(|form| !form.meaning.contains("of the last")) {
            for written in form.written {
                let read = Timeframe::parse(written, Tz::Europe__Berlin, now).unwrap();
                // `2026` and the like are units that are not over yet: they end as written.
                assert_eq!(read.until_now, form.meaning.contains("until now"), "{written}: {}", read.words());
            }
        }
    }
}
