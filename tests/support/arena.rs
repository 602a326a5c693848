//! A lake with secrets around it, workers that answer SQL about it, and what must be the same after whatever was asked.

use std::path::{Path, PathBuf};

use fastintercom::cancel::Cancel;
use fastintercom::engine::{Access, Now, QueryOptions, WordSearch};
use fastintercom::lake::Layout;
use fastintercom::tools::query::{CHARS_FOR_MODELS, Querier, QueryAnswer, QueryParams};
use fastintercom::worker::{SqlWorkers, WorkerOptions};
use sha2::{Digest, Sha256};

use super::little_lake::{LittleLake, noon};

/// What stands in every secret, in two parts so that no listing of this file has it.
pub(crate) fn canary() -> String {
    ["CANARY", "9f3c"].join("-")
}

/// A directory with a home, secrets, room to write and ways around.
pub(crate) struct Arena {
    pub(crate) lake: LittleLake,
}

impl Arena {
    pub(crate) fn new() -> Self {
        let lake = LittleLake::with_threads();
        let write = |path: &str| {
            let path = lake.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
            std::fs::write(path, format!("id\n{}\n", canary())).expect("a file");
        };
        for path in
            ["secret/token.txt", "secret/x.csv", "home/config.toml", "home/logs/fi.log", "home/index/secret"]
        {
            write(path);
        }
        for directory in ["out", "lake2"] {
            std::fs::create_dir(lake.path().join(directory)).expect("a directory");
        }
        let engine = lake.engine_with(Access::Everything);
        for path in ["secret/x.parquet", "lake2/x.parquet", "home/lake/victim.parquet"] {
            let (path, id) = (lake.path().join(path), canary());
            let text = if path.ends_with("victim.parquet") { "whole" } else { id.as_str() };
            let copy = format!("COPY (SELECT '{text}' AS id) TO '{}' (FORMAT parquet)", path.display());
            engine.query(&copy, &QueryOptions::default()).expect("a file");
        }
        let (secret, dir) = (lake.path().join("secret"), lake.layout().lake_dir());
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(secret.join("x.parquet"), dir.join("link.parquet")).expect("a link");
            std::os::unix::fs::symlink(&secret, dir.join("linkdir")).expect("a link");
        }
        std::fs::hard_link(secret.join("x.parquet"), dir.join("hard.parquet")).expect("a link");
        Self { lake }
    }

    pub(crate) fn options(&self) -> WorkerOptions {
        options(&self.lake.layout())
    }

    /// An attack with the places it names.
    pub(crate) fn placed(&self, sql: &str, tmp: &Path) -> String {
        let show = |path: &Path| path.to_string_lossy().into_owned();
        sql.replace("{dir}/lake/", "{lake}/")
            .replace("{lake}", &show(&self.lake.layout().lake_dir()))
            .replace("{home}", &show(&self.lake.home()))
            .replace("{dir}", &show(self.lake.path()))
            .replace("{tmp}", &show(tmp))
    }

    /// A checksum of every file and directory.
    pub(crate) fn tree(&self) -> Vec<(PathBuf, String)> {
        tree(self.lake.path())
    }
}

/// Workers of the program under test.
pub(crate) fn options(layout: &Layout) -> WorkerOptions {
    WorkerOptions {
        program: PathBuf::from(env!("CARGO_BIN_EXE_fi")),
        ..WorkerOptions::new(layout.clone(), Now::fixed(noon()))
    }
}

/// A query with a time limit, as the tool answers it.
pub(crate) fn ask(workers: &SqlWorkers, sql: &str, seconds: u64) -> Result<QueryAnswer, String> {
    let params = QueryParams { sql: sql.to_owned(), limit: None, timeout_seconds: Some(seconds) };
    answer(workers, &params)
}

/// The same with all parameters.
pub(crate) fn answer(workers: &SqlWorkers, params: &QueryParams) -> Result<QueryAnswer, String> {
    Querier { workers, cancel: Cancel::new(), most_chars: CHARS_FOR_MODELS }
        .answer(params)
        .map_err(|error| error.to_string())
}

/// The rows of an answer as JSON.
pub(crate) fn rows(workers: &SqlWorkers, sql: &str) -> String {
    match ask(workers, sql, 20) {
        Ok(answer) => serde_json::to_string(&answer.rows).expect("JSON"),
        Err(error) => format!("error: {error}"),
    }
}

/// Whether a process of that number is there.
pub(crate) fn is_there(id: u32) -> bool {
    Path::new(&format!("/proc/{id}")).exists()
}

/// The directory of a worker's own.
pub(crate) fn private_dir(id: u32) -> PathBuf {
    std::fs::read_link(format!("/proc/{id}/cwd")).unwrap_or_else(|_| PathBuf::from("/nowhere"))
}

/// A search of a test.
pub(crate) struct Finds<F>(pub(crate) F);

impl<F: Fn(&str) -> Result<Vec<(String, f32)>, String> + Send + Sync> WordSearch for Finds<F> {
    fn find(&self, words: &str) -> Result<Vec<(String, f32)>, String> {
        (self.0)(words)
    }
}

fn tree(directory: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut directories = vec![directory.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).expect("a directory") {
            let path = entry.expect("an entry").path();
            let sum = match (path.is_symlink(), path.is_dir()) {
                (true, _) => "link".to_owned(),
                (false, true) => {
                    directories.push(path.clone());
                    "directory".to_owned()
                }
                _ => format!("{:x?}", Sha256::digest(std::fs::read(&path).expect("a file"))),
            };
            found.push((path, sum));
        }
    }
    found.sort();
    found
}
