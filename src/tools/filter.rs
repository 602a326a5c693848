//! Which conversations are meant: filters as parameters, and the condition they become.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::directory::{Directory, Kind};
use super::error::ToolError;
use super::lenient::one_or_more;
use crate::engine::literal;
use crate::index::Expr;

/// Which conversations count: any of the values of a filter, and all of the filters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Filters {
    /// Words as in search, such as refund -shipping.
    pub query: Option<String>,
    /// open, closed or snoozed.
    #[serde(deserialize_with = "one_or_more")]
    pub state: Vec<String>,
    /// Current teammates: id, name or e-mail; unassigned for none.
    #[serde(alias = "assignee_id", deserialize_with = "one_or_more")]
    pub assignee: Vec<String>,
    /// Current teams: id or name; unassigned for none.
    #[serde(deserialize_with = "one_or_more")]
    pub team: Vec<String>,
    /// Any of these tags: id or name.
    #[serde(deserialize_with = "one_or_more")]
    pub tags: Vec<String>,
    /// All of these tags.
    #[serde(deserialize_with = "one_or_more")]
    pub tags_all: Vec<String>,
    /// None of these tags.
    #[serde(deserialize_with = "one_or_more")]
    pub tags_none: Vec<String>,
    /// none, low, medium, high or urgent.
    #[serde(deserialize_with = "one_or_more")]
    pub priority: Vec<String>,
    /// Channels: conversation, email, whatsapp …
    #[serde(deserialize_with = "one_or_more")]
    pub source: Vec<String>,
    /// Ratings, 1 to 5.
    #[serde(deserialize_with = "one_or_more")]
    pub rating: Vec<i64>,
    /// Contact ids.
    #[serde(alias = "customer_id", deserialize_with = "one_or_more")]
    pub contact: Vec<String>,
    /// The customer's name or a part of it.
    #[serde(deserialize_with = "one_or_more")]
    pub name: Vec<String>,
    /// The customer's e-mail address.
    #[serde(alias = "customer_email", deserialize_with = "one_or_more")]
    pub email: Vec<String>,
    /// Its domain, such as acme.com.
    #[serde(deserialize_with = "one_or_more")]
    pub domain: Vec<String>,
    /// Companies: id or name.
    #[serde(deserialize_with = "one_or_more")]
    pub company: Vec<String>,
    /// Custom attributes and the value each must have.
    pub attributes: BTreeMap<String, String>,
    /// Parts at least, the opening message excluded.
    pub minimum_parts: Option<i64>,
    /// Who wrote first.
    pub direction: Option<Direction>,
    /// Fin took part.
    pub has_fin: Option<bool>,
    /// Inbound, not closed, and the customer wrote last.
    pub unanswered: Option<bool>,
    /// A file came with it.
    pub has_attachment: Option<bool>,
    /// It has an internal note.
    pub has_note: Option<bool>,
}

/// Who wrote first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// A customer, before any teammate.
    Inbound,
    /// Anybody else.
    Outbound,
}

const STATES: &[&str] = &["open", "closed", "snoozed"];
const PRIORITIES: &[&str] = &["none", "low", "medium", "high", "urgent", "priority", "not_priority"];
/// Names for having no assignee.
const UNASSIGNED: &[&str] = &["unassigned", "none"];

impl Filters {
    /// The conditions over `conversation_metrics`, all of which must hold.
    pub(super) fn conditions(&self, directory: &Directory) -> Result<Vec<String>, ToolError> {
        let mut conditions = Vec::new();
        one_of(&mut conditions, "state", &known("state", &self.state, STATES)?);
        one_of(&mut conditions, "priority", &known("priority", &self.priority, PRIORITIES)?);
        one_of(&mut conditions, "source_type", &self.source);
        assigned(&mut conditions, "admin_assignee_id", Kind::Admin, &self.assignee, directory)?;
        assigned(&mut conditions, "team_assignee_id", Kind::Team, &self.team, directory)?;
        self.tagged(&mut conditions, directory)?;
        self.people(&mut conditions);
        if let Some(wrong) = self.rating.iter().find(|rating| !(1..=5).contains(*rating)) {
            return Err(ToolError::Refused(format!("a rating is from 1 to 5, not {wrong}")));
        }
        if !self.rating.is_empty() {
            let ratings: Vec<String> = self.rating.iter().map(ToString::to_string).collect();
            conditions.push(format!("rating IN ({})", ratings.join(", ")));
        }
        for (name, value) in &self.attributes {
            let path = literal(&format!("$.\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")));
            conditions.push(format!("json_extract_string(custom_attributes, {path}) = {}", literal(value)));
        }
        conditions.extend(self.minimum_parts.map(|parts| format!("part_count >= {parts}")));
        conditions.extend(self.direction.map(|direction| match direction {
            Direction::Inbound => "is_inbound".to_owned(),
            Direction::Outbound => "NOT is_inbound".to_owned(),
        }));
        whether(&mut conditions, self.has_fin, "fin_involved");
        whether(&mut conditions, self.unanswered, "coalesce(is_unanswered, false)");
        whether(&mut conditions, self.has_attachment, &found("has:attachment"));
        whether(&mut conditions, self.has_note, &found("has:note"));
        if let Some(query) = self.query.as_deref().filter(|query| !query.trim().is_empty()) {
            Expr::parse(query).map_err(ToolError::Query)?;
            conditions.push(found(query));
        }
        Ok(conditions)
    }

    fn tagged(&self, conditions: &mut Vec<String>, directory: &Directory) -> Result<(), ToolError> {
        let has_any = |texts: &[String]| -> Result<Option<String>, ToolError> {
            let mut ids = Vec::new();
            for text in texts {
                ids.extend(directory.ids(Kind::Tag, text)?);
            }
            let ids: Vec<String> = ids.into_iter().map(literal).collect();
            let list = (!ids.is_empty()).then(|| ids.join(", "));
            Ok(list.map(|ids| format!("list_has_any([tag.tag_id FOR tag IN tags], [{ids}])")))
        };
        conditions.extend(has_any(&self.tags)?);
        for tag in &self.tags_all {
            conditions.extend(has_any(std::slice::from_ref(tag))?);
        }
        conditions.extend(has_any(&self.tags_none)?.map(|any| format!("NOT {any}")));
        Ok(())
    }

    fn people(&self, conditions: &mut Vec<String>) {
        one_of(conditions, "contact_id", &self.contact);
        if !self.name.is_empty() {
            let names = lower(&self.name)
                .into_iter()
                .map(|name| format!("contains(lower(contact_name), {})", literal(&name)));
            conditions.push(format!("({})", names.collect::<Vec<_>>().join(" OR ")));
        }
        one_of(conditions, "lower(contact_email)", &lower(&self.email));
        let domains: Vec<String> =
            lower(&self.domain).into_iter().map(|domain| domain.trim_start_matches('@').to_owned()).collect();
        one_of(conditions, "lower(split_part(contact_email, '@', -1))", &domains);
        if !self.company.is_empty() {
            let texts = lower(&self.company).iter().map(|text| literal(text)).collect::<Vec<_>>().join(", ");
            conditions.push(format!("(lower(company_id) IN ({texts}) OR lower(company_name) IN ({texts}))"));
        }
    }
}

/// Conversations that a query finds, as a condition.
fn found(query: &str) -> String {
    format!("conversation_id IN (SELECT conversation_id FROM search({}))", literal(query))
}

fn whether(conditions: &mut Vec<String>, is: Option<bool>, condition: &str) {
    conditions.extend(is.map(|is| if is { condition.to_owned() } else { format!("NOT {condition}") }));
}

fn lower(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| text.trim().to_lowercase()).collect()
}

fn known(kind: &'static str, texts: &[String], known: &[&'static str]) -> Result<Vec<String>, ToolError> {
    let texts = lower(texts);
    match texts.iter().find(|text| !known.contains(&text.as_str())) {
        Some(wrong) => Err(ToolError::unknown(kind, wrong, known.iter().copied())),
        None => Ok(texts),
    }
}

fn one_of(conditions: &mut Vec<String>, expression: &str, values: &[String]) {
    if !values.is_empty() {
        let values = values.iter().map(|value| literal(value)).collect::<Vec<_>>().join(", ");
        conditions.push(format!("{expression} IN ({values})"));
    }
}

fn assigned(
    conditions: &mut Vec<String>,
    column: &str,
    kind: Kind,
    texts: &[String],
    directory: &Directory,
) -> Result<(), ToolError> {
    if texts.is_empty() {
        return Ok(());
    }
    let (nobody, named): (Vec<&String>, Vec<&String>) =
        texts.iter().partition(|text| UNASSIGNED.contains(&text.trim().to_lowercase().as_str()));
    let mut ids = Vec::new();
    for text in named {
        ids.extend(directory.ids(kind, text)?.into_iter().map(str::to_owned));
    }
    let mut alternatives = Vec::new();
    one_of(&mut alternatives, column, &ids);
    if !nobody.is_empty() {
        alternatives.push(format!("{column} IS NULL"));
    }
    conditions.push(format!("({})", alternatives.join(" OR ")));
    Ok(())
}
