//! Definitions of attributes.

use super::json_body;
use crate::demo::server::endpoints::{Body, Call};
use crate::demo::server::error::ApiError;
use crate::demo::version::ApiVersion;
use crate::demo::wire;
use axum::http::StatusCode;
use serde_json::{Value, json};

/// Conversation attributes moved to an endpoint of their own with 2.16.
pub(crate) fn data_attributes(call: &Call<'_>) -> Body {
    let world = call.server.world();
    let of = |model| wire::data_attributes(&world.live, call.version, model);
    let data: Vec<Value> = match call.param("model") {
        None | Some("") => [of("contact"), of("company")].concat(),
        Some(model @ ("contact" | "company")) => of(model),
        Some("conversation") if call.version < ApiVersion::V2_16 => {
            wire::conversation_attributes(&world.live, call.flag("include_archived"))
        }
        Some("conversation") => {
            let message =
                "model=conversation is no longer supported. Use GET /conversations/attributes instead";
            return Err(ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "parameter_invalid", message));
        }
        Some(_) => return Err(ApiError::bad("parameter_invalid", "model must be contact or company")),
    };
    json_body(&json!({"type": "list", "data": data}))
}

pub(crate) fn conversations(call: &Call<'_>) -> Body {
    let world = call.server.world();
    let data = wire::conversation_attributes(&world.live, call.flag("include_archived"));
    json_body(&json!({"type": "list", "data": data}))
}
