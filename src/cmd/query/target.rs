//! Where the rows of a query go, and in which format. A file appears whole or not at all.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::cli::{QueryArgs, QueryFormat};
use crate::engine::{Output, Summary};
use crate::error::{CommandError, Explain, Kind};
use crate::format::{Format, LineOutput, TableLook, TableNotes, TableOutput};
use crate::printer::{OutputError, Printer};

/// Where rows go.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Standard output.
    Stdout,
    /// A file.
    File(PathBuf),
}

/// Where rows go, and how they are written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) format: Format,
    pub(super) place: Place,
}

/// What became of the rows.
pub(super) struct Written {
    pub(super) summary: Summary,
    pub(super) notes: TableNotes,
}

impl Target {
    /// What the command line asks for.
    pub(super) fn of(args: &QueryArgs, printer: &Printer) -> Result<Self, CommandError> {
        let place = match &args.output {
            Some(path) if path.as_os_str() != "-" => Place::File(path.clone()),
            _ => Place::Stdout,
        };
        let format = match (args.format, &place) {
            (Some(format), place) => named(format, place),
            (None, Place::File(path)) => by_extension(path)?,
            (None, Place::Stdout) if printer.is_json() => Format::Json,
            (None, Place::Stdout) if printer.look().terminal => Format::Table,
            (None, Place::Stdout) => Format::Csv,
        };
        if format.is_binary() && place == Place::Stdout && printer.look().terminal {
            return Err(CommandError::usage("this format is not for a terminal")
                .hint("write it to a file: --output rows.parquet"));
        }
        Ok(Self { format, place })
    }

    /// A file, in the format that its name tells, else in this one.
    pub(super) fn file(path: PathBuf, otherwise: Format) -> Result<Self, CommandError> {
        let format = match path.extension() {
            Some(_) => by_extension(&path)?,
            None => otherwise,
        };
        Ok(Self { format, place: Place::File(path) })
    }

    /// Whether it is a file.
    pub(super) fn is_file(&self) -> bool {
        matches!(self.place, Place::File(_))
    }

    /// Writes what `fill` hands out.
    pub(super) fn write<E: From<CommandError> + From<OutputError>>(
        &self,
        printer: &Printer,
        fill: impl FnOnce(&mut dyn Output) -> Result<Summary, E>,
    ) -> Result<Written, E> {
        let look = printer.look();
        match &self.place {
            Place::Stdout => {
                let look = TableLook { width: look.width, unicode: look.unicode, colour: look.colour };
                printer.stream(|out| self.fill(out, look, fill))
            }
            Place::File(path) => {
                let look = TableLook { width: look.width, unicode: true, colour: false };
                let what_failed = || format!("could not write {}", path.display());
                let mut file = NewFile::create(path).explain(Kind::Failed, what_failed)?;
                let written = self.fill(&mut file.out, look, fill)?;
                file.keep().explain(Kind::Failed, what_failed)?;
                Ok(written)
            }
        }
    }

    fn fill<E>(
        &self,
        out: &mut dyn Write,
        look: TableLook,
        fill: impl FnOnce(&mut dyn Output) -> Result<Summary, E>,
    ) -> Result<Written, E> {
        let mut shown = Shown::new(self.format, out, look);
        let summary = fill(shown.output())?;
        Ok(Written { summary, notes: shown.notes() })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::File(path) => write!(f, "{}", path.display()),
            Place::Stdout => f.write_str("stdout"),
        }
    }
}

/// A writer of rows, which can tell what it could not show.
pub(super) enum Shown<'a> {
    Table(TableOutput<'a>),
    Line(LineOutput<'a>),
    Other(Box<dyn Output + 'a>),
}

impl<'a> Shown<'a> {
    /// Of a format, fitted to a look if it has one.
    pub(super) fn new(format: Format, out: &'a mut dyn Write, look: TableLook) -> Self {
        match format {
            Format::Table => Self::Table(TableOutput::new(out, look)),
            Format::Line => Self::Line(LineOutput::new(out, look)),
            format => Self::Other(format.writer(out)),
        }
    }

    /// What takes the rows.
    pub(super) fn output(&mut self) -> &mut dyn Output {
        match self {
            Self::Table(table) => table,
            Self::Line(line) => line,
            Self::Other(output) => &mut **output,
        }
    }

    /// What was not shown; known at the end.
    pub(super) fn notes(&self) -> TableNotes {
        match self {
            Self::Table(table) => table.notes(),
            Self::Line(_) | Self::Other(_) => TableNotes::default(),
        }
    }
}

/// Arrow is a stream where nothing can be read at random.
fn named(format: QueryFormat, place: &Place) -> Format {
    match format {
        QueryFormat::Table => Format::Table,
        QueryFormat::Line => Format::Line,
        QueryFormat::Markdown => Format::Markdown,
        QueryFormat::Html => Format::Html,
        QueryFormat::Csv => Format::Csv,
        QueryFormat::Json => Format::Json,
        QueryFormat::Ndjson => Format::Ndjson,
        QueryFormat::Parquet => Format::Parquet,
        QueryFormat::Arrow if *place == Place::Stdout => Format::ArrowStream,
        QueryFormat::Arrow => Format::ArrowFile,
    }
}

fn by_extension(path: &Path) -> Result<Format, CommandError> {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.and_then(Format::of_extension).ok_or_else(|| {
        CommandError::usage(format!("the name {} does not tell the format", path.display())).hint(
            "add --format csv, or end the name in .csv, .json, .ndjson, .parquet, .arrow, .html, .md or .txt",
        )
    })
}

/// A file that takes its place only when it is complete.
struct NewFile {
    out: BufWriter<File>,
    /// Where it is written and where it belongs; none when it is written in place.
    places: Option<(PathBuf, PathBuf)>,
}

impl NewFile {
    fn create(path: &Path) -> io::Result<Self> {
        // A link is followed; a pipe or device is no file to be replaced.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let is_special = fs::metadata(&path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir());
        if is_special {
            return Ok(Self { out: BufWriter::new(File::options().write(true).open(path)?), places: None });
        }
        if path.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let stage = path.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
        let out = BufWriter::new(File::options().write(true).create_new(true).open(&stage)?);
        Ok(Self { out, places: Some((stage, path)) })
    }

    fn keep(mut self) -> io::Result<()> {
        self.out.flush()?;
        let Some((stage, path)) = self.places.take() else { return Ok(()) };
        let renamed = self.out.get_ref().sync_all().and_then(|()| fs::rename(&stage, path));
        // What failed to take its place must not stay behind.
        renamed.inspect_err(|_| drop(fs::remove_file(&stage)))
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if let Some((stage, _)) = &self.places {
            // Nothing more can be done for a file that was not wanted anyway.
            let _ = fs::remove_file(stage);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_appears_whole_or_not_at_all() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("rows.csv");
        let entries = || fs::read_dir(directory.path()).unwrap().count();
        let mut file = NewFile::create(&path).unwrap();
        file.out.write_all(b"a").unwrap();
        assert!(!path.exists());
        drop(file);
        assert_eq!(entries(), 0);
        let mut file = NewFile::create(&path).unwrap();
        file.out.write_all(b"new").unwrap();
        file.keep().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(entries(), 1);
        assert!(NewFile::create(directory.path()).is_err());
    }

    #[test]
    fn the_name_of_a_file_tells_its_format() {
        let format = |name: &str| by_extension(Path::new(name)).ok();
        assert_eq!(format("a.PARQUET"), Some(Format::Parquet));
        assert_eq!(format("a.b.jsonl"), Some(Format::Ndjson));
        assert_eq!(format("a"), None);
        assert_eq!(format("a.xlsx"), None);
    }
}
