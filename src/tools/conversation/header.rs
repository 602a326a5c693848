//! What a conversation is, in a few lines: title, state, people, labels, rating, times, address.

use super::answer::{Firm, Header, Named, Person, Rating};
use super::budget::Limits;
use super::names::{Names, inbox_url};
use crate::model::{Conversation, html_to_text};
use crate::sync::Workspace;
use crate::tools::untrusted::Untrusted;

/// Characters of each at most.
const TITLE_CHARS: usize = 500;
const NAME_CHARS: usize = 200;
const REMARK_CHARS: usize = 1_000;
const LABEL_CHARS: usize = 80;
/// Tags and topics named at most.
const LABELS: usize = 40;

/// What a conversation is.
pub(super) fn header(
    one: &Conversation,
    names: &Names,
    workspace: Option<&Workspace>,
    limits: Limits,
) -> Header {
    let id = one.conversation_id.to_string();
    let short = |text: &Option<String>| {
        text.as_deref().map(|text| Untrusted::new(text, limits.most(LABEL_CHARS)).as_str().to_owned())
    };
    let labels = limits.most(LABELS);
    let more = |count: usize| (count > labels).then(|| count - labels);
    let label = |name: Option<&str>, id: &str| Untrusted::new(name.unwrap_or(id), limits.most(LABEL_CHARS));
    let admin = |id: &str| named(id, names.admin(id), limits);
    let tags = one.tags.iter().take(labels).map(|tag| label(tag.name.as_deref(), tag.tag_id.as_str()));
    let topics = one.topics.iter().take(labels).map(|topic| label(topic.name.as_deref(), &topic.topic_id));
    Header {
        untrusted_title: title(one, limits),
        state: short(&one.state),
        priority: short(&one.priority).filter(|priority| priority != "none" && priority != "not_priority"),
        source: short(&one.source_type),
        created_at: one.created_at.to_utc(),
        updated_at: one.updated_at.to_utc(),
        snoozed_until_at: one.snoozed_until_at.map(crate::model::Timestamp::to_utc),
        waiting_since_at: one.waiting_since_at.map(crate::model::Timestamp::to_utc),
        contact: contact(one, limits),
        contact_count: (one.contact_ids.len() > 1).then_some(one.contact_ids.len()),
        company: company(one, limits),
        assignee: one.admin_assignee_id.as_ref().map(|id| admin(id.as_str())),
        team: one.team_assignee_id.as_ref().map(|id| named(id.as_str(), names.team(id.as_str()), limits)),
        tags: tags.collect(),
        more_tag_count: more(one.tags.len()),
        topics: topics.collect(),
        more_topic_count: more(one.topics.len()),
        rating: rating(one, names, limits),
        part_count: one.part_count,
        is_ticket: one.is_ticket,
        url: workspace.map(|workspace| inbox_url(workspace, &id)),
        id,
    }
}

/// Its title, else the subject of the first message.
fn title(one: &Conversation, limits: Limits) -> Option<Untrusted> {
    let subject = || one.source_subject.as_deref().map(html_to_text);
    let text = one.title.clone().filter(|title| !title.trim().is_empty()).or_else(subject)?;
    Some(Untrusted::new(&text, limits.most(TITLE_CHARS))).filter(|title| !title.is_empty())
}

fn contact(one: &Conversation, limits: Limits) -> Option<Person> {
    let text =
        |text: &Option<String>| text.as_deref().map(|text| Untrusted::new(text, limits.most(NAME_CHARS)));
    let id = one.contact_id.as_ref().map(ToString::to_string);
    let (untrusted_name, email) = (text(&one.contact_name), text(&one.contact_email));
    let is_known = id.is_some() || untrusted_name.is_some() || email.is_some();
    is_known.then_some(Person { id, untrusted_name, email })
}

fn company(one: &Conversation, limits: Limits) -> Option<Firm> {
    let id = one.company_id.as_ref().map(ToString::to_string);
    let name = one.company_name.clone().or_else(|| id.clone())?;
    Some(Firm { id, untrusted_name: Untrusted::new(&name, limits.most(NAME_CHARS)) })
}

fn rating(one: &Conversation, names: &Names, limits: Limits) -> Option<Rating> {
    if one.rating.is_none() && one.rating_requested_at.is_none() {
        return None;
    }
    let teammate = one.rated_teammate_id.as_deref().map(|id| match one.rated_teammate_type.as_deref() {
        Some("workflow") => named(id, Some("a workflow"), limits),
        _ => named(id, names.admin(id), limits),
    });
    let remark = one.rating_remark.as_deref();
    let remark = remark.map(|remark| Untrusted::new(remark, limits.most(REMARK_CHARS)));
    let untrusted_remark = remark.filter(|remark| !remark.is_empty());
    Some(Rating { rating: one.rating, untrusted_remark, teammate })
}

/// Something by its id, and by its name if that is known.
pub(super) fn named(id: &str, name: Option<&str>, limits: Limits) -> Named {
    Named { id: Some(id.to_owned()), name: Untrusted::new(name.unwrap_or(id), limits.most(NAME_CHARS)) }
}
