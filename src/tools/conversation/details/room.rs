//! Fits what is told about a conversation into the room there is, and names what did not fit.

use serde::Serialize;
use serde_json::{Map, Value};

use super::Details;

/// Names of what was left out at most.
const NAMED: usize = 30;

/// Characters there are for everything, section by section.
pub(super) struct Room {
    all: usize,
    left: usize,
    left_out: Vec<String>,
}

impl Room {
    pub(super) fn new(characters: usize) -> Self {
        Self { all: characters, left: characters, left_out: Vec::new() }
    }

    /// Cuts sections that take more than their share, the largest values first; what comes first is the most wanted.
    pub(super) fn fit(&mut self, details: &mut Details) {
        self.map("metrics", &mut details.metrics, 4);
        self.map("sla", &mut details.sla, 4);
        self.map("rating", &mut details.rating, 4);
        self.map("ai_agent", &mut details.ai_agent, 4);
        self.map("statistics", &mut details.statistics, 4);
        self.map("custom_attributes", &mut details.untrusted_custom_attributes, 4);
        self.list("events", &mut details.events, 3);
        for (number, contact) in details.contacts.iter_mut().enumerate() {
            self.map(&format!("contacts[{number}]"), contact, 5);
        }
        self.map("company", &mut details.company, 5);
        self.map("labels", &mut details.labels, 4);
        self.list("teammates", &mut details.teammates, 8);
        self.map("attributes", &mut details.attributes, 4);
        self.map("extra", &mut details.untrusted_extra, 8);
        let more = self.left_out.len().saturating_sub(NAMED);
        self.left_out.truncate(NAMED);
        if more > 0 {
            self.left_out.push(format!("and {more} more"));
        }
        details.left_out = std::mem::take(&mut self.left_out);
    }

    /// What a section may take: a part of all, and no more than is left.
    fn share(&self, part: usize) -> usize {
        (self.all / part).min(self.left)
    }

    fn map(&mut self, section: &str, map: &mut Map<String, Value>, part: usize) {
        let mut sizes: Vec<(String, usize)> =
            map.iter().map(|(name, value)| (name.clone(), size(value) + name.chars().count() + 4)).collect();
        sizes.sort_by_key(|(_, size)| *size);
        let mut taken: usize = sizes.iter().map(|(_, size)| size).sum();
        while taken > self.share(part) {
            let Some((name, size)) = sizes.pop() else { break };
            map.remove(&name);
            taken -= size;
            self.left_out.push(format!("{section}.{name}"));
        }
        self.left -= taken.min(self.left);
    }

    fn list<T: Serialize>(&mut self, section: &str, list: &mut Vec<T>, part: usize) {
        let (room, all) = (self.share(part), list.len());
        let mut taken = 0;
        let mut kept = 0;
        for item in list.iter() {
            let size = size(item) + 1;
            if taken + size > room {
                break;
            }
            taken += size;
            kept += 1;
        }
        list.truncate(kept);
        self.left -= taken;
        if kept < all {
            self.left_out.push(format!("{} of {all} {section}", all - kept));
        }
    }
}

/// Characters of a value as JSON.
fn size(value: &impl Serialize) -> usize {
    serde_json::to_string(value).map_or(0, |json| json.chars().count())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_largest_values_give_way_and_are_named() {
        let mut details = Details::default();
        details.untrusted_custom_attributes.insert("plan".to_owned(), json!("pro"));
        details.untrusted_custom_attributes.insert("essay".to_owned(), json!("x".repeat(900)));
        details.metrics.insert("note_count".to_owned(), json!(3));
        Room::new(1_000).fit(&mut details);
        assert_eq!(details.untrusted_custom_attributes.len(), 1);
        assert_eq!(details.left_out, ["custom_attributes.essay"]);
        assert_eq!(details.metrics["note_count"], 3);
    }

    #[test]
    fn without_bounds_everything_stays() {
        let mut details = Details::default();
        details.untrusted_extra.insert("essay".to_owned(), json!("x".repeat(90_000)));
        Room::new(usize::MAX).fit(&mut details);
        assert!(details.left_out.is_empty() && details.untrusted_extra.len() == 1);
    }
}
