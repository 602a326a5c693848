//! What the shell says of the data: when it opens, and when a sync has brought something in between.

use super::Shell;
use crate::cmd::wrap::wrap;
use crate::cmd::{sync, words};
use crate::engine::Engine;
use crate::error::CommandError;
use crate::lake::State;
use crate::printer::Paint;
use crate::sync::SyncState;

/// The data as it was last spoken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    generation: u64,
    conversations: u64,
    messages: u64,
}

impl Seen {
    /// As it is now.
    pub(super) fn now(engine: &Engine) -> Result<Self, CommandError> {
        Ok(Self::of(&*engine.state().map_err(super::failed)?))
    }

    fn of(state: &State) -> Self {
        Self {
            generation: state.generation,
            conversations: state.rows_of("conversations"),
            messages: state.rows_of("messages"),
        }
    }

    /// What is new since then.
    fn news(self, before: Self) -> String {
        let more = |now: u64, before: u64, thing: &str| match now.checked_sub(before) {
            Some(0) => None,
            Some(more) => Some(format!("{} more", words::many(more, thing))),
            None => Some(format!("{} fewer", words::many(before - now, thing))),
        };
        let parts = [
            more(self.conversations, before.conversations, "conversation"),
            more(self.messages, before.messages, "message"),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let what = if parts.is_empty() { String::from("changes") } else { parts.join(", ") };
        format!("New data since the last statement: {what} (generation {})", self.generation)
    }
}

/// Says what can be asked, and how to begin.
pub(super) fn greet(shell: &Shell<'_>) -> Result<(), CommandError> {
    let printer = shell.printer();
    if printer.is_quiet() {
        return Ok(());
    }
    let state = shell.engine.state().map_err(super::failed)?;
    let synced = SyncState::from_value(&state.sync).unwrap_or_default();
    let name =
        synced.workspace.as_ref().map(|workspace| workspace.name.as_str()).filter(|name| !name.is_empty());
    let name = name.map_or_else(String::new, |name| format!(" · {}", crate::format::visible(name)));
    let title = format!("fi {}{name}", env!("CARGO_PKG_VERSION"));
    printer.note(printer.paint_talk(Paint::Bold, title));
    let seen = Seen::of(&state);
    let held =
        [words::many(seen.conversations, "conversation"), words::many(seen.messages, "message")].join(", ");
    let now = shell.context.clock.now().timestamp();
    let fresh = match sync::data_as_of(&synced) {
        Some(at) => {
            format!("as of {} UTC ({} ago)", words::minute(at), words::whole_span((now - at).max(0)))
        }
        None => String::from("not synced completely yet: .sync"),
    };
    for line in wrap(&format!("{held}, {fresh}, generation {}", seen.generation), shell.width()) {
        printer.note(line);
    }
    let begin =
        "SQL ends with a semicolon. .help lists commands, .examples questions to begin with, Ctrl-D leaves.";
    wrap(begin, shell.width()).iter().for_each(|line| shell.note(line));
    Ok(())
}

impl Shell<'_> {
    /// Says so when the data has changed since it was last spoken of.
    pub(super) fn notice_new_data(&mut self) {
        // A state that cannot be read is what the query itself fails on.
        let Ok(now) = Seen::now(&self.engine) else { return };
        if now.generation != self.seen.generation {
            self.note(&now.news(self.seen));
            self.seen = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_tell_what_came_and_went() {
        let seen = |generation, conversations, messages| Seen { generation, conversations, messages };
        assert_eq!(
            seen(8, 12, 100).news(seen(7, 11, 93)),
            "New data since the last statement: 1 conversation more, 7 messages more (generation 8)"
        );
        assert_eq!(
            seen(8, 10, 100).news(seen(7, 11, 100)),
            "New data since the last statement: 1 conversation fewer (generation 8)"
        );
        assert!(seen(8, 10, 1).news(seen(7, 10, 1)).contains(": changes (generation 8)"));
    }
}
