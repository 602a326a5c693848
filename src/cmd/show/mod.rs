//! `fi show`: one conversation, for people as a thread to read, for programs as the tool's answer.

mod details;
mod live;
mod text;

use std::error::Error;

use super::{Setup, assemble, demo, failure, zone_or};
use crate::cli::ShowArgs;
use crate::config::Flags;
use crate::error::{CommandError, Kind};
use crate::printer::Printer;
use crate::tools::ToolError;
use crate::tools::conversation::{Conversations, DetailsAnswer, Fetch, NotHeld, Reading};
pub(super) use live::Live;
use text::Page;

/// Shows a conversation.
pub(super) fn run(setup: &Setup, args: &ShowArgs) -> Result<(), CommandError> {
    let context = setup.context(&Flags::none())?;
    let zone = zone_or(&context.config, args.tz.as_deref())?;
    context.stop_on_interrupt();
    let conversations = Conversations::new(&assemble::layout(&context.config.home));
    let live = Live { context: &context };
    let may_ask = !args.offline && context.config.token.is_some() && !demo::has_no_server(&context.config);
    let fetch = may_ask.then_some(&live as &dyn Fetch);
    let is_json = context.printer.is_json();
    let reading = Reading { fetch, is_bounded: is_json && !args.all, is_indented: is_json };
    let answer = match args.details {
        true => conversations.details(&args.details_params(!is_json), &reading),
        false => conversations
            .get(&args.params(!is_json), &reading)
            .map(|reading| DetailsAnswer { reading, details: None }),
    };
    let answer = answer.map_err(|error| failed(error, may_ask))?;
    if args.open {
        return opened(&context.printer, &answer);
    }
    if is_json {
        return Ok(context.printer.json(&answer)?);
    }
    let page = Page { printer: &context.printer, look: context.printer.look(), zone };
    Ok(context.printer.paged(page.of(&answer), &setup.environment)?)
}

/// Prints the address in the inbox, as text or as JSON.
fn opened(printer: &Printer, answer: &DetailsAnswer) -> Result<(), CommandError> {
    let Some(url) = &answer.reading.conversation.url else {
        return Err(CommandError::failed(
            "the workspace of this lake is not known, so there is no address to print",
        )
        .hint("`fi sync` asks Intercom for it, if the token may"));
    };
    match printer.is_json() {
        true => Ok(printer.json(&serde_json::json!({ "url": url }))?),
        false => Ok(printer.line(url)?),
    }
}

fn failed(error: ToolError, may_ask: bool) -> CommandError {
    match error {
        ToolError::NotHeld(error) => not_held(error, may_ask),
        error => failure::of_tool(error),
    }
}

fn not_held(error: NotHeld, may_ask: bool) -> CommandError {
    let (message, hint) = (error.to_string(), error.hint());
    match error {
        // Why it could not be fetched is what there is to say, and decides how the command ends.
        NotHeld::NotFetched { source, .. } => match source.downcast::<CommandError>() {
            Ok(cause) => {
                let hints = cause.hints().to_vec();
                let explained =
                    CommandError::new(cause.kind(), message).because(cause as Box<dyn Error + Send + Sync>);
                hints.into_iter().fold(explained, CommandError::hint)
            }
            Err(source) => CommandError::failed(message).because(source).hint(hint),
        },
        NotHeld::Unknown { .. } if !may_ask => CommandError::new(Kind::NothingFound, message)
            .because("Intercom was not asked: there is no token here, or --offline was given")
            .hint("`fi sync` fetches what is new; `fi status` tells which period is held"),
        NotHeld::Unsettled { .. } => CommandError::incomplete(message).hint(hint),
        _ => CommandError::new(Kind::NothingFound, message).hint(hint),
    }
}
