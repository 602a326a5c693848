//! How webhooks are set up in Intercom's Developer Hub: topics, and the permission each of them takes.

use std::fmt::Write;

use serde::Serialize;

use crate::server::http::WEBHOOK_PATH;

/// Topics that take the same permission.
#[derive(Debug, Serialize)]
pub(super) struct Topics {
    /// The permission, as the Developer Hub calls it.
    pub(super) permission: &'static str,
    /// The topics that tell of what is synced.
    pub(super) topics: &'static [&'static str],
}

/// All topics of use, by permission.
pub(super) const TOPICS: &[Topics] = &[
    Topics {
        permission: "Read conversations",
        topics: &[
            "conversation.user.created",
            "conversation.user.replied",
            "conversation.admin.single.created",
            "conversation.admin.replied",
            "conversation.operator.replied",
            "conversation.admin.assigned",
            "conversation.admin.noted",
            "conversation.admin.closed",
            "conversation.admin.opened",
            "conversation.admin.snoozed",
            "conversation.admin.unsnoozed",
            "conversation.priority.updated",
            "conversation.rating.added",
            "conversation.contact.attached",
            "conversation.contact.detached",
            "conversation.deleted",
            "conversation_part.tag.created",
            "conversation_part.redacted",
        ],
    },
    Topics {
        permission: "Read and list users and companies",
        topics: &[
            "contact.user.updated",
            "contact.lead.updated",
            "contact.lead.signed_up",
            "contact.email.updated",
            "contact.merged",
            "contact.deleted",
            "contact.archived",
            "company.created",
            "company.updated",
        ],
    },
    Topics {
        permission: "Read tickets",
        topics: &[
            "ticket.created",
            "ticket.state.updated",
            "ticket.closed",
            "ticket.admin.assigned",
            "ticket.attribute.updated",
            "ticket.admin.replied",
            "ticket.contact.replied",
        ],
    },
];

/// Columns that topics are wrapped to.
const WIDTH: usize = 96;

/// The steps, in words.
pub(super) fn explained() -> String {
    let mut text = format!(
        "With webhooks a change is here within seconds. Without them, and for what no topic tells, the next sync brings it.\n\n\
         1. Give `fi serve` the client secret of your app: Developer Hub, your app, Configure, Basic information.\n   \
            In config.toml: webhook_secret = \"…\", or in FASTINTERCOM_WEBHOOK_SECRET.\n   \
            While the secret is being replaced, the one before goes into webhook_secret_previous.\n\
         2. Let Intercom reach `fi serve` over HTTPS, through your proxy or tunnel, under a name it knows:\n   \
            fi keys add team && fi serve --allowed-host fi.example.com\n\
         3. Developer Hub, your app, Configure, Webhooks: the endpoint is https://fi.example.com{WEBHOOK_PATH}\n   \
            Choose these topics, by the permission each of them takes (Configure, Authentication):"
    );
    for topics in TOPICS {
        // Writing to a String cannot fail.
        let _ = write!(text, "\n   {}:{}", topics.permission, wrapped(topics.topics));
    }
    text
}

fn wrapped(topics: &[&str]) -> String {
    let mut text = String::new();
    let mut column = WIDTH;
    for topic in topics {
        if column + topic.len() + 1 > WIDTH {
            text.push_str("\n     ");
            column = 5;
        }
        text.push(' ');
        text.push_str(topic);
        column += topic.len() + 1;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intercom::webhook::{Subject, parse_notification};

    #[test]
    fn every_topic_is_about_something_that_is_synced() {
        for topic in TOPICS.iter().flat_map(|topics| topics.topics) {
            let body =
                format!(r#"{{"topic": "{topic}", "id": "notif_1", "data": {{"item": {{"id": "7"}}}}}}"#);
            let subject = parse_notification(body.as_bytes()).unwrap().subject;
            assert!(!matches!(subject, Subject::Ping | Subject::Other), "{topic}");
        }
    }
}
