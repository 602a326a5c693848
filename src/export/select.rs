//! Which rows of a table belong to an export, as SQL.
//!
//! Tables follow the conversations that are meant by their ids. A mart is computed anew over those conversations: its
//! own text runs behind expressions that bear the names of what it reads and hold only what is meant, so that no
//! figure counts anything else.

use chrono::{Days, Months, NaiveDate};

use super::plan::{Planned, PlannedColumn};
use super::redact::Treatment;
use crate::engine::{VIEWS, View};

/// How the rows of a table follow conversations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Scope {
    /// Each row is of one conversation: the column with its id, and the one with the time it began at.
    OfConversation(&'static str, &'static str),
    /// Each row is of a ticket, which has the id of its conversation and a beginning of its own.
    OfTicket,
    /// The people in conversations.
    Contacts,
    /// The companies of conversations.
    Companies,
    /// Always whole.
    Whole,
    /// Computed over conversations; each row of one that began at the time in this column of this table, if of one.
    Mart(Option<(&'static str, &'static str)>),
    /// Which conversations its rows are of is not known, for this reason.
    Untold(String),
}

impl Scope {
    /// Where the months of its rows come from, if they are of conversations that began in a month: table and column.
    pub(super) fn began_at(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::OfConversation(_, began_at) if *began_at == "created_at" => {
                Some(("conversations", began_at))
            }
            Self::OfConversation(_, began_at) => Some(("messages", began_at)),
            Self::OfTicket => Some(("tickets", "created_at")),
            Self::Mart(began_at) => *began_at,
            _ => None,
        }
    }
}

/// What marts read that can be narrowed to some conversations, or says nothing about any.
const NARROWED: &[&str] = &["conversations", "conversation_metrics", "messages"];
const WHOLE: &[&str] =
    &["admins", "teams", "tags", "segments", "conversation_attributes", "ticket_types", "sync_runs"];

/// How the rows of a table or mart follow conversations.
pub(super) fn scope(view: &View) -> Scope {
    match view.name {
        "conversations" | "conversation_metrics" => Scope::OfConversation("conversation_id", "created_at"),
        "messages" => Scope::OfConversation("conversation_id", "conversation_created_at"),
        "tickets" => Scope::OfTicket,
        "contacts" => Scope::Contacts,
        "companies" => Scope::Companies,
        name if WHOLE.contains(&name) => Scope::Whole,
        "deleted_conversations" => {
            Scope::Untold("nothing is known of deleted conversations but their ids".to_owned())
        }
        name if view.table().is_some() && !view.is_kept() => {
            Scope::Untold(format!("which conversations {name} is of is not known"))
        }
        name => match view.reads().find(|read| !NARROWED.contains(read) && !WHOLE.contains(read)) {
            Some(read) => Scope::Untold(format!("it reads {read}, which is not of single conversations")),
            None => Scope::Mart(match name {
                "backlog" => Some(("conversations", "created_at")),
                "message_timeline" => Some(("messages", "conversation_created_at")),
                _ => None,
            }),
        },
    }
}

/// A month of conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Month(NaiveDate);

impl Month {
    /// A month no conversation began in.
    pub(super) fn first() -> Self {
        Self(NaiveDate::default())
    }

    /// From its first day.
    pub(super) fn of(day: NaiveDate) -> Self {
        Self(day)
    }

    /// As directories show it: `2026-11`.
    pub(super) fn name(self) -> String {
        self.0.format("%Y-%m").to_string()
    }

    fn condition(self, column: &str) -> String {
        let next = self.0.checked_add_months(Months::new(1)).unwrap_or(self.0 + Days::new(31));
        format!("{column} >= TIMESTAMP '{}' AND {column} < TIMESTAMP '{next}'", self.0)
    }
}

/// The query for the rows of a table, of one month only if one is given.
pub(super) fn rows(table: &Planned, conditions: &[String], month: Option<Month>) -> String {
    let columns = table.columns.iter().map(column).collect::<Vec<_>>().join(",\n    ");
    let (with, from, condition) = source(table.view, conditions, month);
    let order = match table.view.name {
        "conversation_metrics" | "backlog" => "\nORDER BY created_at, conversation_id",
        "message_timeline" => "\nORDER BY conversation_id, position",
        _ if table.view.table().is_none() || table.view.is_kept() => "\nORDER BY ALL",
        _ => "",
    };
    format!("{with}SELECT\n    {columns}\nFROM {from}{}{order}\n", filter(&condition))
}

/// The query for the months a table has rows of, if its rows are of conversations that began in a month.
pub(super) fn months(view: &View, conditions: &[String]) -> Option<String> {
    let (from, began_at) = scope(view).began_at()?;
    let source_view = VIEWS.iter().find(|view| view.name == from)?;
    let (with, from, condition) = source(source_view, conditions, None);
    let month = format!("date_trunc('month', {began_at})::DATE");
    Some(format!(
        "{with}SELECT DISTINCT {month} AS month\nFROM {from}{}\nORDER BY month\n",
        filter(&condition)
    ))
}

/// The query that counts the conversations meant.
pub(super) fn count_of(conditions: &[String]) -> String {
    format!("SELECT count(*) FROM conversation_metrics{}", filter(conditions))
}

/// What comes before a query, what it reads, and the condition on that.
fn source(view: &View, conditions: &[String], month: Option<Month>) -> (String, &'static str, Vec<String>) {
    let is_meant = |key: &str, of: &str| (!conditions.is_empty()).then(|| format!("{key} IN ({of})"));
    let with = |reads: &[&str], month| narrowed(conditions, month, reads);
    let (parts, condition) = match scope(view) {
        Scope::OfConversation(..) => (with(&[view.name], month), None),
        Scope::Mart(_) => {
            let mut parts = with(&view.reads().collect::<Vec<_>>(), month);
            parts.push(format!("{} AS (\n{}\n)", view.name, view.sql.trim_end()));
            (parts, None)
        }
        // A ticket may have begun in another month than its conversation.
        Scope::OfTicket => (with(&[], None), is_meant("ticket_id", MEANT)),
        Scope::Contacts => (with(&["conversations"], None), is_meant("contact_id", PEOPLE)),
        Scope::Companies => (with(&[], None), is_meant("company_id", COMPANIES)),
        Scope::Whole | Scope::Untold(_) => (Vec::new(), None),
    };
    let of_month =
        month.filter(|_| scope(view) == Scope::OfTicket).map(|month| month.condition("created_at"));
    let with = if parts.is_empty() { String::new() } else { format!("WITH\n\n{}\n\n", parts.join(",\n\n")) };
    (with, view.name, condition.into_iter().chain(of_month).collect())
}

/// What the conversations that are meant have, out of the narrowed expressions.
const MEANT: &str = "SELECT conversation_id FROM conversation_metrics";
const COMPANIES: &str = "SELECT company_id FROM conversation_metrics";
const PEOPLE: &str =
    "SELECT unnest(list_concat(contact_ids, [contact_id, rating_contact_id])) FROM conversations";

/// Expressions with the names of what is read, that hold what is meant only.
fn narrowed(conditions: &[String], month: Option<Month>, reads: &[&str]) -> Vec<String> {
    let is_limited = !conditions.is_empty();
    let of_month = |column: &str| month.map(|month| month.condition(column)).into_iter();
    let follow = |began_at: &str| -> Vec<String> {
        let meant = is_limited.then(|| format!("conversation_id IN ({MEANT})"));
        meant.into_iter().chain(of_month(began_at)).collect()
    };
    let expressions = [
        // The others are told by it what is meant.
        (
            "conversation_metrics",
            is_limited,
            conditions.iter().cloned().chain(of_month("created_at")).collect(),
        ),
        ("conversations", false, follow("created_at")),
        ("messages", false, follow("conversation_created_at")),
    ];
    let needed = expressions.into_iter().filter(|(name, is_needed, conditions)| {
        (*is_needed || reads.contains(name)) && !conditions.is_empty()
    });
    needed
        .map(|(name, _, conditions)| {
            format!("{name} AS (\n    SELECT * FROM {name}{}\n)", filter(&conditions))
        })
        .collect()
}

fn filter(conditions: &[String]) -> String {
    match conditions.is_empty() {
        true => String::new(),
        false => format!("\nWHERE {}", conditions.join("\n    AND ")),
    }
}

fn column(column: &PlannedColumn) -> String {
    let name = &column.column.name;
    match &column.treatment {
        Treatment::Fields(fields) => {
            let fields = fields.iter().map(|field| format!("'{0}': item.{0}", field.name));
            let fields = fields.collect::<Vec<_>>();
            format!("[{{{}}} FOR item IN {name}] AS {name}", fields.join(", "))
        }
        _ => name.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_ends_where_the_next_begins() {
        let december = Month::of(NaiveDate::from_ymd_opt(2026, 12, 1).unwrap());
        assert_eq!(december.name(), "2026-12");
        assert_eq!(december.condition("t"), "t >= TIMESTAMP '2026-12-01' AND t < TIMESTAMP '2027-01-01'");
    }
}
