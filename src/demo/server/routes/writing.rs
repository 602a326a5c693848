//! What changes a conversation: a reply, a teammate who closes or opens it, and its end.

use super::conversations::{conversation_id, retrieve};
use super::json_body;
use crate::demo::server::endpoints::{Body, Call};
use crate::demo::server::error::{Answer, ApiError};
use crate::demo::workspace::{Index, MutationError};
use serde_json::{Value, json};

/// `POST /conversations/{id}/reply`: a customer's or a teammate's message, or a note.
pub(crate) fn reply(call: &Call<'_>) -> Body {
    let id = conversation_id(call)?;
    let asked = asked(call)?;
    let body = text(&asked, "body")?;
    match (text(&asked, "type")?, text(&asked, "message_type")?) {
        ("user", "comment") => {
            made(call.server.change_and_tell(|workspace, now| workspace.reply_as_contact(id, body, now)))?;
        }
        ("admin", "comment") => {
            let by = teammate(call, &asked)?;
            made(call.server.change_and_tell(|workspace, now| workspace.reply_as_admin(id, by, body, now)))?;
        }
        ("admin", "note") => {
            let by = teammate(call, &asked)?;
            made(call.server.change_and_tell(|workspace, now| workspace.note(id, by, body, now)))?;
        }
        _ => return Err(invalid("type and message_type", "user with comment, admin with comment or note")),
    }
    retrieve(call)
}

/// `POST /conversations/{id}/parts`: a teammate closes or opens a conversation.
pub(crate) fn manage(call: &Call<'_>) -> Body {
    let id = conversation_id(call)?;
    let asked = asked(call)?;
    let by = teammate(call, &asked)?;
    let body = asked["body"].as_str();
    match text(&asked, "message_type")? {
        "close" => made(call.server.change_and_tell(|workspace, now| workspace.close(id, by, body, now)))?,
        "open" => made(call.server.change_and_tell(|workspace, now| workspace.reopen(id, by, now)))?,
        _ => return Err(invalid("message_type", "close or open")),
    }
    retrieve(call)
}

/// `DELETE /conversations/{id}`.
pub(crate) fn delete(call: &Call<'_>) -> Body {
    let id = conversation_id(call)?;
    made(call.server.change_and_tell(|workspace, now| workspace.delete(id, true, now)))?;
    json_body(&json!({"id": id.to_string(), "object": "conversation", "deleted": true}))
}

fn asked(call: &Call<'_>) -> Answer<Value> {
    serde_json::from_slice(&call.body).map_err(|_| ApiError::bad("bad_request", "The body is not JSON"))
}

fn text<'a>(asked: &'a Value, name: &str) -> Answer<&'a str> {
    asked[name].as_str().ok_or_else(|| invalid(name, "a text"))
}

fn invalid(name: &str, wanted: &str) -> ApiError {
    ApiError::bad("parameter_invalid", format!("{name} must be {wanted}"))
}

fn teammate(call: &Call<'_>, asked: &Value) -> Answer<Index> {
    let id = text(asked, "admin_id")?;
    let world = call.server.world();
    let position = world.live.admins().iter().position(|admin| admin.id.to_string() == id);
    let index = position.and_then(|position| Index::try_from(position).ok());
    index.ok_or_else(|| invalid("admin_id", "the id of a teammate"))
}

fn made<T>(change: Result<T, MutationError>) -> Answer<()> {
    change.map(drop).map_err(|_| ApiError::not_found())
}
