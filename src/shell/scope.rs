//! What a statement speaks of: the views in it, by the names it calls them.

use super::lex::{Kind, Token, tokens};
use super::words::is_keyword;
use crate::engine::{View, view};

/// A view and what the statement calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Named<'a> {
    pub(super) view: &'static View,
    pub(super) called: &'a str,
}

/// The names a statement brings along.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Scope<'a> {
    pub(super) views: Vec<Named<'a>>,
    /// Queries it names: `WITH name AS (…)`.
    pub(super) queries: Vec<&'a str>,
}

impl<'a> Scope<'a> {
    /// Of one statement.
    pub(super) fn of(statement: &'a str) -> Self {
        let all = tokens(statement);
        let code: Vec<&Token<'a>> = all.iter().filter(|token| token.is_code()).collect();
        let mut scope = Self::default();
        for (index, token) in code.iter().enumerate() {
            let after = &code[index + 1..];
            let is_column = index > 0 && code[index - 1].text == ".";
            if let Some(view) = token.name().filter(|_| !is_column).and_then(|name| view(&name)) {
                scope.views.push(Named { view, called: alias(after).unwrap_or(view.name) });
            } else if token.kind == Kind::Word && is_query(after) && !is_keyword(token.text) {
                scope.queries.push(token.text);
            }
        }
        scope
    }

    /// The views that a name before a dot stands for.
    pub(super) fn called(&self, name: &str) -> Option<&'static View> {
        let named = self.views.iter().find(|named| named.called.eq_ignore_ascii_case(name));
        named.map(|named| named.view).or_else(|| view(name))
    }
}

/// `AS name`, or the name alone.
fn alias<'a>(after: &[&Token<'a>]) -> Option<&'a str> {
    let name = match after {
        [first, second, ..] if first.is("as") => second,
        [first, ..] => first,
        [] => return None,
    };
    (name.kind == Kind::Word && !is_keyword(name.text)).then_some(name.text)
}

/// `AS (` behind a name.
fn is_query(after: &[&Token<'_>]) -> bool {
    matches!(after, [first, second, ..] if first.is("as") && second.text == "(")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn views(sql: &str) -> Vec<(&str, &str)> {
        Scope::of(sql).views.iter().map(|named| (named.view.name, named.called)).collect()
    }

    #[test]
    fn views_are_known_by_what_they_are_called() {
        assert_eq!(
            views("SELECT c.x FROM conversations c JOIN \"messages\" AS m USING (y) JOIN teams ON true"),
            [("conversations", "c"), ("messages", "m"), ("teams", "teams")]
        );
        assert_eq!(views("FROM tags WHERE 'messages' <> '' -- contacts"), [("tags", "tags")]);
        assert_eq!(views("SELECT c.tags FROM conversations c"), [("conversations", "c")]);
    }

    #[test]
    fn queries_of_its_own_are_names_too() {
        assert_eq!(Scope::of("WITH open AS (SELECT 1), b AS (SELECT 2) FROM open").queries, ["open", "b"]);
    }
}
