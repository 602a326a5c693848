//! Questions in words and in SQL, by view, for those who want to see how it is done.

/// One question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Example {
    /// The view it is about.
    pub view: &'static str,
    /// The question in words.
    pub question: &'static str,
    /// The question in SQL, without a semicolon.
    pub sql: &'static str,
}

/// Every question of `sql/examples.sql`, in order: a line `-- view: question`, and SQL up to a semicolon.
pub fn examples() -> impl Iterator<Item = Example> {
    let texts = include_str!("../../sql/examples.sql").split(";\n");
    texts.filter_map(|text| {
        let (title, sql) = text[text.rfind("\n-- ")? + 1..].split_once('\n')?;
        let (view, question) = title.strip_prefix("-- ")?.split_once(": ")?;
        Some(Example { view, question, sql: sql.trim() })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::view;

    #[test]
    fn every_example_is_about_a_view_and_every_mart_has_one() {
        let all: Vec<Example> = examples().collect();
        assert_eq!(all.len(), include_str!("../../sql/examples.sql").matches(";\n").count());
        for example in &all {
            assert!(view(example.view).is_some(), "{example:?}");
            assert!(example.question.ends_with('?') && !example.sql.contains(';'), "{example:?}");
            assert!(example.sql.contains(example.view), "{example:?}");
        }
        let marts = crate::engine::VIEWS.iter().filter(|view| view.questions().next().is_some());
        for mart in marts {
            assert!(all.iter().any(|example| example.view == mart.name), "{} has no example", mart.name);
        }
    }
}
