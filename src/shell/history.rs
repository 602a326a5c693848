//! The lines typed before: in a file for the user alone, without those that look as if a secret were in them.

use std::io;
use std::path::{Path, PathBuf};

use reedline::{
    FileBackedHistory, HistoryItem, HistoryItemId, HistorySessionId, ReedlineError, ReedlineErrorVariants,
    Result, SearchQuery,
};

use super::secrets::has_secret;

/// Lines that are remembered in a file.
const MOST_LINES: usize = 5_000;

/// What was typed.
pub struct History {
    lines: FileBackedHistory,
    /// The token of the settings, which must not be written down either.
    token: Option<String>,
}

impl History {
    /// One that ends with the shell.
    pub fn in_memory() -> Self {
        Self { lines: FileBackedHistory::default(), token: None }
    }

    /// One in a file, which `create` makes with the right mode before anything is in it.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn in_file(
        path: PathBuf,
        token: Option<String>,
        create: impl FnOnce(&Path) -> io::Result<()>,
    ) -> Result<Self> {
        create(&path)?;
        Ok(Self { lines: FileBackedHistory::with_file(MOST_LINES, path)?, token })
    }

    fn may_keep(&self, line: &str) -> bool {
        !has_secret(line) && self.token.as_ref().is_none_or(|token| !line.contains(token.as_str()))
    }
}

impl reedline::History for History {
    /// A line that is not kept can still be called back until the next one: the editor remembers what it failed to
    /// save for so long.
    fn save(&mut self, item: HistoryItem) -> Result<HistoryItem> {
        if !self.may_keep(&item.command_line) {
            return Err(ReedlineError(ReedlineErrorVariants::OtherHistoryError("not kept")));
        }
        let saved = self.lines.save(item)?;
        // At once, so that a shell that is killed has not forgotten; that it fails is no reason to stop a query.
        let _ = self.lines.sync();
        Ok(saved)
    }

    fn load(&self, id: HistoryItemId) -> Result<HistoryItem> {
        self.lines.load(id)
    }

    fn count(&self, query: SearchQuery) -> Result<i64> {
        self.lines.count(query)
    }

    fn search(&self, query: SearchQuery) -> Result<Vec<HistoryItem>> {
        self.lines.search(query)
    }

    fn update(&mut self, id: HistoryItemId, updater: &dyn Fn(HistoryItem) -> HistoryItem) -> Result<()> {
        self.lines.update(id, updater)
    }

    fn clear(&mut self) -> Result<()> {
        self.lines.clear()
    }

    fn delete(&mut self, id: HistoryItemId) -> Result<()> {
        self.lines.delete(id)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.lines.sync()
    }

    fn session(&self) -> Option<HistorySessionId> {
        self.lines.session()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reedline::History as _;

    #[test]
    fn secrets_are_neither_found_again_nor_written() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("history");
        let create = |path: &Path| std::fs::write(path, "");
        let mut history = History::in_file(path.clone(), Some("short!token".to_owned()), create).unwrap();
        let mut save = |line: &str| history.save(HistoryItem::from_command_line(line)).is_ok();
        assert!(save("SELECT 1;"));
        assert!(!save("SELECT 'canary0token0that0must0not0leak';"));
        assert!(!save("SELECT 'short!token';"));
        assert!(save("SELECT\n2;"));
        assert_eq!(history.count_all().unwrap(), 2);
        assert_eq!(std::fs::read_to_string(path).unwrap(), "SELECT 1;\nSELECT<\\n>2;\n");
    }
}
