//! The small lists of a workspace: who asks, admins, teams, tags, segments, attributes, ticket types.

use serde::Deserialize;
use serde_json::Value;

use super::client::Client;
use super::endpoint;
use super::error::Error;
use super::outcome::BodyFault;
use super::page::{self, Item};
use super::peek::LenientId;
use super::region::{ApiVersion, Region};
use super::request::Call;
use super::time::parse_seconds;
use super::walk::{List, Walk};

/// Whom a token belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Me {
    /// The admin's id.
    pub admin_id: Option<String>,
    /// The admin's name.
    pub admin_name: Option<String>,
    /// The admin's address.
    pub email: Option<String>,
    /// The workspace.
    pub app: App,
}

/// The workspace a token belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct App {
    /// Its id, as in links to the inbox.
    pub id_code: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Its region as Intercom writes it, such as `US`.
    pub region: Option<String>,
    /// Its time zone, such as `Europe/Berlin`.
    pub timezone: Option<String>,
    /// When it was made, in unix seconds.
    pub created_at: Option<i64>,
}

impl App {
    /// The region, if it is one that is known.
    #[must_use]
    pub fn known_region(&self) -> Option<Region> {
        self.region.as_deref()?.parse().ok()
    }
}

#[derive(Deserialize)]
struct WireMe {
    #[serde(default)]
    id: LenientId,
    #[serde(default)]
    name: Value,
    #[serde(default)]
    email: Value,
    #[serde(default)]
    app: Value,
}

fn read_me(text: &str) -> Result<Me, BodyFault> {
    page::object(text)?;
    let wire: WireMe = serde_json::from_str(text).map_err(BodyFault::NotJson)?;
    let string = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    if wire.id.0.is_none() && !wire.app.is_object() {
        return Err(BodyFault::Lacks("id"));
    }
    Ok(Me {
        admin_id: wire.id.0,
        admin_name: string(&wire.name),
        email: string(&wire.email),
        app: App {
            id_code: string(&wire.app["id_code"]),
            name: string(&wire.app["name"]),
            region: string(&wire.app["region"]),
            timezone: string(&wire.app["timezone"]),
            created_at: parse_seconds(&wire.app["created_at"]),
        },
    })
}

impl Client {
    /// Whom the token belongs to, and which workspace.
    ///
    /// # Errors
    /// [`Error::MissingScope`] also for a token that is otherwise good; and any other outcome.
    pub async fn me(&self) -> Result<Me, Error> {
        self.call(&Call::new(&endpoint::ME), read_me).await
    }

    /// Everyone who works in the workspace, bots included.
    ///
    /// # Errors
    /// Any outcome but a list.
    pub async fn admins(&self) -> Result<Vec<Item>, Error> {
        self.whole_list(Call::new(&endpoint::ADMINS), "admins").await
    }

    /// All teams.
    ///
    /// # Errors
    /// Any outcome but a list.
    pub async fn teams(&self) -> Result<Vec<Item>, Error> {
        self.whole_list(Call::new(&endpoint::TEAMS), "teams").await
    }

    /// All tags.
    ///
    /// # Errors
    /// Any outcome but a list.
    pub async fn tags(&self) -> Result<Vec<Item>, Error> {
        self.whole_list(Call::new(&endpoint::TAGS), "data").await
    }

    /// All segments, with their sizes.
    ///
    /// # Errors
    /// Any outcome but a list.
    pub async fn segments(&self) -> Result<Vec<Item>, Error> {
        self.whole_list(Call::new(&endpoint::SEGMENTS).param("include_count", true), "segments").await
    }

    /// Definitions of the attributes conversations can have, archived ones included.
    ///
    /// # Errors
    /// [`Error::VersionUnavailable`] where the version has none; and any other outcome.
    pub async fn conversation_attributes(&self) -> Result<Vec<Item>, Error> {
        let call = if self.version() >= ApiVersion::v2(16) {
            Call::new(&endpoint::CONVERSATION_ATTRIBUTES)
        } else {
            Call::new(&endpoint::DATA_ATTRIBUTES).param("model", "conversation")
        };
        self.whole_list(call.param("include_archived", true), "data").await
    }

    /// All types of tickets.
    ///
    /// # Errors
    /// [`Error::PlanRestricted`] where there are no tickets; and any other outcome.
    pub async fn ticket_types(&self) -> Result<Vec<Item>, Error> {
        self.whole_list(Call::new(&endpoint::TICKET_TYPES), "data").await
    }

    async fn whole_list(&self, call: Call, key: &'static str) -> Result<Vec<Item>, Error> {
        self.collect(List::unpaged(call, key)).await
    }

    /// All items of a list.
    pub(super) async fn collect(&self, list: List) -> Result<Vec<Item>, Error> {
        let mut walk = Walk::new(self.clone(), list, None);
        let mut items = Vec::new();
        while let Some(page) = walk.next_page().await? {
            items.extend(page.items);
        }
        Ok(items)
    }
}
