//! What the terminal can show: colours, box drawing, and how wide it is. Decided once, from flags, environment and
//! what stdout and stderr are connected to.

use std::io::IsTerminal;

use crate::config::Environment;

/// The width assumed when nothing tells.
const WIDTH: usize = 80;

/// How output on one stream looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Whether a person watches: tables, bars and colours make sense.
    pub terminal: bool,
    /// Whether to colour.
    pub colour: bool,
    /// Whether lines and marks beyond ASCII can be shown.
    pub unicode: bool,
    /// Columns of a line.
    pub width: usize,
}

impl Look {
    /// A plain stream: what files and pipes get.
    pub const PLAIN: Self = Self { terminal: false, colour: false, unicode: true, width: WIDTH };
}

/// The looks of stdout and stderr, and whether questions can be asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Looks {
    pub(super) stdout: Look,
    pub(super) stderr: Look,
    pub(super) can_ask: bool,
}

impl Looks {
    pub(super) fn detect(no_color: bool, environment: &Environment) -> Self {
        let (stdout, stderr) = (std::io::stdout().is_terminal(), std::io::stderr().is_terminal());
        Self {
            stdout: look(stdout, no_color, environment),
            stderr: look(stderr, no_color, environment),
            can_ask: stderr && std::io::stdin().is_terminal(),
        }
    }
}

fn look(terminal: bool, no_color: bool, environment: &Environment) -> Look {
    Look {
        terminal,
        colour: colour(terminal, no_color, environment),
        unicode: !terminal || unicode(environment),
        width: width(environment),
    }
}

/// `--no-color`, `NO_COLOR` (no-color.org) and a dumb terminal say no; `CLICOLOR_FORCE` says yes to a pipe.
fn colour(terminal: bool, no_color: bool, environment: &Environment) -> bool {
    let refused = no_color || environment.get("NO_COLOR").is_some();
    let forced = environment.get("CLICOLOR_FORCE").is_some_and(|value| value != "0");
    let capable = environment.get("TERM") != Some("dumb");
    !refused && (forced || (terminal && capable))
}

fn unicode(environment: &Environment) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| environment.get(name));
    let utf8 = locale.is_some_and(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    });
    let console = matches!(environment.get("TERM"), Some("linux" | "dumb"));
    !console && (utf8 || cfg!(windows))
}

/// Columns of a line, as they are now.
pub(super) fn width(environment: &Environment) -> usize {
    let set = environment.get("COLUMNS").and_then(|columns| columns.parse().ok());
    let measured = || terminal_size::terminal_size().map(|(columns, _)| usize::from(columns.0));
    set.or_else(measured).filter(|width| (20..=1000).contains(width)).unwrap_or(WIDTH)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        variables.iter().copied().collect()
    }

    #[test]
    fn colour_is_for_terminals_that_want_it() {
        assert!(colour(true, false, &environment(&[])));
        assert!(!colour(false, false, &environment(&[])));
        assert!(!colour(true, true, &environment(&[])));
        assert!(!colour(true, false, &environment(&[("NO_COLOR", "1")])));
        assert!(!colour(true, false, &environment(&[("TERM", "dumb")])));
        assert!(colour(false, false, &environment(&[("CLICOLOR_FORCE", "1")])));
        assert!(!colour(false, false, &environment(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")])));
    }

    #[test]
    fn box_drawing_needs_a_utf8_locale() {
        assert!(unicode(&environment(&[("LANG", "en_US.UTF-8")])));
        assert!(!unicode(&environment(&[("LANG", "en_US.UTF-8"), ("LC_ALL", "C")])) || cfg!(windows));
        assert!(!unicode(&environment(&[("LANG", "de_DE.utf8"), ("TERM", "linux")])));
    }

    #[test]
    fn the_width_can_be_set() {
        assert_eq!(width(&environment(&[("COLUMNS", "100")])), 100);
        assert_eq!(width(&environment(&[("COLUMNS", "3")])), WIDTH);
    }
}
