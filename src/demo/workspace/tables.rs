//! The fixed part of the demo company: teammates, teams, tags, plans, places, definitions.
//!
//! Owns tables only.

use super::entity::{Category, Place, TicketField, TicketState, TicketType};

/// Code of the workspace.
pub(crate) const APP_ID: &str = "w7k2q9xd";
/// The position of the bot among the admins.
pub(crate) const BOT: u32 = 0;

/// Name, job title, local part of the address, teams, pace in thousandths, hours, weekends.
pub(crate) type AdminRow =
    (&'static str, Option<&'static str>, &'static str, &'static [u32], i64, (i64, i64), bool);

/// The bot, then the teammates from the quickest to the slowest in their teams.
pub(crate) const ADMINS: &[AdminRow] = &[
    ("Fin", None, "operator", &[], 1, (0, 24), true),
    ("Jonas Weiß", Some("Support lead"), "jonas", &[0, 1], 550, (8, 17), false),
    ("Amélie Laurent", Some("Support specialist"), "amelie", &[0], 700, (9, 18), false),
    ("Priya Raman", Some("Support specialist"), "priya", &[0], 900, (6, 15), true),
    ("Tomás Herrera", Some("Support specialist"), "tomas", &[0, 3], 1_400, (11, 20), true),
    ("Birgit Åkesson", Some("Billing"), "birgit", &[1], 800, (8, 16), false),
    ("Oluwaseun Adeyemi", Some("Billing"), "seun", &[1], 1_800, (9, 17), false),
    ("Kenji Mori", Some("Technical support"), "kenji", &[2], 1_000, (7, 16), false),
    ("Łukasz Nowak", Some("Support engineer"), "lukasz", &[2], 1_300, (10, 19), false),
    ("Grace O'Connor", Some("Support engineer"), "grace", &[2], 2_600, (9, 17), false),
    ("Chiara Conti", Some("Customer success"), "chiara", &[3], 1_100, (9, 18), false),
    ("Sam Whitfield", Some("Sales"), "sam", &[4], 1_500, (9, 19), false),
    ("Mei-Ling Zhou", None, "meiling", &[4, 3], 950, (8, 17), false),
];

/// Name, distribution method, limit per member.
pub(crate) const TEAMS: &[(&str, &str, Option<u32>)] = &[
    ("Support", "round_robin", None),
    ("Billing", "round_robin", None),
    ("Technical", "load_balanced", Some(10)),
    ("Success", "manual", None),
    ("Sales", "round_robin", None),
];

/// Tags on conversations first (topics refer to them), then those for contacts and companies.
pub(crate) const TAGS: &[&str] = &[
    "refund",
    "billing",
    "login",
    "labels",
    "delivery",
    "import",
    "api",
    "bug",
    "outage",
    "reports",
    "churn risk",
    "sales",
    "mobile app",
    "integration",
    "feature request",
    "gdpr",
    "onboarding",
    "urgent",
    "VIP",
    "waiting on engineering",
    "follow-up",
    "spam",
    "übersetzt",
    "请求",
    "beta",
    "newsletter",
    "key account",
    "partner",
    "trial",
    "reseller",
    "event 2026",
    "press",
    "student",
    "ambassador",
];

/// Where contact and company tags begin.
pub(crate) const FIRST_CONTACT_TAG: u32 = 24;

/// Name and person type.
pub(crate) const SEGMENTS: &[(&str, &str)] = &[
    ("Active", "user"),
    ("New", "user"),
    ("Slipping away", "user"),
    ("Paying customers", "user"),
    ("All leads", "contact"),
    ("DACH", "user"),
];

/// Id and name of the price plans.
pub(crate) const PLANS: &[(u64, &str)] =
    &[(269_313, "Free"), (269_314, "Starter"), (269_315, "Growth"), (269_316, "Enterprise")];

/// Id, name, description, consent.
pub(crate) const SUBSCRIPTIONS: &[(u64, &str, &str, &str)] = &[
    (37_846, "Newsletter", "Lorem-free news once a month", "opt_out"),
    (37_847, "Product updates", "What is new in Larkspur", "opt_out"),
    (37_848, "Events", "Invitations", "opt_in"),
];

const fn place(
    country: &'static str,
    region: &'static str,
    city: &'static str,
    country_code: &'static str,
    continent_code: &'static str,
) -> Place {
    Place { country, region, city, country_code, continent_code }
}

/// Where customers live.
pub(crate) const PLACES: &[Place] = &[
    place("United Kingdom", "England", "London", "GBR", "EU"),
    place("United Kingdom", "Scotland", "Glasgow", "GBR", "EU"),
    place("Ireland", "Leinster", "Dublin", "IRL", "EU"),
    place("United States", "New York", "New York", "USA", "NA"),
    place("United States", "Oregon", "Portland", "USA", "NA"),
    place("Netherlands", "North Holland", "Amsterdam", "NLD", "EU"),
    place("Germany", "Hamburg", "Hamburg", "DEU", "EU"),
    place("Germany", "Bavaria", "München", "DEU", "EU"),
    place("Austria", "Vienna", "Wien", "AUT", "EU"),
    place("Switzerland", "Zurich", "Zürich", "CHE", "EU"),
    place("France", "Île-de-France", "Paris", "FRA", "EU"),
    place("France", "Auvergne-Rhône-Alpes", "Lyon", "FRA", "EU"),
    place("Belgium", "Brussels", "Bruxelles", "BEL", "EU"),
    place("Spain", "Madrid", "Madrid", "ESP", "EU"),
    place("Spain", "Catalonia", "Barcelona", "ESP", "EU"),
    place("Mexico", "Jalisco", "Guadalajara", "MEX", "NA"),
    place("Japan", "Tokyo", "東京", "JPN", "AS"),
    place("Japan", "Osaka", "大阪", "JPN", "AS"),
    place("China", "Guangdong", "深圳", "CHN", "AS"),
    place("Taiwan", "Taipei", "台北", "TWN", "AS"),
];

/// What customers' companies do.
pub(crate) const INDUSTRIES: &[&str] = &[
    "Logistics",
    "Fashion",
    "Food & Drink",
    "Electronics",
    "Books",
    "Furniture",
    "Sports",
    "Cosmetics",
    "Toys",
    "B2B wholesale",
];

/// The states tickets go through.
pub(crate) const TICKET_STATES: &[TicketState] = &[
    TicketState {
        id: 8_321,
        category: "submitted",
        internal_label: "Submitted",
        external_label: "Submitted",
    },
    TicketState {
        id: 8_322,
        category: "in_progress",
        internal_label: "In progress",
        external_label: "In progress",
    },
    TicketState {
        id: 8_323,
        category: "waiting_on_customer",
        internal_label: "Waiting on customer",
        external_label: "Waiting for you",
    },
    TicketState { id: 8_324, category: "resolved", internal_label: "Resolved", external_label: "Resolved" },
    TicketState {
        id: 8_325,
        category: "in_progress",
        internal_label: "With Dev Team",
        external_label: "In progress",
    },
];

const fn field(id: u64, name: &'static str, data_type: &'static str, required: bool) -> TicketField {
    TicketField { id, name, data_type, required }
}

/// The kinds of tickets.
pub(crate) const TICKET_TYPES: &[TicketType] = &[
    TicketType {
        id: 67,
        name: "Bug report",
        description: "Something does not work",
        icon: "🐞",
        category: Category::Customer,
        fields: &[
            field(501, "Severity", "list", true),
            field(502, "Steps to reproduce", "string", false),
            field(503, "Evidence", "files", false),
        ],
        archived: false,
    },
    TicketType {
        id: 68,
        name: "Refund",
        description: "",
        icon: "🎟️",
        category: Category::BackOffice,
        fields: &[field(504, "Amount", "decimal", true), field(505, "Approved", "boolean", false)],
        archived: false,
    },
    TicketType {
        id: 69,
        name: "Incident",
        description: "One cause, many customers",
        icon: "🔥",
        category: Category::Tracker,
        fields: &[
            field(506, "Started", "datetime", false),
            field(507, "Affected customers", "integer", false),
        ],
        archived: false,
    },
    TicketType {
        id: 70,
        name: "Return (old)",
        description: "Replaced by Refund",
        icon: "📦",
        category: Category::BackOffice,
        fields: &[],
        archived: true,
    },
];
