//! Whether anything new can arrive, and if not why: told to whoever asks, while answers go on from what is held.

use std::fmt;

use crate::program;

/// Whether anything new can arrive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum SyncAvailability {
    /// It can.
    #[default]
    Ready,
    /// There is no access token.
    NoToken,
    /// The home can only be read: this process is a replica, and another one keeps the lake up to date.
    Replica,
    /// The stand-in server the lake came from does not run.
    NoServer {
        /// Where it ran.
        address: String,
    },
    /// Intercom refuses what this process has; asking again would change nothing.
    Refused {
        /// Why.
        reason: String,
        /// What can be done about it.
        hint: Option<String>,
    },
}

impl SyncAvailability {
    /// Whether new data can arrive.
    pub const fn is_ready(&self) -> bool {
        matches!(self, Self::Ready)
    }

    /// The word for it.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::NoToken => "no_token",
            Self::Replica => "replica",
            Self::NoServer { .. } => "no_server",
            Self::Refused { .. } => "refused",
        }
    }
}

impl fmt::Display for SyncAvailability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ready => f.write_str("new data can arrive"),
            Self::NoToken => f.write_str(&program::typed(
                "nothing new can arrive: there is no access token; connect your workspace with `fi init`, or set \
                 INTERCOM_ACCESS_TOKEN, and restart the server",
            )),
            Self::Replica => f.write_str(
                "this server cannot sync: it is a replica, whose home can only be read; the server that may write there \
                 brings new data, and answers here follow it",
            ),
            Self::NoServer { address } => f.write_str(&program::typed(&format!(
                "nothing new can arrive: the stand-in server at {address} does not run; `fi demo` starts it and adds \
                 what is new"
            ))),
            Self::Refused { reason, hint } => {
                write!(f, "nothing new can arrive until the server is restarted: {reason}")?;
                hint.as_ref().map_or(Ok(()), |hint| write!(f, "; {hint}"))
            }
        }
    }
}
