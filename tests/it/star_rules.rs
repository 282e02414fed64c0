//! Every rule that never bends has a test whose name begins with it. Reads this folder's sources.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The rules that this project was asked for and never bends, as ARCHITECTURE.md lists them.
const NEVER_BEND: &str = "V1 V2 V4 V5 N1 N2 N3 N4 N9 N10 N11";

/// The names of all functions that stand under a test attribute or in a `proptest!`.
fn tests(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        if path.is_dir() {
            tests(&path, names);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let source = fs::read_to_string(&path).unwrap();
            let mut under_test = false;
            for line in source.lines().map(str::trim) {
                if line == "#[test]" || line.starts_with("#[tokio::test") {
                    under_test = true;
                } else if let Some(rest) =
                    line.strip_prefix("async fn ").or_else(|| line.strip_prefix("fn "))
                {
                    if under_test {
                        names.insert(rest.split('(').next().unwrap_or_default().to_owned());
                    }
                    under_test = false;
                }
            }
        }
    }
}

fn missing(names: &BTreeSet<String>) -> Vec<&'static str> {
    let has = |rule: &str| {
        let prefix = format!("{}_", rule.to_lowercase());
        names.iter().any(|name| name.starts_with(&prefix))
    };
    NEVER_BEND.split(' ').filter(|rule| !has(rule)).collect()
}

#[test]
fn every_rule_that_never_bends_has_a_test_named_after_it() {
    let mut names = BTreeSet::new();
    tests(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it"), &mut names);
    assert!(names.len() > 50, "the reader of names reads: {names:?}");
    assert_eq!(missing(&names), Vec::<&str>::new(), "rules without a test");
    // It would see one missing: N1 is not held by the tests of N10 to N16.
    names.retain(|name| !name.starts_with("n1_") && !name.starts_with("v5_"));
    assert_eq!(missing(&names), ["V5", "N1"]);
}
