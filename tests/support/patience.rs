//! Waits for a command that should end by itself, and not for ever.

use std::io::Read;
use std::process::Child;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::cli::{Run, TestEnv};

/// Longer than any command takes that ends by itself.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a command left when it ended; nothing if it did not.
pub(crate) fn finished(env: &TestEnv, mut child: Child) -> Option<Run> {
    let (stdout, stderr) = (all_of(child.stdout.take()), all_of(child.stderr.take()));
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if let Ok(Some(status)) = child.try_wait() {
            let (stdout, stderr) = (stdout.join().ok()?, stderr.join().ok()?);
            return Some(Run {
                stdout: env.normal(&stdout),
                stderr: env.normal(&stderr),
                code: status.code(),
            });
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    // It has not ended by itself, which is all that is of interest.
    let _ = child.kill();
    let _ = child.wait();
    None
}

/// Reads a stream to its end, so that nobody waits for its reader.
fn all_of(stream: Option<impl Read + Send + 'static>) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let mut stream = stream.expect("the stream is piped");
        stream.read_to_end(&mut bytes).expect("the stream can be read");
        bytes
    })
}
