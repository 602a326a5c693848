//! How many characters an answer may have, and how many a part of it takes: one that is indented takes more.

use serde::Serialize;

use super::Reading;
use crate::tools::error::ToolError;

/// Characters of an answer: without a wish, and the least and most that can be wished for.
const CHARACTERS: usize = 40_000;
const LEAST_CHARACTERS: usize = 4_000;
const MOST_CHARACTERS: usize = 50_000;
/// Blanks before a line for every level it is down.
const INDENT: usize = 2;
/// How often texts are halved at most: hardly anything is left of them then.
const MOST_HALVINGS: u32 = 7;

/// How long an answer may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget {
    /// Characters of the whole answer.
    pub(super) characters: usize,
    is_indented: bool,
}

/// How much shorter than usual single texts are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Limits {
    halvings: u32,
}

impl Limits {
    /// How many characters, or things, there may be of what usually there may be so many of.
    pub(super) fn most(self, usual: usize) -> usize {
        usual >> self.halvings
    }
}

impl Budget {
    /// As it was asked for.
    pub(super) fn of(asked: Option<usize>, reading: &Reading<'_>) -> Result<Self, ToolError> {
        let characters = match asked {
            Some(asked) if !(LEAST_CHARACTERS..=MOST_CHARACTERS).contains(&asked) => {
                return Err(ToolError::Refused(format!(
                    "max_characters is from {LEAST_CHARACTERS} to {MOST_CHARACTERS}, not {asked}"
                )));
            }
            Some(asked) => asked,
            None if reading.is_bounded => CHARACTERS,
            None => usize::MAX,
        };
        Ok(Self { characters, is_indented: reading.is_indented })
    }

    /// Without an end.
    fn is_endless(self) -> bool {
        self.characters == usize::MAX
    }

    /// What a value takes so many levels down in an answer, with what parts it from the next; nothing where nobody counts.
    pub(super) fn size(self, value: &impl Serialize, depth: usize) -> usize {
        let written = match self.is_indented {
            _ if self.is_endless() => return 0,
            true => serde_json::to_string_pretty(value),
            false => serde_json::to_string(value),
        };
        let Ok(json) = written else { return 0 };
        let blanks = if self.is_indented { json.lines().count() * INDENT * depth + 1 } else { 0 };
        json.chars().count() + blanks + 1
    }

    /// The answer that is built with texts as long as usual; with ever shorter ones until all of it fits.
    pub(super) fn fitting<T: Serialize>(
        self,
        build: impl Fn(Limits) -> Result<T, ToolError>,
    ) -> Result<T, ToolError> {
        let mut limits = Limits::default();
        loop {
            let answer = build(limits)?;
            if self.size(&answer, 0) <= self.characters || limits.halvings == MOST_HALVINGS {
                return Ok(answer);
            }
            limits.halvings += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_parts_take_is_at_least_what_the_whole_takes() {
        for is_indented in [false, true] {
            let budget = Budget { characters: 1_000, is_indented };
            let item = json!({"a": "x\"y", "b": [1, {"c": null}]});
            let whole = budget.size(&json!({"items": vec![&item; 30]}), 0);
            let parts = budget.size(&json!({"items": []}), 0) + 30 * budget.size(&item, 2);
            assert!(whole <= parts + 4 && parts < whole + 100, "{whole} and {parts}");
        }
    }

    #[test]
    fn texts_get_shorter_until_all_fits() {
        let text = "x".repeat(1_000);
        let build = |limits: Limits| Ok(text[..limits.most(1_000)].to_owned());
        let of = |characters| Budget { characters, is_indented: false }.fitting(build).unwrap().len();
        assert_eq!([2_000, 1_003, 1_002, 300, 3].map(of), [1_000, 1_000, 500, 250, 7]);
    }
}
