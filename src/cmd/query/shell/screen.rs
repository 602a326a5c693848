//! What goes to the terminal: as wide as it is now, and through a pager when it is longer.

use super::Shell;
use crate::error::CommandError;
use crate::format::TableLook;
use crate::shell::Width;

impl Shell<'_> {
    /// Columns there are: the terminal may have changed since the last time.
    pub(super) fn width(&self) -> usize {
        self.printer().width_now(&self.setup.environment)
    }

    /// How tables look.
    pub(super) fn look(&self) -> TableLook {
        let look = self.printer().look();
        let width = match self.settings.width {
            Width::Auto => self.width(),
            Width::Columns(columns) => columns,
        };
        TableLook { width, unicode: look.unicode, colour: look.colour }
    }

    /// Shows a text.
    pub(super) fn show(&self, text: &str) -> Result<(), CommandError> {
        Ok(self.printer().paged(text, &self.setup.environment)?)
    }
}
