//! A home with somebody to forget in it, synced by the built `fi` from a stand-in.

use fastintercom::demo::ServerOptions;
use fastintercom::model::{Contact, Conversation, Message, Ticket};

use super::cli::{Run, TestEnv};
use super::residue::residue;
use super::somebody::Somebody;
use super::standin::StandIn;
use super::truth::{self, Held};

/// A company with somebody to forget, synced.
pub(crate) struct Scene {
    pub(crate) standin: StandIn,
    pub(crate) env: TestEnv,
    pub(crate) somebody: Somebody,
}

impl Scene {
    pub(crate) fn new(needs: fn(&serde_json::Value) -> bool) -> Self {
        Self::with(needs, ServerOptions::default())
    }

    pub(crate) fn with(needs: fn(&serde_json::Value) -> bool, options: ServerOptions) -> Self {
        let standin = StandIn::with(400, options);
        let env = standin.env();
        assert_eq!(env.fi(&["sync", "-q"]).code, Some(0));
        // Written after the first sync: the files have a version before.
        let somebody = Somebody::of(&standin.server, needs);
        assert_eq!(env.fi(&["sync", "-q"]).code, Some(0));
        let scene = Self { standin, env, somebody };
        for text in &scene.somebody.texts {
            assert!(!scene.residue(std::slice::from_ref(text)).is_empty(), "{text} is not even there before");
        }
        scene
    }

    pub(crate) fn forget(&self, flags: &[&str]) -> Run {
        self.env.fi(&[&["forget", &self.somebody.email], flags].concat())
    }

    pub(crate) fn residue(&self, texts: &[String]) -> Vec<String> {
        residue(&self.env.home(), texts).into_iter().collect()
    }

    pub(crate) fn assert_gone(&self) {
        assert_eq!(self.residue(&self.somebody.texts), Vec::<String>::new());
        let held = Held::at(&self.env.home());
        let rows = format!(
            "{:?} {:?} {:?} {:?}",
            held.rows::<Contact>(),
            held.rows::<Conversation>(),
            held.rows::<Message>(),
            held.rows::<Ticket>()
        );
        for text in &self.somebody.texts {
            assert!(!rows.contains(text), "{text} is in a row");
        }
    }

    /// Fails unless everything but what is forgotten is held as Intercom has it, and `fi verify` is content.
    pub(crate) fn assert_rest_is_held(&self, new: &[String]) {
        let workspace = self.standin.server.snapshot();
        let mut differences =
            truth::conversations(&Held::at(&self.env.home()), &workspace, workspace.params().now);
        let theirs = || self.somebody.conversations.iter().chain(new);
        let is_theirs = |line: &String| theirs().any(|id| line.contains(id));
        differences.retain(|line| !is_theirs(line));
        assert_eq!(differences, Vec::<String>::new());
        let run = self.env.fi(&["verify", "--remote", "--json"]);
        assert_eq!((run.code, &run.json()["is_ok"]), (Some(0), &true.into()), "{run}");
    }
}
