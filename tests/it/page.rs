//! The Messenger's page in a real browser: `tests/page/messenger.py`, where there is a Chromium.

use std::path::Path;
use std::process::Command;

/// Runs where `DESKBELL_BROWSER_PYTHON` names a Python that has selenium, as `.ci/run` sees to; says
/// elsewhere that it does not.
#[test]
fn a_customer_reads_and_answers_in_a_browser() {
    let Some(python) = std::env::var_os("DESKBELL_BROWSER_PYTHON") else {
        println!("skipped: DESKBELL_BROWSER_PYTHON names no Python with selenium");
        return;
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let ran = Command::new(python)
        .arg(root.join("tests/page/messenger.py"))
        .arg(env!("CARGO_BIN_EXE_deskbell"))
        .arg(target.join("page"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(ran.status.success(), "{said}{}", String::from_utf8_lossy(&ran.stderr));
    assert!(said.contains("the browser has nothing to complain of"), "{said}");
}
