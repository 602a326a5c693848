//! Definitions: attributes of contacts, companies and conversations; ticket types and states.

use crate::demo::version::ApiVersion;
use crate::demo::workspace::{TicketField, TicketState, TicketType, Workspace, tables};
use serde_json::{Value, json};

/// A ticket state.
pub(crate) fn ticket_state(state: &TicketState) -> Value {
    json!({
        "type": "ticket_state", "id": state.id.to_string(), "category": state.category,
        "internal_label": state.internal_label, "external_label": state.external_label,
    })
}

/// Title and description are fields of every ticket type.
const DEFAULT_FIELDS: &[TicketField] = &[
    TicketField { id: 165, name: "_default_title_", data_type: "string", required: false },
    TicketField { id: 166, name: "_default_description_", data_type: "string", required: false },
];

/// A ticket type as a ticket embeds it.
pub(crate) fn ticket_type_of_ticket(workspace: &Workspace, kind: &TicketType) -> Value {
    let field = |(order, field): (usize, &TicketField)| {
        let default = field.name.starts_with("_default_");
        json!({
            "type": "ticket_type_attribute", "id": field.id.to_string(), "workspace_id": tables::APP_ID,
            "name": field.name, "description": "", "data_type": field.data_type, "input_options": {},
            "order": order, "required_to_create": field.required, "required_to_create_for_contacts": false,
            "visible_on_create": true, "visible_to_contacts": default, "default": default,
            "ticket_type_id": kind.id, "archived": false,
            "created_at": workspace.app.created_at, "updated_at": workspace.app.created_at,
        })
    };
    let fields: Vec<_> = DEFAULT_FIELDS.iter().chain(kind.fields).enumerate().map(field).collect();
    json!({
        "type": "ticket_type", "id": kind.id.to_string(), "name": kind.name, "description": kind.description,
        "icon": kind.icon, "workspace_id": tables::APP_ID, "archived": kind.archived,
        "created_at": workspace.app.created_at, "updated_at": workspace.app.created_at,
        "is_internal": kind.category.name() != "Customer", "category": kind.category.name(),
        "ticket_type_attributes": {"type": "list", "data": fields},
    })
}

/// A ticket type as `/ticket_types` lists it, with its states.
pub(crate) fn ticket_type(workspace: &Workspace, kind: &TicketType) -> Value {
    let mut value = ticket_type_of_ticket(workspace, kind);
    let states: Vec<_> = tables::TICKET_STATES.iter().map(ticket_state).collect();
    value["ticket_states"] = json!({"type": "list", "data": states});
    value
}

/// Name, label, type, and whether the company made it.
type AttributeRow = (&'static str, &'static str, &'static str, bool);

const CONTACT_ATTRIBUTES: &[AttributeRow] = &[
    ("name", "Name", "string", false),
    ("email", "Email", "string", false),
    ("created_at", "First seen", "date", false),
    ("last_seen_at", "Last seen", "date", false),
    ("seats", "Seats", "integer", true),
    ("plan_tier", "Plan tier", "string", true),
    ("Monthly parcels", "Monthly parcels", "integer", true),
    ("is beta: tester?", "Beta tester", "boolean", true),
    ("renewal_at", "Renewal", "date", true),
    ("größe", "Größe", "string", true),
];

const COMPANY_ATTRIBUTES: &[AttributeRow] = &[
    ("name", "Company name", "string", false),
    ("monthly_spend", "Monthly spend", "float", false),
    ("region", "Region", "string", true),
    ("Account manager", "Account manager", "string", true),
];

/// The attributes of contacts or companies; standard ones have no id and no dates.
pub(crate) fn data_attributes(workspace: &Workspace, version: ApiVersion, model: &str) -> Vec<Value> {
    let rows = if model == "company" { COMPANY_ATTRIBUTES } else { CONTACT_ATTRIBUTES };
    let made = workspace.app.created_at;
    let attribute = |(n, row): (usize, &AttributeRow)| {
        let (name, label, data_type, custom) = *row;
        let data_type = if data_type == "date" && !custom && version >= ApiVersion::V2_17 {
            "datetime"
        } else {
            data_type
        };
        let full_name = if custom { format!("custom_attributes.{name}") } else { name.to_owned() };
        let mut value = json!({
            "type": "data_attribute", "model": model, "name": name, "full_name": full_name, "label": label,
            "description": "", "data_type": data_type, "api_writable": custom, "ui_writable": custom,
            "messenger_writable": false, "custom": custom, "archived": false,
        });
        if custom {
            value["id"] = json!(12_870 + n);
            value["admin_id"] = json!(workspace.admins[1].id.to_string());
            value["created_at"] = json!(made);
            value["updated_at"] = json!(made);
        }
        if name == "plan_tier" {
            value["options"] = json!(["starter", "growth", "enterprise"]);
        }
        value
    };
    rows.iter().enumerate().map(attribute).collect()
}

const CONVERSATION_ATTRIBUTES: &[(&str, &str, bool)] = &[
    ("Contact reason", "list", false),
    ("plan_tier", "string", false),
    ("Copilot used", "boolean", false),
    ("CX Score rating", "integer", false),
    ("CX Score explanation", "string", false),
    ("Größe / size (cm)", "decimal", false),
    ("related orders", "relationship", false),
    ("Old reason", "string", true),
];

/// The attributes of conversations.
pub(crate) fn conversation_attributes(workspace: &Workspace, archived_too: bool) -> Vec<Value> {
    let made = workspace.app.created_at;
    let attribute = |(n, row): (usize, &(&str, &str, bool))| {
        let (name, data_type, archived) = *row;
        let mut value = json!({
            "type": "conversation_attribute", "id": 2 + n, "name": name, "description": "", "data_type": data_type,
            "required": false, "visible_to_team_ids": [], "archived": archived,
            "created_at": made, "updated_at": made, "admin_id": workspace.admins[1].id.to_string(),
        });
        match data_type {
            "list" => value["options"] = options(),
            "string" => value["multiline"] = json!(false),
            "relationship" => value["reference"] = json!({"type": "many", "object_type_id": "Order"}),
            _ => {}
        }
        value
    };
    let rows = CONVERSATION_ATTRIBUTES.iter().enumerate();
    rows.filter(|(_, row)| archived_too || !row.2).map(attribute).collect()
}

fn options() -> Value {
    let option = |(n, topic): (usize, &crate::demo::workspace::Topic)| json!({"id": format!("a1b2c3d4-e5f6-4890-abcd-ef12345678{n:02}"), "label": topic.name, "archived": false});
    json!(crate::demo::workspace::TOPICS.iter().enumerate().map(option).collect::<Vec<_>>())
}
