//! The walk through a syntax tree: every node must be known, every name one of a view or of the query's own WITH.

use serde_json::{Map, Value};

use super::super::place::Place;
use super::super::views::{View, view};
use super::lists::{
    CATALOGS, EXPRESSIONS, MODIFIERS, QUERY_NODES, SCHEMAS, TABLE_FUNCTIONS, TABLE_REFS, may_call,
};
use super::refusal::{Reason, Refusal};

type Checked = Result<(), Box<Refusal>>;
type Node = Map<String, Value>;

/// Checks a whole statement. Beside the views it may read one more table, if there is one.
pub(super) fn check(statement: &Value, sql: &str, beside: Option<&'static str>) -> Checked {
    Walk { sql, beside, names: Vec::new() }.value(statement)
}

/// The view a FROM clause names; none for anything else.
pub(super) fn view_of(table: &Value) -> Option<&'static View> {
    let path = path(table);
    let (name, schemas) = path.split_last()?;
    view(name).filter(|_| is_here(schemas))
}

/// Whether a name in these schemas is one of the engine's own.
fn is_here(schemas: &[String]) -> bool {
    match schemas {
        [] => true,
        [schema] => SCHEMAS.contains(&schema.as_str()),
        [catalog, schema] => catalog == "memory" && schema == "main",
        _ => false,
    }
}

/// A name with its schema and database, in lower case.
fn path(node: &Value) -> Vec<String> {
    let parts = node["qualified_name"]["path"].as_array();
    let parts = parts.map(|parts| parts.iter().filter_map(Value::as_str).map(str::to_ascii_lowercase));
    parts.map(Iterator::collect).unwrap_or_default()
}

struct Walk<'a> {
    sql: &'a str,
    /// The table beside the views.
    beside: Option<&'static str>,
    /// The names of the WITH clauses around the node, in lower case.
    names: Vec<String>,
}

impl Walk<'_> {
    fn value(&mut self, value: &Value) -> Checked {
        match value {
            Value::Object(node) => self.node(node, value),
            Value::Array(items) => items.iter().try_for_each(|item| self.value(item)),
            _ => Ok(()),
        }
    }

    fn node(&mut self, node: &Node, value: &Value) -> Checked {
        if let Some(class) = text(node, "class") {
            self.expression(class, node)?;
            return self.children(node, "");
        }
        match text(node, "type") {
            Some(kind) if kind.ends_with("_NODE") => self.query(kind, node),
            Some(kind) if MODIFIERS.contains(&kind) || node.contains_key("null_order") => {
                self.children(node, "")
            }
            Some(kind) if TABLE_REFS.contains(&kind) => {
                self.table(kind, node, value)?;
                self.children(node, "")
            }
            Some(kind) => self.refuse(Reason::Construct(readable(kind)), node),
            None if node.contains_key("info_type") => {
                self.refuse(Reason::Construct("a statement inside a query".to_owned()), node)
            }
            None => self.children(node, ""),
        }
    }

    fn children(&mut self, node: &Node, except: &str) -> Checked {
        node.iter().filter(|(key, _)| *key != except).try_for_each(|(_, child)| self.value(child))
    }

    /// A query sees the names of its WITH, each of which sees those before it: a name that is not visible where it
    /// is used would be looked for elsewhere, even among files.
    fn query(&mut self, kind: &str, node: &Node) -> Checked {
        if !QUERY_NODES.contains(&kind) {
            let what = kind.trim_end_matches("_NODE").trim_end_matches("_QUERY").to_owned();
            return self.refuse(Reason::WritesInWith(what), node);
        }
        let outer = self.names.len();
        let with = node.get("cte_map").and_then(|map| map["map"].as_array());
        for entry in with.into_iter().flatten() {
            let name = entry["key"].as_str().unwrap_or_default().to_ascii_lowercase();
            let body = &entry["value"];
            let is_recursive = body["query_node"]["type"] == "RECURSIVE_CTE_NODE";
            if is_recursive {
                self.names.push(name.clone());
            }
            self.value(body)?;
            if !is_recursive {
                self.names.push(name);
            }
        }
        self.children(node, "cte_map")?;
        self.names.truncate(outer);
        Ok(())
    }

    fn table(&self, kind: &str, node: &Node, value: &Value) -> Checked {
        match kind {
            "BASE_TABLE" => self.base_table(node, value),
            "TABLE_FUNCTION" => self.table_function(node),
            "SHOW_REF" => self.show(node, value),
            _ => Ok(()),
        }
    }

    fn base_table(&self, node: &Node, value: &Value) -> Checked {
        let path = path(value);
        let is_with = matches!(&path[..], [name] if self.names.contains(name));
        if is_with || view_of(value).is_some() || self.is_beside(&path) {
            return self.agrees(node, &path);
        }
        let name = text(node, "table_name").unwrap_or_default().to_owned();
        self.refuse(
            if path.len() > 1 { Reason::OtherSchema(path.join(".")) } else { Reason::UnknownView(name) },
            node,
        )
    }

    fn is_beside(&self, path: &[String]) -> bool {
        path.split_last()
            .is_some_and(|(name, schemas)| Some(name.as_str()) == self.beside && is_here(schemas))
    }

    /// The tree says a table's name twice; both must say the same.
    fn agrees(&self, node: &Node, path: &[String]) -> Checked {
        let said = |key: &str| text(node, key).unwrap_or_default().to_ascii_lowercase();
        let is_same = path.last().is_some_and(|name| *name == said("table_name"))
            && SCHEMAS.contains(&said("schema_name").as_str())
            && CATALOGS.contains(&said("catalog_name").as_str());
        let has_no_version = node.get("at_clause").is_none_or(Value::is_null);
        match is_same && has_no_version {
            true => Ok(()),
            false => self.refuse(Reason::OtherSchema(path.join(".")), node),
        }
    }

    fn table_function(&self, node: &Node) -> Checked {
        let name =
            node.get("function").and_then(|function| function["function_name"].as_str()).unwrap_or_default();
        match TABLE_FUNCTIONS.contains(&name.to_ascii_lowercase().as_str()) {
            true => Ok(()),
            false => self.refuse(Reason::TableFunction(name.to_owned()), node),
        }
    }

    /// DESCRIBE and SUMMARIZE hold a query, SHOW a name; of the rest only SHOW TABLES is of use.
    fn show(&self, node: &Node, value: &Value) -> Checked {
        let name = text(node, "table_name").unwrap_or_default();
        let is_allowed = match text(node, "show_type").unwrap_or_default() {
            "DESCRIBE" | "SUMMARY" => node.get("query").is_some_and(Value::is_object),
            "SHOW" => view_of(value).is_some(),
            "SHOW_SPECIAL" => matches!(name.trim_matches('"'), "tables" | "" | "__show_tables"),
            _ => false,
        };
        match is_allowed {
            true => Ok(()),
            false if text(node, "show_type") == Some("SHOW") => {
                self.refuse(Reason::UnknownView(name.to_owned()), node)
            }
            false => self.refuse(Reason::Construct(format!("SHOW {}", name.trim_matches('"'))), node),
        }
    }

    fn expression(&self, class: &str, node: &Node) -> Checked {
        if class == "PARAMETER" {
            return self.refuse(Reason::Parameter, node);
        }
        if !EXPRESSIONS.contains(&class) {
            return self.refuse(Reason::Construct(readable(class)), node);
        }
        if node.get("export_state").is_some_and(|flag| *flag == true) {
            return self.refuse(Reason::Construct("EXPORT_STATE".to_owned()), node);
        }
        match text(node, "function_name") {
            Some(name) if !may_call(&name.to_ascii_lowercase()) => {
                self.refuse(Reason::Function(name.to_owned()), node)
            }
            _ => Ok(()),
        }
    }

    fn refuse(&self, reason: Reason, node: &Node) -> Checked {
        let number =
            |key: &str| node.get(key).and_then(Value::as_u64).and_then(|at| usize::try_from(at).ok());
        let length = number("query_location_length").unwrap_or(1);
        let place = number("query_location").and_then(|start| Place::new(self.sql, start, length));
        Err(Box::new(Refusal::new(reason, place)))
    }
}

fn text<'a>(node: &'a Node, key: &str) -> Option<&'a str> {
    node.get(key).and_then(Value::as_str)
}

/// A word of the tree as one of SQL.
fn readable(kind: &str) -> String {
    kind.replace('_', " ")
}
