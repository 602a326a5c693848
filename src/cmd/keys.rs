//! `fi keys`: who may use `fi serve`.

use secrecy::ExposeSecret;
use serde_json::json;

use super::Setup;
use crate::cli::{KeysArgs, KeysCommand};
use crate::config::Flags;
use crate::error::CommandError;
use crate::server::http::{KeyError, KeyFile, Scope, StoredKey};

/// Makes, lists or revokes keys.
pub(super) fn run(setup: &Setup, args: &KeysArgs) -> Result<(), CommandError> {
    let context = setup.context(&Flags::none())?;
    let (home, printer) = (&context.config.home, &context.printer);
    let file = KeyFile::new(&home.keys_file());
    match &args.command {
        KeysCommand::Add { name, scope } => {
            home.create()?;
            let key = file.add(name, scope, context.clock.now()).map_err(explained)?;
            tracing::info!(name, "made a key");
            if printer.is_json() {
                let key = key.expose_secret();
                return Ok(printer.json(&json!({"name": name, "scopes": names(scope), "key": key}))?);
            }
            printer.data(key.expose_secret())?;
            printer.note(format!(
                "This is the only time it is shown. It may be used for {}.",
                names(scope).join(", ")
            ));
        }
        KeysCommand::List => {
            let keys = file.keys().map_err(explained)?;
            if printer.is_json() {
                let shown = keys.iter().map(|key| {
                    json!({"name": key.name, "scopes": names(&key.scopes), "created_at": key.created_at})
                });
                return Ok(printer.json(&json!({"keys": shown.collect::<Vec<_>>()}))?);
            }
            if keys.is_empty() {
                printer.note("There are no keys: `fi keys add NAME` makes one");
            }
            let width = keys.iter().map(|key| key.name.len()).max().unwrap_or_default();
            for StoredKey { name, scopes, created_at, .. } in &keys {
                printer.data(format!("{name:width$}  {created_at}  {}", names(scopes).join(", ")))?;
            }
        }
        KeysCommand::Revoke { name } => {
            file.revoke(name).map_err(explained)?;
            tracing::info!(name, "revoked a key");
            if printer.is_json() {
                return Ok(printer.json(&json!({"revoked": name}))?);
            }
            printer.note(format!("The key '{name}' is accepted no more"));
        }
    }
    Ok(())
}

fn names(scopes: &[Scope]) -> Vec<&'static str> {
    scopes.iter().map(|scope| scope.name()).collect()
}

/// An error of keys as one of a command.
pub(super) fn explained(error: KeyError) -> CommandError {
    let command = match &error {
        KeyError::Name(_) => CommandError::usage(error.to_string()),
        _ => CommandError::failed(error.to_string()),
    };
    let command = match std::error::Error::source(&error) {
        Some(source) => command.because(source.to_string()),
        None => command,
    };
    match error {
        KeyError::Taken(name) => {
            command.hint(format!("fi keys revoke {name} makes it useless, then it can be made anew"))
        }
        KeyError::Unknown(_) => command.hint("fi keys list shows which there are"),
        KeyError::Syntax(path, _) => {
            command.hint(format!("remove {} and make keys anew with `fi keys add`", path.display()))
        }
        _ => command,
    }
}
