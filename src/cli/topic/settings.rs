//! The topics about how `fi` is set up and what it writes: settings, streams, exit codes.

use super::Part;
use crate::config::keys::KEYS;
use crate::error::Kind;

/// Which source wins.
const PRECEDENCE: &str =
    "A flag wins over an environment variable, that over config.toml in the home, that over the default.";

/// Settings.
pub(super) fn settings() -> Vec<Part> {
    let keys = KEYS.iter().map(|key| {
        let default =
            if key.default.is_empty() { String::new() } else { format!(" [default: {}]", key.default) };
        let name =
            if key.in_file { format!("{}, {}", key.variable(), key.name) } else { key.variable().to_owned() };
        (name, format!("{}{default}", key.about))
    });
    vec![
        Part::text(PRECEDENCE),
        Part::text("The names in capitals are environment variables, the others stand in config.toml:"),
        Part::List(keys.collect()),
        Part::Examples(&["fi status --home /data/fi", "fi init --timezone Europe/Berlin", "fi doctor"]),
    ]
}

/// What is written where.
pub(super) fn output() -> Vec<Part> {
    let codes = Kind::ALL.into_iter().map(|kind| (kind.exit_code().to_string(), kind.about().to_owned()));
    let done = (
        "0".to_owned(),
        "done; also when the reader of stdout has seen enough, as in `fi logs | head`".to_owned(),
    );
    let flags = [
        (
            "--json",
            "data as JSON, no notes, and what failed as one JSON object on stderr: `fi help json` tells the shapes",
        ),
        ("--quiet", "nothing on stderr but warnings and errors"),
        ("--no-color, NO_COLOR", "no colours; there are none anyway where no terminal is"),
        ("CLICOLOR_FORCE=1", "colours also into a pipe"),
        ("COLUMNS=100", "lines as long as this, whatever the terminal says"),
        ("PAGER", "what shows long texts on a terminal; less, if there is one"),
    ];
    vec![
        Part::text(
            "Data goes to stdout, talk and progress to stderr, so a command can be piped as it is. Marks that need \
             more than ASCII are used where the locale (LC_ALL, LC_CTYPE, LANG) says UTF-8.",
        ),
        Part::List(flags.map(|(name, about)| (name.to_owned(), about.to_owned())).to_vec()),
        Part::Heading("Exit codes"),
        Part::List([done].into_iter().chain(codes).collect()),
        Part::Examples(&[
            "fi status --json",
            "fi query 'FROM conversations' --format csv",
            "fi sync --quiet",
        ]),
    ]
}
