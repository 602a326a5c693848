//! What could come next: views behind FROM, columns of the views a statement names, functions and keywords elsewhere;
//! dot-commands and their arguments.

use std::path::Path;

use reedline::{Completer, CompletionResult, Span, Suggestion};

use super::ask::modes;
use super::commands::{Argument, COMMANDS, DotCommand};
use super::is_command;
use super::lex::{Kind, Token, is_word, tokens};
use super::scope::Scope;
use super::words::{FUNCTIONS, KEYWORDS, is_keyword};
use crate::engine::{VIEWS, View};
use crate::lake::Partitioning;

/// The shortest word that is also looked for inside names.
const LEAST_INSIDE: usize = 3;
/// Words behind which a view has to stand.
const BEFORE_VIEWS: [&str; 4] = ["from", "join", "describe", "summarize"];

/// Completes lines of the shell.
pub struct SqlCompleter {
    partitioning: Partitioning,
}

impl SqlCompleter {
    /// For a lake that is split so.
    pub fn new(partitioning: Partitioning) -> Self {
        Self { partitioning }
    }

    /// What could stand at a place of a line, the likeliest first.
    fn suggestions(&self, line: &str, at: usize) -> Vec<Suggestion> {
        let before = &line[..at];
        if is_command(line) {
            return self.of_command(before);
        }
        let all = tokens(line);
        let Some((from, to)) = statement_around(&all, at) else { return Vec::new() };
        let mut found = self.of_sql(&line[from..to], &line[from..at], from);
        if line.trim().is_empty() {
            found.extend(commands("", at, at));
        }
        found
    }

    fn of_sql(&self, statement: &str, before: &str, offset: usize) -> Vec<Suggestion> {
        let typed = last_word(before);
        let span = Span::new(offset + before.len() - typed.len(), offset + before.len());
        let ahead = &before[..before.len() - typed.len()];
        // Half a keyword behind a view is no name for it.
        let around = format!("{ahead} {}", &statement[before.len()..]);
        let scope = Scope::of(&around);
        let code = tokens(ahead);
        let mut code = code.iter().filter(|token| token.is_code()).rev();
        let last = code.next();
        if last.is_some_and(|token| token.text == ".") {
            let view = code.next().and_then(Token::name).and_then(|name| scope.called(&name));
            return view.map_or_else(Vec::new, |view| matching(typed, self.columns(view), span));
        }
        let is_view_due = last.is_some_and(|token| BEFORE_VIEWS.iter().any(|word| token.is(word)))
            || last.is_some_and(|token| token.text == ",") && in_from(ahead);
        if is_view_due {
            return matching(typed, relations(&scope), span);
        }
        let mut offers: Vec<Offer> = Vec::new();
        for named in &scope.views {
            if named.called != named.view.name {
                offers.push(Offer::plain(format!("{}.", named.called), named.view.name));
            }
        }
        offers.extend(scope.views.iter().flat_map(|named| self.columns(named.view)));
        if !typed.is_empty() || last.is_none() {
            let first = ["SELECT", "FROM", "WITH", "DESCRIBE", "SUMMARIZE", "SHOW", "EXPLAIN"];
            let keywords: &[&str] = if last.is_none() { &first } else { KEYWORDS };
            offers.extend(keywords.iter().map(|word| Offer::keyword(word, typed)));
        }
        if !typed.is_empty() && last.is_some() {
            offers.extend(FUNCTIONS.iter().map(|(name, what)| Offer::plain(format!("{name}("), what)));
            offers.extend(relations(&scope).into_iter().filter(|offer| !offer.text.ends_with('(')));
        }
        if offers.is_empty() {
            offers.extend(FUNCTIONS.iter().map(|(name, what)| Offer::plain(format!("{name}("), what)));
        }
        matching(typed, offers, span)
    }

    fn columns(&self, view: &View) -> Vec<Offer> {
        let columns = view.columns(self.partitioning).into_iter();
        columns
            .map(|column| Offer::plain(column.name, &format!("{}  {}", column.sql_type, column.description)))
            .collect()
    }

    fn of_command(&self, before: &str) -> Vec<Suggestion> {
        let start = before.len() - before.trim_start().len();
        let Some((name, rest)) = before[start..].split_once(char::is_whitespace) else {
            return commands(&before[start..], start, before.len());
        };
        let typed = rest.trim_start();
        let span = Span::new(before.len() - typed.len(), before.len());
        let of = |names: Vec<&str>| {
            matching(typed, names.into_iter().map(|name| Offer::plain(name, "")).collect(), span)
        };
        let argument = match name {
            "\\d" => Argument::View,
            name => DotCommand::named(name).map_or(Argument::None, |command| command.argument),
        };
        match argument {
            Argument::None => Vec::new(),
            Argument::View => matching(typed, VIEWS.iter().map(offer_of).collect(), span),
            Argument::Mode => of(modes().collect()),
            Argument::OnOff => of(vec!["on", "off"]),
            Argument::File => files(typed, span),
            Argument::Sql => self.of_sql(typed, typed, span.start),
        }
    }
}

impl Completer for SqlCompleter {
    fn complete(&mut self, line: &str, pos: usize) -> CompletionResult {
        CompletionResult::fresh(self.suggestions(line, pos))
    }
}

/// Something to complete with.
struct Offer {
    text: String,
    what: String,
    has_space: bool,
}

impl Offer {
    fn plain(text: impl Into<String>, what: &str) -> Self {
        Self { text: text.into(), what: what.to_owned(), has_space: false }
    }

    /// In the case in which it was begun.
    fn keyword(word: &str, typed: &str) -> Self {
        let is_lower = typed.starts_with(|c: char| c.is_ascii_lowercase());
        let text = if is_lower { word.to_ascii_lowercase() } else { word.to_owned() };
        Self { text, what: String::new(), has_space: true }
    }
}

fn offer_of(view: &View) -> Offer {
    Offer::plain(view.name, view.grain())
}

/// What can stand behind FROM.
fn relations(scope: &Scope<'_>) -> Vec<Offer> {
    let queries = scope.queries.iter().map(|name| Offer::plain(*name, "a query of this statement"));
    let search = Offer::plain("search(", "conversations by words, with a score");
    queries.chain(VIEWS.iter().map(offer_of)).chain([search]).collect()
}

/// Those that begin as typed; else those that have it inside.
fn matching(typed: &str, offers: Vec<Offer>, span: Span) -> Vec<Suggestion> {
    let typed = typed.to_ascii_lowercase();
    let lower = |offer: &Offer| offer.text.to_ascii_lowercase();
    let (begins, others): (Vec<Offer>, Vec<Offer>) =
        offers.into_iter().partition(|offer| lower(offer).starts_with(&typed));
    let inside = |offers: Vec<Offer>| -> Vec<Offer> {
        offers.into_iter().filter(|offer| !offer.has_space && lower(offer).contains(&typed)).collect()
    };
    let found = if begins.is_empty() && typed.len() >= LEAST_INSIDE { inside(others) } else { begins };
    let mut seen: Vec<String> = Vec::new();
    let mut suggestions = Vec::new();
    for offer in found {
        // Two views of a statement may have a column of the same name; a word finished needs no offer.
        if seen.contains(&offer.text) {
            continue;
        }
        seen.push(offer.text.clone());
        suggestions.push(Suggestion {
            value: offer.text,
            description: Some(offer.what).filter(|what| !what.is_empty()),
            span,
            append_whitespace: offer.has_space,
            ..Suggestion::default()
        });
    }
    suggestions
}

fn commands(typed: &str, start: usize, end: usize) -> Vec<Suggestion> {
    let offers = COMMANDS.iter().flat_map(|command| {
        let own = Offer { text: command.name.to_owned(), what: command.summary.to_owned(), has_space: true };
        let psql = command.psql.map(|psql| psql.split(' ').next().unwrap_or(psql));
        let psql = psql.filter(|_| typed.starts_with('\\'));
        let psql = psql.map(|psql| Offer::plain(psql, command.summary));
        [Some(own).filter(|_| !typed.starts_with('\\')), psql]
    });
    matching(typed, offers.flatten().collect(), Span::new(start, end))
}

/// Files and directories that begin as typed.
fn files(typed: &str, span: Span) -> Vec<Suggestion> {
    let (directory, begun) =
        typed.rsplit_once('/').map_or(("", typed), |(head, tail)| (&typed[..=head.len()], tail));
    let listed = std::fs::read_dir(if directory.is_empty() { Path::new(".") } else { Path::new(directory) });
    let mut names: Vec<String> = Vec::new();
    for entry in listed.into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let slash = if entry.path().is_dir() { "/" } else { "" };
        if name.starts_with(begun) && (begun.starts_with('.') || !name.starts_with('.')) {
            names.push(format!("{directory}{name}{slash}"));
        }
    }
    names.sort();
    let suggestion = |value: String| Suggestion { value, span, ..Suggestion::default() };
    names.into_iter().map(suggestion).collect()
}

/// The statement a place is in, from and to; none inside a text or comment, where nothing is known.
fn statement_around(all: &[Token<'_>], at: usize) -> Option<(usize, usize)> {
    let is_inside =
        |token: &&Token<'_>| token.start < at && (at < token.end() || at == token.end() && !token.is_closed);
    let inside = all.iter().find(is_inside);
    let is_line_comment = |token: &Token<'_>| token.kind == Kind::Comment && token.text.starts_with("--");
    let ends_here = all.iter().any(|token| is_line_comment(token) && token.end() == at && at > token.start);
    if ends_here
        || inside.is_some_and(|token| matches!(token.kind, Kind::Text | Kind::Comment | Kind::Number))
    {
        return None;
    }
    let is_end = |token: &&Token<'_>| token.kind == Kind::Semicolon;
    let from = all.iter().filter(is_end).map(Token::end).filter(|end| *end <= at).max();
    let to = all.iter().filter(is_end).map(|token| token.start).find(|start| *start >= at);
    let end = all.last().map_or(0, Token::end);
    Some((from.unwrap_or(0), to.unwrap_or(end)))
}

/// The word a text ends with.
fn last_word(text: &str) -> &str {
    let start = text.char_indices().rev().take_while(|(_, c)| is_word(*c)).last();
    start.map_or("", |(at, _)| &text[at..])
}

/// Whether a text ends inside a FROM clause.
fn in_from(ahead: &str) -> bool {
    let all = tokens(ahead);
    let words = all.iter().rev().filter(|token| token.kind == Kind::Word && is_keyword(token.text));
    words
        .map(|token| token.text)
        .find(|word| !word.eq_ignore_ascii_case("as"))
        .is_some_and(|word| word.eq_ignore_ascii_case("from"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is offered where the bar stands.
    fn offers(marked: &str) -> Vec<String> {
        let at = marked.find('|').unwrap();
        let line = marked.replacen('|', "", 1);
        let found = SqlCompleter::new(Partitioning::Month).suggestions(&line, at);
        for suggestion in &found {
            assert!(suggestion.span.end == at && line.is_char_boundary(suggestion.span.start));
        }
        found.into_iter().map(|suggestion| suggestion.value).collect()
    }

    #[test]
    fn views_stand_behind_from_and_join() {
        assert_eq!(
            offers("SELECT * FROM conv|"),
            ["conversations", "conversation_attributes", "conversation_metrics"]
        );
        assert_eq!(offers("select 1 from tags JOIN tic|;"), ["tickets", "ticket_types"]);
        assert_eq!(offers("FROM tags, seg|"), ["segments"]);
        assert_eq!(offers("WITH slow AS (SELECT 1) FROM slo|"), ["slow"]);
        assert!(offers("FROM |").len() > 20);
        assert_eq!(offers("DESCRIBE backl|"), ["backlog"]);
    }

    #[test]
    fn columns_are_those_of_the_views_a_statement_names() {
        assert_eq!(offers("SELECT conversation_i| FROM conversations"), ["conversation_id"]);
        assert_eq!(offers("SELECT body_t| FROM conversations"), Vec::<String>::new());
        assert_eq!(
            offers("SELECT m.body_t| FROM conversations c JOIN messages AS m USING (x)"),
            ["body_text"]
        );
        assert_eq!(offers("SELECT messages.body_h| FROM messages"), ["body_html"]);
        assert_eq!(offers("SELECT tags.na|"), ["name"]);
        // What another statement of the same line names is none of its business.
        assert_eq!(offers("FROM messages; SELECT body_t| FROM tags; FROM messages"), Vec::<String>::new());
        // A part of a name finds it, if nothing begins so.
        assert_eq!(offers("SELECT _email| FROM messages"), ["author_email"]);
    }

    #[test]
    fn keywords_keep_the_case_in_which_they_were_begun() {
        assert_eq!(offers("sel|"), ["select"]);
        assert_eq!(offers("SELECT 1 FROM tags WHER|"), ["WHERE"]);
        assert_eq!(offers("SELECT date_t|"), ["date_trunc("]);
    }

    #[test]
    fn nothing_is_offered_inside_texts_and_comments() {
        for marked in [
            "SELECT 'sta|' FROM conversations",
            "SELECT 'sta|",
            "-- sel|",
            "/* sel| */",
            "SELECT 'a' -- sel|",
        ] {
            assert_eq!(offers(marked), Vec::<String>::new(), "{marked}");
        }
        assert_eq!(
            offers("SELECT 'a' || conversation_i| FROM conversations".replacen("||", "+", 1).as_str()),
            ["conversation_id"]
        );
    }

    #[test]
    fn commands_and_their_arguments_complete_too() {
        assert_eq!(offers(".ma|"), [".maxrows"]);
        assert_eq!(offers("\\d|"), ["\\dt", "\\d"]);
        assert_eq!(offers(".describe backl|"), ["backlog"]);
        assert_eq!(offers("\\d csa|"), ["csat"]);
        assert_eq!(offers(".mode nd|"), ["ndjson"]);
        assert_eq!(offers(".timer |"), ["on", "off"]);
        assert_eq!(offers(".explain FROM backl|"), ["backlog"]);
        assert_eq!(offers(".quit |"), Vec::<String>::new());
        assert!(offers("|").contains(&".help".to_owned()));
    }
}
