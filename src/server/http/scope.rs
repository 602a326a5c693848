//! Which scope a tool takes.

use super::keys::Scope;
use crate::server::tool::{Effect, Tool};

/// The tool that runs SQL of callers.
const SQL: &str = "query";

/// The scope that calling a tool takes.
pub(in crate::server) fn scope_of(tool: &Tool) -> Scope {
    match tool.effect {
        Effect::Syncs => Scope::Sync,
        _ if tool.name == SQL => Scope::Query,
        _ => Scope::Read,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::TOOLS;

    #[test]
    fn sql_and_syncing_take_scopes_of_their_own() {
        let of = |scope| TOOLS.iter().filter(move |tool| scope_of(tool) == scope).map(|tool| tool.name);
        assert_eq!(of(Scope::Query).collect::<Vec<_>>(), ["query"]);
        assert_eq!(of(Scope::Sync).collect::<Vec<_>>(), ["sync_conversations", "force_sync"]);
        assert_eq!(of(Scope::Admin).count(), 0);
    }
}
