//! Changing `config.toml`: only the named settings change; other lines, comments included, stay as the user left them.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use toml::de::DeTable;

use super::error::ConfigError;
use super::file;
use super::keys::{KEYS, Key};
use super::private;
use super::sources::Source;

const HEADER: &str = "\
# Settings of fi. This file is private to you: it may hold an access token.
# Flags win over environment variables, and those over this file.
";

/// Settings to change in the file.
#[derive(Debug, Default)]
pub struct Changes(BTreeMap<&'static str, Option<SecretString>>);

impl Changes {
    /// No changes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a setting.
    #[must_use]
    pub fn set(self, name: &'static str, value: impl ToString) -> Self {
        self.set_secret(name, &SecretString::from(value.to_string()))
    }

    /// Sets a setting that must not be shown.
    #[must_use]
    pub fn set_secret(mut self, name: &'static str, value: &SecretString) -> Self {
        self.0.insert(name, Some(value.clone()));
        self
    }

    /// Removes a setting, so that its default applies.
    #[must_use]
    pub fn remove(mut self, name: &'static str) -> Self {
        self.0.insert(name, None);
        self
    }

    /// Writes the changes: the file is replaced whole, readable by its owner only. A file that cannot be understood
    /// is left alone and reported.
    pub fn write(&self, path: &Path) -> Result<(), ConfigError> {
        self.check(path)?;
        let unwritable = |source| ConfigError::Unwritable { path: path.to_owned(), source };
        if let Some(directory) = path.parent() {
            private::create_dir(directory).map_err(unwritable)?;
        }
        // A link stays a link: its target is replaced.
        let target: PathBuf = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let before = if target.exists() {
            file::check(&target)?;
            fs::read_to_string(&target).map_err(unwritable)?
        } else {
            HEADER.to_owned()
        };
        private::write_atomic(&target, self.apply(&before).as_bytes()).map_err(unwritable)
    }

    fn check(&self, path: &Path) -> Result<(), ConfigError> {
        for (name, value) in &self.0 {
            let key = file::key(path, 0, name)?;
            let Some(value) = value else { continue };
            (key.check)(value.expose_secret()).map_err(|allowed| ConfigError::Value {
                key,
                source_of_value: Source::File { path: path.to_owned(), line: 0 },
                shown: (!key.secret).then(|| value.expose_secret().to_owned()),
                allowed,
            })?;
        }
        Ok(())
    }

    /// The text of the file after the changes; the text before is known to be a flat list of settings.
    fn apply(&self, before: &str) -> String {
        let spans = spans(before);
        let mut edits: Vec<(Range<usize>, String)> = Vec::new();
        let mut added = String::new();
        for key in KEYS.iter().filter(|key| self.0.contains_key(key.name)) {
            match (spans.get(key.name), &self.0[key.name]) {
                (Some((_, value)), Some(new)) => edits.push((value.clone(), literal(key, new))),
                (Some((name, value)), None) => {
                    edits.push((whole_lines(before, name.start..value.end), String::new()));
                }
                (None, Some(new)) => added.push_str(&format!("{} = {}\n", key.name, literal(key, new))),
                (None, None) => {}
            }
        }
        let mut text = before.to_owned();
        edits.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
        for (span, new) in edits {
            text.replace_range(span, &new);
        }
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text + &added
    }
}

/// Where each setting's name and value lie in the text.
fn spans(text: &str) -> BTreeMap<String, (Range<usize>, Range<usize>)> {
    let table = DeTable::parse(text).map(toml::Spanned::into_inner).unwrap_or_default();
    table.into_iter().map(|(name, value)| (name.get_ref().to_string(), (name.span(), value.span()))).collect()
}

/// The lines a span lies on, with the line break at their end.
fn whole_lines(text: &str, span: Range<usize>) -> Range<usize> {
    let start = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[span.end..].find('\n').map_or(text.len(), |at| span.end + at + 1);
    start..end
}

/// A value as TOML: numbers and switches bare, everything else quoted.
fn literal(key: &Key, value: &SecretString) -> String {
    let text = value.expose_secret();
    let bare = |text: &str| text.parse::<f64>().is_ok() || matches!(text, "true" | "false");
    if bare(key.example) && bare(text) { text.to_owned() } else { toml::Value::from(text).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_has_the_settings_in_order() {
        let changes =
            Changes::new().set("concurrency", 4).set("region", "eu").set("initial_sync_days", "all");
        insta::assert_snapshot!(changes.apply(HEADER), @r#"
        # Settings of fi. This file is private to you: it may hold an access token.
        # Flags win over environment variables, and those over this file.
        region = "eu"
        initial_sync_days = "all"
        concurrency = 4
        "#);
    }

    #[test]
    fn other_lines_and_comments_stay() {
        let before = "# mine\nregion = \"us\" # home\ntimezone = \"UTC\"\nrate_share = 0.5";
        let after =
            Changes::new().set("region", "eu").remove("timezone").set("workspace_id", "abc").apply(before);
        assert_eq!(after, "# mine\nregion = \"eu\" # home\nrate_share = 0.5\nworkspace_id = \"abc\"\n");
    }

    #[test]
    fn what_is_written_is_private_and_a_bad_file_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("home/config.toml");
        Changes::new().set_secret("token", &SecretString::from("canary")).write(&path).unwrap();
        assert!(fs::read_to_string(&path).unwrap().ends_with("token = \"canary\"\n"));
        assert_eq!(private::open_to_others(&path).unwrap(), None);

        fs::write(&path, "token = \"can").unwrap();
        assert!(Changes::new().set("region", "eu").write(&path).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "token = \"can");
    }

    #[test]
    fn a_value_that_is_not_allowed_is_not_written() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.toml");
        assert!(Changes::new().set("region", "mars").write(&path).is_err());
        assert!(Changes::new().set("home", "/x").write(&path).is_err());
        assert!(!path.exists());
    }
}
