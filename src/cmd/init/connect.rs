//! Whose token it is: asked in the region that is set, or in each until one accepts it.

use secrecy::SecretString;

use crate::cmd::assemble;
use crate::config::{Config, Source};
use crate::error::{CommandError, Kind};
use crate::intercom::{Client, Error, Me, Query, Region};
use crate::sync::Workspace;

/// What Intercom says about a token it accepts.
pub(super) struct Connected {
    /// Where the workspace is hosted.
    pub(super) region: Region,
    /// Whose it is; unknown when the token may not ask.
    pub(super) workspace: Option<Workspace>,
    /// Who made the token.
    pub(super) admin: Option<String>,
    /// How many conversations there are; unknown when the token may not ask.
    pub(super) conversations: Option<u64>,
}

/// Asks whose token it is.
pub(super) async fn connect(config: &Config, token: &SecretString) -> Result<Connected, CommandError> {
    let is_given = *config.source("region") != Source::Default;
    let is_one = is_given || config.api_url.is_some();
    let regions: &[Region] = if is_one { &[config.region] } else { &Region::ALL };
    let ask = async |region: Region| {
        let client = client(config, region, token)?;
        let me = me(&client).await?;
        Ok(connected(region, me, is_given, conversations(&client).await?))
    };
    first_accepted(regions, ask).await
}

fn client(config: &Config, region: Region, token: &SecretString) -> Result<Client, CommandError> {
    let config = Config { region, ..config.clone() };
    assemble::quick_client(&config, token.clone())
}

/// Whose token it is; nothing when it may not ask, and is good all the same.
async fn me(client: &Client) -> Result<Option<Me>, CommandError> {
    match client.me().await {
        Ok(me) => Ok(Some(me)),
        Err(error) if error.is_unavailable_here() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// How many conversations there are. A token that may not read them is of no use.
async fn conversations(client: &Client) -> Result<Option<u64>, CommandError> {
    let everything = Query::since("created_at", 0).map_err(Error::from)?;
    match client.count_conversations(&everything).await {
        Ok(count) => Ok(Some(count)),
        Err(Error::InvalidBody { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn connected(region: Region, me: Option<Me>, is_given: bool, conversations: Option<u64>) -> Connected {
    let Some(Me { admin_name, app, .. }) = me else {
        return Connected { region, workspace: None, admin: None, conversations };
    };
    // One region's host may answer for another: the workspace's own is the one to use.
    let region = app.known_region().filter(|_| !is_given).unwrap_or(region);
    let workspace = app.id_code.map(|id| Workspace {
        id,
        name: app.name.unwrap_or_default(),
        region: app.region,
        timezone: app.timezone,
    });
    Connected { region, workspace, admin: admin_name, conversations }
}

/// The answer of the first region that accepts the token.
async fn first_accepted<T>(
    regions: &[Region],
    ask: impl AsyncFn(Region) -> Result<T, CommandError>,
) -> Result<T, CommandError> {
    let mut refused = None;
    for region in regions {
        match ask(*region).await {
            Err(error) if error.kind() == Kind::Auth && is_of_token(&error) => {
                refused.get_or_insert(error);
            }
            answered => return answered,
        }
    }
    let error = refused.unwrap_or_else(|| CommandError::failed("there is no region to ask"));
    Err(if regions.len() > 1 { error.hint("no region accepts it: us, eu and au were asked") } else { error })
}

/// Whether the token itself was refused, rather than a permission of it.
fn is_of_token(error: &CommandError) -> bool {
    error.message().starts_with("Intercom did not accept")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused() -> CommandError {
        CommandError::auth("Intercom did not accept the access token: unauthorized on GET /me")
    }

    async fn asked(accepts: Option<Region>, regions: &[Region]) -> Result<Region, CommandError> {
        first_accepted(
            regions,
            async |region| if Some(region) == accepts { Ok(region) } else { Err(refused()) },
        )
        .await
    }

    #[tokio::test]
    async fn the_region_that_accepts_the_token_is_found() {
        assert_eq!(asked(Some(Region::Au), &Region::ALL).await.unwrap(), Region::Au);
        let error = asked(None, &Region::ALL).await.unwrap_err();
        assert_eq!(error.hints(), ["no region accepts it: us, eu and au were asked"]);
    }

    #[tokio::test]
    async fn a_region_that_was_given_is_the_only_one_asked() {
        assert!(asked(Some(Region::Au), &[Region::Eu]).await.unwrap_err().hints().is_empty());
    }

    #[tokio::test]
    async fn other_failures_end_the_search() {
        let result = first_accepted(&Region::ALL, async |_| -> Result<(), _> {
            Err(CommandError::failed("no network"))
        });
        assert_eq!(result.await.unwrap_err().message(), "no network");
    }

    #[test]
    fn the_workspaces_own_region_wins_unless_one_was_given() {
        let me = |region: &str| {
            let app = crate::intercom::App { region: Some(region.to_owned()), ..Default::default() };
            Some(Me { app, ..Me::default() })
        };
        assert_eq!(connected(Region::Us, me("EU"), false, None).region, Region::Eu);
        assert_eq!(connected(Region::Us, me("EU"), true, None).region, Region::Us);
        assert_eq!(connected(Region::Us, me("Mars"), false, None).region, Region::Us);
    }
}
