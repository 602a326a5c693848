//! What the gate knows: every part of a query that may occur, and the functions that may not.

/// Kinds of query: SELECT, UNION and the like, WITH RECURSIVE. Not: COPY, INSERT, UPDATE, DELETE, MERGE.
pub(super) const QUERY_NODES: &[&str] = &["SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE"];

/// Things in a FROM clause.
pub(super) const TABLE_REFS: &[&str] =
    &["BASE_TABLE", "SUBQUERY", "JOIN", "TABLE_FUNCTION", "EXPRESSION_LIST", "EMPTY", "PIVOT", "SHOW_REF"];

/// What follows a query: ORDER BY, LIMIT, DISTINCT.
pub(super) const MODIFIERS: &[&str] =
    &["ORDER_MODIFIER", "LIMIT_MODIFIER", "DISTINCT_MODIFIER", "LEGACY_LIMIT_PERCENT_MODIFIER"];

/// Kinds of expression. Not: parameters, which nobody binds, and nothing only a planner makes.
pub(super) const EXPRESSIONS: &[&str] = &[
    "BETWEEN",
    "CASE",
    "CAST",
    "COLLATE",
    "COLUMN_REF",
    "COMPARISON",
    "CONJUNCTION",
    "CONSTANT",
    "DEFAULT",
    "FUNCTION",
    "LAMBDA",
    "LAMBDA_REF",
    "OPERATOR",
    "POSITIONAL_REFERENCE",
    "STAR",
    "SUBQUERY",
    "TYPE",
    "WINDOW",
];

/// Functions that may stand in a FROM clause: those that make rows from their arguments alone, and our own.
pub(super) const TABLE_FUNCTIONS: &[&str] =
    &["range", "generate_series", "unnest", "json_each", "json_tree", "search"];

/// Schemas a view or function may be named with.
pub(super) const SCHEMAS: &[&str] = &["", "main"];

/// Databases a view or function may be named with: the engine's own, and DuckDB's for its functions.
pub(super) const CATALOGS: &[&str] = &["", "memory", "system"];

/// Functions that change something, wait, run SQL of their own, tell of the machine, or trust bytes they are given.
const REFUSED_FUNCTIONS: &[&str] = &[
    "combine",
    "current_query",
    "current_setting",
    "currval",
    "finalize",
    "getenv",
    "getvariable",
    "json_deserialize_sql",
    "json_execute_serialized_sql",
    "json_serialize_plan",
    "json_serialize_sql",
    "nextval",
    "pg_get_viewdef",
    "pg_sleep",
    "setseed",
    "setval",
    "sleep_ms",
    "to_aggregate_state",
    "variant_bytes_to_variant",
    "write_log",
];

/// Whether a function may be called in an expression.
pub(super) fn may_call(function: &str) -> bool {
    !function.starts_with("__internal") && !REFUSED_FUNCTIONS.contains(&function)
}
