//! The topics about small languages: timeframes and searches, as their parsers list their forms.

use super::Part;
use crate::index::SYNTAX;
use crate::tools::timeframe::{FORMS, RULES};

/// Timeframes.
pub(super) fn timeframes() -> Vec<Part> {
    let forms = FORMS.iter().map(|form| (form.written.join(", "), form.meaning.to_owned()));
    let mut parts = vec![
        Part::text(
            "Wherever a period is asked for (--timeframe, --since, --until, --compare), it can be written so, in \
             English and in any case. `fi sync` takes dates and times only.",
        ),
        Part::List(forms.collect()),
    ];
    parts.extend(RULES.iter().map(|rule| Part::text(*rule)));
    parts.push(Part::Examples(&[
        "fi analyze --by week --timeframe \"last 90 days\"",
        "fi search refund --since \"1 June\" --until 2026-06-15",
        "fi analyze --metric csat --timeframe \"last month\" --compare previous",
    ]));
    parts
}

/// Searches.
pub(super) fn search() -> Vec<Part> {
    let forms = SYNTAX.iter().map(|(form, meaning)| ((*form).to_owned(), (*meaning).to_owned()));
    vec![
        Part::text(
            "Words are found in any language; case and accents make no difference. Every word has to occur, as it \
             is: there is no stemming. An address or an order number is found as typed, and in part.",
        ),
        Part::List(forms.collect()),
        Part::text(
            "A shell takes quotation marks, brackets and stars for itself: put the whole between single quotes, and \
             -- before words that begin with a minus.",
        ),
        Part::Examples(&[
            "fi search 'refund \"not received\" -shipping'",
            "fi search 'from:acme.com has:attachment tag:vip' --since \"last 30 days\"",
            "fi analyze --by week --query 'refund OR return'",
        ]),
    ]
}
