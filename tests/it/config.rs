//! Settings: which source wins, what is refused and how it is put, what is written and who may read it.

use std::fs;
use std::path::PathBuf;

use fastintercom::config::keys::KEYS;
use fastintercom::config::{self, Changes, Config, Environment, Flags, Places, Source};
use fastintercom::error::CommandError;
use fastintercom::printer::{Options, Printer};
use proptest::prelude::*;
use secrecy::{ExposeSecret, SecretString};

use crate::support::cli::{CANARY, TestEnv, set_mode};

/// The settings of a home with these variables and this file.
fn load(env: &TestEnv, variables: &[(&str, &str)], flags: &Flags) -> Result<Config, CommandError> {
    let home = env.home().display().to_string();
    let base = [("HOME", "/home/user"), ("FASTINTERCOM_HOME", &home)];
    let environment: Environment = base.iter().chain(variables).copied().collect();
    Ok(Config::load(&Places::default(), flags, &environment)?)
}

/// What the user sees of an error, and its exit code.
fn seen(env: &TestEnv, result: Result<Config, CommandError>) -> String {
    let error = result.expect_err("settings that are refused");
    let (printer, captured) = Printer::captured(Options::default());
    printer.error(&error);
    format!("{}exit code: {}", env.normal(captured.stderr().as_bytes()), error.kind().exit_code())
}

fn refused(variables: &[(&str, &str)], file: &str) -> String {
    let env = TestEnv::new();
    if !file.is_empty() {
        env.write("home/config.toml", file);
    }
    seen(&env, load(&env, variables, &Flags::none()))
}

#[test]
fn nothing_set_means_the_defaults_and_creates_nothing() {
    let env = TestEnv::new();
    let config = load(&env, &[], &Flags::none()).unwrap();
    assert!(config.token.is_none());
    assert!(!env.home().exists());
    let listed: Vec<String> = config
        .settings
        .iter()
        .skip(1)
        .map(|setting| format!("{} = {}", setting.name, setting.value.as_deref().unwrap_or("(not set)")))
        .collect();
    insta::assert_snapshot!(listed.join("\n"), @"
    token = (not set)
    region = us
    api_url = (not set)
    workspace_id = (not set)
    timezone = (not set)
    contacts = referenced
    companies = true
    tickets = true
    initial_sync_days = all
    sync_interval_minutes = 10
    max_staleness_minutes = 60
    rate_share = 0.8
    concurrency = 24
    api_timeout_seconds = 60
    serve_host = 127.0.0.1
    serve_port = 8000
    allowed_hosts = (not set)
    allowed_origins = (not set)
    api_key = (not set)
    api_key_header = X-API-Key
    tls_cert = (not set)
    tls_key = (not set)
    max_connections = 12000
    max_connections_per_address = 512
    metrics_open = false
    audit_days = 90
    key_requests_per_minute = 1200
    key_requests_at_once = 20
    cache_bytes = 67108864
    cache_seconds = 60
    webhook_secret = (not set)
    webhook_secret_previous = (not set)
    log_level = info
    json_logging = false
    now = (not set)
    ");
    let names: Vec<_> = config.settings.iter().map(|setting| setting.name).collect();
    assert_eq!(names, KEYS.iter().map(|key| key.name).collect::<Vec<_>>());
}

#[test]
fn a_flag_wins_over_a_variable_and_that_over_the_file() {
    let env = TestEnv::new();
    let file = env.write("home/config.toml", "\ncontacts = \"none\"\n");
    let variable = [("FASTINTERCOM_CONTACTS", "all")];
    let flags = Flags::none().with("contacts", "--contacts", Some("referenced"));

    let contacts = |variables: &[(&str, &str)], flags: &Flags| {
        let config = load(&env, variables, flags).unwrap();
        (config.contacts.name(), config.source("contacts").clone())
    };
    assert_eq!(contacts(&[], &Flags::none()), ("none", Source::File { path: file.clone(), line: 2 }));
    assert_eq!(contacts(&variable, &Flags::none()), ("all", Source::Env("FASTINTERCOM_CONTACTS")));
    assert_eq!(contacts(&variable, &flags), ("referenced", Source::Flag("--contacts")));
    fs::remove_file(file).unwrap();
    assert_eq!(contacts(&[], &Flags::none()), ("referenced", Source::Default));
}

#[test]
fn every_setting_can_be_set_in_the_file_and_by_each_of_its_variables() {
    let env = TestEnv::new();
    for key in KEYS.iter().filter(|key| key.in_file) {
        env.write("home/config.toml", &format!("{} = \"{}\"", key.name, key.example));
        let config = load(&env, &[], &Flags::none()).unwrap();
        assert!(matches!(config.source(key.name), Source::File { line: 1, .. }), "{}", key.name);
        fs::remove_file(env.home().join("config.toml")).unwrap();
        for variable in key.env {
            let config = load(&env, &[(variable.name, key.example)], &Flags::none()).unwrap();
            assert_eq!(config.source(key.name), &Source::Env(variable.name));
        }
    }
}

#[test]
fn older_variables_work_and_newer_names_win() {
    let env = TestEnv::new();
    let config = load(
        &env,
        &[("FASTINTERCOM_SYNC_DAYS", "7"), ("SYNC_INTERVAL", "3600"), ("FASTINTERCOM_LOG_LEVEL", "WARNING")],
        &Flags::none(),
    );
    let config = config.unwrap();
    assert_eq!(config.initial_sync.to_string(), "7");
    assert_eq!(config.sync_interval.as_secs(), 3600);
    assert_eq!(config.log_level.name(), "warn");
    assert_eq!(config.notices, []);

    let both = [("FASTINTERCOM_SYNC_DAYS", "7"), ("FASTINTERCOM_INITIAL_SYNC_DAYS", "90")];
    let config = load(&env, &both, &Flags::none()).unwrap();
    assert_eq!(config.initial_sync.to_string(), "90");
    assert_eq!(
        config.notices[0].text,
        "FASTINTERCOM_SYNC_DAYS is not used: FASTINTERCOM_INITIAL_SYNC_DAYS is set too and is the newer name"
    );
}

#[test]
fn variables_without_effect_are_explained() {
    let env = TestEnv::new();
    env.write("home/config.json", "{}");
    let variables = [
        ("FASTINTERCOM_DB_POOL_SIZE", "5"),
        ("FASTINTERCOM_REGOIN", "eu"),
        ("FASTINTERCOM_WHATEVER", "1"),
        ("SYNC_INTERVAL", "5m"),
        ("LOG_LEVEL", "chatty"),
    ];
    let config = load(&env, &variables, &Flags::none()).unwrap();
    let notices: Vec<String> = config
        .notices
        .iter()
        .map(|notice| format!("{} {}", if notice.loud { "said:" } else { "logged:" }, notice.text))
        .collect();
    insta::assert_snapshot!(env.normal(notices.join("\n").as_bytes()), @"
    logged: SYNC_INTERVAL is passed over: its value does not fit the setting sync_interval_minutes; use FASTINTERCOM_SYNC_INTERVAL_MINUTES
    logged: LOG_LEVEL is passed over: its value does not fit the setting log_level; use FASTINTERCOM_LOG_LEVEL
    logged: FASTINTERCOM_DB_POOL_SIZE has no effect: there is no database server and no pool to size
    said: FASTINTERCOM_REGOIN is not a variable of fi; did you mean FASTINTERCOM_REGION?
    said: FASTINTERCOM_WHATEVER is not a variable of fi
    logged: $DIR/home/config.json is from the older FastIntercom and is not read; run `fi init`
    ");
}

#[test]
fn a_bad_value_names_its_source_and_what_is_right() {
    insta::assert_snapshot!(refused(&[("FASTINTERCOM_REGION", "uk")], ""), @r#"
    error: "uk" is not allowed for the setting region (FASTINTERCOM_REGION)
      because: it takes one of us, eu, au
      hint: for example: FASTINTERCOM_REGION=eu
    exit code: 2
    "#);
    insta::assert_snapshot!(refused(&[], "region = \"eu\"\nrate_share = 80\n"), @r#"
    error: "80" is not allowed for the setting rate_share ($DIR/home/config.toml:2)
      because: it takes a number from 0.05 to 1.0, where 0.8 means 80 %
      hint: for example: rate_share = 0.5
    exit code: 2
    "#);
    let env = TestEnv::new();
    let flags = Flags::none().with("timezone", "--timezone", Some("Europe/Berln"));
    insta::assert_snapshot!(seen(&env, load(&env, &[], &flags)), @r#"
    error: "Europe/Berln" is not allowed for the setting timezone (--timezone)
      because: it takes an IANA time zone name such as Europe/Berlin or UTC; did you mean Europe/Berlin?
      hint: for example: --timezone Europe/Berlin
    exit code: 2
    "#);
}

#[test]
fn a_bad_file_is_refused_with_its_line() {
    insta::assert_snapshot!(refused(&[], "region = \"eu\"\ntoken = \"abc"), @r#"
    error: $DIR/home/config.toml:2: invalid basic string, expected `"`
      hint: each line is a name, an equals sign and a value, for example: region = "eu"
      hint: nothing was changed; correct the line, or move $DIR/home/config.toml away and run `fi init`
    exit code: 2
    "#);
    insta::assert_snapshot!(refused(&[], "regoin = \"eu\""), @r#"
    error: $DIR/home/config.toml:1: there is no setting "regoin" in this file
      hint: did you mean region?
    exit code: 2
    "#);
    insta::assert_snapshot!(refused(&[], "# mine\nfavourite_colour = \"blue\""), @r#"
    error: $DIR/home/config.toml:2: there is no setting "favourite_colour" in this file
      hint: settings are: token, region, api_url, workspace_id, timezone, contacts, companies, tickets, initial_sync_days, sync_interval_minutes, max_staleness_minutes, rate_share, concurrency, api_timeout_seconds, serve_host, serve_port, allowed_hosts, allowed_origins, api_key, api_key_header, tls_cert, tls_key, max_connections, max_connections_per_address, metrics_open, audit_days, key_requests_per_minute, key_requests_at_once, cache_bytes, cache_seconds, webhook_secret, webhook_secret_previous, log_level, json_logging
    exit code: 2
    "#);
    insta::assert_snapshot!(refused(&[], "home = \"/x\""), @r#"
    error: $DIR/home/config.toml:1: there is no setting "home" in this file
      hint: home is set outside this file, with the variable FASTINTERCOM_HOME
    exit code: 2
    "#);
}

#[test]
fn an_older_settings_file_is_not_read() {
    let env = TestEnv::new();
    let file = env.write("config.json", "{}");
    let places = Places { home: Some(env.home()), file: Some(file) };
    let result = Config::load(&places, &Flags::none(), &Environment::default()).map_err(CommandError::from);
    insta::assert_snapshot!(seen(&env, result), @"
    error: $DIR/config.json is a settings file of the older FastIntercom
      hint: settings are in TOML now: run `fi init` to write a new file
    exit code: 2
    ");
}

#[test]
fn a_file_named_by_the_user_must_be_there() {
    let env = TestEnv::new();
    let places = Places { home: Some(env.home()), file: Some(env.path().join("mine.toml")) };
    let result = Config::load(&places, &Flags::none(), &Environment::default()).map_err(CommandError::from);
    insta::assert_snapshot!(seen(&env, result), @"
    error: could not read the settings in $DIR/mine.toml
      because: No such file or directory (os error 2)
      hint: name a file that is there, or leave --config out and run `fi init`
    exit code: 1
    ");
}

#[cfg(unix)]
#[test]
fn a_token_others_may_read_is_refused_with_the_command_that_helps() {
    let env = TestEnv::new();
    let file = env.write("home/config.toml", &format!("token = \"{CANARY}\""));
    assert_eq!(load(&env, &[], &Flags::none()).unwrap().token.unwrap().expose_secret(), CANARY);
    set_mode(&file, 0o644);
    insta::assert_snapshot!(seen(&env, load(&env, &[], &Flags::none())), @"
    error: $DIR/home/config.toml holds a token and others may read it (mode 644)
      hint: make it private: chmod 600 $DIR/home/config.toml
      hint: if others may have read it, make a new token in Intercom and revoke this one
    exit code: 2
    ");
    env.write("home/config.toml", "region = \"eu\"");
    set_mode(&file, 0o644);
    assert!(load(&env, &[], &Flags::none()).is_ok(), "a file without a token may be open");
}

#[test]
fn no_error_shows_the_token() {
    let bad =
        [format!("Bearer {CANARY}"), format!("{CANARY} {CANARY}"), format!("<{CANARY}>"), CANARY.repeat(200)];
    for bad in &bad {
        let variable = refused(&[("INTERCOM_ACCESS_TOKEN", bad)], "");
        let file = refused(&[], &format!("token = \"{bad}\""));
        let half = refused(&[], &format!("token = \"{bad}"));
        for text in [variable, file, half] {
            assert!(!text.contains(CANARY), "{text}");
        }
    }
    let env = TestEnv::new();
    let config = load(&env, &[("INTERCOM_ACCESS_TOKEN", CANARY)], &Flags::none()).unwrap();
    assert!(!format!("{config:?}").contains(CANARY));
}

#[test]
fn a_bad_token_says_what_is_expected() {
    insta::assert_snapshot!(refused(&[("INTERCOM_ACCESS_TOKEN", "your_token_here")], ""), @"
    error: The value is not allowed for the setting token (INTERCOM_ACCESS_TOKEN)
      because: it takes your own token in place of the example, without quotes
      hint: for example: INTERCOM_ACCESS_TOKEN=dG9rOjEyMzQ1Njc4
    exit code: 2
    ");
}

#[test]
fn the_home_comes_from_the_flag_then_the_variables_then_the_user() {
    let home = |flag: Option<&str>, variables: &[(&str, &str)]| {
        let environment: Environment = variables.iter().copied().collect();
        let places = Places { home: flag.map(PathBuf::from), file: None };
        config::home(&places, &environment).map(|home| home.path().to_owned())
    };
    let user = ("HOME", "/home/user");
    let path = |text: &str| PathBuf::from(text);
    assert_eq!(home(Some("/a"), &[("FASTINTERCOM_HOME", "/b"), user]).unwrap(), path("/a"));
    assert_eq!(
        home(None, &[("FASTINTERCOM_HOME", "/b"), ("FASTINTERCOM_CONFIG_DIR", "/c")]).unwrap(),
        path("/b")
    );
    assert_eq!(home(None, &[("FASTINTERCOM_CONFIG_DIR", "/c"), user]).unwrap(), path("/c"));
    assert_eq!(home(None, &[("FASTINTERCOM_HOME", "~/data"), user]).unwrap(), path("/home/user/data"));
    assert_eq!(home(None, &[user]).unwrap(), path("/home/user/.fastintercom"));
    assert!(home(None, &[]).is_err());
}

#[test]
fn a_home_that_cannot_be_written_says_so() {
    let env = TestEnv::new();
    env.write("home", "a file in the way");
    let home = config::home(&Places { home: Some(env.home()), file: None }, &Environment::default()).unwrap();
    let error = CommandError::from(home.create().unwrap_err());
    assert_eq!(env.normal(error.message().as_bytes()), "the home $DIR/home cannot be written to");
    assert_eq!((error.causes().len(), error.kind().exit_code()), (1, 1));
}

#[test]
fn the_clock_can_be_fixed() {
    let environment: Environment = [("FASTINTERCOM_NOW", "2026-11-21T12:00:00+01:00")].into_iter().collect();
    assert_eq!(config::clock(&environment).unwrap().now().to_string(), "2026-11-21 11:00:00 UTC");
    let environment: Environment = [("FASTINTERCOM_NOW", "noon")].into_iter().collect();
    assert!(config::clock(&environment).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_token_that_is_allowed_survives_being_written(token in "[a-zA-Z0-9=_/+.\\\\\"'#-]{1,80}") {
        prop_assume!(config::values::token(&token).is_ok());
        let env = TestEnv::new();
        let file = env.home().join("config.toml");
        Changes::new().set("region", "eu").set_secret("token", &SecretString::from(token.clone())).write(&file).unwrap();
        Changes::new().set("region", "au").set("concurrency", 3).write(&file).unwrap();
        let config = load(&env, &[], &Flags::none()).unwrap();
        prop_assert_eq!(config.token.as_ref().map(ExposeSecret::expose_secret), Some(token.as_str()));
        prop_assert_eq!((config.region.as_str(), config.concurrency), ("au", 3));
    }

    #[test]
    fn a_file_that_is_not_understood_is_never_changed(text in "(region|token|=|\"|\\[|\\]|#|\n| |é|0|x){0,40}") {
        let env = TestEnv::new();
        let file = env.write("home/config.toml", &text);
        let _ = load(&env, &[], &Flags::none());
        if Changes::new().set("concurrency", 3).write(&file).is_err() {
            prop_assert_eq!(fs::read_to_string(&file).unwrap(), text);
        } else {
            prop_assert!(fs::read_to_string(&file).unwrap().contains("concurrency = 3"));
        }
    }
}
