//! The line editor: prompt, keys, completion menu, and where lines are remembered.

use std::borrow::Cow;
use std::path::Path;
use std::time::Duration;

use reedline::{
    Color, DefaultHinter, Emacs, IdeMenu, KeyCode, KeyModifiers, MenuBuilder, Prompt, PromptEditMode,
    PromptHistorySearch, PromptHistorySearchStatus, Reedline, ReedlineEvent, ReedlineMenu, Signal,
    default_emacs_keybindings,
};
use secrecy::ExposeSecret;

use super::running::Running;
use crate::cmd::Context;
use crate::config::private;
use crate::error::{CommandError, Explain, Kind};
use crate::lake::Partitioning;
use crate::shell::{EndOfStatement, History, SqlCompleter, SqlHighlighter};

const MENU: &str = "completion";
/// Lines of the menu.
const MENU_HEIGHT: u16 = 10;
/// How soon the end of the process is noticed while nothing is typed.
const POLL: Duration = Duration::from_millis(500);

/// Reads lines.
pub(super) struct Editor(Reedline);

impl Editor {
    /// An editor for a lake that is split so.
    pub(super) fn new(
        context: &Context,
        is_private: bool,
        partitioning: Partitioning,
        running: &Running,
    ) -> Self {
        let has_colour = context.printer.talk_look().colour;
        let mut keys = default_emacs_keybindings();
        let next = vec![ReedlineEvent::Menu(MENU.to_owned()), ReedlineEvent::MenuNext];
        keys.add_binding(KeyModifiers::NONE, KeyCode::Tab, ReedlineEvent::UntilFound(next));
        keys.add_binding(KeyModifiers::SHIFT, KeyCode::BackTab, ReedlineEvent::MenuPrevious);
        let menu = IdeMenu::default()
            .with_name(MENU)
            .with_marker("> ")
            .with_max_completion_height(MENU_HEIGHT)
            .with_text_style(Color::Default.normal())
            .with_description_text_style(Color::DarkGray.normal());
        let mut line = Reedline::create()
            .use_bracketed_paste(true)
            .with_ansi_colors(has_colour)
            .with_completer(Box::new(SqlCompleter::new(partitioning)))
            .with_quick_completions(true)
            .with_partial_completions(true)
            .with_menu(ReedlineMenu::EngineCompleter(Box::new(menu)))
            .with_edit_mode(Box::new(Emacs::new(keys)))
            .with_validator(Box::new(EndOfStatement))
            .with_history(Box::new(history(context, is_private)))
            .with_history_exclusion_prefix(Some(String::from(" ")))
            .with_break_signal(running.leaving())
            .with_poll_interval(POLL);
        if has_colour {
            // Without colours a hint would look as if it had been typed.
            let hinter = DefaultHinter::default().with_style(Color::DarkGray.normal()).with_min_chars(2);
            line = line.with_highlighter(Box::new(SqlHighlighter)).with_hinter(Box::new(hinter));
        } else {
            line = line.with_highlighter(Box::new(reedline::SimpleMatchHighlighter::default()));
        }
        Self(line)
    }

    /// The next line; none when there will be no more.
    pub(super) fn read(&mut self) -> Result<Option<String>, CommandError> {
        loop {
            let signal =
                self.0.read_line(&Mark).explain(Kind::Failed, || "could not read from the terminal")?;
            match signal {
                Signal::Success(line) => return Ok(Some(line)),
                // What was typed is gone, the shell is not.
                Signal::CtrlC => {}
                _ => return Ok(None),
            }
        }
    }
}

/// Lines of earlier shells, unless that is not wanted or not possible.
fn history(context: &Context, is_private: bool) -> History {
    if !is_private {
        let token = context.config.token.as_ref().map(|token| token.expose_secret().to_owned());
        let path = context.config.home.query_history();
        let create = |path: &Path| private::file_options().append(true).create(true).open(path).map(drop);
        match History::in_file(path, token, create) {
            Ok(history) => return history,
            // Somebody else's lake can be asked, too.
            Err(error) => context.printer.detail(format!("lines are not remembered: {error}")),
        }
    }
    History::in_memory()
}

/// What stands before a line.
struct Mark;

impl Prompt for Mark {
    fn render_prompt_left(&self) -> Cow<'_, str> {
        Cow::Borrowed("fi")
    }

    fn render_prompt_right(&self) -> Cow<'_, str> {
        Cow::Borrowed("")
    }

    fn render_prompt_indicator(&self, _mode: PromptEditMode) -> Cow<'_, str> {
        Cow::Borrowed("> ")
    }

    fn render_prompt_multiline_indicator(&self) -> Cow<'_, str> {
        Cow::Borrowed("  > ")
    }

    fn render_prompt_history_search_indicator(&self, search: PromptHistorySearch) -> Cow<'_, str> {
        let failing = match search.status {
            PromptHistorySearchStatus::Passing => "",
            PromptHistorySearchStatus::Failing => "nothing ",
        };
        Cow::Owned(format!(" ({failing}with '{}') ", search.term))
    }

    fn get_prompt_color(&self) -> Color {
        Color::Cyan
    }

    fn get_indicator_color(&self) -> Color {
        Color::Cyan
    }

    fn get_prompt_multiline_color(&self) -> Color {
        Color::DarkGray
    }
}
