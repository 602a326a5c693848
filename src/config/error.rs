//! What can be wrong with the settings, and how each is put to the user.

use std::io;
use std::path::PathBuf;

use super::keys::{KEYS, Key};
use super::sources::Source;
use super::values::NotAllowed;
use crate::error::{CommandError, Kind};
use crate::nearest::nearest;

/// A setting, its source or its place is wrong.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A value that is not allowed. The value is absent when it is secret.
    #[error("{} is not allowed for the setting {}", shown.as_deref().map_or_else(|| String::from("The value"), |value| format!("{value:?}")), key.name)]
    Value {
        /// The setting.
        key: &'static Key,
        /// Where the value came from.
        source_of_value: Source,
        /// The value, unless it is secret.
        shown: Option<String>,
        /// What is allowed.
        #[source]
        allowed: NotAllowed,
    },
    /// `config.toml` is not TOML, or not a flat list of settings.
    #[error("{}:{line}: {what}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        what: String,
    },
    /// `config.toml` has a setting that does not exist, or not there.
    #[error("{}:{line}: there is no setting {name:?} in this file", path.display())]
    UnknownKey {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The name found.
        name: String,
    },
    /// `config.toml` holds a token and others may read it.
    #[error("{} holds a token and others may read it (mode {mode:o})", path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// `config.toml` is there and cannot be read.
    #[error("could not read the settings in {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// `--config` names the JSON file of the older FastIntercom.
    #[error("{} is a settings file of the older FastIntercom", path.display())]
    OlderFile {
        /// The file.
        path: PathBuf,
    },
    /// `config.toml` cannot be written.
    #[error("could not write the settings to {}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The home cannot be created or written to.
    #[error("the home {} cannot be written to", path.display())]
    HomeNotWritable {
        /// The directory.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Nothing says where the home is.
    #[error("there is no home directory to keep data in")]
    NoHome,
}

impl From<ConfigError> for CommandError {
    fn from(error: ConfigError) -> Self {
        let hints = error.hints();
        let (kind, message) = match &error {
            ConfigError::Value { source_of_value, .. } => {
                (Kind::Usage, format!("{error} ({source_of_value})"))
            }
            ConfigError::Unreadable { .. }
            | ConfigError::Unwritable { .. }
            | ConfigError::HomeNotWritable { .. } => (Kind::Failed, error.to_string()),
            _ => (Kind::Usage, error.to_string()),
        };
        let start = Self::new(kind, message);
        let start = match error {
            ConfigError::Value { allowed, .. } => start.because(format!("it takes {allowed}")),
            ConfigError::Unreadable { source, .. }
            | ConfigError::Unwritable { source, .. }
            | ConfigError::HomeNotWritable { source, .. } => start.because(source),
            _ => start,
        };
        hints.into_iter().fold(start, Self::hint)
    }
}

impl ConfigError {
    /// What to do next.
    fn hints(&self) -> Vec<String> {
        match self {
            Self::Value { key, source_of_value, .. } => vec![source_of_value.example(key)],
            Self::Syntax { path, .. } => vec![
                String::from("each line is a name, an equals sign and a value, for example: region = \"eu\""),
                format!(
                    "nothing was changed; correct the line, or move {} away and run `fi init`",
                    path.display()
                ),
            ],
            Self::UnknownKey { name, .. } => vec![unknown_key_hint(name)],
            Self::Exposed { path, .. } => vec![
                format!("make it private: chmod 600 {}", quoted(path)),
                String::from("if others may have read it, make a new token in Intercom and revoke this one"),
            ],
            Self::Unreadable { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                vec![String::from("name a file that is there, or leave --config out and run `fi init`")]
            }
            Self::Unreadable { .. } | Self::Unwritable { .. } => Vec::new(),
            Self::OlderFile { .. } => {
                vec![String::from("settings are in TOML now: run `fi init` to write a new file")]
            }
            Self::HomeNotWritable { .. } | Self::NoHome => {
                vec![String::from("name a directory that can: --home DIR, or FASTINTERCOM_HOME=DIR")]
            }
        }
    }
}

fn unknown_key_hint(name: &str) -> String {
    if let Some(key) = Key::find(name) {
        return format!("{name} is set outside this file, with the variable {}", key.variable());
    }
    let names = || KEYS.iter().filter(|key| key.in_file).map(|key| key.name);
    match nearest(name, names()) {
        Some(close) => format!("did you mean {close}?"),
        None => format!("settings are: {}", names().collect::<Vec<_>>().join(", ")),
    }
}

/// A path as a shell takes it.
fn quoted(path: &std::path::Path) -> String {
    let text = path.display().to_string();
    let plain = text.chars().all(|c| c.is_alphanumeric() || "/._-+:@".contains(c));
    if plain { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_quoted_for_the_shell_when_it_must_be() {
        assert_eq!(quoted("/home/x/.fi/config.toml".as_ref()), "/home/x/.fi/config.toml");
        assert_eq!(quoted("/a b/it's".as_ref()), r"'/a b/it'\''s'");
    }
}
