//! How DuckDB is set up before any query runs. The order matters: some settings can only be made before others.

use std::path::Path;

use duckdb::Connection;

use super::error::Error;
use super::options::{Access, EngineOptions};
use super::views::{glob_literal, literal};

/// For every engine.
const ALWAYS: &str = include_str!("sql/settings.sql");
/// For engines that only read views; ends with the settings that cannot be taken back.
const VIEWS_ONLY: &str = include_str!("sql/settings_views_only.sql");

/// Makes all settings; the views are there already.
pub(super) fn apply(
    connection: &Connection,
    options: &EngineOptions,
    lake_dir: &Path,
    spill_dir: &Path,
) -> Result<(), Error> {
    let mut sql = ALWAYS.to_owned();
    sql.push_str(&format!("SET GLOBAL temp_directory = {};\n", path_literal(spill_dir)));
    if let Some(bytes) = options.memory_bytes {
        sql.push_str(&format!("SET GLOBAL memory_limit = '{bytes}B';\n"));
    }
    if let Some(threads) = options.threads {
        sql.push_str(&format!("SET GLOBAL threads = {threads};\nSET GLOBAL async_threads = 1;\n"));
    }
    if let Some(bytes) = options.spill_bytes {
        sql.push_str(&format!("SET GLOBAL max_temp_directory_size = '{bytes}B';\n"));
    }
    if let Some(longest) = options.longest {
        sql.push_str(&format!("SET GLOBAL max_execution_time = {};\n", longest.as_millis()));
    }
    if options.access == Access::ViewsOnly && options.layers.settings {
        // DuckDB compares the globs of the views as well as the files they find.
        let beside = options.beside.iter().map(|beside| beside.directory.as_path());
        let allowed: Vec<String> = std::iter::once(lake_dir).chain(beside).flat_map(allowed).collect();
        sql.push_str(&format!("SET GLOBAL allowed_directories = [{}];\n", allowed.join(", ")));
        sql.push_str(VIEWS_ONLY);
    }
    connection.execute_batch(&sql).map_err(Error::duckdb("be set up"))
}

/// A directory, as itself and as globs name it.
fn allowed(directory: &Path) -> [String; 2] {
    [path_literal(&directory.join("")), format!("'{}/'", glob_literal(directory))]
}

fn path_literal(path: &Path) -> String {
    literal(&path.to_string_lossy())
}
