//! What is shown of a mail, and that no line of it is made up.
#![no_main]

libfuzzer_sys::fuzz_target!(init: deskbell_fuzz::init(), |data: &[u8]| deskbell_fuzz::targets::trimmer(data));
