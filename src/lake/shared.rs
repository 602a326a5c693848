//! What Parquet readers read from: a file opened once, whose parts are read in any order, by several at a time.

use std::io::{self, Read, SeekFrom};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use super::files::{FileReader, Files};

/// A file up to this long is read at once: column by column that takes a hundred calls.
const READ_AT_ONCE: u64 = 4 * 1024 * 1024;

/// What the column readers of one Parquet file read from.
#[derive(Clone)]
pub(super) struct Shared {
    content: Content,
    len: u64,
}

#[derive(Clone)]
enum Content {
    Whole(Bytes),
    File(Arc<Mutex<Box<dyn FileReader>>>),
}

impl Shared {
    pub(super) fn open(files: &dyn Files, path: &Path) -> io::Result<Self> {
        let mut reader = files.open(path)?;
        let len = reader.seek(SeekFrom::End(0))?;
        if len > READ_AT_ONCE {
            return Self::in_parts(reader);
        }
        reader.seek(SeekFrom::Start(0))?;
        let mut content = vec![0; len as usize];
        reader.read_exact(&mut content)?;
        Ok(Self { content: Content::Whole(content.into()), len })
    }

    /// A file of which only parts are wanted, however short it is.
    pub(super) fn in_parts(mut reader: Box<dyn FileReader>) -> io::Result<Self> {
        let len = reader.seek(SeekFrom::End(0))?;
        Ok(Self { content: Content::File(Arc::new(Mutex::new(reader))), len })
    }
}

/// Reads on from one place, whatever the others read meanwhile.
pub(super) struct Section {
    reader: Arc<Mutex<Box<dyn FileReader>>>,
    position: u64,
}

impl Read for Section {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        reader.seek(SeekFrom::Start(self.position))?;
        let count = reader.read(buffer)?;
        self.position += count as u64;
        Ok(count)
    }
}

impl parquet::file::reader::Length for Shared {
    fn len(&self) -> u64 {
        self.len
    }
}

impl parquet::file::reader::ChunkReader for Shared {
    type T = Box<dyn Read>;

    fn get_read(&self, start: u64) -> parquet::errors::Result<Self::T> {
        match &self.content {
            Content::Whole(content) => Ok(Box::new(content.get_read(start)?)),
            Content::File(reader) => {
                let section = Section { reader: reader.clone(), position: start };
                Ok(Box::new(io::BufReader::new(section)))
            }
        }
    }

    fn get_bytes(&self, start: u64, length: usize) -> parquet::errors::Result<Bytes> {
        match &self.content {
            Content::Whole(content) => content.get_bytes(start, length),
            Content::File(reader) => {
                let mut section = Section { reader: reader.clone(), position: start };
                let mut content = vec![0; length];
                section.read_exact(&mut content)?;
                Ok(content.into())
            }
        }
    }
}
