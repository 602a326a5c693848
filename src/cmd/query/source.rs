//! Where the SQL of a query comes from: the command line, a file, stdin.

use std::io::{self, IsTerminal, Read};
use std::path::Path;

use crate::cli::{QueryArgs, QuerySource};
use crate::error::{CommandError, Explain, Kind};

/// More SQL than anyone means to run at once.
const MOST_BYTES: u64 = 16 << 20;

/// Reads the SQL.
pub(super) fn read(args: &QueryArgs) -> Result<String, CommandError> {
    match args.source(io::stdin().is_terminal()) {
        QuerySource::Text(sql) => Ok(sql),
        QuerySource::File(path) => read_file(&path),
        QuerySource::Stdin => read_text(&mut io::stdin().lock(), "stdin"),
        QuerySource::Shell => Err(CommandError::usage("there is no SQL to run")
            .hint("fi query 'SELECT state, count(*) FROM conversations GROUP BY state'")
            .hint("fi query 'SHOW TABLES' lists what there is")),
    }
}

fn read_file(path: &Path) -> Result<String, CommandError> {
    let what_failed = || format!("could not read {}", path.display());
    let mut file = std::fs::File::open(path).explain(Kind::Usage, what_failed)?;
    read_text(&mut file, &path.display().to_string())
}

fn read_text(from: &mut dyn Read, name: &str) -> Result<String, CommandError> {
    let mut bytes = Vec::new();
    from.take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)
        .explain(Kind::Usage, || format!("could not read {name}"))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(CommandError::usage(format!("{name} is too large for a query")));
    }
    let text = String::from_utf8(bytes).explain(Kind::Usage, || format!("{name} is not UTF-8 text"))?;
    // Editors on Windows begin files with it.
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}
