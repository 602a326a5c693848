//! The generated company: the same every time, and never at odds with itself.

use crate::demo_support::{NOW, company, plain};
use fastintercom::demo::workspace::{Author, Conversation, PartKind, State, TOPICS};
use fastintercom::demo::{ApiVersion, Shape, Workspace, WorkspaceParams};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

fn small(seed: u64) -> WorkspaceParams {
    WorkspaceParams { conversations: 120, days: 30, seed, now: NOW, ..WorkspaceParams::default() }
}

/// Everything a workspace would answer, as one hash.
fn fingerprint(workspace: &Workspace) -> String {
    let mut hash = Sha256::new();
    for id in workspace.conversation_ids() {
        hash.update(workspace.conversation_json(id, ApiVersion::V2_16, NOW).unwrap().to_string());
    }
    for contact in workspace.contacts() {
        hash.update(workspace.contact_json(contact.id, ApiVersion::V2_16).unwrap().to_string());
    }
    for ticket in workspace.tickets() {
        hash.update(workspace.ticket_json(ticket.id, ApiVersion::V2_16, NOW).unwrap().to_string());
    }
    for gone in workspace.deleted() {
        hash.update(format!("{gone:?}"));
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_same_seed_gives_the_same_bytes_on_every_machine() {
    assert_eq!(fingerprint(&Workspace::generate(&small(7))), "f292b451ba565f0a");
}

#[test]
fn another_seed_gives_another_company() {
    let (one, other) = (Workspace::generate(&small(1)), Workspace::generate(&small(2)));
    assert_ne!(fingerprint(&one), fingerprint(&other));
    assert_eq!(fingerprint(&one), fingerprint(&Workspace::generate(&small(1))));
}

#[test]
fn nothing_happens_after_the_present() {
    let workspace = company();
    for c in workspace.conversations() {
        assert!(c.created_at < NOW && c.updated_at < NOW, "{}", c.id);
        assert!(c.created_at >= NOW - 61 * 86_400);
        for part in &c.parts {
            assert!((c.created_at..NOW).contains(&part.created_at), "{} {}", c.id, part.id);
            assert!((part.created_at..NOW).contains(&part.updated_at), "{} {}", c.id, part.id);
        }
        assert!(c.rating.as_ref().is_none_or(|rating| rating.requested_at < NOW));
    }
    assert!(workspace.deleted().iter().all(|gone| gone.deleted_at < NOW));
    assert!(workspace.contacts().all(|contact| contact.updated_at < NOW && contact.created_at < NOW));
    assert!(workspace.tickets().iter().all(|ticket| ticket.updated_at < NOW));
}

#[test]
fn parts_are_in_order_and_ids_are_unique() {
    let workspace = company();
    let mut parts = BTreeSet::new();
    for c in workspace.conversations() {
        assert!(
            c.parts.windows(2).all(|two| two[0].created_at <= two[1].created_at && two[0].id < two[1].id)
        );
        assert!(c.parts.iter().all(|part| parts.insert(part.id)));
    }
    let contacts: BTreeSet<_> = workspace.contacts().map(|contact| contact.id).collect();
    assert_eq!(contacts.len(), workspace.contacts().count());
    let gone: BTreeSet<_> = workspace.deleted().iter().map(|gone| gone.id).collect();
    assert!(workspace.conversation_ids().iter().all(|id| !gone.contains(id)));
}

/// Intercom's figures, computed from the JSON of a conversation in another way than the generator does.
fn expected_statistics(c: &Value, bot: &str) -> BTreeMap<&'static str, Value> {
    let parts = c["conversation_parts"]["conversation_parts"].as_array().unwrap();
    let customer = |kind: &Value| kind == "user" || kind == "lead";
    let at = |part: &Value| part["created_at"].as_i64().unwrap();
    let is_note = |part: &Value| part["part_type"].as_str().unwrap().starts_with("note");
    let visible: Vec<&Value> =
        parts.iter().filter(|part| !part["body"].is_null() && !is_note(part)).collect();
    let opened = customer(&c["source"]["author"]["type"]);
    let customers: Vec<i64> = opened
        .then(|| c["created_at"].as_i64().unwrap())
        .into_iter()
        .chain(visible.iter().filter(|part| customer(&part["author"]["type"])).map(|part| at(part)))
        .collect();
    let mut expected = BTreeMap::from([("count_conversation_parts", Value::from(parts.len() + 1))]);
    let Some(first) = customers.first().copied() else { return expected };
    let admins: Vec<i64> = visible
        .iter()
        .filter(|part| part["author"]["type"] == "admin" && part["author"]["id"] != bot && at(part) >= first)
        .map(|part| at(part))
        .collect();
    let of_type = |test: &dyn Fn(&str) -> bool| -> Vec<i64> {
        parts
            .iter()
            .filter(|part| test(part["part_type"].as_str().unwrap()) && at(part) >= first)
            .map(at)
            .collect()
    };
    let assignments = of_type(&|kind| kind.contains("assign"));
    let closes = of_type(&|kind| kind == "close");
    let edge =
        |times: &[i64], last: bool| Value::from(if last { times.last() } else { times.first() }.copied());
    expected.extend([
        ("first_contact_reply_at", Value::from(first)),
        ("last_contact_reply_at", edge(&customers, true)),
        ("first_admin_reply_at", edge(&admins, false)),
        ("last_admin_reply_at", edge(&admins, true)),
        ("first_assignment_at", edge(&assignments, false)),
        ("last_assignment_at", edge(&assignments, true)),
        ("first_close_at", edge(&closes, false)),
        ("last_close_at", edge(&closes, true)),
        ("count_assignments", Value::from(assignments.len())),
        ("time_to_admin_reply", Value::from(admins.first().map(|reply| reply - first))),
        ("time_to_first_close", Value::from(closes.first().map(|close| close - first))),
        ("time_to_last_close", Value::from(closes.last().map(|close| close - first))),
        ("count_reopens", Value::from(reopens(parts, first))),
    ]);
    expected
}

fn reopens(parts: &[Value], first: i64) -> usize {
    let mut closed = false;
    let mut count = 0;
    for part in parts.iter().filter(|part| part["created_at"].as_i64().unwrap() >= first) {
        let now_closed = part["state"] == "closed";
        count += usize::from(closed && !now_closed);
        closed = now_closed;
    }
    count
}

#[test]
fn the_statistics_of_every_conversation_agree_with_its_parts() {
    let workspace = company();
    let bot = workspace.admins()[0].id.to_string();
    let mut checked = 0;
    for c in workspace.conversations().filter(|c| c.parts.len() <= 500) {
        let json = workspace.conversation_json(c.id, ApiVersion::V2_16, NOW).unwrap();
        for (name, value) in expected_statistics(&json, &bot) {
            assert_eq!(json["statistics"][name], value, "{name} of {}", c.id);
            checked += 1;
        }
    }
    assert!(checked > 6_000);
}

#[test]
fn the_state_of_every_conversation_agrees_with_its_last_parts() {
    for c in company().conversations() {
        assert_eq!(c.parts.last().map_or(State::Open, |part| part.state), c.state, "{}", c.id);
        assert_eq!(c.snoozed_until.is_some(), c.state == State::Snoozed, "{}", c.id);
        if c.state == State::Closed {
            assert_eq!(c.waiting_since, None);
        }
        let bumps = c.parts.iter().filter(|part| part.kind.info().bumps).map(|part| part.created_at);
        let redacted = c.parts.iter().filter(|part| part.redacted).map(|part| part.updated_at);
        let last = bumps.chain(redacted).max().unwrap_or(c.created_at);
        assert!(c.updated_at == last || (c.source.redacted && c.updated_at > last), "{}", c.id);
    }
}

fn has(test: impl Fn(&Conversation) -> bool) -> usize {
    company().conversations().filter(|c| test(c)).count()
}

#[test]
fn the_company_has_one_of_everything() {
    let kinds: BTreeSet<&str> = company()
        .conversations()
        .flat_map(|c| c.parts.iter().map(|part| part.kind.info().name).collect::<Vec<_>>())
        .collect();
    for kind in [
        "comment",
        "note",
        "close",
        "open",
        "assignment",
        "snoozed",
        "conversation_rating_changed",
        "quick_reply",
    ] {
        assert!(kinds.contains(kind), "no part of the type {kind}");
    }
    assert!(has(|c| c.parts.len() > 500) >= 1);
    assert!(has(|c| c.parts.iter().any(|part| part.redacted)) >= 1);
    assert!(
        has(|c| c.parts.iter().any(|part| part.extra.as_ref().is_some_and(|extra| !extra.tags.is_empty())))
            >= 1
    );
    assert!(has(|c| c.title.is_none()) >= 10 && has(|c| c.title.as_deref() == Some("")) >= 10);
    assert!(has(|c| c.rating.as_ref().is_some_and(|rating| rating.remark.is_some())) >= 5);
    assert!(has(|c| c.rating.as_ref().is_some_and(|rating| rating.rating.is_none())) >= 5);
    assert!(has(|c| c.sla.is_some()) >= 20 && has(|c| c.ai_agent.is_some()) >= 50);
    assert!(has(|c| c.statistics.first_contact_reply_at.is_none()) >= 10, "outbound nobody answered");
    assert!(has(|c| c.contacts.len() > 1) >= 1 && has(|c| c.ticket.is_some()) >= 10);
    assert!(has(|c| c.source.body.contains('\0')) >= 1 && has(|c| c.source.body.contains('\u{202e}')) >= 1);
    assert!(has(|c| !c.source.attachments.is_empty()) >= 10 && has(|c| c.extra.is_some()) >= 1);
    let languages: BTreeSet<_> = company().conversations().map(|c| c.language).collect();
    assert!(["en", "de", "fr", "es", "ja", "zh"].iter().all(|language| languages.contains(language)));
    let topics: BTreeSet<_> = company().topics().map(|(_, topic)| topic).collect();
    assert_eq!(topics.len(), TOPICS.len());
}

#[test]
fn some_contacts_have_more_tags_and_companies_than_fit_into_them() {
    let workspace = company();
    let shown = |contact: &Value, list: &str| {
        (contact[list]["data"].as_array().unwrap().len(), contact[list]["has_more"] == true)
    };
    let all: Vec<Value> =
        workspace.contacts().map(|c| workspace.contact_json(c.id, ApiVersion::V2_16).unwrap()).collect();
    assert!(all.iter().any(|contact| shown(contact, "tags") == (10, true)));
    assert!(all.iter().any(|contact| shown(contact, "companies") == (10, true)));
    assert!(workspace.merged_contacts().count() >= 3);
    assert!(
        workspace.merged_contacts().all(|(gone, _)| workspace.contacts().all(|contact| contact.id != gone))
    );
    assert!(
        workspace
            .merged_contacts()
            .any(|(_, into)| workspace.merged_contacts().any(|(gone, _)| gone == into))
    );
    assert!(all.iter().any(|contact| contact["role"] == "lead" && contact["name"].is_null()));
}

#[test]
fn days_and_hours_have_the_rhythm_of_a_company() {
    let workspace = Workspace::generate(&WorkspaceParams {
        conversations: 5_000,
        days: 84,
        now: NOW,
        ..WorkspaceParams::default()
    });
    // 1970-01-01 was a Thursday; Berlin is one or two hours ahead, which does not matter to a weekday.
    let weekday = |at: i64| (at / 86_400 + 3).rem_euclid(7);
    let on = |day: i64| workspace.conversations().filter(|c| weekday(c.created_at) == day).count();
    assert!(on(0) > 2 * on(5) && on(1) > 2 * on(6), "weekends are quiet");
    let hour = |from: i64, to: i64| {
        workspace.conversations().filter(|c| (from..to).contains(&(c.created_at / 3_600 % 24))).count()
    };
    assert!(hour(8, 12) > 8 * hour(0, 4), "nights are quiet");
}

#[test]
fn reply_times_differ_by_teammate() {
    let workspace = Workspace::generate(&WorkspaceParams {
        conversations: 4_000,
        now: NOW,
        ..WorkspaceParams::default()
    });
    let median = |name: &str| {
        let admin = workspace.admins().iter().position(|admin| admin.name == name).unwrap() as u32;
        let of = |c: &&std::sync::Arc<Conversation>| {
            c.parts
                .iter()
                .find(|part| matches!(part.author, Author::Admin(_)) && part.kind == PartKind::Comment)
                .is_some_and(|p| p.author == Author::Admin(admin))
        };
        let mut times: Vec<i64> =
            workspace.conversations().filter(of).filter_map(|c| c.statistics.time_to_admin_reply).collect();
        times.sort_unstable();
        times[times.len() / 2]
    };
    assert!(median("Grace O'Connor") > median("Kenji Mori"));
}

#[test]
fn topics_come_and_go() {
    let workspace = Workspace::generate(&WorkspaceParams {
        conversations: 6_000,
        now: NOW,
        days: 100,
        ..WorkspaceParams::default()
    });
    let start = NOW - 100 * 86_400;
    let share = |key: &str, from: i64, to: i64| {
        let topic = TOPICS.iter().position(|topic| topic.key == key).unwrap() as u8;
        let within = |c: &&std::sync::Arc<Conversation>| {
            (start + from * 86_400..start + to * 86_400).contains(&c.created_at)
        };
        let all = workspace.conversations().filter(within).count();
        workspace.conversations().filter(within).filter(|c| c.meant == topic).count() * 1_000 / all
    };
    assert!(share("mobile", 60, 100) > 2 * share("mobile", 0, 60), "the app was launched on day 60");
    assert!(share("cancel", 0, 40) > share("cancel", 60, 100));
}

#[test]
fn a_plain_workspace_has_eight_messages_per_conversation_and_nothing_else() {
    let workspace = plain(300);
    assert_eq!(workspace.params().shape, Shape::Plain);
    for c in workspace.conversations() {
        assert_eq!(c.parts.len(), 7);
        assert!(
            c.parts.iter().all(|part| part.body.is_some() && part.extra.is_none() && part.created_at < NOW)
        );
        assert_eq!(c.statistics.count_conversation_parts, 8);
        assert_eq!(c.state, State::Closed);
    }
    assert_eq!(
        (workspace.conversations().count(), workspace.deleted().len(), workspace.tickets().len()),
        (300, 0, 0)
    );
}

#[test]
fn an_empty_and_a_tiny_workspace_can_be_generated() {
    for conversations in [0, 1, 2, 49, 50, 499] {
        for days in [0, 1, 400] {
            let params = WorkspaceParams { conversations, days, now: NOW, ..WorkspaceParams::default() };
            assert_eq!(Workspace::generate(&params).conversations().count(), conversations);
        }
    }
}

#[test]
fn a_conversation_differs_between_versions_only_where_it_should() {
    let workspace = company();
    let unassigned = workspace.conversations().find(|c| c.admin.is_none() && c.team.is_none()).unwrap();
    let show = |id, version| workspace.conversation_json(id, version, NOW).unwrap();
    let (old, new) = (show(unassigned.id, ApiVersion::V2_15), show(unassigned.id, ApiVersion::V2_16));
    assert_eq!((&old["admin_assignee_id"], &new["admin_assignee_id"]), (&Value::Null, &Value::from(0)));
    assert_eq!((&old["priority"], &new["priority"]), (&Value::from("not_priority"), &Value::from("none")));
    assert!(old.get("channel").is_none() && new["channel"]["initial"].is_string());
    let escalated = workspace
        .conversations()
        .find(|c| c.ai_agent.as_ref().is_some_and(|a| a.resolution_state == Some("escalated")));
    let id = escalated.unwrap().id;
    assert_eq!(show(id, ApiVersion::V2_14)["ai_agent"]["resolution_state"], "routed_to_team");
    assert_eq!(show(id, ApiVersion::V2_15)["ai_agent"]["resolution_state"], "escalated");
    assert!(show(id, ApiVersion::parse("2.10").unwrap()).get("ai_agent").is_none());
    assert!(show(id, ApiVersion::PREVIEW).get("ai_topics").is_some());
}

#[test]
fn versions_are_read_as_the_api_writes_them() {
    for (text, version) in [
        ("2.16", Some(ApiVersion::V2_16)),
        ("Preview", Some(ApiVersion::PREVIEW)),
        ("Unstable", Some(ApiVersion::PREVIEW)),
    ] {
        assert_eq!(ApiVersion::parse(text), version);
    }
    for text in ["", "2", "2.18", "3.0", "1.4", "2.016", "2.x", "two"] {
        assert_eq!(ApiVersion::parse(text), None, "{text}");
    }
    assert!(
        ApiVersion::all().is_sorted()
            && ApiVersion::all().all(|version| ApiVersion::parse(&version.to_string()) == Some(version))
    );
}
