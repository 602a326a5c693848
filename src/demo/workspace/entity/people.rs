//! People and the groups they come in: contacts, companies, admins, teams, tags, segments.

use super::{Attributes, HexId, Index};
use crate::demo::workspace::calendar::Hours;

/// Whether a contact signed up.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Role {
    /// Signed up.
    User,
    /// Did not.
    Lead,
}

impl Role {
    /// The word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Lead => "lead",
        }
    }
}

/// A place of the demo world.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Country name.
    pub country: &'static str,
    /// Region name.
    pub region: &'static str,
    /// City name.
    pub city: &'static str,
    /// ISO 3166 alpha-3.
    pub country_code: &'static str,
    /// Continent.
    pub continent_code: &'static str,
}

/// The device of a contact who uses the mobile app.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mobile {
    /// True for iOS, false for Android.
    pub ios: bool,
    /// Model.
    pub device: &'static str,
    /// Version of the operating system.
    pub os_version: &'static str,
    /// When it was last seen.
    pub last_seen_at: i64,
}

/// A note a teammate left on a contact or a company.
#[derive(Clone, PartialEq, Debug)]
pub struct Note {
    /// Unique among notes.
    pub id: u64,
    /// When.
    pub created_at: i64,
    /// By which admin.
    pub author: Index,
    /// HTML.
    pub body: Box<str>,
}

/// A contact that was merged into another.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Merge {
    /// The one that is gone.
    pub source: HexId,
    /// What it was.
    pub role: Role,
    /// When.
    pub at: i64,
}

/// A customer.
#[allow(missing_docs, reason = "the names are the API's")]
#[derive(Clone, PartialEq, Debug)]
pub struct Contact {
    pub id: HexId,
    pub external_id: Option<Box<str>>,
    pub role: Role,
    pub email: Option<Box<str>>,
    pub phone: Option<Box<str>>,
    pub name: Option<Box<str>>,
    pub owner: Option<Index>,
    pub has_hard_bounced: bool,
    pub marked_email_as_spam: bool,
    pub unsubscribed_from_emails: bool,
    pub created_at: i64,
    pub updated_at: i64,
    pub signed_up_at: Option<i64>,
    pub last_seen_at: Option<i64>,
    pub last_replied_at: Option<i64>,
    pub last_contacted_at: Option<i64>,
    pub last_email_opened_at: Option<i64>,
    pub language: &'static str,
    pub language_override: Option<&'static str>,
    pub browser: Option<(&'static str, &'static str)>,
    pub os: Option<&'static str>,
    pub mobile: Option<Mobile>,
    /// Position in the table of places.
    pub place: Option<u16>,
    pub referrer: Option<&'static str>,
    pub utm_campaign: Option<&'static str>,
    pub custom_attributes: Attributes,
    pub tags: Vec<Index>,
    pub companies: Vec<Index>,
    pub segments: Vec<Index>,
    pub notes: Vec<Note>,
    pub opted_out: Vec<Index>,
    pub opted_in: Vec<Index>,
    pub merges: Vec<Merge>,
}

/// An organisation customers belong to. Unset scalars are left out on the wire.
#[allow(missing_docs, reason = "the names are the API's")]
#[derive(Clone, PartialEq, Debug)]
pub struct Company {
    pub id: HexId,
    pub company_id: Box<str>,
    pub name: Box<str>,
    pub plan: Option<Index>,
    pub remote_created_at: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
    pub last_request_at: Option<i64>,
    pub size: Option<i64>,
    pub website: Option<Box<str>>,
    pub industry: Option<&'static str>,
    /// Hundredths; whole amounts are written as integers.
    pub monthly_spend: i64,
    pub session_count: i64,
    pub user_count: i64,
    pub custom_attributes: Attributes,
    pub tags: Vec<Index>,
    pub segments: Vec<Index>,
    pub notes: Vec<Note>,
}

/// A teammate, or the bot.
#[allow(missing_docs, reason = "the names are the API's")]
#[derive(Clone, Debug)]
pub struct Admin {
    pub id: u64,
    pub name: &'static str,
    pub email: Box<str>,
    pub job_title: Option<&'static str>,
    pub away: bool,
    pub has_inbox_seat: bool,
    pub teams: Vec<Index>,
    pub role: (&'static str, &'static str),
    /// How long they take to answer, in thousandths of what is usual.
    pub pace: i64,
    /// When they work.
    pub(crate) hours: Hours,
}

/// A team.
#[derive(Clone, Debug)]
pub struct Team {
    /// Unique among teams.
    pub id: u64,
    /// What it is called.
    pub name: &'static str,
    /// Who is in it.
    pub admins: Vec<Index>,
    /// How work is handed out.
    pub distribution_method: &'static str,
    /// How much each member gets, where work is balanced.
    pub assignment_limit: Option<u32>,
}

/// A tag.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tag {
    /// Unique among tags.
    pub id: u64,
    /// What it is called.
    pub name: Box<str>,
}

/// A group of contacts.
#[derive(Clone, Debug)]
pub struct Segment {
    /// Unique among segments.
    pub id: HexId,
    /// What it is called.
    pub name: &'static str,
    /// When it was made.
    pub created_at: i64,
    /// When it was changed.
    pub updated_at: i64,
    /// `user` or `contact`.
    pub person_type: &'static str,
}

/// The workspace itself.
#[derive(Clone, Debug)]
pub struct App {
    /// Its code.
    pub id_code: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// When it was made.
    pub created_at: i64,
}
