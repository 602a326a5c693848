//! The forms of a query, as `fi search --help` and `fi help search` list them: each an example that the parser reads,
//! and what it finds.

/// Every form: an example, and what it finds.
pub const SYNTAX: &[(&str, &str)] = &[
    ("refund shipping", "both words, anywhere in title, messages, notes, names and tags"),
    ("\"not received\"", "the words one after the other"),
    ("refund OR return", "either; OR binds tighter than a space"),
    ("refund -spam", "without the second; NOT spam is the same"),
    ("(refund OR return) -(test spam)", "groups"),
    ("ship*", "words that begin so"),
    ("recieve~", "words a letter apart; recieve~2 also two letters"),
    ("from:ana@example.com", "who wrote: a name, an address, a domain, or a part of one"),
    ("tag:vip", "with this tag"),
    ("assignee:ben", "assigned to this teammate or team; assignee:nobody to none"),
    ("title:invoice", "in the title"),
    ("note:vip", "in an internal note"),
    ("has:attachment", "with a file; has:note with an internal note"),
];

#[cfg(test)]
mod tests {
    use super::super::Expr;
    use super::*;

    #[test]
    fn every_form_is_read_by_the_parser() {
        for (form, meaning) in SYNTAX {
            assert!(Expr::parse(form).is_ok_and(|expr| expr != Expr::All), "{form}: {meaning}");
        }
    }
}
