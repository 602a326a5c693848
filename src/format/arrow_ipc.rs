//! Arrow IPC: a file that can be read at random, or a stream for pipes.

use std::io::{self, Write};

use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use arrow::ipc::writer::{FileWriter, StreamWriter};

use super::plain::Plain;
use crate::engine::{Column, Output};

/// Writes rows as Arrow IPC.
pub(super) struct ArrowOutput<'a> {
    state: State<'a>,
    is_file: bool,
}

type Out<'a> = &'a mut dyn Write;

enum State<'a> {
    Before(Out<'a>),
    File(Plain, Box<FileWriter<Out<'a>>>),
    Stream(Plain, Box<StreamWriter<Out<'a>>>),
    Done,
}

impl<'a> ArrowOutput<'a> {
    pub(super) fn file(out: Out<'a>) -> Self {
        Self { state: State::Before(out), is_file: true }
    }

    pub(super) fn stream(out: Out<'a>) -> Self {
        Self { state: State::Before(out), is_file: false }
    }
}

impl Output for ArrowOutput<'_> {
    fn columns(&mut self, columns: &[Column]) -> io::Result<()> {
        let State::Before(out) = std::mem::replace(&mut self.state, State::Done) else { return Ok(()) };
        let plain = Plain::new(columns);
        self.state = if self.is_file {
            let writer = FileWriter::try_new(out, plain.schema()).map_err(io_error)?;
            State::File(plain, Box::new(writer))
        } else {
            let writer = StreamWriter::try_new(out, plain.schema()).map_err(io_error)?;
            State::Stream(plain, Box::new(writer))
        };
        Ok(())
    }

    fn rows(&mut self, batch: &RecordBatch) -> io::Result<()> {
        match &mut self.state {
            State::File(plain, writer) => writer.write(&plain.batch(batch)?),
            State::Stream(plain, writer) => writer.write(&plain.batch(batch)?),
            State::Before(_) | State::Done => Ok(()),
        }
        .map_err(io_error)
    }

    fn end(&mut self) -> io::Result<()> {
        match std::mem::replace(&mut self.state, State::Done) {
            State::File(_, mut writer) => writer.finish(),
            State::Stream(_, mut writer) => writer.finish(),
            State::Before(_) | State::Done => Ok(()),
        }
        .map_err(io_error)
    }
}

/// Keeps the cause where the writer failed because the reader of a pipe went away.
pub(super) fn io_error(error: ArrowError) -> io::Error {
    match error {
        ArrowError::IoError(_, source) => source,
        error => io::Error::other(error),
    }
}
