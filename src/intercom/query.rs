//! The search grammar: filters in at most two levels of groups of at most fifteen, as Intercom allows.
//! What the types cannot forbid, the constructors refuse; knows nothing about requests.

use serde::Serialize;

use super::time::is_seconds;

/// Filters a group may hold.
const FILTERS_PER_GROUP: usize = 15;

/// A query that Intercom would misunderstand or refuse.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// A comparison with a value no unix time in seconds has.
    #[error("`{field}` is compared with {value}: times are unix seconds, and this looks like milliseconds")]
    Milliseconds {
        /// The field.
        field: String,
        /// The value.
        value: i64,
    },
    /// No filter at all.
    #[error("a search needs at least one filter")]
    Empty,
    /// More filters than a group may hold.
    #[error("a group of a search holds at most 15 filters, not {0}")]
    TooMany(usize),
}

/// How a field is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Op {
    /// Equal.
    #[serde(rename = "=")]
    Eq,
    /// Not equal.
    #[serde(rename = "!=")]
    Ne,
    /// One of a list.
    #[serde(rename = "IN")]
    In,
    /// None of a list.
    #[serde(rename = "NIN")]
    Nin,
    /// Greater; whether equal passes differs between endpoints.
    #[serde(rename = ">")]
    Gt,
    /// Less; whether equal passes differs between endpoints.
    #[serde(rename = "<")]
    Lt,
    /// Contains.
    #[serde(rename = "~")]
    Contains,
    /// Does not contain.
    #[serde(rename = "!~")]
    NotContains,
    /// Starts with.
    #[serde(rename = "^")]
    StartsWith,
    /// Ends with.
    #[serde(rename = "$")]
    EndsWith,
}

/// A value of a filter.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Scalar {
    /// Text.
    Text(String),
    /// A number; for times go through [`Filter::compare`], which refuses milliseconds.
    Integer(i64),
    /// Yes or no.
    Bool(bool),
    /// Nothing.
    Null,
    /// Several, for [`Op::In`] and [`Op::Nin`].
    List(Vec<Scalar>),
}

impl From<&str> for Scalar {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Scalar {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<bool> for Scalar {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

/// One comparison.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Filter {
    field: String,
    operator: Op,
    value: Scalar,
}

impl Filter {
    fn new(field: &str, operator: Op, value: Scalar) -> Self {
        Self { field: field.to_owned(), operator, value }
    }

    /// The field equals the value. For times use [`Filter::compare`].
    #[must_use]
    pub fn eq(field: &str, value: impl Into<Scalar>) -> Self {
        Self::new(field, Op::Eq, value.into())
    }

    /// The field differs from the value.
    #[must_use]
    pub fn ne(field: &str, value: impl Into<Scalar>) -> Self {
        Self::new(field, Op::Ne, value.into())
    }

    /// The field is one of the values.
    #[must_use]
    pub fn one_of<V: Into<Scalar>>(field: &str, values: impl IntoIterator<Item = V>) -> Self {
        Self::new(field, Op::In, Scalar::List(values.into_iter().map(Into::into).collect()))
    }

    /// The field is none of the values.
    #[must_use]
    pub fn none_of<V: Into<Scalar>>(field: &str, values: impl IntoIterator<Item = V>) -> Self {
        Self::new(field, Op::Nin, Scalar::List(values.into_iter().map(Into::into).collect()))
    }

    /// The text field relates to the text by one of the text operators.
    #[must_use]
    pub fn text(field: &str, op: Op, value: &str) -> Self {
        Self::new(field, op, value.into())
    }

    /// Compares a number or a time in unix seconds.
    ///
    /// # Errors
    /// When the value looks like milliseconds: Intercom would answer with an empty result.
    pub fn compare(field: &str, op: Op, value: i64) -> Result<Self, QueryError> {
        if !is_seconds(value) {
            return Err(QueryError::Milliseconds { field: field.to_owned(), value });
        }
        Ok(Self::new(field, op, Scalar::Integer(value)))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
enum Join {
    #[serde(rename = "AND")]
    And,
    #[serde(rename = "OR")]
    Or,
}

/// Several filters joined; it cannot hold another group.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Group {
    operator: Join,
    value: Vec<Filter>,
}

impl Group {
    /// All of the filters hold.
    ///
    /// # Errors
    /// When there are none or more than fifteen.
    pub fn all(filters: impl IntoIterator<Item = Filter>) -> Result<Self, QueryError> {
        Ok(Self { operator: Join::And, value: counted(filters)? })
    }

    /// At least one of the filters holds.
    ///
    /// # Errors
    /// When there are none or more than fifteen.
    pub fn any(filters: impl IntoIterator<Item = Filter>) -> Result<Self, QueryError> {
        Ok(Self { operator: Join::Or, value: counted(filters)? })
    }
}

fn counted<T>(items: impl IntoIterator<Item = T>) -> Result<Vec<T>, QueryError> {
    let items: Vec<T> = items.into_iter().collect();
    match items.len() {
        0 => Err(QueryError::Empty),
        count if count > FILTERS_PER_GROUP => Err(QueryError::TooMany(count)),
        _ => Ok(items),
    }
}

/// A filter or a group of them.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Clause {
    /// One filter.
    Filter(Filter),
    /// A group.
    Group(Group),
}

impl From<Filter> for Clause {
    fn from(filter: Filter) -> Self {
        Self::Filter(filter)
    }
}

impl From<Group> for Clause {
    fn from(group: Group) -> Self {
        Self::Group(group)
    }
}

/// A complete query: one filter, or clauses joined.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Query(Node);

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
enum Node {
    Filter(Filter),
    Joined { operator: Join, value: Vec<Clause> },
}

impl From<Filter> for Query {
    fn from(filter: Filter) -> Self {
        Self(Node::Filter(filter))
    }
}

impl Query {
    /// All of the clauses hold.
    ///
    /// # Errors
    /// When there are none or more than fifteen.
    pub fn and<C: Into<Clause>>(clauses: impl IntoIterator<Item = C>) -> Result<Self, QueryError> {
        Self::joined(Join::And, clauses)
    }

    /// At least one of the clauses holds.
    ///
    /// # Errors
    /// When there are none or more than fifteen.
    pub fn or<C: Into<Clause>>(clauses: impl IntoIterator<Item = C>) -> Result<Self, QueryError> {
        Self::joined(Join::Or, clauses)
    }

    fn joined<C: Into<Clause>>(
        operator: Join,
        clauses: impl IntoIterator<Item = C>,
    ) -> Result<Self, QueryError> {
        let value = counted(clauses.into_iter().map(Into::into))?;
        Ok(Self(Node::Joined { operator, value }))
    }

    /// The time lies between two unix seconds, both included, whether or not `>` and `<` include them.
    ///
    /// # Errors
    /// When a bound looks like milliseconds.
    pub fn closed_window(field: &str, from: i64, to: i64) -> Result<Self, QueryError> {
        let bound =
            |op, at| Group::any([Filter::compare(field, op, at)?, Filter::compare(field, Op::Eq, at)?]);
        Self::and([bound(Op::Gt, from)?, bound(Op::Lt, to)?])
    }

    /// The time is this unix second or later, whether or not `>` includes it.
    ///
    /// # Errors
    /// When the bound looks like milliseconds.
    pub fn since(field: &str, from: i64) -> Result<Self, QueryError> {
        Self::or([Filter::compare(field, Op::Gt, from)?, Filter::compare(field, Op::Eq, from)?])
    }
}

/// Ascending or descending; the short forms `asc` and `desc` are refused from 2.16 on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// The order of a search's results; every search sends one, since the default is of no use to a cursor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sort {
    /// A searchable field.
    pub field: String,
    /// The direction.
    pub order: Order,
}

impl Sort {
    /// Smallest first.
    #[must_use]
    pub fn ascending(field: &str) -> Self {
        Self { field: field.to_owned(), order: Order::Ascending }
    }

    /// Largest first.
    #[must_use]
    pub fn descending(field: &str) -> Self {
        Self { field: field.to_owned(), order: Order::Descending }
    }
}
