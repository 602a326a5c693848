//! People and companies: who writes, and for whom.
//!
//! Fields from the API fact sheet, sections 4.4 and 4.5.

use super::cell::Json;
use super::fields::{Fields, WireError};
use super::id::{CompanyId, ContactId};
use super::table::{item, row};
use super::time::Timestamp;

item! {
    /// Something attached to a contact or company, by id.
    pub struct ContactRef {
        /// Its id.
        [public] id: String,
        /// Its name, where Intercom gives it.
        [personal] name: Option<String>,
    }
}

row! {
    /// One row per contact: a user or lead who takes part in conversations.
    pub struct Contact in "contacts", version 1, partitioned false, key ["contact_id"] {
        /// The contact's id.
        [public] contact_id: ContactId,
        /// The contact's id in the customer's own system.
        [personal] external_id: Option<String>,
        /// user or lead.
        [public] role: Option<String>,
        /// The contact's name.
        [personal] name: Option<String>,
        /// The contact's e-mail address.
        [personal] email: Option<String>,
        /// The domain of that address.
        [personal] email_domain: Option<String>,
        /// The contact's phone number.
        [personal] phone: Option<String>,
        /// The teammate who owns the contact.
        [public] owner_id: Option<String>,
        /// When the contact was created (UTC).
        [public] created_at: Option<Timestamp>,
        /// When the contact last changed (UTC).
        [public] updated_at: Option<Timestamp>,
        /// When the contact signed up (UTC); set by the customer, may lie in the future.
        [public] signed_up_at: Option<Timestamp>,
        /// When the contact was last seen (UTC).
        [public] last_seen_at: Option<Timestamp>,
        /// When the contact last replied (UTC).
        [public] last_replied_at: Option<Timestamp>,
        /// When the contact was last contacted (UTC).
        [public] last_contacted_at: Option<Timestamp>,
        /// When the contact last opened an e-mail (UTC).
        [public] last_email_opened_at: Option<Timestamp>,
        /// When the contact last clicked in an e-mail (UTC).
        [public] last_email_clicked_at: Option<Timestamp>,
        /// Whether e-mail to the contact bounced for good.
        [public] has_hard_bounced: Option<bool>,
        /// Whether the contact marked e-mail as spam.
        [public] marked_email_as_spam: Option<bool>,
        /// Whether the contact unsubscribed from e-mail.
        [public] unsubscribed_from_emails: Option<bool>,
        /// The language set for the contact.
        [public] language_override: Option<String>,
        /// The language of the contact's browser.
        [public] browser_language: Option<String>,
        /// The contact's browser.
        [public] browser: Option<String>,
        /// The contact's operating system.
        [public] os: Option<String>,
        /// The contact's country.
        [personal] country: Option<String>,
        /// The contact's region.
        [personal] region: Option<String>,
        /// The contact's city.
        [personal] city: Option<String>,
        /// Tags on the contact, by id.
        [public] tags: Vec<ContactRef>,
        /// The contact's companies, by id.
        [public] companies: Vec<ContactRef>,
        /// The workspace's own attributes, as JSON.
        [personal] custom_attributes: Option<Json>,
        /// The contact this one was merged into; the other columns are then that contact's.
        [public] merged_into_id: Option<ContactId>,
        /// Whether Intercom still has it; false after a merge or deletion.
        [public] is_listed: bool,
        /// When `fi` read this from Intercom (UTC).
        [public] synced_at: Timestamp,
        /// Fields that have no column here, as JSON.
        [personal] extra: Option<Json>,
    }
}

impl Contact {
    /// The row of a contact that was merged into `canonical`: its id, the other's details.
    pub fn merged(contact_id: ContactId, canonical: Self) -> Self {
        let merged_into_id = Some(canonical.contact_id);
        Self { contact_id, merged_into_id, is_listed: false, ..canonical }
    }

    /// The row of a contact Intercom no longer has: its id and nothing else.
    pub fn gone(contact_id: ContactId, synced_at: Timestamp) -> Self {
        let nothing = serde_json::json!({ "id": contact_id.as_str() }).to_string();
        let known = Self::parse(nothing.as_bytes(), synced_at);
        let known = known.expect("an object with the id of a contact is a contact");
        Self { is_listed: false, ..known }
    }

    /// From the JSON of one contact.
    ///
    /// # Errors
    /// Only when there is no usable `id`, or the text is no JSON object.
    pub fn parse(json: &[u8], synced_at: Timestamp) -> Result<Self, WireError> {
        let mut fields = Fields::parse("contact", json)?;
        let f = &mut fields;
        f.constant("type", "contact");
        let contact_id = f.require("id", ContactId::from_json)?;
        let location = f.nested("location", |place| {
            place.constant("type", "location");
            (place.text("country"), place.text("region"), place.text("city"))
        });
        let (country, region, city) = location.unwrap_or_default();
        let contact = Self {
            contact_id,
            external_id: f.text("external_id"),
            role: f.text("role"),
            name: f.text("name"),
            email: f.text("email"),
            email_domain: f.text("email_domain"),
            phone: f.text("phone"),
            owner_id: f.text("owner_id"),
            created_at: f.timestamp("created_at"),
            updated_at: f.timestamp("updated_at"),
            signed_up_at: f.timestamp("signed_up_at"),
            last_seen_at: f.timestamp("last_seen_at"),
            last_replied_at: f.timestamp("last_replied_at"),
            last_contacted_at: f.timestamp("last_contacted_at"),
            last_email_opened_at: f.timestamp("last_email_opened_at"),
            last_email_clicked_at: f.timestamp("last_email_clicked_at"),
            has_hard_bounced: f.boolean("has_hard_bounced"),
            marked_email_as_spam: f.boolean("marked_email_as_spam"),
            unsubscribed_from_emails: f.boolean("unsubscribed_from_emails"),
            language_override: f.text("language_override"),
            browser_language: f.text("browser_language"),
            browser: f.text("browser"),
            os: f.text("os"),
            country,
            region,
            city,
            tags: references(f, "tags", "data", "list"),
            companies: references(f, "companies", "data", "list"),
            custom_attributes: f.json("custom_attributes"),
            merged_into_id: None,
            is_listed: true,
            synced_at,
            extra: None,
        };
        forget_absent(f);
        Ok(Self { extra: fields.into_extra(), ..contact })
    }
}

/// Fields of a contact that are mostly `null` and say nothing then.
const MOSTLY_ABSENT: &[&str] = &[
    "avatar",
    "browser_version",
    "android_app_name",
    "android_app_version",
    "android_device",
    "android_os_version",
    "android_sdk_version",
    "android_last_seen_at",
    "ios_app_name",
    "ios_app_version",
    "ios_device",
    "ios_os_version",
    "ios_sdk_version",
    "ios_last_seen_at",
    "utm_campaign",
    "utm_content",
    "utm_medium",
    "utm_source",
    "utm_term",
    "referrer",
    "enabled_push_messaging",
];

fn forget_absent(fields: &mut Fields) {
    MOSTLY_ABSENT.iter().for_each(|name| fields.empty(name));
}

/// The references of an embedded list; whether it is complete stays with the list in `extra`.
fn references(
    fields: &mut Fields,
    name: &'static str,
    list: &'static str,
    list_type: &str,
) -> Vec<ContactRef> {
    let read = fields.nested(name, |outer| {
        outer.constant("type", list_type);
        let items = outer.list(list, |item| {
            ["tag", "company", "segment"].iter().for_each(|kind| item.constant("type", kind));
            let id = item.text("id")?;
            item.take("url", |url| url.as_str().is_some_and(|url| url.ends_with(&id)).then_some(()));
            Some(ContactRef { id, name: item.text("name") })
        });
        let count = items.len();
        outer.take("total_count", |total| (total.as_u64() == Some(count as u64)).then_some(()));
        outer.take("has_more", |more| (more.as_bool() == Some(false)).then_some(()));
        items
    });
    read.unwrap_or_default()
}

row! {
    /// One row per company.
    pub struct Company in "companies", version 1, partitioned false, key ["company_id"] {
        /// The company's id at Intercom.
        [public] company_id: CompanyId,
        /// The company's id in the customer's own system (Intercom's `company_id`).
        [personal] external_id: Option<String>,
        /// The company's name.
        [personal] name: Option<String>,
        /// The id of its plan.
        [public] plan_id: Option<String>,
        /// The name of its plan.
        [public] plan_name: Option<String>,
        /// When Intercom created it (UTC).
        [public] created_at: Option<Timestamp>,
        /// When it last changed (UTC).
        [public] updated_at: Option<Timestamp>,
        /// When the customer's own system created it (UTC).
        [public] remote_created_at: Option<Timestamp>,
        /// When one of its contacts was last seen (UTC).
        [public] last_request_at: Option<Timestamp>,
        /// Its number of employees.
        [public, "people"] size: Option<i64>,
        /// Its website.
        [personal] website: Option<String>,
        /// Its industry.
        [public] industry: Option<String>,
        /// What it spends a month, in the workspace's currency.
        [public, "currency units"] monthly_spend: Option<f64>,
        /// Sessions of its contacts.
        [public, "sessions"] session_count: Option<i64>,
        /// Its contacts.
        [public, "contacts"] user_count: Option<i64>,
        /// Tags on the company.
        [public] tags: Vec<ContactRef>,
        /// Segments the company is in.
        [public] segments: Vec<ContactRef>,
        /// The workspace's own attributes, as JSON.
        [personal] custom_attributes: Option<Json>,
        /// When `fi` read this from Intercom (UTC).
        [public] synced_at: Timestamp,
        /// Fields that have no column here, as JSON.
        [personal] extra: Option<Json>,
    }
}

impl Company {
    /// From the JSON of one company.
    ///
    /// # Errors
    /// Only when there is no usable `id`, or the text is no JSON object.
    pub fn parse(json: &[u8], synced_at: Timestamp) -> Result<Self, WireError> {
        let mut fields = Fields::parse("company", json)?;
        let f = &mut fields;
        f.constant("type", "company");
        let company_id = f.require("id", CompanyId::from_json)?;
        let plan = f.nested("plan", |plan| {
            plan.constant("type", "plan");
            (plan.text("id"), plan.text("name"))
        });
        let (plan_id, plan_name) = plan.unwrap_or_default();
        let company = Self {
            company_id,
            external_id: f.text("company_id"),
            name: f.text("name"),
            plan_id,
            plan_name,
            created_at: f.timestamp("created_at"),
            updated_at: f.timestamp("updated_at"),
            remote_created_at: f.timestamp("remote_created_at"),
            last_request_at: f.timestamp("last_request_at"),
            size: f.integer("size"),
            website: f.text("website"),
            industry: f.text("industry"),
            monthly_spend: f.float("monthly_spend"),
            session_count: f.integer("session_count"),
            user_count: f.integer("user_count"),
            tags: references(f, "tags", "tags", "tag.list"),
            segments: references(f, "segments", "segments", "segment.list"),
            custom_attributes: f.json("custom_attributes"),
            synced_at,
            extra: None,
        };
        Ok(Self { extra: fields.into_extra(), ..company })
    }
}
