//! The searchable fields of contacts. Owns one table, in the order of the documentation.

use super::field::{Context, Datum, Document, Field, Kind};
use crate::demo::workspace::*;

type Get = for<'a> fn(&Context<'a>, &'a Contact) -> Datum<'a>;

const fn field(name: &'static str, kind: Kind, get: Get) -> Field<Contact> {
    Field { name, kind, get }
}

const fn text(name: &'static str, get: Get) -> Field<Contact> {
    field(name, Kind::Text, get)
}

const fn date(name: &'static str, get: Get) -> Field<Contact> {
    field(name, Kind::Date, get)
}

impl Document for Contact {
    type Id = HexId;

    const CUSTOM_PREFIX: &'static str = "custom_attributes.";
    const FIELDS: &'static [Field<Self>] = &[
        text("id", |_, c| Datum::id(c.id)),
        text("role", |_, c| Datum::text(Some(c.role.name()))),
        text("name", |_, c| Datum::text(c.name.as_deref())),
        text("avatar", |_, _| Datum::Null),
        text("owner_id", |x, c| {
            c.owner.map_or(Datum::Null, |n| Datum::id(x.workspace.admins[n as usize].id))
        }),
        text("email", |_, c| Datum::text(c.email.as_deref())),
        text("email_domain", |_, c| Datum::text(domain(c))),
        text("phone", |_, c| Datum::text(c.phone.as_deref())),
        text("formatted_phone", |_, c| Datum::text(c.phone.as_deref())),
        text("external_id", |_, c| Datum::text(c.external_id.as_deref())),
        date("created_at", |_, c| Datum::Int(c.created_at)),
        date("signed_up_at", |_, c| Datum::int(c.signed_up_at)),
        date("updated_at", |_, c| Datum::Int(c.updated_at)),
        date("last_seen_at", |_, c| Datum::int(c.last_seen_at)),
        date("last_contacted_at", |_, c| Datum::int(c.last_contacted_at)),
        date("last_replied_at", |_, c| Datum::int(c.last_replied_at)),
        date("last_email_opened_at", |_, c| Datum::int(c.last_email_opened_at)),
        date("last_email_clicked_at", |_, _| Datum::Null),
        text("language_override", |_, c| Datum::text(c.language_override)),
        text("browser", |_, c| Datum::text(c.browser.map(|(name, _)| name))),
        text("browser_language", |_, c| Datum::text(c.browser.map(|_| c.language))),
        text("os", |_, c| Datum::text(c.os)),
        text("location.country", |_, c| Datum::text(place(c).map(|place| place.country))),
        text("location.region", |_, c| Datum::text(place(c).map(|place| place.region))),
        text("location.city", |_, c| Datum::text(place(c).map(|place| place.city))),
        field("unsubscribed_from_emails", Kind::Bool, |_, c| Datum::Bool(c.unsubscribed_from_emails)),
        field("marked_email_as_spam", Kind::Bool, |_, c| Datum::Bool(c.marked_email_as_spam)),
        field("has_hard_bounced", Kind::Bool, |_, c| Datum::Bool(c.has_hard_bounced)),
        date("ios_last_seen_at", |_, c| Datum::int(mobile(c, true).map(|mobile| mobile.last_seen_at))),
        text("ios_app_version", |_, c| Datum::text(mobile(c, true).map(|_| "7.3.1"))),
        text("ios_device", |_, c| Datum::text(mobile(c, true).map(|mobile| mobile.device))),
        text("ios_os_version", |_, c| Datum::text(mobile(c, true).map(|mobile| mobile.os_version))),
        text("ios_app_name", |_, c| Datum::text(mobile(c, true).map(|_| "Larkspur"))),
        text("ios_sdk_version", |_, c| Datum::text(mobile(c, true).map(|_| "18.6.0"))),
        date("android_last_seen_at", |_, c| Datum::int(mobile(c, false).map(|mobile| mobile.last_seen_at))),
        text("android_app_version", |_, c| Datum::text(mobile(c, false).map(|_| "7.3.1"))),
        text("android_device", |_, c| Datum::text(mobile(c, false).map(|mobile| mobile.device))),
        text("android_app_name", |_, c| Datum::text(mobile(c, false).map(|_| "Larkspur"))),
        text("android_sdk_version", |_, c| Datum::text(mobile(c, false).map(|_| "17.4.0"))),
        text("segment_id", |x, c| {
            Datum::ids(c.segments.iter().map(|n| x.workspace.segments[*n as usize].id))
        }),
        field("tag_id", Kind::Exact, |x, c| {
            Datum::ids(c.tags.iter().map(|n| x.workspace.tags[*n as usize].id))
        }),
    ];

    fn id(&self) -> HexId {
        self.id
    }

    fn parse_id(text: &str) -> Option<HexId> {
        HexId::parse(text)
    }

    fn custom(&self, name: &str) -> Option<&serde_json::Value> {
        self.custom_attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }
}

fn domain(contact: &Contact) -> Option<&str> {
    contact.email.as_deref()?.split_once('@').map(|(_, domain)| domain)
}

fn place(contact: &Contact) -> Option<&'static Place> {
    contact.place.map(|n| &tables::PLACES[usize::from(n)])
}

fn mobile(contact: &Contact, ios: bool) -> Option<Mobile> {
    contact.mobile.filter(|mobile| mobile.ios == ios)
}
