//! Makes the people: admins, teams, tags, segments, companies and contacts.
//!
//! Owns who exists and what they are like; who writes what is decided elsewhere.

use super::WorkspaceParams;
use super::calendar::{DAY, HOUR, Hours};
use super::draw::Draw;
use super::entity::*;
use super::names::{COMPANY_FIRST, COMPANY_SECOND, NAMES, Names};
use super::tables::{ADMINS, APP_ID, FIRST_CONTACT_TAG, INDUSTRIES, PLANS, SEGMENTS, TAGS, TEAMS};
use serde_json::json;
use std::borrow::Cow;

/// Streams of chance: people use numbers that no conversation uses.
const COMPANIES: u64 = 1 << 40;
const CONTACTS: u64 = 2 << 40;

pub(crate) fn admins() -> Vec<Admin> {
    let row = |(n, row): (usize, &super::tables::AdminRow)| {
        let (name, job_title, local, teams, pace, hours, weekends) = *row;
        let address = if n == 0 {
            format!("operator+{APP_ID}@intercom.io")
        } else {
            format!("{local}@larkspur.example")
        };
        Admin {
            id: if n == 0 { 7_300_199 } else { 7_300_100 + n as u64 },
            name,
            email: address.into(),
            job_title,
            away: n == 9,
            has_inbox_seat: n != 12,
            teams: teams.to_vec(),
            role: if n == 1 { ("2", "Admin") } else { ("1", "Support Agent") },
            pace,
            hours: Hours { from: hours.0 * HOUR, until: hours.1 * HOUR, weekends },
        }
    };
    ADMINS.iter().enumerate().map(row).collect()
}

pub(crate) fn teams() -> Vec<Team> {
    let members = |team: u32| {
        let position =
            |(n, row): (usize, &super::tables::AdminRow)| row.3.contains(&team).then_some(n as Index);
        ADMINS.iter().enumerate().filter_map(position).collect()
    };
    let team = |(n, row): (usize, &(&'static str, &'static str, Option<u32>))| Team {
        id: 8_100_200 + n as u64,
        name: row.0,
        admins: members(n as u32),
        distribution_method: row.1,
        assignment_limit: row.2,
    };
    TEAMS.iter().enumerate().map(team).collect()
}

pub(crate) fn tags() -> Vec<Tag> {
    TAGS.iter()
        .enumerate()
        .map(|(n, name)| Tag { id: 11_200_345 + 7 * n as u64, name: (*name).into() })
        .collect()
}

pub(crate) fn segments(created_at: i64) -> Vec<Segment> {
    let segment = |(n, row): (usize, &(&'static str, &'static str))| Segment {
        id: HexId::new(created_at + n as i64, 0x5e6_0000 + n as u64),
        name: row.0,
        created_at: created_at + n as i64,
        updated_at: created_at + DAY + n as i64,
        person_type: row.1,
    };
    SEGMENTS.iter().enumerate().map(segment).collect()
}

pub(crate) fn companies(params: &WorkspaceParams, start: i64, count: usize) -> Vec<Company> {
    (0..count).map(|n| company(params, start, n)).collect()
}

fn company(params: &WorkspaceParams, start: i64, n: usize) -> Company {
    let draw = &mut Draw::new(params.seed, COMPANIES + n as u64);
    let created_at = start - draw.between(1, 700) * DAY + draw.between(0, DAY);
    let (first, second) = (COMPANY_FIRST[n % COMPANY_FIRST.len()], draw.pick(COMPANY_SECOND));
    let round = n / COMPANY_FIRST.len();
    let name =
        if round == 0 { format!("{first} {second}") } else { format!("{first} {second} {}", round + 1) };
    let slug = slug(first, n);
    let paying = draw.chance(700);
    let sparse = n % 9 == 4;
    Company {
        id: HexId::new(created_at, draw.bits()),
        company_id: slug.clone().into(),
        name: name.into(),
        plan: (!sparse).then(|| draw.below(PLANS.len() as u64) as Index),
        remote_created_at: (!sparse).then(|| created_at - draw.between(0, 90 * DAY)),
        created_at,
        updated_at: (created_at + draw.between(0, 90 * DAY)).min(params.now - 1),
        last_request_at: (!sparse).then(|| params.now - draw.around(3 * DAY).min(60 * DAY)),
        size: draw.chance(600).then(|| draw.around(25)),
        website: (!sparse).then(|| format!("https://{slug}.example").into()),
        industry: draw.chance(750).then(|| draw.pick(INDUSTRIES)),
        monthly_spend: if paying { draw.between(9, 900) * 100 + draw.pick(&[0, 0, 0, 50]) } else { 0 },
        session_count: draw.around(200),
        user_count: 0,
        custom_attributes: company_attributes(draw),
        tags: if draw.chance(200) {
            vec![FIRST_CONTACT_TAG + 2 + draw.below(3) as Index]
        } else {
            Vec::new()
        },
        segments: if paying { vec![3] } else { Vec::new() },
        notes: notes(draw, created_at, "Prefers invoices by post.", 60),
    }
}

fn company_attributes(draw: &mut Draw) -> Attributes {
    let mut attributes: Attributes =
        vec![("region".into(), json!(draw.pick(&["DACH", "UKI", "France", "Iberia", "Japan"])))];
    if draw.chance(300) {
        attributes.push(("Account manager".into(), json!(draw.pick(&["Chiara", "Sam", "Mei-Ling"]))));
    }
    attributes
}

fn slug(name: &str, n: usize) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { Some(c.to_ascii_lowercase()) } else { None };
    let mut slug: String = name.chars().filter_map(plain).collect();
    slug.push_str(&n.to_string());
    slug
}

fn notes(draw: &mut Draw, after: i64, text: &str, permille: u64) -> Vec<Note> {
    if !draw.chance(permille) {
        return Vec::new();
    }
    let author = 1 + draw.below(ADMINS.len() as u64 - 1) as Index;
    vec![Note {
        id: 17_000_000 + draw.below(9_000_000),
        created_at: after + 60,
        author,
        body: format!("<p>{text}</p>").into(),
    }]
}

pub(crate) fn contacts(
    params: &WorkspaceParams,
    start: i64,
    companies: &mut [Company],
    count: usize,
) -> Vec<Contact> {
    let mut contacts: Vec<Contact> = (0..count).map(|n| contact(params, start, n, companies.len())).collect();
    for contact in &contacts {
        for company in &contact.companies {
            companies[*company as usize].user_count += 1;
        }
    }
    // Two that no embedded list can hold: the rest must be asked for.
    if let [first, second, ..] = contacts.as_mut_slice() {
        first.tags = (FIRST_CONTACT_TAG - 4..TAGS.len() as u32).collect();
        second.companies = (0..companies.len().min(13) as Index).collect();
    }
    contacts
}

fn contact(params: &WorkspaceParams, start: i64, n: usize, companies: usize) -> Contact {
    let draw = &mut Draw::new(params.seed, CONTACTS + n as u64);
    let names = &NAMES[draw.weighted(NAMES.iter().map(|names| names.weight))];
    let created_at =
        (start - 400 * DAY + draw.between(0, 399) * DAY + draw.between(0, DAY)).min(params.now - DAY);
    let role = if draw.chance(130) { Role::Lead } else { Role::User };
    let anonymous = role == Role::Lead && draw.chance(450);
    let name = (!anonymous).then(|| full_name(draw, names));
    let email = email(draw, n, anonymous);
    let company = (role == Role::User && companies > 0 && draw.chance(800))
        .then(|| draw.below(companies as u64) as Index);
    let mut contact = blank(created_at, draw.bits(), role, names.language);
    contact.external_id =
        (role == Role::User && draw.chance(930)).then(|| format!("cust_{}", 4_000 + n).into());
    contact.email = email;
    contact.phone = draw.chance(150).then(|| format!("+49 40 {:07}", draw.below(9_999_999)).into());
    contact.name = name.map(Into::into);
    contact.owner = draw.chance(150).then(|| 1 + draw.below(ADMINS.len() as u64 - 1) as Index);
    contact.companies = company.into_iter().collect();
    details(draw, params, names, &mut contact);
    contact
}

fn blank(created_at: i64, rest: u64, role: Role, language: &'static str) -> Contact {
    Contact {
        id: HexId::new(created_at, rest),
        external_id: None,
        role,
        email: None,
        phone: None,
        name: None,
        owner: None,
        has_hard_bounced: false,
        marked_email_as_spam: false,
        unsubscribed_from_emails: false,
        created_at,
        updated_at: created_at,
        signed_up_at: None,
        last_seen_at: None,
        last_replied_at: None,
        last_contacted_at: None,
        last_email_opened_at: None,
        language,
        language_override: None,
        browser: None,
        os: None,
        mobile: None,
        place: None,
        referrer: None,
        utm_campaign: None,
        custom_attributes: Vec::new(),
        tags: Vec::new(),
        companies: Vec::new(),
        segments: Vec::new(),
        notes: Vec::new(),
        opted_out: Vec::new(),
        opted_in: Vec::new(),
        merges: Vec::new(),
    }
}

fn full_name(draw: &mut Draw, names: &Names) -> String {
    let (first, family) = (draw.pick(names.first), draw.pick(names.family));
    match names.language {
        "ja" => format!("{family} {first}"),
        "zh" => format!("{family}{first}"),
        _ => format!("{first} {family}"),
    }
}

/// Anonymous leads have an empty address or none at all.
fn email(draw: &mut Draw, n: usize, anonymous: bool) -> Option<Box<str>> {
    if anonymous {
        return draw.chance(500).then(|| "".into());
    }
    let host = draw.pick(&["harborline", "bluefinch", "mail", "post", "kopfstein", "tidewater", "lumen"]);
    Some(format!("customer{n}@{host}.example").into())
}

const BROWSERS: &[(&str, &str)] =
    &[("chrome", "141.0"), ("chrome", "140.0"), ("safari", "19.1"), ("firefox", "144.0"), ("edge", "141.0")];
const SYSTEMS: &[&str] = &["OS X 15.3", "Windows 11", "Windows 10", "Linux", "Android 16", "iOS 19.1"];

fn details(draw: &mut Draw, params: &WorkspaceParams, names: &Names, contact: &mut Contact) {
    let since = params.now - contact.created_at;
    let seen = draw.chance(850).then(|| params.now - draw.around(2 * DAY).min(since));
    contact.signed_up_at = (contact.role == Role::User).then(|| contact.created_at - draw.between(0, 600));
    if draw.chance(4) {
        contact.signed_up_at = Some(2_738_966_400);
    }
    contact.last_seen_at = seen;
    contact.updated_at = seen.unwrap_or(contact.created_at).max(contact.created_at);
    contact.browser = draw.chance(850).then(|| draw.pick(BROWSERS));
    contact.os = contact.browser.map(|_| draw.pick(SYSTEMS));
    contact.language_override = draw.chance(50).then_some(names.language);
    contact.place = draw.chance(900).then(|| draw.pick(names.places));
    contact.mobile = draw.chance(120).then(|| mobile(draw, contact.updated_at));
    contact.has_hard_bounced = draw.chance(10);
    contact.marked_email_as_spam = draw.chance(4);
    contact.unsubscribed_from_emails = draw.chance(70);
    contact.referrer = draw.chance(100).then_some("https://www.larkspur.example/");
    contact.utm_campaign = draw.chance(60).then_some("spring-2026");
    contact.custom_attributes = contact_attributes(draw);
    if draw.chance(150) {
        contact
            .tags
            .push(FIRST_CONTACT_TAG + draw.below(TAGS.len() as u64 - u64::from(FIRST_CONTACT_TAG)) as Index);
    }
    contact.segments = match contact.role {
        Role::Lead => vec![4],
        Role::User => vec![draw.below(4) as Index],
    };
    contact.notes = notes(draw, contact.created_at, "Talked to them at the fair.", 25);
    if contact.unsubscribed_from_emails {
        contact.opted_out = vec![0, 1];
    } else if draw.chance(80) {
        contact.opted_in = vec![2];
    }
}

fn mobile(draw: &mut Draw, at: i64) -> Mobile {
    let ios = draw.chance(550);
    let device =
        if ios { draw.pick(&["iPhone 15", "iPhone 16 Pro"]) } else { draw.pick(&["Pixel 9", "Galaxy S25"]) };
    Mobile { ios, device, os_version: if ios { "19.1" } else { "16" }, last_seen_at: at }
}

fn contact_attributes(draw: &mut Draw) -> Attributes {
    let mut attributes: Attributes = Vec::new();
    let mut add = |key: &'static str, value| attributes.push((Cow::Borrowed(key), value));
    if draw.chance(700) {
        add("seats", json!(draw.between(1, 40)));
    }
    if draw.chance(500) {
        add("plan_tier", json!(draw.pick(&["starter", "growth", "enterprise"])));
    }
    if draw.chance(200) {
        add("Monthly parcels", json!(draw.around(300)));
    }
    if draw.chance(100) {
        add("is beta: tester?", json!(true));
    }
    if draw.chance(60) {
        add("renewal_at", json!(2_000_000_000 + draw.between(0, 9_000_000)));
    }
    if draw.chance(30) {
        add("größe", json!("mittel"));
    }
    attributes
}
