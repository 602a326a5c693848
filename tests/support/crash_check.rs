//! Crashes a recorded run at every call, in every way the disk allows, and recovers with the real code, which is
//! itself crashed at every call; then judges what is there.
//!
//! The judge knows the versions of the lake that the run committed, what the run was told at each moment (which
//! commit was acknowledged, which records were stored), and demands that this and nothing else is found.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;

use fastintercom::lake::{ByteRanges, Error, FileEntry, Layout, Spool, SpoolRecord, State, Writer};
use sha2::{Digest, Sha256};

use super::crash_disk::{Disk, Step};
use super::crash_files::CrashFiles;
use super::crash_sync::SyncKind;

/// Disks looked at in full for one moment of a run; of more, that many are picked at random.
const MOST_DISKS: usize = 65_536;

/// Disks looked at after a run that failed.
const SOME_DISKS: usize = 8;

/// What a run was told.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Remark {
    /// A commit is about to begin: the next version may appear from here on.
    Committing,
    /// A commit was acknowledged.
    Committed,
    /// These records were stored.
    Stored(Vec<String>),
}

/// A run as it went: its calls, what it was told between them, and what it made.
#[derive(Default)]
pub(crate) struct Run {
    pub(crate) steps: Vec<Step>,
    pub(crate) remarks: Vec<Remark>,
    /// The state after each commit; the first is that of an empty home.
    pub(crate) versions: Vec<State>,
    /// Every record pushed.
    pub(crate) records: BTreeMap<String, SpoolRecord>,
    /// The version of the lake that a record went into.
    pub(crate) consumed: BTreeMap<String, usize>,
}

/// What must hold after a crash at some moment.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Expected {
    /// The first and last version that may be found.
    versions: (usize, usize),
    /// Records that must be found in the spool, unless the version found has them.
    stored: BTreeSet<String>,
}

impl Expected {
    fn nothing() -> Self {
        Self { versions: (0, 0), stored: BTreeSet::new() }
    }

    fn hear(&mut self, remark: &Remark) {
        match remark {
            Remark::Committing => self.versions.1 += 1,
            Remark::Committed => self.versions.0 = self.versions.1,
            Remark::Stored(ids) => self.stored.extend(ids.iter().cloned()),
        }
    }
}

/// How many disks were judged.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Counts {
    /// Moments at which the run, or a recovery, was stopped.
    pub(crate) moments: usize,
    /// Disks left by a crash of the run, each recovered, and its recovery crashed in turn.
    pub(crate) crashes: usize,
    /// Disks left by a crash of a recovery.
    pub(crate) crashes_in_recovery: usize,
    /// Disks that were the same as one judged before under the same expectations.
    pub(crate) repeated: usize,
    /// Moments with more disks than could be looked at.
    pub(crate) sampled: usize,
}

/// What a recovery found.
struct Found {
    version: usize,
    spooled: BTreeSet<String>,
}

/// Judges one run.
pub(crate) struct Checker<'a> {
    run: &'a Run,
    layout: Layout,
    skipped: Option<SyncKind>,
    first: HashSet<(u64, Expected)>,
    second: HashSet<(u64, Expected)>,
    hashes: HashMap<Vec<u8>, String>,
    /// How many disks were judged so far.
    pub(crate) counts: Counts,
}

impl<'a> Checker<'a> {
    /// With syncs of one kind left out of recoveries, as they were left out of the run.
    pub(crate) fn new(run: &'a Run, layout: Layout, skipped: Option<SyncKind>) -> Self {
        let counts = Counts::default();
        let (first, second, hashes) = Default::default();
        Self { run, layout, skipped, first, second, hashes, counts }
    }

    /// Crashes the run at every call; the first violation found is the error.
    pub(crate) fn check(&mut self) -> Result<(), String> {
        let mut disk = Disk::default();
        let mut expected = Expected::nothing();
        self.check_moment(&disk, &expected)?;
        for step in &self.run.steps {
            disk.apply(step);
            if let Step::Remark(number) = step {
                expected.hear(&self.run.remarks[*number]);
            }
            self.check_moment(&disk, &expected).map_err(|what| format!("crash after {step:?}: {what}"))?;
        }
        Ok(())
    }

    /// Judges the disk that a run of the same kind left when it was told `remarks` and then failed: as it is, or
    /// after a power loss (of the disks that may leave, some).
    pub(crate) fn judge(
        &mut self,
        disk: &Disk,
        remarks: &[Remark],
        is_power_lost: bool,
    ) -> Result<(), String> {
        let mut expected = Expected::nothing();
        remarks.iter().for_each(|remark| expected.hear(remark));
        self.recover(&CrashFiles::on(disk.clone(), None), &expected)?;
        let mut disks = Vec::new();
        if !is_power_lost {
            return Ok(());
        }
        disk.power_losses(SOME_DISKS, disk.fingerprint(), &mut |after| disks.push(after));
        for after in disks {
            self.recover(&CrashFiles::on(after, None), &expected)
                .map_err(|what| format!("power lost: {what}"))?;
        }
        Ok(())
    }

    fn check_moment(&mut self, disk: &Disk, expected: &Expected) -> Result<(), String> {
        self.counts.moments += 1;
        // Killed, with the power still on: everything is there, and nothing more is synced than was.
        self.crash_recovery(disk.clone(), expected).map_err(|what| format!("killed: {what}"))?;
        for after in self.power_losses(disk) {
            if self.first.insert((after.fingerprint(), expected.clone())) {
                self.counts.crashes += 1;
                self.crash_recovery(after, expected).map_err(|what| format!("power lost: {what}"))?;
            } else {
                self.counts.repeated += 1;
            }
        }
        Ok(())
    }

    fn power_losses(&mut self, disk: &Disk) -> Vec<Disk> {
        let mut disks = Vec::new();
        let is_all = disk.power_losses(MOST_DISKS, disk.fingerprint(), &mut |after| disks.push(after));
        self.counts.sampled += usize::from(!is_all);
        disks
    }

    /// Recovers, judges, and then crashes that recovery at every call.
    fn crash_recovery(&mut self, disk: Disk, expected: &Expected) -> Result<(), String> {
        let files = CrashFiles::on(disk.clone(), self.skipped);
        files.record();
        let found = self.recover(&files, expected)?;
        let steps = files.recorded();
        self.recover_again(&files, &found)?;
        let mut at = disk;
        for step in &steps {
            self.crash_again(&at, expected)
                .map_err(|what| format!("recovery crashed before {step:?}: {what}"))?;
            at.apply(step);
        }
        // What the recovery told its caller holds from here on.
        let mut stored = expected.stored.clone();
        stored.extend(found.spooled);
        let told = Expected { versions: (found.version, found.version), stored };
        self.crash_again(&at, &told).map_err(|what| format!("crashed after recovery: {what}"))
    }

    fn crash_again(&mut self, disk: &Disk, expected: &Expected) -> Result<(), String> {
        self.counts.moments += 1;
        for after in self.power_losses(disk) {
            if self.second.insert((after.fingerprint(), expected.clone())) {
                self.counts.crashes_in_recovery += 1;
                self.recover(&CrashFiles::on(after, self.skipped), expected)?;
            } else {
                self.counts.repeated += 1;
            }
        }
        Ok(())
    }

    /// A recovery of what is recovered already must change nothing.
    fn recover_again(&mut self, files: &CrashFiles, found: &Found) -> Result<(), String> {
        let before = files.disk().fingerprint();
        let expected = Expected { versions: (found.version, found.version), stored: found.spooled.clone() };
        let again = self.recover(files, &expected)?;
        match again.spooled == found.spooled && files.disk().fingerprint() == before {
            true => Ok(()),
            false => Err("a second recovery found or made something else".to_owned()),
        }
    }

    /// What the next process does first, and what must be there then.
    fn recover(&mut self, files: &CrashFiles, expected: &Expected) -> Result<Found, String> {
        files.set_recovering();
        let (state, spooled) =
            open_all(files, &self.layout).map_err(|error| format!("recovery failed: {error:?}"))?;
        let (first, last) = expected.versions;
        let version = (first..=last).rev().find(|version| is_same(&self.run.versions[*version], &state));
        let version = version.ok_or_else(|| {
            let cursors: Vec<_> = self.run.versions[first..=last].iter().map(|state| &state.sync).collect();
            format!("the state is none of {cursors:?}: {state:?}")
        })?;
        self.check_files(files, &state)?;
        self.check_spool(&spooled, version, expected)?;
        Ok(Found { version, spooled: spooled.into_keys().collect() })
    }

    /// Every file recorded is there, whole, and there is no other.
    fn check_files(&mut self, files: &CrashFiles, state: &State) -> Result<(), String> {
        let disk = files.disk();
        let lake = self.layout.lake_dir();
        let mut recorded: BTreeSet<&str> = state.files.keys().map(String::as_str).collect();
        for (path, bytes) in disk.files().filter(|(path, _)| path.starts_with(&lake)) {
            let name = path.strip_prefix(&lake).unwrap_or(path).to_string_lossy();
            let entry = state.files.get(&*name).ok_or_else(|| format!("{name} is there and not recorded"))?;
            recorded.remove(&*name);
            let is_torn = bytes.len() as u64 != entry.bytes;
            if is_torn || self.sha256(&without_kept(bytes, entry)) != entry.sha256 {
                return Err(format!("{name} is torn, or of another version than the state"));
            }
        }
        let left = disk.files().map(|(path, _)| path).find(|path| is_leftover(path));
        match (recorded.first(), left) {
            (Some(name), _) => Err(format!("{name} is lost")),
            (None, Some(path)) => Err(format!("{} was left", path.display())),
            (None, None) => Ok(()),
        }
    }

    /// Stored records are there until the lake has them, as they came, and not after that.
    fn check_spool(
        &self,
        spooled: &BTreeMap<String, SpoolRecord>,
        version: usize,
        expected: &Expected,
    ) -> Result<(), String> {
        let in_lake =
            |id: &String| self.run.consumed.get(id).is_some_and(|in_version| *in_version <= version);
        if let Some(id) = expected.stored.iter().find(|id| !in_lake(id) && !spooled.contains_key(*id)) {
            return Err(format!("the stored record {id} is lost"));
        }
        for (id, record) in spooled {
            if in_lake(id) {
                return Err(format!("record {id} is in the lake and would be put there again"));
            }
            if self.run.records.get(id) != Some(record) {
                return Err(format!("record {id} is not what was stored"));
            }
        }
        Ok(())
    }

    fn sha256(&mut self, bytes: &[u8]) -> String {
        if let Some(hash) = self.hashes.get(bytes) {
            return hash.clone();
        }
        let hash: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        self.hashes.insert(bytes.to_vec(), hash.clone());
        hash
    }
}

/// Whether two states are of one version: what is kept for readers of the one before may be erased or not.
fn is_same(one: &State, other: &State) -> bool {
    let mut states = [one.clone(), other.clone()];
    states.iter_mut().flat_map(|state| state.files.values_mut()).for_each(|e| e.kept = ByteRanges::default());
    states[0] == states[1]
}

/// The bytes that the checksum of a file is about.
fn without_kept(bytes: &[u8], entry: &FileEntry) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    entry.kept.iter().for_each(|range| bytes[range.start as usize..range.end as usize].fill(0));
    bytes
}

fn is_leftover(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    name.ends_with(".tmp") || name == "journal.json"
}

/// Opens lake and spool as every process does that writes, and reads the spool.
pub(crate) fn open_all(
    files: &CrashFiles,
    layout: &Layout,
) -> Result<(State, BTreeMap<String, SpoolRecord>), Error> {
    let writer = Writer::open(files.shared_files(), layout.clone(), None)?;
    let state = writer.state()?;
    let mut spool = Spool::open(files.shared_files(), layout, state.first_spool_segment)?;
    spool.sync()?;
    let pending = spool.take()?;
    let mut reader = pending.open(files)?;
    let mut records = BTreeMap::new();
    for entry in &pending.entries {
        let json = reader.json(entry)?;
        let id = entry.id.to_string();
        let (kind, created_at) = (entry.kind, entry.created_at);
        let (updated_at, synced_at) = (entry.updated_at, entry.synced_at);
        records.insert(id.clone(), SpoolRecord { kind, id, created_at, updated_at, synced_at, json });
    }
    Ok((state, records))
}
