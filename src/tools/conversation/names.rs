//! Names of teammates and teams, as they are called now; and the address of the inbox.

use std::collections::HashMap;

use crate::intercom::Region;
use crate::lake::{Error, Lookup};
use crate::model::{Admin, Team};
use crate::sync::Workspace;

/// What the ids in conversations are called.
#[derive(Debug, Default)]
pub(in crate::tools) struct Names {
    admins: HashMap<String, String>,
    teams: HashMap<String, String>,
}

impl Names {
    /// As the lake knows them.
    pub(super) fn load(lookup: &Lookup) -> Result<Self, Error> {
        let admins = lookup.table::<Admin>()?.into_iter();
        let teams = lookup.table::<Team>()?.into_iter();
        Ok(Self {
            admins: admins
                .filter_map(|admin| Some((admin.admin_id.to_string(), admin.name.or(admin.email)?)))
                .collect(),
            teams: teams.filter_map(|team| Some((team.team_id.to_string(), team.name?))).collect(),
        })
    }

    /// A teammate's name.
    pub(in crate::tools) fn admin(&self, id: &str) -> Option<&str> {
        self.admins.get(id).map(String::as_str)
    }

    /// A team's name.
    pub(in crate::tools) fn team(&self, id: &str) -> Option<&str> {
        self.teams.get(id).map(String::as_str)
    }
}

/// A conversation's address in the inbox of its workspace.
pub(in crate::tools) fn inbox_url(workspace: &Workspace, conversation_id: &str) -> String {
    let region: Region =
        workspace.region.as_deref().and_then(|region| region.parse().ok()).unwrap_or_default();
    format!("{}/a/inbox/{}/inbox/conversation/{conversation_id}", region.app_base(), workspace.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_of_the_workspaces_region() {
        let workspace = |region: Option<&str>| Workspace {
            id: "abc".to_owned(),
            name: String::new(),
            region: region.map(str::to_owned),
            timezone: None,
        };
        let url = |region| inbox_url(&workspace(region), "99");
        assert_eq!(url(Some("US")), "https://app.intercom.com/a/inbox/abc/inbox/conversation/99");
        assert_eq!(url(Some("EU")), "https://app.eu.intercom.com/a/inbox/abc/inbox/conversation/99");
        assert_eq!(url(Some("AU")), "https://app.au.intercom.com/a/inbox/abc/inbox/conversation/99");
        assert_eq!(url(None), "https://app.intercom.com/a/inbox/abc/inbox/conversation/99");
    }
}
