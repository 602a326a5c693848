//! `fi mcp install`: this server in the settings of a client, where nothing else is touched.

mod clients;
mod settings;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::{Value, json};

use crate::cli::McpInstallArgs;
use crate::cmd::Setup;
use crate::config::{Config, Flags, Source, private};
use crate::error::{CommandError, Explain, Kind};
use clients::Client;
use settings::{Edit, Edited};

/// The document `fi mcp install --json` prints.
#[derive(Debug, Serialize)]
struct Document<'a> {
    client: &'static str,
    file: &'a Path,
    backup: Option<&'a Path>,
    action: &'static str,
    entry: Option<Value>,
}

/// Puts the server into a client's settings, or takes it out.
pub(super) fn run(setup: &Setup, args: &McpInstallArgs) -> Result<(), CommandError> {
    let config = setup.config(&Flags::none())?;
    let client = Client::of(args.client);
    let file = match &args.file {
        Some(file) => file.clone(),
        None => client.file(&setup.environment)?,
    };
    // What the name of the file leads to is what is changed.
    let file = fs::canonicalize(&file).unwrap_or(file);
    let entry = entry(&config, client)?;
    let edit = match args.uninstall {
        true => Edit::Remove,
        false => Edit::Put(&entry),
    };
    let before = read(&file)?;
    let edited = settings::edited(before.as_deref().unwrap_or_default(), client.key, &args.name, &edit)
        .map_err(|why| unreadable(&file, &why))?;
    let mut document = Document {
        client: client.name,
        file: &file,
        backup: None,
        action: edited.action(),
        entry: (!args.uninstall).then_some(entry),
    };
    if args.print {
        document.action = "printed";
        return print(setup, &document, edited.text());
    }
    let backup = backup_of(&file);
    if let Edited::Added(text) | Edited::Changed(text) | Edited::Removed(text) = &edited {
        if let Some(before) = &before {
            private::write_atomic(&backup, before.as_bytes())
                .explain(Kind::Failed, || format!("could not write {}", backup.display()))?;
            document.backup = Some(&backup);
        }
        write(&file, text)?;
    }
    tell(setup, &config, client, &document)
}

/// How the client starts this server. Home and settings are named only if they are not the usual ones.
fn entry(config: &Config, client: &Client) -> Result<Value, CommandError> {
    let program =
        std::env::current_exe().explain(Kind::Failed, || "could not find out where this program is")?;
    let mut arguments = vec![json!("mcp")];
    if *config.source("home") != Source::Default {
        arguments.extend([json!("--home"), json!(config.home.path())]);
    }
    if config.file != config.home.config_file() {
        let file = std::path::absolute(&config.file);
        let file = file.explain(Kind::Failed, || format!("could not find {}", config.file.display()))?;
        arguments.extend([json!("--config"), json!(file)]);
    }
    let mut entry = json!({ "command": program, "args": arguments });
    if client.names_the_transport {
        entry["type"] = json!("stdio");
    }
    Ok(entry)
}

fn read(file: &Path) -> Result<Option<String>, CommandError> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(CommandError::failed(format!("could not read {}", file.display())).because(error)),
    }
}

fn unreadable(file: &Path, why: &str) -> CommandError {
    CommandError::failed(format!("{} is not changed, since it cannot be understood: {why}", file.display()))
        .hint("put it right, or show what to add with --print and --file /dev/null")
}

fn backup_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".bak");
    PathBuf::from(name)
}

/// Writes the file with the rights it had.
fn write(file: &Path, text: &str) -> Result<(), CommandError> {
    let failed = || format!("could not write {}", file.display());
    if let Some(directory) = file.parent() {
        fs::create_dir_all(directory).explain(Kind::Failed, failed)?;
    }
    let rights = fs::metadata(file).ok().map(|metadata| metadata.permissions());
    private::write_atomic(file, text.as_bytes()).explain(Kind::Failed, failed)?;
    rights.map_or(Ok(()), |rights| fs::set_permissions(file, rights)).explain(Kind::Failed, failed)
}

fn print(setup: &Setup, document: &Document<'_>, text: &str) -> Result<(), CommandError> {
    let printer = &setup.printer;
    if printer.is_json() {
        return Ok(printer.json(document)?);
    }
    printer.note(format!("{} would be:", document.file.display()));
    Ok(printer.data(text)?)
}

fn tell(
    setup: &Setup,
    config: &Config,
    client: &Client,
    document: &Document<'_>,
) -> Result<(), CommandError> {
    let printer = &setup.printer;
    if printer.is_json() {
        printer.json(document)?;
    } else {
        let file = document.file.display();
        printer.line(match document.action {
            "added" => format!("{} will start fi: added to {file}", client.title),
            "changed" => format!("{} will start fi as it is now: changed in {file}", client.title),
            "removed" => format!("{} will not start fi any more: removed from {file}", client.title),
            "absent" => format!("{} does not know fi: nothing to remove from {file}", client.title),
            _ => format!("{} starts fi already: {file} is right as it is", client.title),
        })?;
        if let Some(backup) = document.backup {
            printer.note(format!("What was there is kept in {}", backup.display()));
        }
        if matches!(document.action, "added" | "changed" | "removed") {
            printer.note(client.afterwards);
        }
    }
    if document.entry.is_some() {
        warn_of_token(setup, config);
    }
    Ok(())
}

/// A token that only this shell knows is not there when the client starts the server.
fn warn_of_token(setup: &Setup, config: &Config) {
    match config.source("token") {
        Source::Env(name) => setup.printer.warn(format!(
            "the token is only in {name} of this shell, which the client does not see: `fi init` keeps it in {}",
            config.file.display()
        )),
        _ if config.token.is_none() => setup
            .printer
            .warn("there is no token yet, so answers come from what is held: `fi init` connects a workspace"),
        _ => {}
    }
}
