//! What customers write about, and how that changes over the months.
//!
//! Owns the table of topics; the phrases about them are in the phrase books.

/// Something customers write about.
#[derive(Clone, Copy, Debug)]
pub struct Topic {
    /// Its heading in the phrase books.
    pub key: &'static str,
    /// What Intercom calls it.
    pub name: &'static str,
    /// The team that answers, by position.
    pub team: u32,
    /// Tags teammates give it, by position.
    pub tags: &'static [u32],
    /// How often, against the others.
    pub weight: u64,
    /// How it moves over time.
    pub season: Season,
    /// Its article in the help center.
    pub article: &'static str,
}

/// How often a topic comes up over time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Season {
    /// Always the same.
    Steady,
    /// Three times as often in the first days of a month.
    MonthStart,
    /// From a launch at six tenths of the period on.
    AfterLaunch,
    /// Grows steadily.
    Growing,
    /// Shrinks steadily.
    Shrinking,
    /// On the days of incidents only, and then much.
    Incidents,
}

const fn topic(
    key: &'static str,
    name: &'static str,
    team: u32,
    tags: &'static [u32],
    weight: u64,
    season: Season,
    article: &'static str,
) -> Topic {
    Topic { key, name, team, tags, weight, season, article }
}

/// All topics; a conversation's topic is its position here.
pub const TOPICS: &[Topic] = &[
    topic("refund", "Refunds", 1, &[0, 1], 90, Season::MonthStart, "Refund policy"),
    topic("invoice", "Invoices", 1, &[1], 70, Season::MonthStart, "Change your billing address"),
    topic("login", "Login and access", 0, &[2], 80, Season::Steady, "Reset your password"),
    topic("label", "Shipping labels", 0, &[3], 110, Season::Growing, "Print shipping labels"),
    topic("tracking", "Delivery and tracking", 0, &[4, 3], 120, Season::Growing, "Where is my parcel?"),
    topic("import", "Imports", 2, &[5], 60, Season::Steady, "Import products from CSV"),
    topic("api", "API and webhooks", 2, &[6, 7], 55, Season::Steady, "Verify webhook signatures"),
    topic("outage", "Outages", 2, &[8, 7], 15, Season::Incidents, "Service status"),
    topic("report", "Reports", 2, &[9], 45, Season::MonthStart, "How reports count"),
    topic("cancel", "Cancellation", 3, &[10], 35, Season::Shrinking, "Cancel your subscription"),
    topic("pricing", "Pricing and plans", 4, &[11], 50, Season::Steady, "Plans and prices"),
    topic("mobile", "Mobile app", 2, &[12, 7], 50, Season::AfterLaunch, "Install the mobile app"),
    topic("shop_sync", "Shop integrations", 2, &[13], 75, Season::Steady, "Connect your shop"),
    topic("feature", "Feature requests", 3, &[14], 40, Season::Steady, "Public roadmap"),
    topic("privacy", "Privacy", 1, &[15], 15, Season::Steady, "Data protection"),
    topic("onboarding", "Getting started", 3, &[16], 60, Season::Steady, "First steps"),
];

/// When something is written, as far as topics care.
#[derive(Clone, Copy)]
pub(crate) struct Moment {
    /// Thousandths of the period gone by.
    pub(crate) progress: u64,
    /// Day of the month, 1 to 31.
    pub(crate) day_of_month: u32,
    /// Whether an incident is on.
    pub(crate) incident: bool,
}

impl Topic {
    /// How often the topic comes up at a moment, against the others.
    pub(crate) fn weight_at(&self, moment: Moment) -> u64 {
        let factor = match self.season {
            Season::Steady => 1_000,
            Season::MonthStart if moment.day_of_month <= 4 => 3_000,
            Season::MonthStart => 800,
            Season::AfterLaunch if moment.progress >= 600 => 2_200,
            Season::AfterLaunch => 300,
            Season::Growing => 600 + moment.progress,
            Season::Shrinking => 1_600 - moment.progress,
            Season::Incidents if moment.incident => 60_000,
            Season::Incidents => 400,
        };
        self.weight * factor
    }
}

/// Whether an incident was on, on a day of the period: two or three days in a hundred.
pub(crate) fn incident_day(seed: u64, day: usize) -> bool {
    let mut x = seed ^ (day as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x ^= x >> 29;
    x = x.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (x >> 40) % 1_000 < 25
}
