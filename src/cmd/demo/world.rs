//! The demo's company as it is remembered between runs: the numbers it was made from, and when time went on.
//!
//! The company is made again from its numbers each time, and what happened since happens again in the same way: so
//! it grows from run to run without being stored.

use std::fs;
use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::later;
use crate::cli::{DemoNumbers, DemoWorkspaceArgs};
use crate::config::{Home, private};
use crate::demo::{Workspace, WorkspaceParams};
use crate::error::{CommandError, Explain, Kind};

/// The version of the file.
const FORMAT: u32 = 1;

/// A company that goes on from run to run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct World {
    format: u32,
    conversations: u32,
    days: u32,
    seed: u64,
    /// When it was first looked at, in seconds since 1970: its history ends there.
    began_at: i64,
    /// When it was looked at again, each time with more to see.
    later: Vec<i64>,
}

impl World {
    /// A company whose history ends now.
    pub(super) fn new(numbers: DemoNumbers, now: i64) -> Self {
        let DemoNumbers { conversations, days, seed } = numbers;
        Self { format: FORMAT, conversations, days, seed, began_at: now, later: Vec::new() }
    }

    /// The company remembered in a home of the demo.
    pub(super) fn load(home: &Home) -> Result<Option<Self>, CommandError> {
        let path = file(home);
        let content = match fs::read(&path) {
            Ok(content) => content,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(error).explain(Kind::Failed, || format!("could not read {}", path.display()));
            }
        };
        let damaged = || {
            CommandError::failed(format!("{} is not what the demo wrote", path.display()))
                .hint("start over: fi demo --fresh")
        };
        let world: Self = serde_json::from_slice(&content).map_err(|_| damaged())?;
        if world.format == FORMAT { Ok(Some(world)) } else { Err(damaged()) }
    }

    /// Remembers the company.
    pub(super) fn store(&self, home: &Home) -> Result<(), CommandError> {
        let path = file(home);
        let content = serde_json::to_vec_pretty(self).unwrap_or_default();
        private::write_atomic(&path, &content)
            .explain(Kind::Failed, || format!("could not write {}", path.display()))
    }

    /// The numbers it was made from.
    pub(super) fn numbers(&self) -> DemoNumbers {
        DemoNumbers { conversations: self.conversations, days: self.days, seed: self.seed }
    }

    /// Refuses flags that mean another company than this one.
    pub(super) fn check(&self, asked: &DemoWorkspaceArgs) -> Result<(), CommandError> {
        let mine = self.numbers();
        if asked.or(mine) == mine {
            return Ok(());
        }
        let DemoNumbers { conversations, days, seed } = mine;
        let made = format!("--conversations {conversations} --days {days} --seed {seed}");
        Err(CommandError::usage("the demo that is there is of another company")
            .because(format!("it was made with {made}"))
            .hint("go on with it: fi demo")
            .hint("or start over with a new one: add --fresh"))
    }

    /// Lets the company go on until now.
    pub(super) fn go_on(&mut self, now: i64) {
        self.later.push(now.max(self.now() + 1));
    }

    /// The company's present.
    pub(super) fn now(&self) -> i64 {
        self.later.last().copied().unwrap_or(self.began_at)
    }

    /// The company, with all that happened.
    pub(super) fn workspace(&self) -> Workspace {
        let mut workspace = Workspace::generate(&params(self.numbers(), self.began_at));
        let mut before = self.began_at;
        for (turn, at) in self.later.iter().enumerate() {
            later::happen(&mut workspace, self.seed ^ turn as u64, before + 1..=*at);
            before = *at;
        }
        workspace
    }
}

/// What a company is made from.
pub(super) fn params(numbers: DemoNumbers, now: i64) -> WorkspaceParams {
    WorkspaceParams {
        conversations: numbers.conversations as usize,
        days: numbers.days,
        seed: numbers.seed,
        now,
        ..WorkspaceParams::default()
    }
}

/// Where it is remembered.
pub(super) fn file(home: &Home) -> PathBuf {
    home.path().join("demo.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> World {
        World::new(DemoNumbers { conversations: 40, days: 10, seed: 3 }, 1_795_176_000)
    }

    #[test]
    fn a_company_is_remembered_and_goes_on_in_the_same_way() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::at(dir.path()).unwrap();
        assert_eq!(World::load(&home).unwrap(), None);
        let mut world = small();
        world.go_on(1_795_176_000);
        world.go_on(1_795_262_400);
        world.store(&home).unwrap();
        let again = World::load(&home).unwrap().unwrap();
        assert_eq!((&again, again.now()), (&world, 1_795_262_400));
        let ids = |world: &World| world.workspace().conversation_ids();
        assert_eq!(ids(&world), ids(&again));
        assert!(ids(&world).len() > 40);
    }

    #[test]
    fn other_numbers_are_refused_and_the_same_are_not() {
        let asked = DemoWorkspaceArgs { days: Some(10), ..DemoWorkspaceArgs::default() };
        assert!(small().check(&asked).is_ok());
        let asked = DemoWorkspaceArgs { seed: Some(4), ..asked };
        let error = small().check(&asked).unwrap_err();
        assert_eq!(error.causes(), ["it was made with --conversations 40 --days 10 --seed 3"]);
    }

    #[test]
    fn a_damaged_file_says_how_to_start_over() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::at(dir.path()).unwrap();
        fs::write(file(&home), "{").unwrap();
        assert!(World::load(&home).unwrap_err().hints()[0].contains("--fresh"));
    }
}
