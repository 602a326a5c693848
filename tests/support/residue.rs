//! What is left of somebody below a home, in any byte of any file: as it stands, and in every compressed page,
//! whether a footer mentions it or not.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;

use super::cli::files_below;

/// How a frame of zstd begins.
const FRAME: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// Every text that is found, with the file it is in.
pub(crate) fn residue(home: &Path, texts: &[String]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for file in files_below(home) {
        let bytes = std::fs::read(&file).expect("a file of the home");
        let content = [&bytes[..], &unpacked(&bytes)].concat();
        let name = file.strip_prefix(home).expect("below the home").display().to_string();
        for text in texts {
            if contains(&name, text) || contains_bytes(&content, text) {
                found.insert(format!("{text} in {name}"));
            }
        }
    }
    found
}

fn contains(name: &str, text: &str) -> bool {
    name.contains(text)
}

fn contains_bytes(content: &[u8], text: &str) -> bool {
    let text = text.as_bytes();
    memchr(content, text[0]).any(|at| content[at..].starts_with(text))
}

fn memchr(content: &[u8], byte: u8) -> impl Iterator<Item = usize> {
    content.iter().enumerate().filter(move |(_, found)| **found == byte).map(|(at, _)| at)
}

/// What can be decompressed from anywhere in a file.
fn unpacked(bytes: &[u8]) -> Vec<u8> {
    let mut all = Vec::new();
    for at in memchr(bytes, FRAME[0]).filter(|at| bytes[*at..].starts_with(&FRAME)) {
        let Ok(decoder) = zstd::stream::Decoder::new(&bytes[at..]) else { continue };
        // What is damaged, or no frame, gives what came before.
        let _ = decoder.single_frame().take(64 << 20).read_to_end(&mut all);
        all.push(b'\n');
    }
    all
}
