//! Who may use a server: keys with names and scopes, of which only hashes are kept.
//!
//! A key is 256 bits of chance, so one round of SHA-256 keeps it as well as anything slower would.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, SecondsFormat, Utc};
use rand::RngExt;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::config::private;
use crate::lake::{FileVersion, hex};

/// How keys begin, so that people and scanners of leaked secrets recognise them.
const PREFIX: &str = "fi_";
/// Bytes of chance in a key.
const KEY_BYTES: usize = 32;
/// Who asks a server without keys.
pub(super) const LOCAL: &str = "local";
/// Who asks with the key that the server was given at its start.
const GIVEN: &str = "api-key";
/// Characters of a key's name at most.
const MOST_NAME_CHARS: usize = 64;

/// What a key may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Answers about conversations.
    Read,
    /// SQL of one's own.
    Query,
    /// Fetching from Intercom.
    Sync,
    /// Figures about the server, for monitors.
    Metrics,
    /// Everything, and what others asked.
    Admin,
}

/// Every scope.
pub const SCOPES: &[Scope] = &[Scope::Read, Scope::Query, Scope::Sync, Scope::Metrics, Scope::Admin];

impl Scope {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Query => "query",
            Self::Sync => "sync",
            Self::Metrics => "metrics",
            Self::Admin => "admin",
        }
    }
}

/// A key as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredKey {
    /// Whose it is.
    pub name: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// The SHA-256 of it, in hexadecimal.
    pub sha256: String,
    /// When it was made (UTC).
    pub created_at: String,
}

/// The document.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default, rename = "key")]
    keys: Vec<StoredKey>,
}

/// Why keys cannot be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read.
    #[error("{} cannot be read", .0.display())]
    Unreadable(PathBuf, #[source] io::Error),
    /// The file cannot be written.
    #[error("{} cannot be written", .0.display())]
    Unwritable(PathBuf, #[source] io::Error),
    /// The file is not what `fi keys` writes.
    #[error("{} is no list of keys: {}", .0.display(), .1.message())]
    Syntax(PathBuf, #[source] Box<toml::de::Error>),
    /// There is a key of that name.
    #[error("there is a key '{0}' already")]
    Taken(String),
    /// There is none.
    #[error("there is no key '{0}'")]
    Unknown(String),
    /// It stands for somebody without a key of the file.
    #[error("'{0}' stands for whoever has no key of their own: choose another name, like ask-intercom")]
    Reserved(String),
    /// It is no name.
    #[error(
        "'{0}' is no name of a key: expected 1 to 64 letters, digits, '-', '_' or '.', like ask-intercom"
    )]
    Name(String),
}

/// The keys of a home, in a file of their own that only its owner may read.
#[derive(Debug, Clone)]
pub struct KeyFile {
    path: PathBuf,
}

impl KeyFile {
    /// In this file, which may not be there.
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// All keys, in the order they were made.
    ///
    /// # Errors
    /// When the file is there and cannot be read or understood.
    pub fn keys(&self) -> Result<Vec<StoredKey>, KeyError> {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(KeyError::Unreadable(self.path.clone(), error)),
        };
        let document: Document =
            toml::from_str(&text).map_err(|error| KeyError::Syntax(self.path.clone(), Box::new(error)))?;
        Ok(document.keys)
    }

    /// Makes a key and keeps its hash; the key itself is told this once.
    ///
    /// # Errors
    /// When the name is taken or none, or the file cannot be changed.
    pub fn add(&self, name: &str, scopes: &[Scope], now: DateTime<Utc>) -> Result<SecretString, KeyError> {
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if name.is_empty() || name.chars().count() > MOST_NAME_CHARS || !name.chars().all(is_allowed) {
            return Err(KeyError::Name(name.chars().take(MOST_NAME_CHARS).collect()));
        }
        if [LOCAL, GIVEN].contains(&name) {
            return Err(KeyError::Reserved(name.to_owned()));
        }
        let key = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(rand::rng().random::<[u8; KEY_BYTES]>()));
        let mut scopes = scopes.to_vec();
        scopes.sort_unstable();
        scopes.dedup();
        let stored = StoredKey {
            name: name.to_owned(),
            scopes,
            sha256: hash(&key),
            created_at: now.to_rfc3339_opts(SecondsFormat::Secs, true),
        };
        self.change(|keys| match keys.iter().any(|key| key.name == name) {
            true => Err(KeyError::Taken(name.to_owned())),
            false => {
                keys.push(stored);
                Ok(())
            }
        })?;
        Ok(SecretString::from(key))
    }

    /// Removes a key: who has it is refused from the next request on.
    ///
    /// # Errors
    /// When there is none of that name, or the file cannot be changed.
    pub fn revoke(&self, name: &str) -> Result<(), KeyError> {
        self.change(|keys| {
            let before = keys.len();
            keys.retain(|key| key.name != name);
            if keys.len() == before { Err(KeyError::Unknown(name.to_owned())) } else { Ok(()) }
        })
    }

    /// Changes the list while no other process does.
    fn change(
        &self,
        change: impl FnOnce(&mut Vec<StoredKey>) -> Result<(), KeyError>,
    ) -> Result<(), KeyError> {
        let unwritable = |error| KeyError::Unwritable(self.path.clone(), error);
        let lock = self.path.with_extension("lock");
        let lock = private::file_options().write(true).create(true).truncate(false).open(lock);
        let lock = lock.map_err(unwritable)?;
        lock.lock().map_err(unwritable)?;
        let mut keys = self.keys()?;
        change(&mut keys)?;
        let text =
            toml::to_string(&Document { keys }).map_err(|error| unwritable(io::Error::other(error)))?;
        let text = format!("# Keys of `fi serve`, as hashes; `fi keys` changes them.\n\n{text}");
        private::write_atomic(&self.path, text.as_bytes()).map_err(unwritable)
    }

    /// What tells versions of the file apart; `None` while there is none.
    fn version(&self) -> Option<FileVersion> {
        Some(FileVersion::of(&fs::metadata(&self.path).ok()?))
    }
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The name of the key.
    pub name: Arc<str>,
    scopes: Arc<[Scope]>,
}

impl Caller {
    /// Of that name, with these scopes.
    pub fn new(name: &str, scopes: &[Scope]) -> Self {
        Self { name: name.into(), scopes: scopes.into() }
    }

    /// Whether it may do what needs this scope.
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope) || self.scopes.contains(&Scope::Admin)
    }

    /// Whether it may ask anything about conversations: a monitor may not.
    pub(super) fn may_ask(&self) -> bool {
        self.scopes.iter().any(|scope| *scope != Scope::Metrics)
    }
}

/// The keys a server accepts: those of the file, as it is at each request, and one given at its start.
#[derive(Debug)]
pub struct KeyRing {
    file: KeyFile,
    given: Option<Known>,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    version: Option<FileVersion>,
    keys: Arc<[Known]>,
}

#[derive(Debug, Clone)]
struct Known {
    /// The SHA-256 of the key, in hexadecimal.
    sha256: String,
    caller: Caller,
}

impl KeyRing {
    /// Of a file; `given` is a key in text, of whoever started the server, that may do anything but look at others.
    ///
    /// # Errors
    /// When the file is there and cannot be read or understood: nobody is let in by mistake, or kept out.
    pub fn open(file: KeyFile, given: Option<&str>) -> Result<Self, KeyError> {
        let version = file.version();
        let keys = known(file.keys()?);
        let given = given.map(|key| Known {
            sha256: hash(key),
            caller: Caller::new(GIVEN, &[Scope::Read, Scope::Query, Scope::Sync, Scope::Metrics]),
        });
        Ok(Self { file, given, held: Mutex::new(Held { version, keys }) })
    }

    /// Whether there is any key.
    pub fn is_empty(&self) -> bool {
        self.given.is_none() && self.keys().is_empty()
    }

    /// Whose key this is. All are compared, and each in constant time.
    pub fn caller(&self, key: &str) -> Option<Caller> {
        let hash = hash(key);
        let keys = self.keys();
        let mut found = None;
        for known in keys.iter().chain(&self.given) {
            if bool::from(known.sha256.as_bytes().ct_eq(hash.as_bytes())) {
                found = Some(known.caller.clone());
            }
        }
        found
    }

    /// The keys of the file as it is now. While it cannot be understood, nobody is known by it.
    fn keys(&self) -> Arc<[Known]> {
        let held = || self.held.lock().unwrap_or_else(PoisonError::into_inner);
        // Looked at before it is read: what changes meanwhile is read once more, and nobody waits for a disk.
        let version = self.file.version();
        if held().version == version {
            return Arc::clone(&held().keys);
        }
        let read = self.file.keys();
        if let Err(error) = &read {
            tracing::error!(%error, "no key of the file is accepted");
        }
        // One that cannot be read now may be the next time; what cannot be understood stays so until it changes.
        let is_worth_another_try = matches!(read, Err(KeyError::Unreadable(..)));
        let keys = read.map(known).unwrap_or_default();
        if !is_worth_another_try {
            *held() = Held { version, keys: Arc::clone(&keys) };
        }
        keys
    }
}

fn known(keys: Vec<StoredKey>) -> Arc<[Known]> {
    let known = |key: StoredKey| Known { sha256: key.sha256, caller: Caller::new(&key.name, &key.scopes) };
    keys.into_iter().map(known).collect()
}

fn hash(key: &str) -> String {
    hex(&Sha256::digest(key.as_bytes()))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn file() -> (tempfile::TempDir, KeyFile) {
        let directory = tempfile::tempdir().unwrap();
        let file = KeyFile::new(&directory.path().join("keys.toml"));
        (directory, file)
    }

    #[test]
    fn a_key_is_known_until_it_is_revoked_and_never_written_down() {
        let (directory, file) = file();
        let ring = KeyRing::open(file.clone(), None).unwrap();
        assert!(ring.is_empty());
        let key = file.add("team", &[Scope::Query, Scope::Read, Scope::Read], DateTime::UNIX_EPOCH).unwrap();
        let caller = ring.caller(key.expose_secret()).unwrap();
        assert_eq!(&*caller.name, "team");
        assert!(caller.may(Scope::Read) && caller.may(Scope::Query));
        assert!(!caller.may(Scope::Sync) && !caller.may(Scope::Admin));
        let text = fs::read_to_string(directory.path().join("keys.toml")).unwrap();
        assert!(
            !text.contains(key.expose_secret()) && text.contains("scopes = [\"read\", \"query\"]"),
            "{text}"
        );
        assert_eq!(private::open_to_others(&directory.path().join("keys.toml")).unwrap(), None);
        assert_eq!(ring.caller(&key.expose_secret()[1..]), None);
        assert_eq!(ring.caller(""), None);
        file.revoke("team").unwrap();
        assert_eq!(ring.caller(key.expose_secret()), None);
        assert!(ring.is_empty());
    }

    #[test]
    fn a_given_key_may_do_anything_but_look_at_others() {
        let (_directory, file) = file();
        let ring = KeyRing::open(file, Some("old-secret")).unwrap();
        assert!(!ring.is_empty());
        let caller = ring.caller("old-secret").unwrap();
        assert!([Scope::Read, Scope::Query, Scope::Sync].iter().all(|scope| caller.may(*scope)));
        assert!(!caller.may(Scope::Admin));
        assert_eq!(ring.caller("old-secre"), None);
    }

    #[test]
    fn names_are_told_apart_and_checked() {
        let (_directory, file) = file();
        file.add("one", &[Scope::Read], DateTime::UNIX_EPOCH).unwrap();
        let add = |name: &str| file.add(name, &[Scope::Read], DateTime::UNIX_EPOCH).map(drop).unwrap_err();
        assert!(matches!(add("one"), KeyError::Taken(_)));
        for name in ["", "two words", "ü", "line\nbreak", &"x".repeat(65)] {
            assert!(matches!(add(name), KeyError::Name(_)), "{name}");
        }
        for name in ["local", "api-key"] {
            assert!(matches!(add(name), KeyError::Reserved(_)), "{name}");
        }
        assert!(matches!(file.revoke("two"), Err(KeyError::Unknown(_))));
        assert_eq!(file.keys().unwrap().len(), 1);
    }

    #[test]
    fn keys_made_at_the_same_time_are_all_kept() {
        let (_directory, file) = file();
        std::thread::scope(|scope| {
            for number in 0..16 {
                let file = &file;
                scope.spawn(move || {
                    file.add(&format!("key-{number}"), &[Scope::Read], DateTime::UNIX_EPOCH).unwrap();
                });
            }
        });
        assert_eq!(file.keys().unwrap().len(), 16);
    }

    #[test]
    fn a_file_that_cannot_be_understood_lets_nobody_in() {
        let (directory, file) = file();
        let key = file.add("one", &[Scope::Admin], DateTime::UNIX_EPOCH).unwrap();
        let ring = KeyRing::open(file.clone(), None).unwrap();
        assert!(ring.caller(key.expose_secret()).unwrap().may(Scope::Sync));
        fs::write(directory.path().join("keys.toml"), "[[key]]\nname = \"one\"\nmay = \"all\"\n").unwrap();
        assert_eq!(ring.caller(key.expose_secret()), None);
        assert!(matches!(KeyRing::open(file, None), Err(KeyError::Syntax(..))));
    }
}
