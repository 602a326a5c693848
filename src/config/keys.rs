//! Every setting there is, in one ordered list: its name in `config.toml`, its environment variables, its default
//! and what it is for. Help, README and tests iterate over it.
//!
//! The types and parsers are in `values`; which source wins is decided in `sources`.

use super::values::{self, Contacts, InitialSync, LogLevel, NotAllowed};

/// One setting.
#[derive(Debug)]
pub struct Key {
    /// Its name in `config.toml`.
    pub name: &'static str,
    /// Whether `config.toml` may hold it.
    pub in_file: bool,
    /// The environment variables that set it: the present one first, older ones after it.
    pub env: &'static [Variable],
    /// What applies when nothing sets it; empty for nothing.
    pub default: &'static str,
    /// A value that is allowed, for error messages and documentation.
    pub example: &'static str,
    /// What it is for, in one line.
    pub about: &'static str,
    /// Whether its value must never be shown.
    pub secret: bool,
    /// Whether a text is an allowed value.
    pub check: fn(&str) -> Result<(), NotAllowed>,
}

/// An environment variable that sets a key.
#[derive(Debug, Clone, Copy)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// What its number counts.
    pub unit: Unit,
    /// Whether other programs use the same name: then a value that does not fit is passed over with a notice.
    pub shared: bool,
}

/// What the number in an older variable counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// The same as the key.
    Same,
    /// Seconds where the key has minutes.
    Seconds,
}

/// An older variable that has no effect any more.
#[derive(Debug)]
pub struct Retired {
    /// Its name.
    pub name: &'static str,
    /// Why it has none, and what there is instead.
    pub why: &'static str,
}

/// All settings, in the order they are shown.
pub const KEYS: &[Key] = &[
    Key {
        name: "home",
        in_file: false,
        env: &[var("FASTINTERCOM_HOME"), var("FASTINTERCOM_CONFIG_DIR"), var("FASTINTERCOM_DATA_DIR")],
        default: "~/.fastintercom",
        example: "/var/lib/fastintercom",
        about: "Directory that holds settings, lake, state and logs",
        secret: false,
        check: |text| values::path(text).map(drop),
    },
    Key {
        name: "token",
        in_file: true,
        env: &[var("INTERCOM_ACCESS_TOKEN")],
        default: "",
        example: "dG9rOjEyMzQ1Njc4",
        about: "Intercom access token",
        secret: true,
        check: |text| values::token(text).map(drop),
    },
    Key {
        name: "region",
        in_file: true,
        env: &[var("FASTINTERCOM_REGION")],
        default: "us",
        example: "eu",
        about: "Where the workspace is hosted: us, eu or au",
        secret: false,
        check: |text| values::region(text).map(drop),
    },
    Key {
        name: "api_url",
        in_file: true,
        env: &[var("FASTINTERCOM_API_URL")],
        default: "",
        example: "http://127.0.0.1:8080",
        about: "Base URL of the API, in place of the region's",
        secret: false,
        check: |text| values::api_url(text).map(drop),
    },
    Key {
        name: "workspace_id",
        in_file: true,
        env: &[var("FASTINTERCOM_WORKSPACE_ID")],
        default: "",
        example: "abc12def",
        about: "Code of the workspace, for links to conversations; `fi init` finds it",
        secret: false,
        check: |text| values::workspace_id(text).map(drop),
    },
    Key {
        name: "timezone",
        in_file: true,
        env: &[var("FASTINTERCOM_TIMEZONE")],
        default: "",
        example: "Europe/Berlin",
        about: "Time zone of days and hours; unset means the workspace's own, else UTC",
        secret: false,
        check: |text| values::timezone(text).map(drop),
    },
    Key {
        name: "contacts",
        in_file: true,
        env: &[var("FASTINTERCOM_CONTACTS")],
        default: "referenced",
        example: "referenced",
        about: "Contacts to fetch: referenced (those in conversations), all or none",
        secret: false,
        check: |text| text.parse::<Contacts>().map(drop),
    },
    Key {
        name: "companies",
        in_file: true,
        env: &[var("FASTINTERCOM_COMPANIES")],
        default: "true",
        example: "false",
        about: "Whether companies are fetched",
        secret: false,
        check: |text| values::switch(text).map(drop),
    },
    Key {
        name: "tickets",
        in_file: true,
        env: &[var("FASTINTERCOM_TICKETS")],
        default: "true",
        example: "false",
        about: "Whether tickets are fetched",
        secret: false,
        check: |text| values::switch(text).map(drop),
    },
    Key {
        name: "initial_sync_days",
        in_file: true,
        env: &[var("FASTINTERCOM_INITIAL_SYNC_DAYS"), var("FASTINTERCOM_SYNC_DAYS")],
        default: "all",
        example: "90",
        about: "How many days back the first sync goes, or all",
        secret: false,
        check: |text| text.parse::<InitialSync>().map(drop),
    },
    Key {
        name: "sync_interval_minutes",
        in_file: true,
        env: &[
            var("FASTINTERCOM_SYNC_INTERVAL_MINUTES"),
            var("FASTINTERCOM_BACKGROUND_SYNC_INTERVAL"),
            Variable { name: "SYNC_INTERVAL", unit: Unit::Seconds, shared: true },
        ],
        default: "10",
        example: "15",
        about: "Minutes between background syncs; fewer while questions come, more while none do",
        secret: false,
        check: |text| values::sync_interval(text).map(drop),
    },
    Key {
        name: "max_staleness_minutes",
        in_file: true,
        env: &[var("FASTINTERCOM_MAX_STALENESS_MINUTES"), var("FASTINTERCOM_MAX_SYNC_AGE_MINUTES")],
        default: "60",
        example: "5",
        about: "Age in minutes from which data is stale; if set, servers wait a moment for newer data",
        secret: false,
        check: |text| values::staleness(text).map(drop),
    },
    Key {
        name: "rate_share",
        in_file: true,
        env: &[var("FASTINTERCOM_RATE_SHARE")],
        default: "0.8",
        example: "0.5",
        about: "Part of Intercom's rate limit to use, from 0.05 to 1.0",
        secret: false,
        check: |text| values::rate_share(text).map(drop),
    },
    Key {
        name: "concurrency",
        in_file: true,
        env: &[var("FASTINTERCOM_CONCURRENCY")],
        default: "24",
        example: "4",
        about: "Requests in flight at once, from 1 to 64",
        secret: false,
        check: |text| values::concurrency(text).map(drop),
    },
    Key {
        name: "api_timeout_seconds",
        in_file: true,
        env: &[var("FASTINTERCOM_API_TIMEOUT_SECONDS")],
        default: "60",
        example: "120",
        about: "Seconds after which a request is given up and tried again",
        secret: false,
        check: |text| values::api_timeout(text).map(drop),
    },
    Key {
        name: "serve_host",
        in_file: true,
        env: &[var("FASTINTERCOM_SERVE_HOST"), shared("MCP_HOST")],
        default: "127.0.0.1",
        example: "0.0.0.0",
        about: "Address `fi serve` listens on; others than this machine reach it only with a key",
        secret: false,
        check: |text| values::address(text).map(drop),
    },
    Key {
        name: "serve_port",
        in_file: true,
        env: &[var("FASTINTERCOM_SERVE_PORT"), shared("MCP_PORT")],
        default: "8000",
        example: "8000",
        about: "Port `fi serve` listens on; 0 picks a free one",
        secret: false,
        check: |text| values::port(text).map(drop),
    },
    Key {
        name: "allowed_hosts",
        in_file: true,
        env: &[var("FASTINTERCOM_ALLOWED_HOSTS"), shared("ALLOWED_HOSTS")],
        default: "",
        example: "fi.example.com",
        about: "Names `fi serve` is reached by, with commas between; addresses and this machine always are",
        secret: false,
        check: |text| values::hosts(text).map(drop),
    },
    Key {
        name: "allowed_origins",
        in_file: true,
        env: &[var("FASTINTERCOM_ALLOWED_ORIGINS"), shared("ALLOWED_ORIGINS")],
        default: "",
        example: "https://support.example.com",
        about: "Pages that may ask `fi serve`, with commas between; * for all, of this machine always",
        secret: false,
        check: |text| values::origins(text).map(drop),
    },
    Key {
        name: "api_key",
        in_file: true,
        env: &[var("FASTINTERCOM_API_KEY"), shared("MCP_API_KEY")],
        default: "",
        example: "a-secret-of-16-letters-or-more",
        about: "A key `fi serve` accepts beside those of `fi keys`",
        secret: true,
        check: |text| values::api_key(text).map(drop),
    },
    Key {
        name: "api_key_header",
        in_file: true,
        env: &[var("FASTINTERCOM_API_KEY_HEADER"), shared("API_KEY_HEADER")],
        default: "X-API-Key",
        example: "X-API-Key",
        about: "Header that may carry a key to `fi serve`, beside Authorization",
        secret: false,
        check: |text| values::header(text).map(drop),
    },
    Key {
        name: "tls_cert",
        in_file: true,
        env: &[var("FASTINTERCOM_TLS_CERT")],
        default: "",
        example: "/etc/fi/fullchain.pem",
        about: "Certificate with which `fi serve` answers over HTTPS, as PEM; a renewed one is taken at once",
        secret: false,
        check: |text| values::path(text).map(drop),
    },
    Key {
        name: "tls_key",
        in_file: true,
        env: &[var("FASTINTERCOM_TLS_KEY")],
        default: "",
        example: "/etc/fi/privkey.pem",
        about: "The private key of that certificate, as PEM",
        secret: false,
        check: |text| values::path(text).map(drop),
    },
    Key {
        name: "max_connections",
        in_file: true,
        env: &[var("FASTINTERCOM_MAX_CONNECTIONS"), shared("MAX_CONNECTIONS")],
        default: "12000",
        example: "1000",
        about: "Connections `fi serve` holds at the same time",
        secret: false,
        check: |text| values::connections(text).map(drop),
    },
    Key {
        name: "max_connections_per_address",
        in_file: true,
        env: &[var("FASTINTERCOM_MAX_CONNECTIONS_PER_ADDRESS")],
        default: "512",
        example: "4096",
        about: "Connections `fi serve` holds with one address; behind a proxy all come from its own",
        secret: false,
        check: |text| values::connections(text).map(drop),
    },
    Key {
        name: "metrics_open",
        in_file: true,
        env: &[var("FASTINTERCOM_METRICS_OPEN")],
        default: "false",
        example: "true",
        about: "Whether this machine may read /metrics of `fi serve` without a key, other than through a proxy",
        secret: false,
        check: |text| values::switch(text).map(drop),
    },
    Key {
        name: "audit_days",
        in_file: true,
        env: &[var("FASTINTERCOM_AUDIT_DAYS")],
        default: "90",
        example: "365",
        about: "Days for which it is kept who asked what of `fi serve`; 0 for not at all",
        secret: false,
        check: |text| values::audit_days(text).map(drop),
    },
    Key {
        name: "key_requests_per_minute",
        in_file: true,
        env: &[var("FASTINTERCOM_KEY_REQUESTS_PER_MINUTE")],
        default: "1200",
        example: "120",
        about: "Requests one key of `fi serve` may make in a minute; as many may come at once",
        secret: false,
        check: |text| values::requests(text).map(drop),
    },
    Key {
        name: "key_requests_at_once",
        in_file: true,
        env: &[var("FASTINTERCOM_KEY_REQUESTS_AT_ONCE")],
        default: "20",
        example: "4",
        about: "Requests of one key that `fi serve` answers, or lets wait, at the same time",
        secret: false,
        check: |text| values::requests(text).map(drop),
    },
    Key {
        name: "log_level",
        in_file: true,
        env: &[var("FASTINTERCOM_LOG_LEVEL"), shared("LOG_LEVEL")],
        default: "info",
        example: "debug",
        about: "What goes into the log file: off, error, warn, info, debug or trace",
        secret: false,
        check: |text| text.parse::<LogLevel>().map(drop),
    },
    Key {
        name: "json_logging",
        in_file: true,
        env: &[var("FASTINTERCOM_JSON_LOGGING")],
        default: "false",
        example: "true",
        about: "Whether the log, and what -v shows, has one JSON object a line",
        secret: false,
        check: |text| values::switch(text).map(drop),
    },
    Key {
        name: "now",
        in_file: false,
        env: &[var("FASTINTERCOM_NOW")],
        default: "",
        example: "2026-11-21T12:00:00Z",
        about: "A fixed present time, for tests and repeatable output",
        secret: false,
        check: |text| values::moment(text).map(drop),
    },
];

/// Older variables that name what no longer exists.
pub const RETIRED: &[Retired] = &[
    Retired {
        name: "FASTINTERCOM_DB_PATH",
        why: "there is no database file: the lake lies in the home, so set FASTINTERCOM_HOME to its directory",
    },
    Retired { name: "FASTINTERCOM_DB_POOL_SIZE", why: "there is no database server and no pool to size" },
    Retired { name: "FASTINTERCOM_SYNC_MODE", why: "there is one way to sync, and it keeps everything" },
    Retired {
        name: "FASTINTERCOM_TEST_WORKSPACE",
        why: "tests run against the stand-in API; `fi demo` shows it without a token",
    },
    Retired { name: "CACHE_TTL", why: "nothing is cached: questions are answered from the lake" },
];

const fn var(name: &'static str) -> Variable {
    Variable { name, unit: Unit::Same, shared: false }
}

const fn shared(name: &'static str) -> Variable {
    Variable { name, unit: Unit::Same, shared: true }
}

impl Key {
    /// The key of this name.
    pub fn find(name: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| key.name == name)
    }

    /// The environment variable to recommend.
    pub fn variable(&self) -> &'static str {
        self.env.first().map_or("", |variable| variable.name)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_default_and_example_is_allowed() {
        for key in KEYS {
            assert_eq!((key.check)(key.example), Ok(()), "{}", key.name);
            assert!(key.default.is_empty() || (key.check)(key.default).is_ok(), "{}", key.name);
        }
    }

    #[test]
    fn names_and_variables_are_unique() {
        let names: BTreeSet<_> = KEYS.iter().map(|key| key.name).collect();
        assert_eq!(names.len(), KEYS.len());
        let variables: Vec<_> = KEYS.iter().flat_map(|key| key.env).map(|variable| variable.name).collect();
        let retired = RETIRED.iter().map(|retired| retired.name);
        let unique: BTreeSet<_> = variables.iter().copied().chain(retired).collect();
        assert_eq!(unique.len(), variables.len() + RETIRED.len());
    }

    #[test]
    fn descriptions_are_one_line_without_a_period() {
        for key in KEYS {
            assert!(
                !key.about.is_empty() && !key.about.ends_with('.') && !key.about.contains('\n'),
                "{}",
                key.name
            );
        }
    }
}
