//! Which conversation is meant: an id as people and models write it, or an address of the inbox.

use crate::model::ConversationId;
use crate::tools::error::ToolError;

/// What may stand before an id.
const PREFIXES: &[&str] = &["conversation", "conversations", "conv", "id"];
/// What the id follows in an address.
const BEFORE_IN_ADDRESS: &[&str] = &["conversation", "conversations"];

/// The conversation a text names: an id such as `215470001234567`, one with a prefix (`conversation_…`, `#…`), or the
/// address of a conversation in the inbox, in any region.
///
/// # Errors
/// When it names none: the error shows what would.
pub fn conversation_id(text: &str) -> Result<ConversationId, ToolError> {
    let typed = text.trim().trim_matches(['"', '\'', '<', '>']);
    let id = match typed.contains('/') {
        true => of_address(typed),
        false => of_word(typed),
    };
    id.and_then(|id| ConversationId::parse(id).ok()).ok_or_else(|| refused(text))
}

/// An id with or without a prefix.
fn of_word(typed: &str) -> Option<&str> {
    let bare = typed.trim_start_matches('#').trim();
    let after = PREFIXES.iter().find_map(|prefix| {
        let (head, rest) = bare.split_at_checked(prefix.len())?;
        let rest = rest.trim_start_matches(['_', ':', '-', '#', ' ', '=']);
        head.eq_ignore_ascii_case(prefix).then_some(rest).filter(|rest| is_number(rest))
    });
    after.or(Some(bare)).filter(|id| is_number(id))
}

/// The id in an address of Intercom's.
fn of_address(typed: &str) -> Option<&str> {
    let path = typed.split(['?', '#']).next()?;
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    let (host, path) = path.split_once('/')?;
    let is_intercom = host == "app.intercom.com"
        || host == "app.intercom.io"
        || host.strip_prefix("app.").is_some_and(|rest| {
            rest.strip_suffix(".intercom.com").is_some_and(|region| matches!(region, "eu" | "au"))
        });
    let mut parts = path.split('/').filter(|part| !part.is_empty()).peekable();
    let mut id = None;
    while let Some(part) = parts.next() {
        let is_named = BEFORE_IN_ADDRESS.contains(&part);
        id = parts.peek().copied().filter(|next| is_named && is_number(next)).or(id);
    }
    id.filter(|_| is_intercom)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn refused(text: &str) -> ToolError {
    let shown: String =
        text.chars().filter(|character| !crate::format::is_hidden(*character)).take(100).collect();
    ToolError::Refused(format!(
        "'{shown}' names no conversation: give its id, such as 215470001234567, or its address in the inbox, such as \
         https://app.intercom.com/a/inbox/abc123/inbox/conversation/215470001234567"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_as_they_are_written() {
        for text in [
            "215470001234567",
            " 215470001234567\n",
            "#215470001234567",
            "conversation_215470001234567",
            "conversation:215470001234567",
            "Conversation #215470001234567",
            "id=215470001234567",
            "\"215470001234567\"",
        ] {
            assert_eq!(conversation_id(text).unwrap().as_str(), "215470001234567", "{text}");
        }
    }

    #[test]
    fn addresses_of_every_region_and_form_are_read() {
        for text in [
            "https://app.intercom.com/a/inbox/abc/inbox/shared/all/conversation/99?view=List",
            "https://app.intercom.com/a/inbox/abc/inbox/search/conversation/99?query=a@b.example",
            "https://app.eu.intercom.com/a/inbox/abc/inbox/admin/12/conversation/99#part_id=comment-99-5",
            "https://app.au.intercom.com/a/apps/abc/conversations/99/",
            "https://app.intercom.com/a/apps/abc/inbox/inbox/all/conversations/99",
            "app.intercom.com/a/inbox/abc/inbox/conversation/99",
            "<https://app.intercom.io/a/apps/abc/conversations/99>",
        ] {
            assert_eq!(conversation_id(text).unwrap().as_str(), "99", "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_an_example() {
        for text in [
            "",
            "abc",
            "12/34",
            "conversation_",
            "https://app.intercom.com/a/inbox/abc/inbox/conversation/",
            "https://app.intercom.com/a/inbox/99",
            "https://app.intercom.com.example.org/a/apps/abc/conversations/99",
            "https://example.org/conversations/99",
            "12 34",
            "\u{202e}99",
        ] {
            let error = conversation_id(text).unwrap_err();
            assert!(error.to_string().contains("such as 215470001234567"), "{text}");
            assert!(error.is_in_the_parameters() && !error.to_string().contains('\u{202e}'));
        }
    }
}
