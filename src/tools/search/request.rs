//! What the parameters of a search mean.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::answer::SearchPeriod;
use super::cursor::Cursor;
use super::params::{ResponseFormat, SearchClock, SearchParams};
use crate::index::{Expr, Sort};
use crate::tools::clock::between;
use crate::tools::timeframe::{Bounds, Timeframe, TimeframeInput};
use crate::tools::zone::named_zone;
use crate::tools::{Filters, ToolError};

/// Conversations on a page unless a number is given.
const PAGE: usize = 20;
/// Conversations on a page at most.
const LARGEST_PAGE: usize = 1_000;
/// Conversations passed over at most.
const FARTHEST: usize = 10_000;

/// A search, understood.
#[derive(Debug, Clone)]
pub(super) struct Request {
    /// The words, as they were typed.
    pub(super) query: String,
    pub(super) expr: Expr,
    pub(super) filters: Filters,
    /// The period, if one was given.
    pub(super) timeframe: Option<Timeframe>,
    pub(super) by: SearchClock,
    pub(super) sort: Sort,
    pub(super) limit: usize,
    pub(super) offset: usize,
    pub(super) cursor: Option<Cursor>,
    pub(super) is_detailed: bool,
    /// The present for this question: of a page that continues another, that of the first.
    pub(super) now: DateTime<Utc>,
    pub(super) zone: Tz,
    /// Tells questions apart, so that a cursor is not used for another one.
    pub(super) fingerprint: u32,
}

impl Request {
    pub(super) fn read(params: &SearchParams, zone: Tz, now: DateTime<Utc>) -> Result<Self, ToolError> {
        let fingerprint = fingerprint(params);
        let cursor = params.cursor.as_deref().map(|text| Cursor::parse(text, fingerprint)).transpose()?;
        let now = cursor.as_ref().map_or(now, |cursor| cursor.now);
        let zone = params.timezone.as_deref().map_or(Ok(zone), named_zone)?;
        let filters = filters(params);
        let expr = Expr::parse(&params.query).map_err(ToolError::Query)?;
        let timeframe = timeframe(params)?.map(|input| input.resolve(zone, now)).transpose()?;
        let sort = params.sort.unwrap_or(if expr == Expr::All { Sort::Newest } else { Sort::Relevance });
        let offset = within("offset", params.offset.unwrap_or(0), 0, FARTHEST)?;
        if cursor.is_some() && offset > 0 {
            return Err(ToolError::Refused("give a cursor or an offset, not both".to_owned()));
        }
        Ok(Self {
            query: params.query.clone(),
            expr,
            filters,
            timeframe,
            by: params.by,
            sort,
            limit: within("limit", params.limit.unwrap_or(PAGE), 1, LARGEST_PAGE)?,
            offset,
            cursor,
            is_detailed: params.response_format == ResponseFormat::Detailed,
            now,
            zone,
            fingerprint,
        })
    }

    /// Conditions over `conversation_metrics` that the period comes to.
    pub(super) fn period_conditions(&self) -> Vec<String> {
        let Some(timeframe) = &self.timeframe else { return Vec::new() };
        match self.by.clock() {
            Some(clock) => clock.conditions(timeframe.start, timeframe.end),
            None => between("updated_at", timeframe.start, timeframe.end),
        }
    }

    /// The period, as an answer tells it.
    pub(super) fn period(&self) -> Option<SearchPeriod> {
        self.timeframe.as_ref().map(|timeframe| SearchPeriod {
            start: timeframe.start,
            end: timeframe.end,
            timezone: timeframe.zone.name().to_owned(),
            words: timeframe.words().to_owned(),
            shown: timeframe.to_string(),
            by: self.by,
        })
    }

    /// The period, or all time.
    pub(super) fn whole_timeframe(&self) -> Result<Timeframe, ToolError> {
        match &self.timeframe {
            Some(timeframe) => Ok(timeframe.clone()),
            None => Ok(TimeframeInput::Text("all time".to_owned()).resolve(self.zone, self.now)?),
        }
    }
}

fn within(name: &str, number: usize, least: usize, most: usize) -> Result<usize, ToolError> {
    match (least..=most).contains(&number) {
        true => Ok(number),
        false => Err(ToolError::Refused(format!("{name} is from {least} to {most}, not {number}"))),
    }
}

/// The filters, with those given by older names.
fn filters(params: &SearchParams) -> Filters {
    let mut filters = params.filters.clone();
    filters.email.extend(params.customer_email.iter().cloned());
    filters.state.extend(params.state.iter().filter(|state| !state.eq_ignore_ascii_case("all")).cloned());
    filters
}

/// The period, also by older names.
fn timeframe(params: &SearchParams) -> Result<Option<TimeframeInput>, ToolError> {
    let has_bounds = params.created_after.is_some() || params.created_before.is_some();
    match (&params.timeframe, has_bounds) {
        (Some(_), true) => Err(ToolError::Refused(
            "give a timeframe, or created_after and created_before, not both".to_owned(),
        )),
        (None, true) if params.by != SearchClock::Created => Err(ToolError::Refused(
            "created_after and created_before are about the beginning; give a timeframe instead".to_owned(),
        )),
        (None, true) => Ok(Some(TimeframeInput::Bounds(Bounds {
            start: params.created_after.clone(),
            end: params.created_before.clone(),
            ..Bounds::default()
        }))),
        (timeframe, false) => Ok(timeframe.clone()),
    }
}

/// The same number for the same question, on whichever page.
fn fingerprint(params: &SearchParams) -> u32 {
    let question = SearchParams {
        cursor: None,
        offset: None,
        limit: None,
        aggregation: None,
        response_format: ResponseFormat::default(),
        ..params.clone()
    };
    crc32fast::hash(&serde_json::to_vec(&question).unwrap_or_default())
}
