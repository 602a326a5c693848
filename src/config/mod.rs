//! Settings: flag, then environment, then `config.toml`, then default, parsed once into typed values.
//!
//! Nothing here prints, logs or asks the clock. Commands get a [`Config`]; what is odd but stops nothing is in
//! [`Config::notices`].

mod environment;
mod error;
mod file;
mod home;
pub mod keys;
pub mod private;
mod sources;
pub mod values;
mod write;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use axum::http::HeaderName;
use chrono_tz::Tz;
use reqwest::Url;
use secrecy::SecretString;

pub use environment::Environment;
pub use error::ConfigError;
pub use home::Home;
pub use sources::{Flags, Notice, Setting, Source};
pub use values::{Contacts, InitialSync, LogLevel};
pub use write::Changes;

use crate::clock::Clock;
use crate::intercom::Region;
use crate::nearest::nearest;
use keys::{KEYS, RETIRED};
use sources::Sources;

/// What the command line says about where settings are.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// The value of `--home`.
    pub home: Option<PathBuf>,
    /// The value of `--config`.
    pub file: Option<PathBuf>,
}

/// All settings, typed.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where everything is kept.
    pub home: Home,
    /// The settings file: in the home unless `--config` names another.
    pub file: PathBuf,
    /// The access token, if there is one.
    pub token: Option<SecretString>,
    /// Where the workspace is hosted.
    pub region: Region,
    /// The API to talk to in place of the region's.
    pub api_url: Option<Url>,
    /// The code of the workspace.
    pub workspace_id: Option<String>,
    /// The user's choice of time zone, if any.
    pub timezone: Option<Tz>,
    /// Which contacts are fetched.
    pub contacts: Contacts,
    /// Whether companies are fetched.
    pub companies: bool,
    /// Whether tickets are fetched.
    pub tickets: bool,
    /// How far back the first sync goes.
    pub initial_sync: InitialSync,
    /// Time between background syncs.
    pub sync_interval: Duration,
    /// Age from which data counts as stale.
    pub max_staleness: Duration,
    /// Part of the rate limit to use, from 0.05 to 1.
    pub rate_share: f64,
    /// Requests in flight at once.
    pub concurrency: usize,
    /// How long a request may take.
    pub api_timeout: Duration,
    /// Where `fi serve` listens.
    pub serve_address: SocketAddr,
    /// Names it is reached by.
    pub allowed_hosts: Vec<String>,
    /// Pages that may ask it.
    pub allowed_origins: Vec<String>,
    /// A key it accepts beside those of `fi keys`.
    pub api_key: Option<SecretString>,
    /// The header that may carry a key.
    pub api_key_header: HeaderName,
    /// The certificate it answers with over HTTPS.
    pub tls_cert: Option<PathBuf>,
    /// The key of that.
    pub tls_key: Option<PathBuf>,
    /// Connections it holds at once.
    pub max_connections: usize,
    /// Connections it holds with one address.
    pub max_connections_per_address: usize,
    /// Whether this machine may read its metrics without a key.
    pub metrics_open: bool,
    /// Days for which it is kept who asked what.
    pub audit_days: u32,
    /// Requests one key may make in a minute.
    pub key_requests_per_minute: u32,
    /// Requests of one key under way at once.
    pub key_requests_at_once: usize,
    /// What goes into the log file.
    pub log_level: LogLevel,
    /// Whether the log file has one JSON object a line.
    pub json_logging: bool,
    /// Every setting with its value and source, in the order of [`keys::KEYS`].
    pub settings: Vec<Setting>,
    /// What is odd but stops nothing.
    pub notices: Vec<Notice>,
}

impl Config {
    /// Reads all sources. Nothing is created or changed.
    pub fn load(places: &Places, flags: &Flags, environment: &Environment) -> Result<Self, ConfigError> {
        let mut sources = Sources::new(flags, environment);
        let home = find_home(places, &mut sources, environment)?;
        let path = places.file.clone().unwrap_or_else(|| home.config_file());
        sources.set_file(file::read(&path, places.file.is_some())?);
        let mut config = Self {
            home,
            file: path,
            token: sources.optional("token", values::token)?,
            region: sources.value("region", values::region)?,
            api_url: sources.optional("api_url", values::api_url)?,
            workspace_id: sources.optional("workspace_id", values::workspace_id)?,
            timezone: sources.optional("timezone", values::timezone)?,
            contacts: sources.value("contacts", str::parse)?,
            companies: sources.value("companies", values::switch)?,
            tickets: sources.value("tickets", values::switch)?,
            initial_sync: sources.value("initial_sync_days", str::parse)?,
            sync_interval: minutes(sources.value("sync_interval_minutes", values::sync_interval)?),
            max_staleness: minutes(sources.value("max_staleness_minutes", values::staleness)?),
            rate_share: sources.value("rate_share", values::rate_share)?,
            concurrency: sources.value("concurrency", values::concurrency)? as usize,
            api_timeout: Duration::from_secs(
                sources.value("api_timeout_seconds", values::api_timeout)?.into(),
            ),
            serve_address: SocketAddr::new(
                sources.value("serve_host", values::address)?,
                sources.value("serve_port", values::port)?,
            ),
            allowed_hosts: sources.optional("allowed_hosts", values::hosts)?.unwrap_or_default(),
            allowed_origins: sources.optional("allowed_origins", values::origins)?.unwrap_or_default(),
            api_key: sources.optional("api_key", values::api_key)?,
            api_key_header: sources.value("api_key_header", values::header)?,
            tls_cert: sources.optional("tls_cert", values::path)?.map(PathBuf::from),
            tls_key: sources.optional("tls_key", values::path)?.map(PathBuf::from),
            max_connections: sources.value("max_connections", values::connections)? as usize,
            max_connections_per_address: sources.value("max_connections_per_address", values::connections)?
                as usize,
            metrics_open: sources.value("metrics_open", values::switch)?,
            audit_days: sources.value("audit_days", values::audit_days)?,
            key_requests_per_minute: sources.value("key_requests_per_minute", values::requests)?,
            key_requests_at_once: sources.value("key_requests_at_once", values::requests)? as usize,
            log_level: sources.value("log_level", str::parse)?,
            json_logging: sources.value("json_logging", values::switch)?,
            settings: Vec::new(),
            notices: Vec::new(),
        };
        sources.optional("now", values::moment)?;
        config.settings = sources.settings;
        config.notices = sources.notices;
        config.notices.extend(notices(&config, environment));
        Ok(config)
    }

    /// The API to talk to: the override if there is one, else the region's.
    pub fn api_base(&self) -> Url {
        self.api_url.clone().unwrap_or_else(|| self.region.api_base())
    }

    /// Where the value of a setting came from.
    pub fn source(&self, name: &str) -> &Source {
        self.settings
            .iter()
            .find(|setting| setting.name == name)
            .map_or(&Source::Default, |setting| &setting.source)
    }
}

/// Where the home is, without reading any settings from it.
pub fn home(places: &Places, environment: &Environment) -> Result<Home, ConfigError> {
    find_home(places, &mut Sources::new(&Flags::none(), environment), environment)
}

/// The clock the environment asks for: the system's, or a fixed one.
pub fn clock(environment: &Environment) -> Result<Clock, ConfigError> {
    let fixed = Sources::new(&Flags::none(), environment).optional("now", values::moment)?;
    Ok(fixed.map_or(Clock::System, Clock::Fixed))
}

fn find_home(
    places: &Places,
    sources: &mut Sources<'_>,
    environment: &Environment,
) -> Result<Home, ConfigError> {
    let path = match &places.home {
        Some(path) => sources.given("home", "--home", path),
        None => PathBuf::from(sources.value("home", values::path)?),
    };
    let path = match path.strip_prefix("~") {
        Ok(rest) => user_home(environment)?.join(rest),
        Err(_) => path,
    };
    Home::at(&path).map_err(|source| ConfigError::HomeNotWritable { path, source })
}

fn user_home(environment: &Environment) -> Result<PathBuf, ConfigError> {
    let variable = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    environment.get(variable).map(PathBuf::from).ok_or(ConfigError::NoHome)
}

fn minutes(count: u32) -> Duration {
    Duration::from_secs(u64::from(count) * 60)
}

/// What is odd about the environment and the home.
fn notices(config: &Config, environment: &Environment) -> Vec<Notice> {
    let mut notices = variable_notices(environment);
    if let Some(file) = config.home.older_config_file().filter(|_| !config.file.exists()) {
        let text =
            format!("{} is from the older FastIntercom and is not read; run `fi init`", file.display());
        notices.push(Notice { text, loud: false });
    }
    notices
}

fn variable_notices(environment: &Environment) -> Vec<Notice> {
    let retired = RETIRED.iter().filter(|retired| environment.get(retired.name).is_some()).map(|retired| {
        Notice { text: format!("{} has no effect: {}", retired.name, retired.why), loud: false }
    });
    let known = || KEYS.iter().flat_map(|key| key.env).map(|variable| variable.name);
    let is_known =
        |name: &str| known().chain(RETIRED.iter().map(|retired| retired.name)).any(|known| known == name);
    let ours = environment.names().filter(|name| name.starts_with("FASTINTERCOM_"));
    let unknown = ours.filter(|name| !is_known(name)).map(|name| Notice {
        text: match nearest(name, known()) {
            Some(close) => format!("{name} is not a variable of fi; did you mean {close}?"),
            None => format!("{name} is not a variable of fi"),
        },
        loud: true,
    });
    retired.chain(unknown).collect()
}
