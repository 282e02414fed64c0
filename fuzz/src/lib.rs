//! What the fuzz targets share.

pub mod targets;

/// mail-parser 0.11.9 panics on some mails where debug assertions are on, as `cargo fuzz` has
/// them. The desk catches that; the fuzzer's hook would call it a find.
pub fn init() {
    let fuzzers = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let elsewhere = panic.location().is_some_and(|at| at.file().contains("/mail-parser-"));
        if !elsewhere {
            fuzzers(panic);
        }
    }));
}
