//! Nothing that Intercom sends is dropped: every value of an object is in a column of its row or in `extra`, at the
//! same path, also when fields are new and values are of another type than today.

use fastintercom::model::{
    Admin, Company, Contact, ConversationAttribute, DeletedConversation, Json, Message, Row, Segment, Tag,
    Team, Thread, Ticket, TicketType, Timestamp, WireError,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::found::{Cells, leaves, says_nothing};
use crate::support::rows::synced_at;
use crate::support::wire::Wire;

const PARTS: &str = "/conversation_parts/conversation_parts/";

fn value_of(extra: Option<&Json>) -> Value {
    extra.map(Json::to_value).unwrap_or_default()
}

/// The first value of a conversation that its rows do not have.
fn lost(object: &Value, thread: &Thread) -> Option<String> {
    let mut cells = Cells::default();
    cells.add(&thread.conversation);
    thread.messages.iter().for_each(|message| cells.add(message));
    let extra = value_of(thread.conversation.extra.as_ref());
    let is_found = |path: &str, leaf: &Value| {
        cells.has(leaf)
            || extra.pointer(path) == Some(leaf)
            || is_in_part(object, &extra, &thread.messages, path, leaf)
    };
    let mut leaves = leaves(object).into_iter();
    leaves
        .find(|(path, leaf)| !says_nothing(object, path, leaf) && !is_found(path, leaf))
        .map(|(path, leaf)| format!("{path}: {leaf}\nextra: {extra}\nobject: {object}"))
}

/// Whether a leaf of a part is in the extra of its message, or with the parts that are no messages.
fn is_in_part(object: &Value, extra: &Value, messages: &[Message], path: &str, leaf: &Value) -> bool {
    let Some((index, rest)) = path.strip_prefix(PARTS).map(|rest| rest.split_once('/').unwrap_or((rest, "")))
    else {
        return false;
    };
    let rest = if rest.is_empty() { String::new() } else { format!("/{rest}") };
    let part = object.pointer(&format!("{PARTS}{index}"));
    let id = part.and_then(|part| part.get("id")).map(|id| id.as_str().map_or(id.to_string(), str::to_owned));
    let in_message =
        messages.iter().filter(|message| Some(message.message_id.as_str()) == id.as_deref().map(str::trim));
    let unread = extra.pointer(PARTS.trim_end_matches('/')).and_then(Value::as_array);
    in_message.map(|message| value_of(message.extra.as_ref())).any(|extra| extra.pointer(&rest) == Some(leaf))
        || unread.is_some_and(|parts| parts.iter().any(|part| part.pointer(&rest) == Some(leaf)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_value_of_a_conversation_is_kept(seed in any::<u64>(), spoils in 0..12_usize) {
        let mut wire = Wire::new(seed);
        let mut object = wire.conversation();
        wire.spoil(&mut object, spoils);
        let thread = Thread::parse(object.to_string().as_bytes(), synced_at()).expect("id and time are there");
        prop_assert_eq!(lost(&object, &thread), None);
    }

    #[test]
    fn every_value_of_the_other_objects_is_kept(seed in any::<u64>(), spoils in 0..8_usize) {
        for (what, sample, parse) in samples() {
            let mut wire = Wire::new(seed);
            let mut object = sample;
            wire.spoil(&mut object, spoils);
            let (cells, extra) = parse(object.to_string().as_bytes(), synced_at()).expect("id and time are there");
            let extra = value_of(extra.as_ref());
            let lost = leaves(&object).into_iter().find(|(path, leaf)| {
                let is_found = cells.has(leaf) || extra.pointer(path) == Some(leaf) || is_plain(&extra, path, leaf);
                !says_nothing(&object, path, leaf) && !is_found && !is_address_of_an_id(path, leaf)
            });
            prop_assert_eq!(lost, None, "{}: {} from {}", what, extra, object);
        }
    }
}

/// Whether a leaf is among the plain values of a list that could not be read; those have no places.
fn is_plain(extra: &Value, path: &str, leaf: &Value) -> bool {
    let Some(name) = ["/team_ids", "/admin_ids"].into_iter().find(|name| path.starts_with(name)) else {
        return false;
    };
    let unread = extra.pointer(name).map(leaves).unwrap_or_default();
    unread.into_iter().any(|(_, value)| value == leaf)
}

/// `/tags/1` in an entry with the id 1 says nothing new.
fn is_address_of_an_id(path: &str, leaf: &Value) -> bool {
    path.contains("/data/") && path.ends_with("/url") && leaf.as_str().is_some_and(|url| url.starts_with('/'))
}

type Parse = fn(&[u8], Timestamp) -> Result<(Cells, Option<Json>), WireError>;

macro_rules! parse {
    ($row:ident) => {
        |json, at| {
            let row = $row::parse(json, at)?;
            let mut cells = Cells::default();
            cells.add(&row);
            Ok((cells, row.extra))
        }
    };
}

/// Objects as the API's fact sheet shows them.
fn samples() -> Vec<(&'static str, Value, Parse)> {
    vec![
        (Contact::TABLE.name, contact(), parse!(Contact)),
        (Company::TABLE.name, company(), parse!(Company)),
        (Ticket::TABLE.name, ticket(), parse!(Ticket)),
        (
            Admin::TABLE.name,
            json!({"type": "admin", "email": "jonas@fi.example", "id": "7300101", "name": "Jonas Weiß",
                "job_title": "Support lead", "away_mode_enabled": false, "away_mode_reassign": false,
                "away_status_reason_id": null, "has_inbox_seat": true, "team_ids": [8100201, 8100202],
                "team_priority_level": {"primary_team_ids": [8100203]},
                "role": {"type": "role", "id": "41", "name": "Support Agent"}}),
            parse!(Admin),
        ),
        (
            Team::TABLE.name,
            json!({"type": "team", "id": "8100201", "name": "Billing", "admin_ids": [7300101],
                "admin_priority_level": {"primary_admin_ids": [7300102]}, "distribution_method": "round_robin",
                "assignment_limit": 12}),
            parse!(Team),
        ),
        (Tag::TABLE.name, json!({"type": "tag", "id": "11200345", "name": "refund"}), parse!(Tag)),
        (
            Segment::TABLE.name,
            json!({"type": "segment", "id": "68e1a7d0d9f04b3a5c6e7f11", "name": "Active", "created_at": 1767225600,
                "updated_at": 1789990200, "person_type": "user", "count": 17}),
            parse!(Segment),
        ),
        (
            ConversationAttribute::TABLE.name,
            json!({"type": "conversation_attribute", "id": 4711, "name": "plan_tier", "description": "The plan",
                "data_type": "list", "required": true, "archived": false, "options": [{"id": "a1", "value": "growth"}],
                "created_at": 1767225600, "updated_at": 1789990200, "admin_id": "7300101"}),
            parse!(ConversationAttribute),
        ),
        (
            TicketType::TABLE.name,
            json!({"type": "ticket_type", "id": "67", "name": "Refund", "description": "Money back", "icon": "🎟️",
                "category": "Back-office", "archived": false, "created_at": 1767000000, "updated_at": 1767000001,
                "ticket_type_attributes": {"type": "list", "data": [{"id": "5", "name": "Amount"}]}}),
            parse!(TicketType),
        ),
        (
            DeletedConversation::TABLE.name,
            json!({"type": "conversation", "id": "215480000000999", "metrics_retained": true,
                "deleted_at": 1789990000}),
            parse!(DeletedConversation),
        ),
    ]
}

fn contact() -> Value {
    json!({"type": "contact", "id": "68e1a7c2d9f04b3a5c6e7f81", "workspace_id": "w7k2q9xd", "external_id": "cust_4711",
        "role": "user", "email": "mira@harborline.example", "email_domain": "harborline.example", "phone": null,
        "name": "Mira Okafor", "avatar": null, "owner_id": 7300101, "has_hard_bounced": false,
        "marked_email_as_spam": false, "unsubscribed_from_emails": false, "created_at": 1767225600,
        "updated_at": 1789990200, "signed_up_at": 2738966400_i64, "last_seen_at": "2026-09-21T10:10:00Z",
        "last_replied_at": 1789986700, "browser": "chrome", "browser_version": "141.0", "os": "OS X 15.3",
        "location": {"type": "location", "country": "Germany", "region": "Hamburg", "city": "Altona",
            "country_code": "DEU"},
        "custom_attributes": {"seats": 12},
        "tags": {"type": "list", "data": [{"id": "11200345", "type": "tag", "url": "/tags/11200345"},
            {"id": "11200346", "type": "tag", "url": "/tags/11200346"}], "url": "/contacts/1/tags",
            "total_count": 2, "has_more": false},
        "companies": {"type": "list", "data": [{"id": "68e1a7d0d9f04b3a5c6e7f99", "type": "company",
            "url": "/companies/68e1a7d0d9f04b3a5c6e7f99"}], "total_count": 11, "has_more": true},
        "notes": {"type": "list", "data": [], "url": "/contacts/1/notes", "total_count": 0, "has_more": false}})
}

fn company() -> Value {
    json!({"type": "company", "company_id": "harborline", "id": "68e1a7d0d9f04b3a5c6e7f99", "app_id": "w7k2q9xd",
        "name": "Harborline GmbH", "remote_created_at": 1767225600, "created_at": 1767225700,
        "updated_at": 1789900000, "last_request_at": 1789984810, "monthly_spend": 240.5, "session_count": 812,
        "user_count": 9, "size": 60, "website": "https://harborline.example", "industry": "Logistics",
        "tags": {"type": "tag.list", "tags": [{"type": "tag", "id": "11200999", "name": "key account"}]},
        "segments": {"type": "segment.list", "segments": [{"type": "segment", "id": "68e1a7d0", "name": "Big"}]},
        "plan": {"type": "plan", "id": "269315", "name": "Growth"}, "custom_attributes": {"region": "DACH"}})
}

fn ticket() -> Value {
    json!({"type": "ticket", "id": "215480000000555", "ticket_id": "1204", "created_at": 1789985300,
        "updated_at": 1789985700, "ticket_attributes": {"_default_title_": "Refund", "_default_description_": "EUR 12",
            "Amount": "12.00", "Supporting evidence": [{"name": "receipt.pdf"}]},
        "ticket_state": {"type": "ticket_state", "id": "8322", "category": "in_progress",
            "internal_label": "In progress", "external_label": "Working on it"},
        "ticket_type": {"type": "ticket_type", "id": "67", "name": "Refunds", "category": "Back-office", "icon": "🎟️"},
        "contacts": {"type": "contact.list", "contacts": [
            {"type": "contact", "id": "68e1a7c2d9f04b3a5c6e7f81", "external_id": "cust_4711"},
            {"type": "contact", "id": "68e1a7c2d9f04b3a5c6e7f82", "external_id": "cust_4712"}]},
        "admin_assignee_id": 7300101, "team_assignee_id": "8100201", "open": true, "is_shared": false,
        "ticket_parts": {"type": "ticket_part.list", "ticket_parts": [{"type": "ticket_part", "id": "37410000101",
            "part_type": "ticket_state_updated_by_admin", "ticket_state": "in_progress"}], "total_count": 1},
        "linked_objects": {"type": "list", "data": [{"type": "conversation", "id": "215480000000123"}],
            "total_count": 1, "has_more": false},
        "category": "Back-office", "previous_ticket_state_id": "8321", "channel": "messenger"})
}
