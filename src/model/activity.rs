//! What contacts and companies come to, over all their conversations: kept beside `conversation_metrics`, of which it is
//! made.
//!
//! That it is what the metrics say is proved by `sql/check/contact_activity.sql` and `company_activity.sql`, which
//! compare it with the definitions in `views/marts`.

use super::id::{CompanyId, ContactId};
use super::table::{item, row};
use super::time::Timestamp;

item! {
    /// What the conversations of a contact or company come to.
    pub struct Activity {
        /// Its conversations.
        [public] conversation_count: i64,
        /// Those it began, or answered before a teammate wrote.
        [public] inbound_count: i64,
        /// Those not closed.
        [public] open_count: i64,
        /// Those whose last message by the customer nobody answered.
        [public] unanswered_count: i64,
        /// Messages by customers, of those held.
        [public] customer_message_count: Option<i64>,
        /// When the first began (UTC).
        [public] first_conversation_at: Timestamp,
        /// When the latest began (UTC).
        [public] last_conversation_at: Timestamp,
        /// Inbound ones a teammate replied to.
        [public] replied_count: i64,
        /// Median time to that first reply, calendar time.
        [public, "seconds"] first_response_p50_seconds: Option<f64>,
        /// Those with a rating.
        [public] rated_count: i64,
        /// The mean rating, 1 to 5.
        [public] rating_avg: Option<f64>,
    }
}

row! {
    /// One row per contact who is the first contact of a conversation.
    pub struct ContactActivity in "contact_activity", version 1, partitioned false, key ["contact_id"] {
        /// The contact.
        [public] contact_id: ContactId,
        /// The name in the latest conversation that has one.
        [personal] name: Option<String>,
        /// The e-mail address in the latest conversation that has one.
        [personal] email: Option<String>,
        /// The company of the latest conversation that has one.
        [personal] company_name: Option<String>,
    }
    and
    /// What its conversations come to.
    activity: Activity
}

row! {
    /// One row per company that conversations concern.
    pub struct CompanyActivity in "company_activity", version 1, partitioned false, key ["company_id"] {
        /// The company.
        [public] company_id: CompanyId,
        /// The name in the latest conversation that has one.
        [personal] name: Option<String>,
        /// First contacts of its conversations.
        [public] contact_count: i64,
    }
    and
    /// What its conversations come to.
    activity: Activity
}
