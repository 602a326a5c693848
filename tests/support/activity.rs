//! What contacts and companies come to, computed from the metrics of their conversations one figure at a time.

use std::collections::{BTreeMap, BTreeSet};

use fastintercom::model::{Activity, CompanyActivity, ContactActivity, ConversationMetrics};

/// The rows of `contact_activity` and of `company_activity`, each by id.
pub(crate) fn activity(metrics: &[ConversationMetrics]) -> (Vec<ContactActivity>, Vec<CompanyActivity>) {
    let contacts = grouped(metrics, |one| one.contact_id.as_ref().map(ToString::to_string));
    let companies = grouped(metrics, |one| one.company_id.as_ref().map(ToString::to_string));
    let contacts = contacts.values().map(|of| ContactActivity {
        contact_id: of[0].contact_id.clone().expect("grouped by it"),
        name: latest(of, |one| one.contact_name.clone()),
        email: latest(of, |one| one.contact_email.clone()),
        company_name: latest(of, |one| one.company_name.clone()),
        activity: sums(of),
    });
    let companies = companies.values().map(|of| CompanyActivity {
        company_id: of[0].company_id.clone().expect("grouped by it"),
        name: latest(of, |one| one.company_name.clone()),
        contact_count: of
            .iter()
            .filter_map(|one| one.contact_id.as_ref().map(ToString::to_string))
            .collect::<BTreeSet<_>>()
            .len() as i64,
        activity: sums(of),
    });
    (contacts.collect(), companies.collect())
}

fn sums(of: &Of<'_>) -> Activity {
    let rated_count = count(of, |one| one.rating.is_some());
    Activity {
        conversation_count: of.len() as i64,
        inbound_count: count(of, |one| one.is_inbound == Some(true)),
        open_count: count(of, |one| one.is_closed == Some(false)),
        unanswered_count: count(of, |one| one.is_unanswered == Some(true)),
        customer_message_count: sum(of, |one| one.customer_message_count),
        first_conversation_at: of.iter().map(|one| one.created_at).min().expect("one at least"),
        last_conversation_at: of.iter().map(|one| one.created_at).max().expect("one at least"),
        replied_count: replies(of).len() as i64,
        first_response_p50_seconds: median(replies(of)),
        rated_count,
        rating_avg: sum(of, |one| one.rating).map(|sum| sum as f64 / rated_count as f64),
    }
}

type Of<'a> = [&'a ConversationMetrics];

fn grouped(
    metrics: &[ConversationMetrics],
    id: impl Fn(&ConversationMetrics) -> Option<String>,
) -> BTreeMap<String, Vec<&ConversationMetrics>> {
    let mut groups: BTreeMap<String, Vec<&ConversationMetrics>> = BTreeMap::new();
    for one in metrics {
        if let Some(id) = id(one) {
            groups.entry(id).or_default().push(one);
        }
    }
    groups
}

fn count(of: &Of<'_>, is_meant: impl Fn(&ConversationMetrics) -> bool) -> i64 {
    of.iter().filter(|one| is_meant(one)).count() as i64
}

fn sum(of: &Of<'_>, number: impl Fn(&ConversationMetrics) -> Option<i64>) -> Option<i64> {
    of.iter().filter_map(|one| number(one)).reduce(|sum, next| sum + next)
}

fn latest(of: &Of<'_>, text: impl Fn(&ConversationMetrics) -> Option<String>) -> Option<String> {
    of.iter().filter_map(|one| Some((one.created_at, text(one)?))).max().map(|(_, text)| text)
}

fn replies(of: &Of<'_>) -> Vec<i64> {
    let inbound = of.iter().filter(|one| one.is_inbound == Some(true));
    let mut seconds: Vec<i64> = inbound.filter_map(|one| one.first_response_seconds).collect();
    seconds.sort_unstable();
    seconds
}

fn median(ordered: Vec<i64>) -> Option<f64> {
    let (low, high) = (ordered.get(ordered.len().saturating_sub(1) / 2)?, ordered.get(ordered.len() / 2)?);
    Some((low + high) as f64 / 2.0)
}
