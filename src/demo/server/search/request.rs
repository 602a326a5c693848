//! The request body of a search: query, pagination and sort, with everything that can be wrong about them.

use super::Page;
use super::cursor::{self, Cursor, SortKey};
use super::field::{Context, Document, Kind};
use super::query::{self, Query, Target};
use crate::demo::server::error::{Answer, ApiError};
use chrono::{DateTime, Days, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use serde_json::Value;
use std::sync::Arc;

/// The largest page.
pub(crate) const MOST_PER_PAGE: usize = 150;

/// The days of the workspace, which is all that contact search knows up to 2.16.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WorkspaceDays(pub(crate) Tz);

impl WorkspaceDays {
    /// The beginning of the day of a moment, and of the next.
    pub(crate) fn around(self, at: i64) -> (i64, i64) {
        let date =
            DateTime::<Utc>::from_timestamp(at, 0).unwrap_or_default().with_timezone(&self.0).date_naive();
        let midnight = |date: chrono::NaiveDate| {
            let local = date.and_time(NaiveTime::MIN);
            let later = local + chrono::Duration::hours(1);
            let found = self
                .0
                .from_local_datetime(&local)
                .earliest()
                .or_else(|| self.0.from_local_datetime(&later).earliest());
            found.map_or(at, |time| time.timestamp())
        };
        (midnight(date), midnight(date + Days::new(1)))
    }
}

/// What differs between endpoints and versions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    /// `>` and `<` include the bound.
    pub(crate) inclusive: bool,
    /// Dates are whole days.
    pub(crate) days: Option<WorkspaceDays>,
    /// A sort order other than the two known ones is an error, from 2.16 on.
    pub(crate) strict_order: bool,
    pub(crate) default_per_page: usize,
    pub(crate) reject_large_pages: bool,
    /// What results are sorted by if nothing is said.
    pub(crate) default_sort: &'static str,
}

impl Rules {
    pub(crate) fn plain() -> Self {
        Self {
            inclusive: false,
            days: None,
            strict_order: true,
            default_per_page: 20,
            reject_large_pages: false,
            default_sort: "updated_at",
        }
    }

    /// A page size within the limits. Beyond the largest, Intercom's behaviour is unknown: cut down, or refuse.
    pub(crate) fn per_page(&self, value: Option<i64>) -> Answer<usize> {
        match value {
            None => Ok(self.default_per_page),
            Some(n) if n < 1 => Err(ApiError::bad("parameter_invalid", "per_page must be at least 1")),
            Some(n) if n as usize > MOST_PER_PAGE && self.reject_large_pages => {
                Err(ApiError::bad("parameter_invalid", "per_page must be at most 150"))
            }
            Some(n) => Ok((n as usize).min(MOST_PER_PAGE)),
        }
    }
}

/// The direction of a sort.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Order {
    Ascending,
    Descending,
}

/// A search, understood.
pub(crate) struct SearchRequest<D: Document> {
    pub(crate) query: Query<D>,
    pub(crate) sort: Target<D>,
    pub(crate) order: Order,
    pub(crate) per_page: usize,
    pub(crate) cursor: Option<Cursor<D::Id>>,
}

impl<D: Document> SearchRequest<D> {
    /// Reads a request body. `pagination` at any other place than inside the body has no effect.
    pub(crate) fn parse(body: &[u8], rules: &Rules) -> Answer<Self> {
        let body: Value = serde_json::from_slice(body).map_err(|error| {
            ApiError::bad("bad_request", format!("The request body is not valid JSON: {error}"))
        })?;
        let query = body.get("query").filter(|query| !query.is_null());
        let query =
            query.ok_or_else(|| ApiError::bad("parameter_not_found", "query is a required parameter"))?;
        let query = query::parse(query, rules)?;
        let (sort, order) = sort::<D>(body.get("sort"), rules)?;
        let pagination = body.get("pagination").unwrap_or(&Value::Null);
        let per_page = rules.per_page(count(pagination.get("per_page"))?)?;
        let cursor = match pagination.get("starting_after") {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(cursor::decode::<D>(kind(&sort), text)?),
            Some(_) => return Err(ApiError::bad_cursor()),
        };
        Ok(Self { query, sort, order, per_page, cursor })
    }

    /// A list: everything, by a field.
    pub(crate) fn list(rules: &Rules, per_page: Option<i64>, starting_after: Option<&str>) -> Answer<Self> {
        let sort = query::target::<D>(rules.default_sort)?;
        let cursor = starting_after.map(|text| cursor::decode::<D>(kind(&sort), text)).transpose()?;
        let per_page = rules.per_page(per_page)?;
        Ok(Self { query: Query::All(Vec::new()), sort, order: Order::Descending, per_page, cursor })
    }

    pub(crate) fn sort_key(&self, context: &Context<'_>, document: &D) -> SortKey {
        match &self.sort {
            // Ids are text, but sort as the numbers they are.
            Target::Known(field) if field.name == "id" => SortKey::of_id(&document.id().to_string()),
            Target::Known(field) => (field.get)(context, document).into(),
            Target::Custom(name) => match document.custom(name) {
                Some(Value::Number(number)) => number.as_i64().map_or(SortKey::Null, SortKey::Int),
                Some(Value::String(text)) => SortKey::Text(text.clone()),
                _ => SortKey::Null,
            },
        }
    }

    /// Puts a page together; `last` is where it ended, if there is more.
    pub(crate) fn page_of(
        &self,
        items: Vec<Arc<D>>,
        total: usize,
        last: Option<(SortKey, D::Id)>,
    ) -> Page<D> {
        let page = self.cursor.as_ref().map_or(1, |cursor| cursor.page);
        let next = last.map(|(key, id)| cursor::encode(kind(&self.sort), &key, &id.to_string(), page + 1));
        Page { items, total, page, per_page: self.per_page, next }
    }
}

fn kind<D: Document>(target: &Target<D>) -> Kind {
    target.kind().unwrap_or(Kind::Text)
}

fn sort<D: Document>(value: Option<&Value>, rules: &Rules) -> Answer<(Target<D>, Order)> {
    let Some(value) = value.filter(|value| !value.is_null()) else {
        return Ok((query::target::<D>(rules.default_sort)?, Order::Descending));
    };
    let field = value.get("field").and_then(Value::as_str).unwrap_or(rules.default_sort);
    let order = match value.get("order").map(|order| order.as_str().unwrap_or("")) {
        Some("ascending") => Order::Ascending,
        None | Some("descending") => Order::Descending,
        Some(other) if rules.strict_order => {
            let message = format!("{other} is not a valid sort order, use ascending or descending");
            return Err(ApiError::bad("invalid_sort_order", message));
        }
        // Older versions take anything and sort the usual way.
        Some(_) => Order::Descending,
    };
    Ok((query::target::<D>(field)?, order))
}

/// A count that may be sent as a string.
fn count(value: Option<&Value>) -> Answer<Option<i64>> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Number(number)) if number.as_i64().is_some() => Ok(number.as_i64()),
        Some(Value::String(text)) if text.parse::<i64>().is_ok() => Ok(text.parse().ok()),
        Some(_) => Err(ApiError::wrong_type("per_page", "an integer")),
    }
}
