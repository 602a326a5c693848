//! Stopping work in progress: one flag, raised by Ctrl-C or by a deadline, watched by everything long.

use std::sync::mpsc::sync_channel;
use std::thread;

use tokio::sync::watch;

/// A flag that is raised once and stays raised. Copies share it.
#[derive(Debug, Clone)]
pub struct Cancel(watch::Sender<bool>);

impl Default for Cancel {
    fn default() -> Self {
        Self(watch::Sender::new(false))
    }
}

impl Cancel {
    /// A flag that is not raised.
    pub fn new() -> Self {
        Self::default()
    }

    /// Raises the flag.
    pub fn cancel(&self) {
        self.0.send_replace(true);
    }

    /// Whether the flag is raised.
    pub fn is_cancelled(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until the flag is raised.
    pub async fn cancelled(&self) {
        // The sender lives in `self`, so the channel cannot close while we wait.
        let _ = self.0.subscribe().wait_for(|raised| *raised).await;
    }

    /// Raises the flag at the first Ctrl-C (or SIGTERM), and calls `again` at the second; none is missed once this
    /// returns. It works from a thread of its own, so that it needs no runtime and serves blocking work too.
    pub fn on_interrupt(&self, again: impl FnOnce() + Send + 'static) {
        let cancel = self.clone();
        let (listening, listens) = sync_channel(1);
        // Without the thread Ctrl-C ends the process as it does by default: nothing committed is lost.
        let _ = thread::Builder::new().name(String::from("interrupt")).spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let Ok(runtime) = runtime else { return };
            runtime.block_on(async {
                let Ok(mut interrupts) = Interrupts::listen() else { return };
                let _ = listening.send(());
                interrupts.next().await;
                cancel.cancel();
                interrupts.next().await;
                again();
            });
        });
        // It ends when nobody listens, too.
        let _ = listens.recv();
    }
}

/// Calls `pressed` at every Ctrl-C and `ended` when the process is to end (SIGTERM), from a thread of its own: for
/// whoever goes on after an interrupt.
pub fn on_every_interrupt(pressed: impl Fn() + Send + 'static, ended: impl Fn() + Send + 'static) {
    // Without the thread Ctrl-C ends the process as it does by default.
    let _ = thread::Builder::new().name(String::from("interrupt")).spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let Ok(runtime) = runtime else { return };
        runtime.block_on(async {
            let Ok(mut interrupts) = Interrupts::listen() else { return };
            loop {
                match interrupts.next().await {
                    Interrupt::Pressed => pressed(),
                    Interrupt::Ended => ended(),
                }
            }
        });
    });
}

/// A request to stop.
enum Interrupt {
    /// Ctrl-C.
    Pressed,
    /// SIGTERM.
    #[cfg_attr(windows, expect(dead_code, reason = "only Unix has it"))]
    Ended,
}

/// Requests to stop the process.
#[cfg(unix)]
struct Interrupts {
    pressed: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Interrupts {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { pressed: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) -> Interrupt {
        tokio::select! {
            _ = self.pressed.recv() => Interrupt::Pressed,
            _ = self.terminate.recv() => Interrupt::Ended,
        }
    }
}

/// Requests to stop the process.
#[cfg(windows)]
struct Interrupts(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Interrupts {
    fn listen() -> std::io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) -> Interrupt {
        self.0.recv().await;
        Interrupt::Pressed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_raised_flag_is_seen_by_all_copies() {
        let cancel = Cancel::new();
        let copy = cancel.clone();
        assert!(!copy.is_cancelled());
        let waiting = tokio::spawn({
            let cancel = cancel.clone();
            async move { cancel.cancelled().await }
        });
        cancel.cancel();
        waiting.await.unwrap();
        assert!(copy.is_cancelled());
        copy.cancelled().await;
    }
}
