//! `display_as=plaintext`: HTML bodies as text, links as `label (url)`.

/// The text of an HTML body.
pub(crate) fn plaintext(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut link: Option<(String, usize)> = None;
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        unescape(&mut text, &rest[..start]);
        let Some(end) = rest[start..].find('>').map(|n| start + n) else {
            rest = &rest[start..];
            break;
        };
        tag(&mut text, &rest[start + 1..end], &mut link);
        rest = &rest[end + 1..];
    }
    unescape(&mut text, rest);
    text.trim().to_owned()
}

fn tag(text: &mut String, tag: &str, link: &mut Option<(String, usize)>) {
    let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or("").to_ascii_lowercase();
    let closes = tag.starts_with('/');
    match (name.as_str(), closes) {
        ("br", _) | ("p" | "div" | "li" | "ul" | "ol" | "tr" | "table" | "pre" | "blockquote", true) => {
            newline(text);
        }
        ("li", false) => text.push_str("- "),
        ("a", false) => *link = href(tag).map(|url| (url, text.len())),
        ("a", true) => {
            if let Some((url, from)) = link.take()
                && text.get(from..).is_some_and(|label| label != url)
            {
                text.push_str(" (");
                unescape(text, &url);
                text.push(')');
            }
        }
        _ => {}
    }
}

fn newline(text: &mut String) {
    if !text.is_empty() && !text.ends_with("\n\n") {
        text.push('\n');
    }
}

fn href(tag: &str) -> Option<String> {
    let from = tag.find("href=\"")? + 6;
    let length = tag[from..].find('"')?;
    Some(tag[from..from + length].to_owned())
}

const ENTITIES: &[(&str, &str)] =
    &[("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " ")];

fn unescape(text: &mut String, escaped: &str) {
    let mut rest = escaped;
    while let Some(start) = rest.find('&') {
        text.push_str(&rest[..start]);
        rest = &rest[start..];
        let known = ENTITIES.iter().find(|(entity, _)| rest.starts_with(entity));
        let (entity, plain) = known.copied().unwrap_or(("&", "&"));
        text.push_str(plain);
        rest = &rest[entity.len()..];
    }
    text.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::plaintext;

    #[test]
    fn links_are_rendered_with_their_label_and_address() {
        assert_eq!(
            plaintext("<p>See <a href=\"https://x.example/?a=1&amp;b=2\">the page</a>.</p><p>Bye<br>M</p>"),
            "See the page (https://x.example/?a=1&b=2).\nBye\nM"
        );
    }

    #[test]
    fn markup_that_never_ends_does_not_hang_it() {
        assert_eq!(plaintext("a <b"), "a <b");
        assert_eq!(plaintext("<p>&lt;b&gt; &amp;lt;</p>"), "<b> &lt;");
    }
}
