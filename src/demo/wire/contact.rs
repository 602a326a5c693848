//! A contact, with the lists that hold at most ten references.

use super::directory::{AdminWire, admin};
use super::{Attributes, NumberOrText, Text, View};
use crate::demo::version::ApiVersion;
use crate::demo::workspace::{Contact, HexId, Merge, Note, Role, tables};
use serde::Serialize;
use serde_json::{Value, json};
use std::fmt::Display;

/// How many references a list inside a contact holds.
const EMBEDDED: usize = 10;

#[derive(Serialize)]
#[serde(bound = "T: Display")]
struct Ref<T: Display> {
    id: Text<T>,
    r#type: &'static str,
    url: Text<String>,
}

/// A reference to a note.
#[derive(Serialize)]
pub(crate) struct NoteRef {
    id: Text<u64>,
    r#type: &'static str,
    url: Text<String>,
}

impl NoteRef {
    pub(crate) fn new(id: u64) -> Self {
        Self { id: Text(id), r#type: "note", url: Text(format!("/notes/{id}")) }
    }
}

#[derive(Serialize)]
struct RefList<T: Serialize> {
    r#type: &'static str,
    data: Vec<T>,
    url: Text<String>,
    total_count: usize,
    has_more: bool,
}

fn list<T: Serialize>(contact: &Contact, name: &str, all: impl ExactSizeIterator<Item = T>) -> RefList<T> {
    let total_count = all.len();
    RefList {
        r#type: "list",
        data: all.take(EMBEDDED).collect(),
        url: Text(format!("/contacts/{}/{name}", contact.id)),
        total_count,
        has_more: total_count > EMBEDDED,
    }
}

#[derive(Serialize)]
struct Location {
    r#type: &'static str,
    country: Option<&'static str>,
    region: Option<&'static str>,
    city: Option<&'static str>,
    country_code: Option<&'static str>,
    continent_code: Option<&'static str>,
}

#[derive(Serialize)]
struct Profiles {
    r#type: &'static str,
    data: [(); 0],
}

#[derive(Serialize)]
struct MergeWire {
    r#type: &'static str,
    source_contact_id: Text<HexId>,
    source_contact_role: &'static str,
    merged_at: i64,
}

#[derive(Serialize)]
pub(crate) struct ContactWire<'a> {
    r#type: &'static str,
    id: Text<HexId>,
    workspace_id: &'static str,
    external_id: Option<&'a str>,
    role: &'static str,
    email: Option<&'a str>,
    email_domain: Option<&'a str>,
    phone: Option<&'a str>,
    formatted_phone: Option<&'a str>,
    name: Option<&'a str>,
    avatar: Option<()>,
    owner_id: Option<NumberOrText>,
    social_profiles: Profiles,
    has_hard_bounced: bool,
    marked_email_as_spam: bool,
    unsubscribed_from_emails: bool,
    created_at: i64,
    updated_at: i64,
    signed_up_at: Option<i64>,
    last_seen_at: Option<i64>,
    last_replied_at: Option<i64>,
    last_contacted_at: Option<i64>,
    last_email_opened_at: Option<i64>,
    last_email_clicked_at: Option<i64>,
    language_override: Option<&'static str>,
    browser: Option<&'static str>,
    browser_version: Option<&'static str>,
    browser_language: Option<&'static str>,
    os: Option<&'static str>,
    location: Location,
    android_app_name: Option<&'static str>,
    android_app_version: Option<&'static str>,
    android_device: Option<&'static str>,
    android_os_version: Option<&'static str>,
    android_sdk_version: Option<&'static str>,
    android_last_seen_at: Option<i64>,
    ios_app_name: Option<&'static str>,
    ios_app_version: Option<&'static str>,
    ios_device: Option<&'static str>,
    ios_os_version: Option<&'static str>,
    ios_sdk_version: Option<&'static str>,
    ios_last_seen_at: Option<i64>,
    custom_attributes: Attributes<'a>,
    tags: RefList<Ref<u64>>,
    notes: RefList<NoteRef>,
    companies: RefList<Ref<HexId>>,
    opted_out_subscription_types: RefList<Ref<u64>>,
    opted_in_subscription_types: RefList<Ref<u64>>,
    utm_campaign: Option<&'static str>,
    utm_content: Option<&'static str>,
    utm_medium: Option<&'static str>,
    utm_source: Option<&'static str>,
    utm_term: Option<&'static str>,
    referrer: Option<&'static str>,
    sms_consent: bool,
    unsubscribed_from_sms: bool,
    enabled_push_messaging: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    merge_history: Option<Vec<MergeWire>>,
}

/// One contact.
pub(crate) fn contact<'a>(view: &View<'a>, c: &'a Contact) -> ContactWire<'a> {
    let workspace = view.workspace;
    let android = c.mobile.filter(|mobile| !mobile.ios);
    let ios = c.mobile.filter(|mobile| mobile.ios);
    let subscriptions = |positions: &'a [u32]| {
        let reference = |n: &u32| {
            let id = tables::SUBSCRIPTIONS[*n as usize].0;
            Ref { id: Text(id), r#type: "subscription", url: Text(format!("/subscription_types/{id}")) }
        };
        list(c, "subscriptions", positions.iter().map(reference))
    };
    ContactWire {
        r#type: "contact",
        id: Text(c.id),
        workspace_id: tables::APP_ID,
        external_id: c.external_id.as_deref(),
        role: c.role.name(),
        email: c.email.as_deref(),
        email_domain: c.email.as_deref().and_then(|email| email.split_once('@')).map(|(_, domain)| domain),
        phone: c.phone.as_deref(),
        formatted_phone: c.phone.as_deref(),
        name: c.name.as_deref(),
        avatar: None,
        owner_id: c.owner.map(|n| owner(view.version, workspace.admins[n as usize].id)),
        social_profiles: Profiles { r#type: "list", data: [] },
        has_hard_bounced: c.has_hard_bounced,
        marked_email_as_spam: c.marked_email_as_spam,
        unsubscribed_from_emails: c.unsubscribed_from_emails,
        created_at: c.created_at,
        updated_at: c.updated_at,
        signed_up_at: c.signed_up_at,
        last_seen_at: c.last_seen_at,
        last_replied_at: c.last_replied_at,
        last_contacted_at: c.last_contacted_at,
        last_email_opened_at: c.last_email_opened_at,
        last_email_clicked_at: None,
        language_override: c.language_override,
        browser: c.browser.map(|(name, _)| name),
        browser_version: c.browser.map(|(_, version)| version),
        browser_language: c.browser.map(|_| c.language),
        os: c.os,
        location: location(c),
        android_app_name: android.map(|_| "Larkspur"),
        android_app_version: android.map(|_| "7.3.1"),
        android_device: android.map(|mobile| mobile.device),
        android_os_version: android.map(|mobile| mobile.os_version),
        android_sdk_version: android.map(|_| "17.4.0"),
        android_last_seen_at: android.map(|mobile| mobile.last_seen_at),
        ios_app_name: ios.map(|_| "Larkspur"),
        ios_app_version: ios.map(|_| "7.3.1"),
        ios_device: ios.map(|mobile| mobile.device),
        ios_os_version: ios.map(|mobile| mobile.os_version),
        ios_sdk_version: ios.map(|_| "18.6.0"),
        ios_last_seen_at: ios.map(|mobile| mobile.last_seen_at),
        custom_attributes: Attributes(&c.custom_attributes),
        tags: list(c, "tags", c.tags.iter().map(|n| tag_reference(view, *n))),
        notes: list(c, "notes", c.notes.iter().map(|note| NoteRef::new(note.id))),
        companies: list(c, "companies", c.companies.iter().map(|n| company_reference(view, *n))),
        opted_out_subscription_types: subscriptions(&c.opted_out),
        opted_in_subscription_types: subscriptions(&c.opted_in),
        utm_campaign: c.utm_campaign,
        utm_content: None,
        utm_medium: None,
        utm_source: c.utm_campaign.map(|_| "newsletter"),
        utm_term: None,
        referrer: c.referrer,
        sms_consent: false,
        unsubscribed_from_sms: false,
        enabled_push_messaging: c.mobile.map(|_| true),
        merge_history: (view.merge_history && c.role == Role::User)
            .then(|| c.merges.iter().map(merge).collect()),
    }
}

/// A string from 2.16 on, a number before.
fn owner(version: ApiVersion, id: u64) -> NumberOrText {
    if version >= ApiVersion::V2_16 { NumberOrText::Text(Text(id)) } else { NumberOrText::Number(id) }
}

fn location(c: &Contact) -> Location {
    let place = c.place.map(|n| tables::PLACES[usize::from(n)]);
    Location {
        r#type: "location",
        country: place.map(|p| p.country),
        region: place.map(|p| p.region),
        city: place.map(|p| p.city),
        country_code: place.map(|p| p.country_code),
        continent_code: place.map(|p| p.continent_code),
    }
}

fn tag_reference(view: &View<'_>, n: u32) -> Ref<u64> {
    let id = view.workspace.tags[n as usize].id;
    Ref { id: Text(id), r#type: "tag", url: Text(format!("/tags/{id}")) }
}

fn company_reference(view: &View<'_>, n: u32) -> Ref<HexId> {
    let id = view.workspace.companies[n as usize].id;
    Ref { id: Text(id), r#type: "company", url: Text(format!("/companies/{id}")) }
}

fn merge(merge: &Merge) -> MergeWire {
    MergeWire {
        r#type: "contact_merge",
        source_contact_id: Text(merge.source),
        source_contact_role: merge.role.name(),
        merged_at: merge.at,
    }
}

/// The merges of a contact, as `/merge_history` lists them.
pub(crate) fn merge_history(contact: &Contact) -> Value {
    json!(contact.merges.iter().map(merge).collect::<Vec<_>>())
}

#[derive(Serialize)]
struct Owner {
    r#type: &'static str,
    id: Text<HexId>,
}

/// A note on a contact or company.
#[derive(Serialize)]
pub(crate) struct NoteWire<'a> {
    r#type: &'static str,
    id: Text<u64>,
    created_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<Owner>,
    #[serde(skip_serializing_if = "Option::is_none")]
    company: Option<Owner>,
    author: AdminWire<'a>,
    body: &'a str,
}

/// One note, about `on` (`contact` or `company`).
pub(crate) fn note<'a>(view: &View<'a>, note: &'a Note, on: &'static str, id: HexId) -> NoteWire<'a> {
    let owner = |kind: &'static str| (kind == on).then_some(Owner { r#type: kind, id: Text(id) });
    NoteWire {
        r#type: "note",
        id: Text(note.id),
        created_at: note.created_at,
        contact: owner("contact"),
        company: owner("company"),
        author: admin(view.workspace, view.version, &view.workspace.admins[note.author as usize]),
        body: &note.body,
    }
}

/// A kind of mail customers can opt out of.
pub(crate) fn subscription(position: u32) -> Value {
    let (id, name, description, consent) = tables::SUBSCRIPTIONS[position as usize];
    let translation = json!({"name": name, "description": description, "locale": "en"});
    json!({
        "type": "subscription", "id": id.to_string(), "state": "live", "default_translation": translation.clone(),
        "translations": [translation], "consent_type": consent, "content_types": ["email"],
    })
}
