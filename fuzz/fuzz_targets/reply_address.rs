//! Signed addresses, as they come back.
#![no_main]

libfuzzer_sys::fuzz_target!(init: deskbell_fuzz::init(), |data: &[u8]| deskbell_fuzz::targets::reply_address(data));
