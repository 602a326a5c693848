//! Where `fi init` takes the token from: stdin, a flag, the environment, the settings, or the person at the terminal.

use secrecy::{ExposeSecret, SecretString};

use crate::cli::InitArgs;
use crate::config::{Config, Source, values};
use crate::error::{CommandError, Explain, Kind};
use crate::printer::Printer;

/// A token, and whether the environment has it.
pub(super) struct Token {
    pub(super) secret: SecretString,
    is_from_environment: bool,
}

impl Token {
    /// Whether it goes into the settings. One from the environment is somebody else's to keep, unless asked for.
    pub(super) fn is_stored(&self, args: &InitArgs) -> bool {
        !self.is_from_environment || args.store_token
    }

    fn given(secret: SecretString) -> Self {
        Self { secret, is_from_environment: false }
    }
}

/// The token to connect with.
pub(super) fn find(printer: &Printer, args: &InitArgs, config: &Config) -> Result<Token, CommandError> {
    if args.token_stdin {
        let secret = printer.read_secret().explain(Kind::Failed, || "could not read the token from stdin")?;
        return checked(&secret).map(Token::given);
    }
    if let Some(secret) = &args.token {
        return checked(secret).map(Token::given);
    }
    match (&config.token, config.source("token")) {
        (Some(secret), Source::Env(_)) => Ok(Token { secret: secret.clone(), is_from_environment: true }),
        (Some(secret), _) if !printer.can_ask() => Ok(Token::given(secret.clone())),
        (held, _) => asked(printer, held.as_ref()).map(Token::given),
    }
}

fn asked(printer: &Printer, held: Option<&SecretString>) -> Result<SecretString, CommandError> {
    if !printer.can_ask() {
        return Err(CommandError::auth("there is no access token, and nobody is there to ask for one")
            .hint("pass it with --token-stdin, or set INTERCOM_ACCESS_TOKEN")
            .hint("a token is in Intercom's Developer Hub: your app, Authentication"));
    }
    printer.note("A token is in Intercom's Developer Hub: your app, Authentication.");
    let question = match held {
        Some(_) => "Access token (Enter keeps the one in the settings, typing is not shown):",
        None => "Access token (typing is not shown):",
    };
    let answer = printer.ask_secret(question).explain(Kind::Failed, || "could not read the token")?;
    match held {
        Some(held) if answer.expose_secret().is_empty() => Ok(held.clone()),
        _ => checked(&answer),
    }
}

fn checked(secret: &SecretString) -> Result<SecretString, CommandError> {
    values::token(secret.expose_secret().trim()).map_err(|allowed| {
        CommandError::auth("that is not an access token").because(format!("it takes {allowed}"))
    })
}
