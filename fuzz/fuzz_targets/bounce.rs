//! What a mail system says of a mail it could not deliver.
#![no_main]

libfuzzer_sys::fuzz_target!(init: deskbell_fuzz::init(), |data: &[u8]| deskbell_fuzz::targets::bounce(data));
