//! Whatever SQL is asked through the tool, nothing outside the lake is read, no file is written, and no later answer is
//! another one. With a layer switched off the others still hold, but where the table below says what they do not.

use std::path::PathBuf;

use fastintercom::engine::Layers;
use fastintercom::worker::{SqlWorkers, WorkerOptions};

use crate::support::arena::{Arena, ask, canary, private_dir, rows};

/// The experiments' statements, each after its name.
const APPENDIX_A: &str = include_str!("../data/appendix_a.sql");
/// What the gate is tested with, and more of its kind.
const ATTACKS: &str = include_str!("../data/attacks.sql");
const VARIANTS: &str = include_str!("../data/worker_variants.sql");

/// Those of appendix A that are harmless and answered.
const ANSWERED: &[&str] = &["legit_view", "describe", "summarize", "show_tables", "values", "from_first"];

/// What must be the same after every attack.
const CONTROL: &str = "SELECT count(*), min(conversation_id), max(state), now() FROM conversations";
const CONTROLLED: &str = "[[30,\"100\",\"open\",\"2026-11-21T12:00:00\"]]";

/// Seconds an attack may take: enough for what is harmless on a machine that does something else as well.
const SECONDS: u64 = 3;

struct Attack {
    name: String,
    sql: &'static str,
}

/// Without the gate its own list, which repeats much of appendix A, is left out.
fn attacks(has_gate: bool) -> Vec<Attack> {
    let lines = |text: &'static str| {
        text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("---")).enumerate()
    };
    let named = lines(APPENDIX_A).map(|(_, line)| {
        let (name, sql) = line.split_once(": ").unwrap();
        Attack { name: name.to_owned(), sql }
    });
    // Those of the gate's list have the lake beside the secrets; here it lies in a home of its own.
    let gate =
        lines(if has_gate { ATTACKS } else { "" }).map(|(n, sql)| Attack { name: format!("gate_{n}"), sql });
    let variants = lines(VARIANTS).map(|(n, sql)| {
        let sql = sql.strip_prefix('!').unwrap_or(sql);
        Attack { name: format!("variant_{n}"), sql }
    });
    named.chain(gate).chain(variants).collect()
}

fn harmless_variants() -> Vec<String> {
    let lines = VARIANTS.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("---"));
    let marked = lines.enumerate().filter(|(_, line)| line.starts_with('!'));
    marked.map(|(n, _)| format!("variant_{n}")).collect()
}

/// What attacks did with some layers off.
#[derive(Debug, Default, PartialEq, Eq)]
struct Done {
    answered: Vec<String>,
    read: Vec<String>,
    changed_answers: Vec<String>,
    wrote: Vec<String>,
}

impl Done {
    fn with(layers: Layers, is_confined: bool) -> Self {
        let arena = Arena::new();
        let options = WorkerOptions { layers, is_confined, workers: 1, ..arena.options() };
        let mut workers = SqlWorkers::new(options.clone());
        assert_eq!(rows(&workers, CONTROL), CONTROLLED);
        let before = arena.tree();
        let mut done = Self::default();
        for attack in attacks(layers.gate) {
            let tmp = workers.idle_ids().first().map(|id| private_dir(*id)).unwrap_or_default();
            let sql = arena.placed(attack.sql, &tmp);
            match ask(&workers, &sql, SECONDS) {
                Ok(answer) => {
                    let told = serde_json::to_string(&answer.rows).unwrap();
                    let secrets =
                        [canary().as_str(), "root:x:0", "PATH="].map(|secret| told.contains(secret));
                    if secrets.contains(&true) {
                        done.read.push(attack.name.clone());
                    }
                    done.answered.push(attack.name.clone());
                }
                Err(error) => assert!(!error.contains(&canary()), "{sql}\n{error}"),
            }
            if rows(&workers, CONTROL) != CONTROLLED {
                done.changed_answers.push(attack.name);
                workers = SqlWorkers::new(options.clone());
            }
        }
        let after = arena.tree();
        let is_new = |file: &&(PathBuf, String)| !before.contains(file);
        done.wrote = after.iter().filter(is_new).map(|(path, _)| path.display().to_string()).collect();
        done.wrote.extend((after.len() < before.len()).then(|| "a file is gone".to_owned()));
        done
    }
}

/// What may get through, besides what is harmless.
struct Expected {
    off: &'static str,
    layers: Layers,
    is_confined: bool,
    /// A file that is no secret by its name: a hard link in the lake.
    reads_hard_links: bool,
    writes: bool,
    changes_answers: bool,
}

/// One layer off, then the gate and one more (reliability notes, 2.4).
fn table() -> Vec<Expected> {
    let all = Layers::default();
    let no_gate = Layers { gate: false, ..all };
    let row = |off, layers, is_confined| Expected {
        off,
        layers,
        is_confined,
        reads_hard_links: false,
        writes: false,
        changes_answers: false,
    };
    vec![
        row("wrapper", Layers { wrapper: false, ..all }, true),
        row("settings", Layers { settings: false, ..all }, true),
        row("Landlock", all, false),
        // A hard link cannot be told from a file of the lake: only the gate keeps from reading it by its name.
        Expected { reads_hard_links: true, ..row("gate", no_gate, true) },
        // Statements run then as they are, and views can be replaced for whoever comes next.
        Expected {
            reads_hard_links: true,
            changes_answers: true,
            ..row("gate, wrapper", Layers { wrapper: false, ..no_gate }, true)
        },
        // A log can be switched on, into a file that cannot be written.
        Expected {
            reads_hard_links: true,
            changes_answers: true,
            ..row("gate, settings", Layers { settings: false, ..no_gate }, true)
        },
        // `json_execute_serialized_sql` runs COPY inside the wrapper, and the settings let it write where it may read:
        // over files of the lake, too.
        Expected {
            reads_hard_links: true,
            writes: true,
            changes_answers: true,
            ..row("gate, Landlock", no_gate, false)
        },
    ]
}

#[test]
fn no_attack_reads_writes_or_changes_anything() {
    let answered = ANSWERED.iter().map(|name| (*name).to_owned()).chain(harmless_variants()).collect();
    assert_eq!(Done::with(Layers::default(), true), Done { answered, ..Done::default() });
}

#[cfg(target_os = "linux")]
fn kernel_confines() -> bool {
    use landlock::{ABI, Access, AccessFs, CompatLevel, Compatible, Ruleset, RulesetAttr};
    let rules = Ruleset::default().set_compatibility(CompatLevel::HardRequirement);
    rules.handle_access(AccessFs::from_all(ABI::V1)).and_then(Ruleset::create).is_ok()
}

#[cfg(target_os = "linux")]
#[test]
fn with_any_layer_off_the_others_hold() {
    if !kernel_confines() {
        eprintln!("this kernel has no Landlock: the others are not tried without one of them");
        return;
    }
    let hard_links: Vec<String> = attacks(true)
        .into_iter()
        .filter(|attack| attack.sql.contains("hard.parquet"))
        .map(|attack| attack.name)
        .collect();
    let check = |expected: Expected| {
        let done = Done::with(expected.layers, expected.is_confined);
        let off = expected.off;
        let all = attacks(expected.layers.gate).len();
        eprintln!("without {off}: {} of {all} answered", done.answered.len());
        assert!(done.read.iter().all(|name| hard_links.contains(name)), "without {off}: {:?}", done.read);
        assert!(expected.reads_hard_links || done.read.is_empty(), "without {off}: {:?}", done.read);
        assert!(expected.writes || done.wrote.is_empty(), "without {off}: {:?}", done.wrote);
        let changed = &done.changed_answers;
        assert!(expected.changes_answers || changed.is_empty(), "without {off}: {changed:?}");
    };
    std::thread::scope(|scope| {
        for expected in table() {
            scope.spawn(|| check(expected));
        }
    });
}
