//! Raw mail, kept, applied, drawn, and answered.
#![no_main]

libfuzzer_sys::fuzz_target!(init: deskbell_fuzz::init(), |data: &[u8]| deskbell_fuzz::targets::intake(data));
