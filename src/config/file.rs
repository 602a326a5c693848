//! Reading `config.toml`: a flat list of settings, each with its line, refused when it is half-written, has unknown
//! names, or shows a token to others.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::error::ConfigError;
use super::keys::Key;
use super::private;
use super::sources::Source;

/// The settings of a file as text, each with its line.
#[derive(Default)]
pub(super) struct FileValues {
    path: PathBuf,
    values: BTreeMap<&'static str, (String, usize)>,
}

impl FileValues {
    pub(super) fn get(&self, name: &str) -> Option<(&str, Source)> {
        let (text, line) = self.values.get(name)?;
        Some((text, Source::File { path: self.path.clone(), line: *line }))
    }
}

/// Reads a file that may be absent, unless the user named it.
pub(super) fn read(path: &Path, named_by_user: bool) -> Result<FileValues, ConfigError> {
    if path.extension().is_some_and(|extension| extension == "json") {
        return Err(ConfigError::OlderFile { path: path.to_owned() });
    }
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        // Where the home cannot be, there is no file either; who needs the home says so.
        Err(error)
            if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
                && !named_by_user =>
        {
            return Ok(FileValues::default());
        }
        Err(source) => return Err(ConfigError::Unreadable { path: path.to_owned(), source }),
    };
    let values = parse(path, &bytes)?;
    if values.values.keys().any(|name| Key::find(name).is_some_and(|key| key.secret)) {
        check_private(path)?;
    }
    Ok(values)
}

/// Whether a file is a flat list of known settings, whoever may read it.
pub(super) fn check(path: &Path) -> Result<(), ConfigError> {
    let bytes = fs::read(path).map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
    parse(path, &bytes).map(drop)
}

fn check_private(path: &Path) -> Result<(), ConfigError> {
    match private::open_to_others(path) {
        Ok(None) => Ok(()),
        Ok(Some(mode)) => Err(ConfigError::Exposed { path: path.to_owned(), mode }),
        Err(source) => Err(ConfigError::Unreadable { path: path.to_owned(), source }),
    }
}

fn parse(path: &Path, bytes: &[u8]) -> Result<FileValues, ConfigError> {
    let syntax = |line, what| ConfigError::Syntax { path: path.to_owned(), line, what };
    let text = std::str::from_utf8(bytes).map_err(|error| {
        syntax(line_of(bytes, error.valid_up_to()), String::from("this is not UTF-8 text"))
    })?;
    let table = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        syntax(line_of(bytes, at), error.message().to_owned())
    })?;
    let mut values = BTreeMap::new();
    for (name, value) in table.into_inner() {
        let line = line_of(bytes, name.span().start);
        let key = key(path, line, name.get_ref())?;
        let text = scalar(value.get_ref()).ok_or_else(|| {
            syntax(line, format!("the setting {} takes one text, number or true/false", key.name))
        })?;
        values.insert(key.name, (text, line));
    }
    Ok(FileValues { path: path.to_owned(), values })
}

/// The setting of this name, if the file may hold it.
pub(super) fn key(path: &Path, line: usize, name: &str) -> Result<&'static Key, ConfigError> {
    Key::find(name).filter(|key| key.in_file).ok_or_else(|| ConfigError::UnknownKey {
        path: path.to_owned(),
        line,
        name: name.to_owned(),
    })
}

/// The text of a single value; arrays, tables and dates have none.
fn scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.trim().to_owned()),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).ok().map(|number| number.to_string())
        }
        DeValue::Float(number) => Some(number.as_str().to_owned()),
        DeValue::Boolean(value) => Some(value.to_string()),
        _ => None,
    }
}

/// The line, from 1, of a byte offset.
fn line_of(bytes: &[u8], offset: usize) -> usize {
    1 + bytes[..offset.min(bytes.len())].iter().filter(|byte| **byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<FileValues, ConfigError> {
        parse(Path::new("config.toml"), text.as_bytes())
    }

    #[test]
    fn values_of_every_kind_come_out_as_text_with_their_line() {
        let file =
            parsed("# settings\nregion = \"eu\"\nrate_share = 0.5\nconcurrency = 4\ntickets = false\n")
                .unwrap();
        let text = |name| file.get(name).map(|(text, source)| format!("{text} {source}"));
        assert_eq!(text("region").as_deref(), Some("eu config.toml:2"));
        assert_eq!(text("rate_share").as_deref(), Some("0.5 config.toml:3"));
        assert_eq!(text("concurrency").as_deref(), Some("4 config.toml:4"));
        assert_eq!(text("tickets").as_deref(), Some("false config.toml:5"));
        assert_eq!(text("timezone"), None);
    }

    #[test]
    fn a_half_written_file_names_the_line() {
        for (text, at) in
            [("region = \"eu\"\ntoken = \"ab", 2), ("region", 1), ("a = 1\na = 2", 2), ("x = [", 1)]
        {
            let Err(ConfigError::Syntax { line, .. }) = parsed(text) else { panic!("{text} was accepted") };
            assert_eq!(line, at, "{text}");
        }
    }

    #[test]
    fn an_error_about_the_token_does_not_show_it() {
        for text in [
            "token = canary",
            "token = \"canary",
            "token = [\"canary\"]",
            "token = \"can\ncanary\"",
            "token canary",
        ] {
            let error = parsed(text).err().expect("not a setting");
            assert!(
                !crate::error::CommandError::from(error).to_json().to_string().contains("canary"),
                "{text}"
            );
        }
    }

    #[test]
    fn tables_lists_and_dates_are_refused() {
        for text in ["region = [\"eu\"]", "region = 2026-01-01", "region = { a = 1 }"] {
            assert!(matches!(parsed(text), Err(ConfigError::Syntax { line: 1, .. })), "{text}");
        }
        assert!(matches!(parsed("[sync]\nx = 1"), Err(ConfigError::UnknownKey { .. })));
    }
}
