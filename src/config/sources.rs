//! Which source wins: flag, then environment, then file, then default. Each value keeps where it came from.

use std::fmt;
use std::path::{Path, PathBuf};

use super::environment::Environment;
use super::error::ConfigError;
use super::file::FileValues;
use super::keys::{Key, Unit, Variable};
use super::values::NotAllowed;

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A flag on the command line.
    Flag(&'static str),
    /// An environment variable.
    Env(&'static str),
    /// A line of `config.toml`.
    File {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// Nothing set it.
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) | Self::Env(name) => f.write_str(name),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

impl Source {
    /// How to set the key correctly in this source.
    pub(super) fn example(&self, key: &Key) -> String {
        let example = key.example;
        match self {
            Self::Flag(name) => format!("for example: {name} {example}"),
            Self::Env(name) => format!("for example: {name}={example}"),
            Self::File { .. } | Self::Default if example.parse::<f64>().is_ok() || key.default == "true" => {
                format!("for example: {} = {example}", key.name)
            }
            Self::File { .. } | Self::Default => format!("for example: {} = \"{example}\"", key.name),
        }
    }
}

/// The values given by flags of a command: they win over everything else.
#[derive(Debug, Clone, Default)]
pub struct Flags(Vec<FlagValue>);

#[derive(Debug, Clone)]
struct FlagValue {
    key: &'static str,
    flag: &'static str,
    text: String,
}

impl Flags {
    /// No flags.
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds the value of a flag, if it was given. For secrets use the token's own way in.
    #[must_use]
    pub fn with(mut self, key: &'static str, flag: &'static str, value: Option<impl fmt::Display>) -> Self {
        self.0.extend(value.map(|value| FlagValue { key, flag, text: value.to_string() }));
        self
    }
}

/// Something odd about the settings that stops nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What, and what to do about it.
    pub text: String,
    /// Whether every command says it; if not, the log and `fi doctor` do.
    pub loud: bool,
}

/// A setting as it applies, for `fi status` and `fi doctor`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// Its value; secrets are only said to be set.
    pub value: Option<String>,
    /// Where the value came from.
    pub source: Source,
}

/// All sources of values, and what was found odd while reading them.
pub(super) struct Sources<'a> {
    flags: &'a Flags,
    environment: &'a Environment,
    file: FileValues,
    pub(super) settings: Vec<Setting>,
    pub(super) notices: Vec<Notice>,
}

impl<'a> Sources<'a> {
    pub(super) fn new(flags: &'a Flags, environment: &'a Environment) -> Self {
        Self { flags, environment, file: FileValues::default(), settings: Vec::new(), notices: Vec::new() }
    }

    pub(super) fn set_file(&mut self, file: FileValues) {
        self.file = file;
    }

    /// Notes a path that was given by a flag; a path need not be text.
    pub(super) fn given(&mut self, name: &'static str, flag: &'static str, path: &Path) -> PathBuf {
        let value = Some(path.display().to_string());
        self.settings.push(Setting { name, value, source: Source::Flag(flag) });
        path.to_owned()
    }

    /// The value of a key from the first source that has one, else its default.
    pub(super) fn value<T>(
        &mut self,
        name: &'static str,
        parse: impl Fn(&str) -> Result<T, NotAllowed>,
    ) -> Result<T, ConfigError> {
        let value = self.optional(name, parse)?;
        Ok(value
            .expect("a key read with `value` has a default, and every default is allowed: both are tested"))
    }

    /// The value of a key that may be set by nothing at all.
    pub(super) fn optional<T>(
        &mut self,
        name: &'static str,
        parse: impl Fn(&str) -> Result<T, NotAllowed>,
    ) -> Result<Option<T>, ConfigError> {
        let key =
            Key::find(name).expect("every setting that is read is in KEYS: loading any settings shows it");
        let (text, source) = self.text(key);
        if text.is_empty() && source == Source::Default {
            self.settings.push(Setting { name, value: None, source });
            return Ok(None);
        }
        let shown = (!key.secret).then(|| text.clone());
        match parse(&text) {
            Ok(value) => {
                let value_shown = shown.unwrap_or_else(|| String::from("(set)"));
                self.settings.push(Setting { name, value: Some(value_shown), source });
                Ok(Some(value))
            }
            Err(allowed) => Err(ConfigError::Value { key, source_of_value: source, shown, allowed }),
        }
    }

    /// The text of a key and its source, in order of precedence.
    fn text(&mut self, key: &Key) -> (String, Source) {
        if let Some(given) = self.flags.0.iter().find(|given| given.key == key.name) {
            return (given.text.clone(), Source::Flag(given.flag));
        }
        if let Some(found) = self.in_environment(key) {
            return found;
        }
        match self.file.get(key.name) {
            Some((text, source)) => (text.to_owned(), source),
            None => (key.default.to_owned(), Source::Default),
        }
    }

    fn in_environment(&mut self, key: &Key) -> Option<(String, Source)> {
        let mut found: Option<(String, &'static str)> = None;
        for variable in key.env {
            let Some(text) = self.environment.get(variable.name) else { continue };
            let text = match in_unit_of_key(text, variable.unit) {
                Some(text) => text,
                None if variable.shared => {
                    self.pass_over(variable, key);
                    continue;
                }
                None => text.to_owned(),
            };
            if variable.shared && (key.check)(&text).is_err() {
                self.pass_over(variable, key);
                continue;
            }
            match &found {
                None => found = Some((text, variable.name)),
                Some((first, by)) if *first != text => self.notices.push(Notice {
                    text: format!("{} is not used: {by} is set too and is the newer name", variable.name),
                    loud: true,
                }),
                Some(_) => {}
            }
        }
        found.map(|(text, name)| (text, Source::Env(name)))
    }

    fn pass_over(&mut self, variable: &Variable, key: &Key) {
        self.notices.push(Notice {
            text: format!(
                "{} is passed over: its value does not fit the setting {}; use {}",
                variable.name,
                key.name,
                key.variable()
            ),
            loud: false,
        });
    }
}

/// Seconds become whole minutes, rounded up.
fn in_unit_of_key(text: &str, unit: Unit) -> Option<String> {
    match unit {
        Unit::Same => Some(text.to_owned()),
        Unit::Seconds => text.parse::<u32>().ok().map(|seconds| seconds.div_ceil(60).to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_become_minutes_rounded_up() {
        assert_eq!(in_unit_of_key("3600", Unit::Seconds).as_deref(), Some("60"));
        assert_eq!(in_unit_of_key("61", Unit::Seconds).as_deref(), Some("2"));
        assert_eq!(in_unit_of_key("5m", Unit::Seconds), None);
    }
}
