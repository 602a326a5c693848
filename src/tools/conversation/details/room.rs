//! Fits what is told about a conversation into the room there is, and names what did not fit.

use serde::Serialize;
use serde_json::{Map, Value};

use super::Details;
use crate::tools::conversation::budget::Budget;

/// What is around everything.
const AROUND: usize = 150;
/// What is around a section beside its name.
const SECTION: usize = 50;
/// How many levels down in an answer what is in a section is, at most.
const DEPTH: usize = 4;
/// Characters of the names of what was left out at most.
const NAMES: usize = 1_500;
/// What is said beside the names.
const MORE: usize = 30;

/// Characters there are for everything, section by section.
pub(super) struct Room {
    budget: Budget,
    all: usize,
    left: usize,
    left_out: Vec<String>,
}

impl Room {
    pub(super) fn new(budget: Budget, characters: usize) -> Self {
        Self { budget, all: characters, left: characters, left_out: Vec::new() }
    }

    /// Cuts sections that take more than their share, the largest values first; what comes first is the most wanted.
    pub(super) fn fit(&mut self, details: &mut Details) {
        self.left_out = std::mem::take(&mut details.left_out);
        let names = NAMES.min(self.all / 8);
        self.left = self.left.saturating_sub(AROUND + MORE + names);
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
        details.left_out = self.named(names);
    }

    /// As many names of what was left out as there is room for.
    fn named(&mut self, room: usize) -> Vec<String> {
        let all = std::mem::take(&mut self.left_out);
        let mut taken = 0;
        let is_room = |name: &&String| {
            taken += self.budget.size(name, DEPTH);
            taken <= room
        };
        let mut named: Vec<String> = all.iter().take_while(is_room).cloned().collect();
        if named.len() < all.len() {
            named.push(format!("and {} more", all.len() - named.len()));
        }
        named
    }

    /// What a section may take: a part of all, and no more than is left.
    fn share(&self, part: usize) -> usize {
        (self.all / part).min(self.left)
    }

    fn map(&mut self, section: &str, map: &mut Map<String, Value>, part: usize) {
        let size = |name: &String, value: &Value| {
            // Between them is a blank where it is indented, and no comma.
            self.budget.size(name, DEPTH) + self.budget.size(value, DEPTH)
        };
        let mut sizes: Vec<(String, usize)> =
            map.iter().map(|(name, value)| (name.clone(), size(name, value))).collect();
        sizes.sort_by_key(|(_, size)| *size);
        let around = if sizes.is_empty() { 0 } else { section.len() + SECTION };
        let mut taken: usize = around + sizes.iter().map(|(_, size)| size).sum::<usize>();
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
        let mut taken = if all == 0 { 0 } else { section.len() + SECTION };
        let mut kept = 0;
        for item in list.iter() {
            let size = self.budget.size(item, DEPTH);
            if taken + size > room {
                break;
            }
            taken += size;
            kept += 1;
        }
        list.truncate(kept);
        self.left -= taken.min(self.left);
        if kept < all {
            self.left_out.push(format!("{} of {all} {section}", all - kept));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tools::conversation::Reading;

    fn budget(asked: Option<usize>) -> Budget {
        Budget::of(asked, &Reading { is_bounded: false, ..Reading::default() }).unwrap()
    }

    #[test]
    fn what_is_left_out_is_counted_and_its_names_do_not_take_more_than_there_is() {
        let mut details = Details::default();
        for number in 0..300 {
            details.untrusted_custom_attributes.insert(format!("{number}{}", "\"".repeat(90)), json!("x"));
        }
        for room in [0, 300, 1_000, 4_000, 20_000] {
            let mut fitted = details.clone();
            Room::new(budget(Some(50_000)), room).fit(&mut fitted);
            let size = serde_json::to_string(&fitted).unwrap().chars().count();
            assert!(size <= room.max(80), "{size} of {room}");
            let more =
                fitted.left_out.last().and_then(|last| last.strip_prefix("and ")?.strip_suffix(" more"));
            let more: usize = more.map_or(0, |more| more.parse::<usize>().unwrap() - 1);
            assert_eq!(fitted.untrusted_custom_attributes.len() + fitted.left_out.len() + more, 300);
        }
    }

    #[test]
    fn the_largest_values_give_way_and_are_named() {
        let mut details = Details::default();
        details.untrusted_custom_attributes.insert("plan".to_owned(), json!("pro"));
        details.untrusted_custom_attributes.insert("essay".to_owned(), json!("x".repeat(900)));
        details.metrics.insert("note_count".to_owned(), json!(3));
        Room::new(budget(Some(4_000)), 1_000).fit(&mut details);
        assert_eq!(details.untrusted_custom_attributes.len(), 1);
        assert_eq!(details.left_out, ["custom_attributes.essay"]);
        assert_eq!(details.metrics["note_count"], 3);
    }

    #[test]
    fn without_bounds_everything_stays() {
        let mut details = Details::default();
        details.untrusted_extra.insert("essay".to_owned(), json!("x".repeat(90_000)));
        Room::new(budget(None), usize::MAX).fit(&mut details);
        assert!(details.left_out.is_empty() && details.untrusted_extra.len() == 1);
    }
}
