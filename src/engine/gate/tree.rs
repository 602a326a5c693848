//! The syntax tree of SQL, from DuckDB's own parser, so that nothing is read differently than it is run.

use duckdb::Connection;
use serde::Deserialize;
use serde_json::Value;

use super::super::error::Error;
use super::super::sql_error::{Reported, SqlError};
use super::refusal::{Reason, Refusal};

/// The tree of the one statement in a text.
pub(super) fn parse(connection: &Connection, sql: &str) -> Result<Value, Error> {
    let json: String = connection
        .prepare("SELECT json_serialize_sql(?)")
        .and_then(|mut statement| statement.query_row([sql], |row| row.get(0)))
        .map_err(|error| Error::Sql(SqlError::new(&error, sql)))?;
    let mut tree =
        read(&json).map_err(|_| refused(Reason::Construct("SQL that cannot be read".to_owned())))?;
    if tree["error"] != false {
        return Err(error_of(tree, sql));
    }
    match tree["statements"].as_array_mut() {
        Some(statements) if statements.len() == 1 => Ok(statements.remove(0)),
        Some(statements) if statements.len() > 1 => Err(refused(Reason::SeveralStatements)),
        _ => Err(refused(Reason::Empty)),
    }
}

/// A tree may be as deep as DuckDB lets expressions nest, deeper than serde's usual limit.
fn read(json: &str) -> serde_json::Result<Value> {
    let mut reader = serde_json::Deserializer::from_str(json);
    reader.disable_recursion_limit();
    Value::deserialize(&mut reader)
}

fn error_of(tree: Value, sql: &str) -> Error {
    let reported: Reported = serde_json::from_value(tree).unwrap_or_default();
    if reported.exception_type != "not implemented" {
        return Error::Sql(SqlError::from_report(reported, sql));
    }
    let words = leading_words(sql);
    let has_pivot = sql.to_ascii_uppercase().contains("PIVOT");
    refused(if has_pivot { Reason::PivotWithoutIn } else { Reason::NotAQuery(words.join(" ")) })
}

fn refused(reason: Reason) -> Error {
    Error::Refused(Refusal::new(reason, None))
}

/// The first words of a text in upper case, at most two; none when there are only comments.
pub(super) fn leading_words(sql: &str) -> Vec<String> {
    let mut rest = skip_blank(sql);
    let mut words = Vec::new();
    while words.len() < 2 && !rest.is_empty() {
        let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let length = length.max(rest.chars().next().map_or(0, char::len_utf8));
        words.push(rest[..length].to_uppercase());
        rest = skip_blank(&rest[length..]);
    }
    words.retain(|word| word != ";");
    words
}

/// What an EXPLAIN is to explain.
pub(super) fn explained(sql: &str) -> Option<&str> {
    let rest = skip_blank(sql);
    let keyword = rest.get(.."explain".len())?;
    let after = &rest[keyword.len()..];
    let ends = !after.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    (keyword.eq_ignore_ascii_case("explain") && ends).then_some(after)
}

/// The text after white space and comments.
fn skip_blank(mut sql: &str) -> &str {
    loop {
        sql = sql.trim_start();
        if let Some(comment) = sql.strip_prefix("--") {
            sql = comment.split_once('\n').map_or("", |(_, rest)| rest);
        } else if let Some(comment) = sql.strip_prefix("/*") {
            sql = after_block_comment(comment);
        } else {
            return sql;
        }
    }
}

/// Block comments nest.
fn after_block_comment(comment: &str) -> &str {
    let mut depth = 1;
    let mut at = 0;
    while depth > 0 {
        let rest = &comment[at..];
        let (open, close) = (rest.find("/*"), rest.find("*/"));
        match (open, close) {
            (Some(open), Some(close)) if open < close => {
                depth += 1;
                at += open + 2;
            }
            (_, Some(close)) => {
                depth -= 1;
                at += close + 2;
            }
            (_, None) => return "",
        }
    }
    &comment[at..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_before_the_first_word_are_skipped() {
        assert_eq!(leading_words("-- a\n /* b /* c */ d */ select 1"), ["SELECT", "1"]);
        assert!(leading_words(" -- nothing\n/* at all").is_empty());
        assert!(leading_words(" ; ").is_empty());
    }

    #[test]
    fn an_explain_is_told_from_a_name_that_begins_like_it() {
        assert_eq!(explained("/* x */ Explain SELECT 1"), Some(" SELECT 1"));
        assert_eq!(explained("EXPLAIN(FORMAT json) SELECT 1"), Some("(FORMAT json) SELECT 1"));
        assert_eq!(explained("explained"), None);
        assert_eq!(explained("SELECT 1"), None);
    }
}
