//! The address of a running `fi serve`, as it is typed.

use reqwest::Url;

use crate::error::CommandError;

/// Reads an address; `example` is a command that is right. What it holds beside the place, such as a key, is refused
/// and not repeated.
pub(super) fn read(text: &str, example: &str) -> Result<Url, CommandError> {
    let parsed = Url::parse(text).ok().filter(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
    });
    parsed.ok_or_else(|| {
        CommandError::usage("--url is not the address of a server")
            .hint(format!("it begins with http:// or https://, and holds no key: {example}"))
    })
}
