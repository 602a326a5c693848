//! Help and usage errors: what clap has to say, as text for people or as the error object for `--json`.

use std::fmt::Write;

use crate::config::keys::KEYS;
use crate::error::CommandError;

/// What `fi` alone says.
pub const ORIENTATION: &str = "\
fi keeps a copy of an Intercom workspace on this machine and answers questions about it with SQL.

  fi demo      try it on a made-up company, without an account
  fi init      connect your workspace
  fi sync      fetch what is new
  fi search    find conversations, for example: fi search 'refund -shipping' --team Support
  fi analyze   count and measure, for example: fi analyze --by week --metric first_response_seconds
  fi query     ask with SQL, for example: fi query 'SELECT count(*) FROM conversations'
  fi status    show what is there and how fresh it is

`fi --help` lists everything, and `fi sync --help` what a command takes.
";

/// The command line was not understood, or it asked for help.
#[derive(Debug)]
pub struct UsageError(clap::Error);

impl From<clap::Error> for UsageError {
    fn from(error: clap::Error) -> Self {
        Self(error)
    }
}

impl UsageError {
    /// Whether it only asked for help or the version.
    pub fn is_help(&self) -> bool {
        !self.0.use_stderr()
    }

    /// The text for people.
    pub fn text(&self, colour: bool) -> String {
        let rendered = self.0.render();
        if colour { rendered.ansi().to_string() } else { rendered.to_string() }
    }
}

impl From<UsageError> for CommandError {
    fn from(error: UsageError) -> Self {
        let text = error.text(false);
        let (message, rest) = text.split_once("\n\n").unwrap_or((&text, ""));
        let message = message.strip_prefix("error: ").unwrap_or(message).trim().to_owned();
        let hints = rest.lines().map(str::trim).filter_map(|line| match line.split_once(": ") {
            Some(("tip", tip)) => Some(tip.to_owned()),
            Some(("Usage", usage)) => Some(format!("usage: {usage}")),
            _ => None,
        });
        hints.fold(Self::usage(message), Self::hint)
    }
}

/// The settings, for the end of the long help.
pub(super) fn settings_help() -> String {
    let mut text = String::from(
        "Settings: a flag wins over an environment variable, that over config.toml in the home, that over the default.\n",
    );
    for key in KEYS {
        let names = if key.in_file {
            format!("{:<35} {}", key.variable(), key.name)
        } else {
            key.variable().to_owned()
        };
        let default =
            if key.default.is_empty() { String::new() } else { format!(" [default: {}]", key.default) };
        // Writing to a String cannot fail.
        let _ = write!(text, "\n  {names}\n          {}{default}", key.about);
    }
    text.push_str(
        "\n\nExit codes: 0 done, 1 failed, 2 usage or settings, 3 nothing found, 4 token, 5 incomplete data",
    );
    text
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;

    fn error(line: &str) -> CommandError {
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        super::super::parse(&words).unwrap_err().into()
    }

    #[test]
    fn an_unknown_flag_names_the_nearest() {
        let error = error("fi sync --dyas 7");
        assert_eq!(error.message(), "unexpected argument '--dyas' found");
        assert_eq!(error.hints()[0], "a similar argument exists: '--days'");
        assert!(error.hints()[1].starts_with("usage: fi sync"), "{:?}", error.hints());
    }

    #[test]
    fn the_long_help_lists_every_setting() {
        let help = settings_help();
        assert!(KEYS.iter().all(|key| help.contains(key.variable()) && help.contains(key.about)));
    }
}
