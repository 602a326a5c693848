//! The topic of filters: the flags that choose conversations, as clap has them.

use clap::Args;

use super::super::selection::FilterArgs;
use super::Part;

/// The filters.
pub(super) fn parts() -> Vec<Part> {
    vec![
        Part::text(
            "`fi search`, `fi analyze` and `fi export` choose conversations by the same flags. A flag given several \
             times allows any of its values; different flags have to hold all at once.",
        ),
        Part::List(flags()),
        Part::text(
            "Names of teammates, teams, tags and companies are found in any case; one that nobody has is refused \
             with the nearest.",
        ),
        Part::Examples(&[
            "fi search --state open --state snoozed --team Support",
            "fi analyze --by week --tag-all vip --tag-all refund --rating 1 --rating 2",
            "fi search --unanswered --attribute Plan=Pro --sort longest-wait",
            "fi export ./october --timeframe 2026-10 --company Acme",
        ]),
    ]
}

/// Each flag with its value, and what it says.
fn flags() -> Vec<(String, String)> {
    let command = FilterArgs::augment_args(clap::Command::new("filters"));
    let flags = command.get_arguments().map(|flag| {
        let name = flag.get_long().unwrap_or_default();
        let values: Vec<&str> =
            flag.get_value_names().into_iter().flatten().map(clap::builder::Str::as_str).collect();
        let value = values.join(" ");
        let written = match flag.is_require_equals_set() {
            true => format!("--{name}[=<{value}>]"),
            false => format!("--{name} <{value}>"),
        };
        (written, flag.get_help().map(ToString::to_string).unwrap_or_default())
    });
    flags.collect()
}
