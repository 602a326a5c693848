//! The tracing layer: turns events, with the fields of the spans around them, into lines for one writer.

use std::io::Write;
use std::sync::{Mutex, PoisonError};

use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::line::{Fields, Form, line};
use crate::clock::Clock;

/// Writes each event as one line, in one write.
pub(super) struct LogLayer<W> {
    form: Form,
    clock: Clock,
    writer: Mutex<W>,
}

impl<W: Write> LogLayer<W> {
    pub(super) fn new(form: Form, clock: Clock, writer: W) -> Self {
        Self { form, clock, writer: Mutex::new(writer) }
    }
}

impl<S, W> Layer<S> for LogLayer<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: Write + Send + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        span.extensions_mut().replace(fields);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(fields) = span.extensions_mut().get_mut::<Fields>() {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        for span in context.event_scope(event).into_iter().flatten() {
            if let Some(outer) = span.extensions().get::<Fields>() {
                fields.inherit(outer);
            }
        }
        let metadata = event.metadata();
        let text = line(self.form, self.clock.now(), *metadata.level(), metadata.target(), &fields);
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        // Both writers report their own failures; a log never fails the command.
        let _ = writer.write_all(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    #[derive(Clone, Default)]
    struct Memory(Arc<Mutex<Vec<u8>>>);

    impl Write for Memory {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn events_carry_the_fields_of_their_spans() {
        let memory = Memory::default();
        let clock = Clock::Fixed("2026-11-21T01:02:03Z".parse().unwrap());
        let layer = LogLayer::new(Form::Text, clock, memory.clone());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
            let span = tracing::info_span!("run", run = 7, table = "none");
            let _inside = span.enter();
            tracing::warn!(target: "fastintercom::sync", table = "messages", rows = 3_u64, "committed");
        });
        let text = String::from_utf8(memory.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text, "2026-11-21T01:02:03.000Z WARN sync: committed rows=3 run=7 table=messages\n");
    }
}
