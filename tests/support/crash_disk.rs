//! The state of a disk at one moment: what a process sees, what a power loss leaves for sure, and between them the
//! changes not synced yet.
//!
//! After a power loss any subset of the un-synced changes of directories is there (a rename as a whole), and of an
//! un-synced file nothing, a beginning or all.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The content of a file and a hash of it, to tell disks apart quickly.
#[derive(Debug)]
struct Content {
    bytes: Vec<u8>,
    hash: u64,
}

fn content(bytes: &[u8]) -> Arc<Content> {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    Arc::new(Content { bytes: bytes.to_vec(), hash: hasher.finish() })
}

/// A file's bytes: what a power loss leaves for sure, and what was written since.
#[derive(Debug, Clone)]
struct Inode {
    durable: Arc<Content>,
    live: Option<Arc<Vec<u8>>>,
}

impl Inode {
    fn bytes(&self) -> &[u8] {
        self.live.as_ref().map_or(&self.durable.bytes, |live| live)
    }

    /// What a power loss may leave: the synced bytes and some beginnings of the un-synced ones.
    fn remains(&self) -> Vec<Arc<Content>> {
        let Some(live) = &self.live else { return vec![self.durable.clone()] };
        let old = &self.durable.bytes;
        let start = if live.starts_with(old) { old.len() } else { 0 };
        let cuts: BTreeSet<_> =
            [start, usize::midpoint(start, live.len()), live.len().saturating_sub(1).max(start), live.len()]
                .into();
        let mut remains: Vec<_> = cuts.into_iter().map(|cut| content(&live[..cut])).collect();
        if !live.starts_with(old) {
            remains.push(self.durable.clone());
        }
        remains
    }
}

#[derive(Debug, Clone, Default)]
struct Tree {
    dirs: BTreeSet<PathBuf>,
    files: BTreeMap<PathBuf, usize>,
}

impl Tree {
    fn change(&mut self, change: &Change) {
        match change {
            Change::Dir(path) => drop(self.dirs.insert(path.clone())),
            Change::Put(path, inode) => drop(self.files.insert(path.clone(), *inode)),
            Change::Rename { from, to, inode } => {
                self.files.remove(from);
                self.files.insert(to.clone(), *inode);
            }
            Change::Remove(path) => drop(self.files.remove(path)),
        }
    }

    fn without_unreachable(mut self) -> Self {
        let all = self.dirs.clone();
        let is_there = |path: &Path| path.ancestors().skip(1).all(|dir| all.contains(dir));
        self.dirs.retain(|dir| is_there(dir));
        self.files.retain(|file, _| is_there(file));
        self
    }
}

/// A change of one directory that may or may not survive until the directory is synced.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    /// A new directory.
    Dir(PathBuf),
    /// A new file.
    Put(PathBuf, usize),
    /// A file under another name, in place of what was there.
    Rename { from: PathBuf, to: PathBuf, inode: usize },
    /// A file that is gone.
    Remove(PathBuf),
}

/// One recorded call that changes something, or a remark of the script between two calls.
#[derive(Clone)]
pub(crate) enum Step {
    CreateDir(PathBuf),
    SyncDir(PathBuf),
    Create(PathBuf),
    Write(usize, Arc<[u8]>),
    SyncFile(usize),
    Rename(PathBuf, PathBuf),
    Remove(PathBuf),
    Erase(usize, Range<u64>),
    Remark(usize),
}

impl std::fmt::Debug for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::CreateDir(path) => write!(f, "create_dir {}", path.display()),
            Self::SyncDir(path) => write!(f, "sync_dir {}", path.display()),
            Self::Create(path) => write!(f, "create {}", path.display()),
            Self::Write(inode, bytes) => write!(f, "write {} bytes to file {inode}", bytes.len()),
            Self::SyncFile(inode) => write!(f, "sync file {inode}"),
            Self::Rename(from, to) => write!(f, "rename {} to {}", from.display(), to.display()),
            Self::Remove(path) => write!(f, "remove {}", path.display()),
            Self::Erase(inode, range) => write!(f, "erase {range:?} of file {inode}"),
            Self::Remark(number) => write!(f, "remark {number}"),
        }
    }
}

/// The state of the disk at one moment.
#[derive(Debug, Clone)]
pub(crate) struct Disk {
    inodes: Vec<Inode>,
    live: Tree,
    durable: Tree,
    pending: BTreeMap<PathBuf, Vec<Change>>,
}

impl Default for Disk {
    fn default() -> Self {
        let tree = Tree { dirs: BTreeSet::from([PathBuf::from("/")]), files: BTreeMap::new() };
        Self { inodes: Vec::new(), live: tree.clone(), durable: tree, pending: BTreeMap::new() }
    }
}

/// The directory that a path is in.
pub(crate) fn parent(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}

impl Disk {
    /// Does what a recorded call did.
    pub(crate) fn apply(&mut self, step: &Step) {
        match step {
            Step::CreateDir(path) => self.change(Change::Dir(path.clone())),
            Step::SyncDir(path) => {
                for change in self.pending.remove(path).unwrap_or_default() {
                    self.durable.change(&change);
                }
            }
            Step::Create(path) => match self.live.files.get(path) {
                Some(inode) => self.inodes[*inode].live = Some(Arc::default()),
                None => {
                    self.inodes.push(Inode { durable: content(b""), live: None });
                    self.change(Change::Put(path.clone(), self.inodes.len() - 1));
                }
            },
            Step::Write(inode, bytes) => {
                let inode = &mut self.inodes[*inode];
                let live = inode.live.get_or_insert_with(|| Arc::new(inode.durable.bytes.clone()));
                Arc::make_mut(live).extend_from_slice(bytes);
            }
            Step::SyncFile(inode) => {
                let inode = &mut self.inodes[*inode];
                if let Some(live) = inode.live.take() {
                    inode.durable = content(&live);
                }
            }
            Step::Rename(from, to) => {
                if let Some(inode) = self.live.files.get(from).copied() {
                    self.change(Change::Rename { from: from.clone(), to: to.clone(), inode });
                }
            }
            Step::Remove(path) => self.change(Change::Remove(path.clone())),
            // Only of files that are synced: durable at once, one range after the other.
            Step::Erase(inode, range) => {
                let mut bytes = self.inodes[*inode].bytes().to_vec();
                bytes[range.start as usize..range.end as usize].fill(0);
                self.inodes[*inode].durable = content(&bytes);
            }
            Step::Remark(_) => {}
        }
    }

    fn change(&mut self, change: Change) {
        self.live.change(&change);
        let (Change::Dir(path)
        | Change::Put(path, _)
        | Change::Rename { to: path, .. }
        | Change::Remove(path)) = &change;
        self.pending.entry(parent(path).to_owned()).or_default().push(change);
    }

    /// What was changed in a directory since it was last synced.
    pub(crate) fn unsynced(&self, dir: &Path) -> &[Change] {
        self.pending.get(dir).map_or(&[], Vec::as_slice)
    }

    /// Calls `visit` with every disk that a power loss now may leave, or with `limit` of them, picked at random,
    /// when there are more. Returns whether these were all.
    pub(crate) fn power_losses(&self, limit: usize, seed: u64, visit: &mut dyn FnMut(Disk)) -> bool {
        let changes: Vec<&Change> = self.pending.values().flatten().collect();
        let contents: Vec<_> = self.inodes.iter().map(Inode::remains).collect();
        let most: usize = contents.iter().map(Vec::len).fold(1, usize::saturating_mul);
        let all = 1_usize.checked_shl(changes.len() as u32).unwrap_or(usize::MAX).saturating_mul(most);
        if changes.len() < 20 && all <= limit {
            for mask in 0..1_u64 << changes.len() {
                self.after_loss(&changes, mask, &contents, visit);
            }
            return true;
        }
        let mut random = seed | 1;
        for _ in 0..limit / most.min(16) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            self.after_loss(&changes, random, &contents, visit);
        }
        false
    }

    /// The disks with the chosen changes, one for each combination of the remains of the files reachable then.
    fn after_loss(
        &self,
        changes: &[&Change],
        mask: u64,
        contents: &[Vec<Arc<Content>>],
        visit: &mut dyn FnMut(Disk),
    ) {
        let mut tree = self.durable.clone();
        let chosen = changes.iter().enumerate().filter(|(index, _)| mask >> (index % 64) & 1 == 1);
        chosen.for_each(|(_, change)| tree.change(change));
        let tree = tree.without_unreachable();
        let mut disks = vec![self.inodes.clone()];
        for inode in tree.files.values().copied().collect::<BTreeSet<_>>() {
            let with = |base: &Vec<Inode>, durable: &Arc<Content>| {
                let mut inodes = base.clone();
                inodes[inode] = Inode { durable: durable.clone(), live: None };
                inodes
            };
            if let [only] = contents[inode].as_slice() {
                disks
                    .iter_mut()
                    .for_each(|inodes| inodes[inode] = Inode { durable: only.clone(), live: None });
            } else {
                disks = disks
                    .iter()
                    .flat_map(|base| contents[inode].iter().map(move |one| with(base, one)))
                    .collect();
            }
        }
        for inodes in disks {
            visit(Disk { inodes, live: tree.clone(), durable: tree.clone(), pending: BTreeMap::new() });
        }
    }

    /// What tells this disk from others: every name and every content that a process sees.
    pub(crate) fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.live.dirs.hash(&mut hasher);
        for (path, inode) in &self.live.files {
            let inode = &self.inodes[*inode];
            let hash = inode.live.as_ref().map_or(inode.durable.hash, |live| content(live).hash);
            (path, hash).hash(&mut hasher);
        }
        hasher.finish()
    }

    /// Whether a process sees a directory.
    pub(crate) fn has_dir(&self, path: &Path) -> bool {
        self.live.dirs.contains(path)
    }

    /// The number of a file that a process sees.
    pub(crate) fn file(&self, path: &Path) -> Option<usize> {
        self.live.files.get(path).copied()
    }

    /// The bytes of a file as a process sees them.
    pub(crate) fn bytes(&self, inode: usize) -> &[u8] {
        self.inodes[inode].bytes()
    }

    /// What a process sees in a directory.
    pub(crate) fn entries(&self, dir: &Path) -> Vec<PathBuf> {
        let all = self.live.dirs.iter().chain(self.live.files.keys());
        let mut paths: Vec<_> = all.filter(|entry| entry.parent() == Some(dir)).cloned().collect();
        paths.sort();
        paths
    }

    /// Every file with its bytes.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&Path, &[u8])> {
        self.live.files.iter().map(|(path, inode)| (path.as_path(), self.inodes[*inode].bytes()))
    }
}
