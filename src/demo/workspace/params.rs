//! What a caller can ask of a generated workspace. Owns the parameters and their defaults only.

use chrono_tz::Tz;

/// The shape of the conversations.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Shape {
    /// A believable company: everything a real workspace holds, the odd cases included.
    #[default]
    Company,
    /// Every conversation a plain thread of eight messages: for measuring bytes and rates.
    Plain,
}

/// Where the workspace is hosted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Region {
    /// United States.
    #[default]
    Us,
    /// European Union.
    Eu,
    /// Australia.
    Au,
}

impl Region {
    /// The code `/me` answers with.
    pub fn code(self) -> &'static str {
        match self {
            Self::Us => "US",
            Self::Eu => "EU",
            Self::Au => "AU",
        }
    }

    /// The base address of the real API in this region.
    pub fn api_base(self) -> &'static str {
        match self {
            Self::Us => "https://api.intercom.io",
            Self::Eu => "https://api.eu.intercom.io",
            Self::Au => "https://api.au.intercom.io",
        }
    }
}

/// What to generate. The same parameters give the same workspace, byte for byte, on every machine.
#[derive(Clone, Debug)]
pub struct WorkspaceParams {
    /// How many conversations exist (deleted ones come on top).
    pub conversations: usize,
    /// Over how many days before `now` they began.
    pub days: u32,
    /// What chance starts from.
    pub seed: u64,
    /// The present of the workspace in unix seconds: nothing in it is later.
    pub now: i64,
    /// Where it is hosted.
    pub region: Region,
    /// The workspace's time zone, which decides its working hours and the days of contact search.
    pub timezone: Tz,
    /// What its conversations look like.
    pub shape: Shape,
}

impl Default for WorkspaceParams {
    /// 2,000 conversations over 120 days before 2026-11-20 12:00 UTC.
    fn default() -> Self {
        Self {
            conversations: 2_000,
            days: 120,
            seed: 7,
            now: 1_795_176_000,
            region: Region::Eu,
            timezone: Tz::Europe__Berlin,
            shape: Shape::Company,
        }
    }
}
