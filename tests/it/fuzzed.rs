//! The kept corpus of the fuzz targets through the same checks, so that a find stays found. What is
//! fuzzed for longer is in `fuzz`; `.ci/run` does it.

#[path = "../../fuzz/src/targets/mod.rs"]
mod targets;

use std::fs;
use std::path::Path;

/// Runs every kept input of a target; a failure names the file.
fn replay(target: &str, run: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 10, "a corpus of {} is none", files.len());
    for file in files {
        let input = fs::read(&file).unwrap();
        if std::panic::catch_unwind(|| run(&input)).is_err() {
            panic!("{} fails", file.display());
        }
    }
}

#[test]
fn the_kept_corpus_of_the_intake_passes() {
    replay("intake", targets::intake);
}

#[test]
fn the_kept_corpus_of_bounces_passes() {
    replay("bounce", targets::bounce);
}

#[test]
fn the_kept_corpus_of_the_trimmer_passes() {
    replay("trimmer", targets::trimmer);
}

#[test]
fn the_kept_corpus_of_reply_addresses_passes() {
    replay("reply_address", targets::reply_address);
}
