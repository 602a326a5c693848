//! The process environment, read once into a plain map.
//!
//! This is the only place that reads environment variables; everything else is handed an [`Environment`], so tests
//! pass their own.

use std::collections::BTreeMap;

/// A snapshot of environment variables.
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
}

impl Environment {
    /// The variables of this process. Text that is not UTF-8 is kept with replacement characters, so that a bad
    /// value is reported as bad rather than taken as absent.
    pub fn from_process() -> Self {
        let text = |os: std::ffi::OsString| os.to_string_lossy().into_owned();
        std::env::vars_os().map(|(name, value)| (text(name), text(value))).collect()
    }

    /// A variable's value. A variable set to nothing but spaces counts as not set, since files such as
    /// docker-compose.yml pass on unset variables that way.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// The names of all variables that are set, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().map(String::as_str).filter(|name| self.get(name).is_some())
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        Self { variables: variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect() }
    }
}

/// Shows names only: values may be secret.
impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_variable_counts_as_not_set() {
        let environment: Environment = [("A", " "), ("B", " x\n")].into_iter().collect();
        assert_eq!(environment.get("A"), None);
        assert_eq!(environment.get("B"), Some("x"));
        assert_eq!(environment.names().collect::<Vec<_>>(), ["B"]);
    }

    #[test]
    fn debug_output_has_no_values() {
        let environment: Environment = [("INTERCOM_ACCESS_TOKEN", "canary")].into_iter().collect();
        assert!(!format!("{environment:?}").contains("canary"));
    }
}
