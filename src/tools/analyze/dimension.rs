//! What figures can be grouped by: one ordered list, and custom attributes by name.
//!
//! A dimension is an expression over `conversation_metrics` that names the group of a conversation, or the groups.

use crate::engine::literal;
use crate::tools::ToolError;
use crate::tools::directory::{Directory, Kind};
use crate::tools::timeframe::Bucket;

/// Something to group by.
#[derive(Debug)]
pub struct Dimension {
    /// Its name, as in parameters and answers.
    pub name: &'static str,
    /// What a group is.
    pub definition: &'static str,
    pub(super) group: Group,
}

/// How the group of a conversation is found.
#[derive(Debug, Clone, Copy)]
pub(super) enum Group {
    /// A stretch of time.
    Bucket(Bucket),
    /// Part of the local time: an expression over `local_at`.
    Local(&'static str),
    /// One value of the conversation.
    One(&'static str),
    /// An id whose name the directory knows.
    Named(&'static str, Kind),
    /// An id, and the expression of a name that conversations carry.
    Carried(&'static str, &'static str),
    /// A list of ids, of which the conversation counts for each, and who knows their names.
    Many(&'static str, Option<Kind>),
}

/// Every dimension, in the order listings show them.
pub const DIMENSIONS: &[Dimension] = &[
    Dimension { name: "hour", definition: "The hour, in the time zone.", group: Group::Bucket(Bucket::Hour) },
    Dimension { name: "day", definition: "The day, in the time zone.", group: Group::Bucket(Bucket::Day) },
    Dimension {
        name: "week",
        definition: "The week from Monday, in the time zone.",
        group: Group::Bucket(Bucket::Week),
    },
    Dimension {
        name: "month",
        definition: "The month, in the time zone.",
        group: Group::Bucket(Bucket::Month),
    },
    Dimension {
        name: "quarter",
        definition: "The quarter, in the time zone.",
        group: Group::Bucket(Bucket::Quarter),
    },
    Dimension { name: "year", definition: "The year, in the time zone.", group: Group::Bucket(Bucket::Year) },
    Dimension {
        name: "weekday",
        definition: "The day of the week, in the time zone.",
        group: Group::Local("isodow(local_at)::VARCHAR"),
    },
    Dimension {
        name: "hour_of_day",
        definition: "The hour of the day, 00 to 23, in the time zone.",
        group: Group::Local("strftime(local_at, '%H')"),
    },
    Dimension {
        name: "assignee",
        definition: "The teammate the conversation is assigned to now.",
        group: Group::Named("admin_assignee_id", Kind::Admin),
    },
    Dimension {
        name: "replier",
        definition: "The teammate who gave the first reply.",
        group: Group::Named("first_replier_id", Kind::Admin),
    },
    Dimension {
        name: "closer",
        definition: "Who closed it last.",
        group: Group::Named("last_closed_by_id", Kind::Admin),
    },
    Dimension {
        name: "rated_teammate",
        definition: "The teammate who was rated.",
        group: Group::Named("rated_teammate_id", Kind::Admin),
    },
    Dimension {
        name: "team",
        definition: "The team the conversation is assigned to now.",
        group: Group::Named("team_assignee_id", Kind::Team),
    },
    Dimension {
        name: "tag",
        definition: "A tag; a conversation counts once for each of its tags, so the sum over tags exceeds the total.",
        group: Group::Many("[tag.tag_id FOR tag IN tags]", Some(Kind::Tag)),
    },
    Dimension {
        name: "topic",
        definition: "A topic Intercom recognised; a conversation counts once for each.",
        group: Group::Many("[coalesce(topic.name, topic.topic_id) FOR topic IN topics]", None),
    },
    Dimension { name: "state", definition: "open, closed or snoozed, now.", group: Group::One("state") },
    Dimension { name: "priority", definition: "The priority now.", group: Group::One("priority") },
    Dimension {
        name: "source",
        definition: "The channel of the first message.",
        group: Group::One("source_type"),
    },
    Dimension {
        name: "delivered_as",
        definition: "How it began: customer_initiated, automated …",
        group: Group::One("source_delivered_as"),
    },
    Dimension {
        name: "started_by",
        definition: "Who wrote the opening message: customer, teammate, bot, system.",
        group: Group::One("started_by"),
    },
    Dimension {
        name: "direction",
        definition: "inbound or outbound.",
        group: Group::One("CASE WHEN is_inbound THEN 'inbound' ELSE 'outbound' END"),
    },
    Dimension {
        name: "rating",
        definition: "The customer's rating, 1 to 5.",
        group: Group::One("rating::VARCHAR"),
    },
    Dimension { name: "sla", definition: "The service level agreement.", group: Group::One("sla_name") },
    Dimension {
        name: "sla_status",
        definition: "hit, missed, cancelled or active.",
        group: Group::One("sla_status"),
    },
    Dimension {
        name: "fin",
        definition: "Whether Fin took part.",
        group: Group::One("CASE WHEN fin_involved THEN 'with Fin' ELSE 'without Fin' END"),
    },
    Dimension {
        name: "fin_resolution_state",
        definition: "How Fin's part ended.",
        group: Group::One("fin_resolution_state"),
    },
    Dimension {
        name: "company",
        definition: "The company Intercom shows on the conversation.",
        group: Group::Carried("company_id", "company_name"),
    },
    Dimension {
        name: "contact",
        definition: "The first contact.",
        group: Group::Carried("contact_id", "coalesce(contact_name, contact_email)"),
    },
    Dimension {
        name: "country",
        definition: "The country of the first contact.",
        group: Group::One("country"),
    },
];

/// Names that other tools and the older specification use.
const ALIASES: &[(&str, &str)] =
    &[("admin", "assignee"), ("teammate", "assignee"), ("channel", "source"), ("time_period", "day")];

/// What a custom attribute's name follows.
const ATTRIBUTE: &str = "attribute:";

/// A dimension of a question.
#[derive(Debug, Clone)]
pub(super) struct By {
    /// Its name in the answer.
    pub(super) name: String,
    pub(super) definition: String,
    pub(super) kind: ByKind,
}

#[derive(Debug, Clone)]
pub(super) enum ByKind {
    Listed(Group),
    /// A custom attribute.
    Attribute(String),
}

impl By {
    /// From texts, each of which may also be several dimensions with commas between them. Names of attributes may
    /// have commas of their own.
    pub(super) fn parse_all(texts: &[String]) -> Result<Vec<Self>, ToolError> {
        let pieces = texts.iter().flat_map(|text| match text.contains(ATTRIBUTE) {
            true => vec![text.as_str()],
            false => text.split(',').collect(),
        });
        pieces.map(Self::parse).collect()
    }

    pub(super) fn parse(text: &str) -> Result<Self, ToolError> {
        let text = text.trim();
        if let Some(name) = text.strip_prefix(ATTRIBUTE).map(str::trim).filter(|name| !name.is_empty()) {
            let definition = format!("The conversation's attribute '{name}'.");
            return Ok(Self { name: text.to_owned(), definition, kind: ByKind::Attribute(name.to_owned()) });
        }
        let name = ALIASES.iter().find(|(alias, _)| *alias == text).map_or(text, |(_, name)| name);
        let found = DIMENSIONS.iter().find(|dimension| dimension.name == name);
        let Some(found) = found else {
            let known = DIMENSIONS.iter().map(|dimension| dimension.name).chain(["attribute:NAME"]);
            return Err(ToolError::unknown("dimension", text, known));
        };
        Ok(Self {
            name: found.name.to_owned(),
            definition: found.definition.to_owned(),
            kind: ByKind::Listed(found.group),
        })
    }

    pub(super) fn bucket(&self) -> Option<Bucket> {
        match self.kind {
            ByKind::Listed(Group::Bucket(bucket)) => Some(bucket),
            _ => None,
        }
    }

    /// Whether groups are times.
    pub(super) fn is_time(&self) -> bool {
        matches!(self.kind, ByKind::Listed(Group::Bucket(_) | Group::Local(_)))
    }

    /// All groups there can be, where that is known without looking.
    pub(super) fn domain(&self) -> Option<Vec<String>> {
        match self.name.as_str() {
            "weekday" => Some((1..=7).map(|number| number.to_string()).collect()),
            "hour_of_day" => Some((0..24).map(|hour| format!("{hour:02}")).collect()),
            _ => None,
        }
    }

    /// Whether a conversation counts in several groups.
    pub(super) fn is_many(&self) -> bool {
        matches!(self.kind, ByKind::Listed(Group::Many(..)))
    }

    /// Whether its values may be what customers wrote.
    pub(super) fn is_untrusted(&self) -> bool {
        matches!(self.kind, ByKind::Listed(Group::Carried(..)) | ByKind::Attribute(_))
    }

    pub(super) fn needs_country(&self) -> bool {
        self.name == "country"
    }

    /// The expression of the group, or of the list of groups, as text; of a bucket, of its number.
    pub(super) fn expression(&self) -> String {
        match &self.kind {
            ByKind::Listed(Group::Bucket(_)) => "bucket".to_owned(),
            ByKind::Listed(
                Group::Local(sql) | Group::One(sql) | Group::Named(sql, _) | Group::Carried(sql, _),
            ) => (*sql).to_owned(),
            // Without any it counts in a group of its own.
            ByKind::Listed(Group::Many(sql, _)) => {
                format!("unnest(CASE WHEN len({sql}) > 0 THEN list_distinct({sql}) ELSE [NULL::VARCHAR] END)")
            }
            ByKind::Attribute(name) => {
                let path = literal(&format!("$.\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")));
                format!("json_extract_string(custom_attributes, {path})")
            }
        }
    }

    /// The aggregate that names the group, if conversations carry the name.
    pub(super) fn label(&self) -> Option<&'static str> {
        match self.kind {
            ByKind::Listed(Group::Carried(_, name)) => Some(name),
            _ => None,
        }
    }

    /// What a group is called.
    pub(super) fn shown(&self, id: Option<&str>, carried: Option<&str>, directory: &Directory) -> String {
        let Some(id) = id else { return self.nothing().to_owned() };
        match self.kind {
            ByKind::Listed(Group::Named(_, kind) | Group::Many(_, Some(kind))) => {
                directory.name(kind, id).unwrap_or(id).to_owned()
            }
            ByKind::Listed(Group::Local(_)) if self.name == "weekday" => weekday(id).to_owned(),
            _ => carried.unwrap_or(id).to_owned(),
        }
    }

    /// What the group of conversations without a value is called.
    fn nothing(&self) -> &'static str {
        match self.name.as_str() {
            "assignee" | "team" => "(unassigned)",
            "tag" => "(untagged)",
            "rating" | "rated_teammate" => "(not rated)",
            "replier" => "(no reply, or not all messages held)",
            "closer" => "(never closed)",
            _ => "(none)",
        }
    }
}

fn weekday(number: &str) -> &str {
    let names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    number.parse::<usize>().ok().and_then(|number| names.get(number.checked_sub(1)?)).unwrap_or(&number)
}
