//! The arguments of `fi init`.

use std::convert::Infallible;

use clap::Args;
use clap::builder::PossibleValuesParser;
use secrecy::SecretString;

use super::when;
use crate::config::Flags;

/// Connect a workspace: check the token and write the settings
#[derive(Debug, Clone, Default, Args)]
#[command(
    after_help = "The token is asked for without echo, or taken from INTERCOM_ACCESS_TOKEN or from stdin.\n\nWith --json it prints one document: home, config_file, workspace, admin, region, api_url, timezone, token_stored, sync (the document of `fi sync`, or null).\n\nExamples:\n  fi init\n  fi init --region eu --timezone Europe/Berlin\n  \
                  pass show intercom | fi init --token-stdin --days 90 --yes"
)]
pub struct InitArgs {
    /// Read the access token from stdin
    #[arg(long, conflicts_with = "token")]
    pub token_stdin: bool,
    /// Take this access token; other users of the machine can see it in the process list, so prefer --token-stdin
    #[arg(long, value_name = "TOKEN", value_parser = secret)]
    pub token: Option<SecretString>,
    /// Keep a token from INTERCOM_ACCESS_TOKEN in the settings too
    #[arg(long)]
    pub store_token: bool,
    /// Where the workspace is hosted [default: found with the token]
    #[arg(long, value_name = "REGION", value_parser = PossibleValuesParser::new(["us", "eu", "au"]))]
    pub region: Option<String>,
    /// Talk to this API instead of the region's
    #[arg(long, value_name = "URL")]
    pub api_url: Option<String>,
    /// Count days and hours in this time zone [default: the workspace's own]
    #[arg(long, value_name = "ZONE")]
    pub timezone: Option<String>,
    /// Fetch the data afterwards, without asking
    #[arg(long, conflicts_with = "no_sync")]
    pub sync: bool,
    /// Fetch nothing afterwards
    #[arg(long)]
    pub no_sync: bool,
    /// Let the first sync go N days back [default: all of the history]
    #[arg(long, value_name = "N", alias = "sync-days", value_parser = when::days)]
    pub days: Option<u32>,
    /// Replace the settings there are, and answer every question with yes
    #[arg(short, long)]
    pub yes: bool,
}

impl InitArgs {
    /// The settings these flags override.
    pub fn flags(&self) -> Flags {
        Flags::none()
            .with("region", "--region", self.region.as_ref())
            .with("api_url", "--api-url", self.api_url.as_ref())
            .with("timezone", "--timezone", self.timezone.as_ref())
            .with("initial_sync_days", "--days", self.days)
    }
}

/// Takes any text: a token that is not one is reported later, without showing it.
#[expect(clippy::unnecessary_wraps, reason = "clap asks for a Result")]
fn secret(text: &str) -> Result<SecretString, Infallible> {
    Ok(SecretString::from(text))
}

#[cfg(test)]
mod tests {
    use super::super::tests::typed;
    use super::super::{Cli, Command};
    use crate::intercom::Region;

    #[test]
    fn a_token_on_the_command_line_is_not_shown() {
        let cli = typed("fi init --token canary --sync-days 7").unwrap();
        assert!(!format!("{cli:?}").contains("canary"));
        let Cli { command: Some(Command::Init(args)), .. } = cli else { panic!() };
        assert_eq!(args.days, Some(7));
    }

    #[test]
    fn every_region_can_be_chosen() {
        for region in Region::ALL {
            assert!(typed(&format!("fi init --region {region}")).is_ok());
        }
        assert!(typed("fi init --region mars").is_err());
    }
}
