//! Conversations that are gone from Intercom.

use super::cell::Json;
use super::fields::{Fields, WireError};
use super::id::ConversationId;
use super::table::row;
use super::time::Timestamp;

row! {
    /// One row per conversation deleted in Intercom; its rows are gone from the other tables.
    pub struct DeletedConversation in "deleted_conversations", version 1, partitioned false,
    key ["conversation_id"] {
        /// The conversation's id.
        [public] conversation_id: ConversationId,
        /// When it was deleted (UTC); none when Intercom no longer says.
        [public] deleted_at: Option<Timestamp>,
        /// Whether Intercom kept it in its reports.
        [public] are_metrics_retained: Option<bool>,
        /// When `fi` learned of it (UTC).
        [public] synced_at: Timestamp,
        /// Fields that have no column here, as JSON.
        [public] extra: Option<Json>,
    }
}

impl DeletedConversation {
    /// From the JSON of one entry of `GET /conversations/deleted`.
    ///
    /// # Errors
    /// Only when there is no usable `id`, or the text is no JSON object.
    pub fn parse(json: &[u8], synced_at: Timestamp) -> Result<Self, WireError> {
        let mut fields = Fields::parse("deleted conversation", json)?;
        fields.constant("type", "conversation");
        let conversation_id = fields.require("id", ConversationId::from_json)?;
        let deleted_at = fields.timestamp("deleted_at");
        let are_metrics_retained = fields.boolean("metrics_retained");
        let extra = fields.into_extra();
        Ok(Self { conversation_id, deleted_at, are_metrics_retained, synced_at, extra })
    }

    /// One that Intercom answers with 404, without saying when it was deleted.
    pub fn not_found(conversation_id: ConversationId, synced_at: Timestamp) -> Self {
        Self { conversation_id, deleted_at: None, are_metrics_retained: None, synced_at, extra: None }
    }
}
