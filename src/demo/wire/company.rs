//! A company. Unset scalars are left out, not null: so does the live API.

use super::contact::NoteRef;
use super::directory::{SegmentWire, TagWire, segment, tag};
use super::{Attributes, Text, View};
use crate::demo::workspace::{Company, HexId, tables};
use serde::{Serialize, Serializer};

#[derive(Serialize)]
struct TagList<'a> {
    r#type: &'static str,
    tags: Vec<TagWire<'a>>,
}

#[derive(Serialize)]
struct SegmentList {
    r#type: &'static str,
    segments: Vec<SegmentWire>,
}

#[derive(Serialize)]
struct NoteList {
    r#type: &'static str,
    data: Vec<NoteRef>,
    url: Text<String>,
    total_count: usize,
    has_more: bool,
}

/// `{}` when there is none.
#[derive(Serialize)]
struct Plan {
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Text<u64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'static str>,
}

/// Hundredths, written as an integer where they are whole.
struct Spend(i64);

impl Serialize for Spend {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 % 100 == 0 {
            serializer.serialize_i64(self.0 / 100)
        } else {
            serializer.serialize_f64(self.0 as f64 / 100.0)
        }
    }
}

#[derive(Serialize)]
pub(crate) struct CompanyWire<'a> {
    r#type: &'static str,
    company_id: &'a str,
    id: Text<HexId>,
    app_id: &'static str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    remote_created_at: Option<i64>,
    created_at: i64,
    updated_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_request_at: Option<i64>,
    monthly_spend: Spend,
    session_count: i64,
    user_count: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    website: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    industry: Option<&'static str>,
    tags: TagList<'a>,
    segments: SegmentList,
    plan: Plan,
    custom_attributes: Attributes<'a>,
    notes: NoteList,
}

/// One company.
pub(crate) fn company<'a>(view: &View<'a>, company: &'a Company) -> CompanyWire<'a> {
    let plan = company.plan.map(|n| tables::PLANS[n as usize]);
    CompanyWire {
        r#type: "company",
        company_id: &company.company_id,
        id: Text(company.id),
        app_id: tables::APP_ID,
        name: &company.name,
        remote_created_at: company.remote_created_at,
        created_at: company.created_at,
        updated_at: company.updated_at,
        last_request_at: company.last_request_at,
        monthly_spend: Spend(company.monthly_spend),
        session_count: company.session_count,
        user_count: company.user_count,
        size: company.size,
        website: company.website.as_deref(),
        industry: company.industry,
        tags: TagList {
            r#type: "tag.list",
            tags: company.tags.iter().map(|n| tag(&view.workspace.tags[*n as usize])).collect(),
        },
        segments: SegmentList {
            r#type: "segment.list",
            segments: company
                .segments
                .iter()
                .map(|n| segment(&view.workspace.segments[*n as usize], None))
                .collect(),
        },
        plan: Plan {
            r#type: plan.map(|_| "plan"),
            id: plan.map(|(id, _)| Text(id)),
            name: plan.map(|(_, name)| name),
        },
        custom_attributes: Attributes(&company.custom_attributes),
        notes: NoteList {
            r#type: "note.list",
            data: company.notes.iter().map(|note| NoteRef::new(note.id)).collect(),
            url: Text(format!("/companies/{}/notes", company.id)),
            total_count: company.notes.len(),
            has_more: false,
        },
    }
}
