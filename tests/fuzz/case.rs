//! Any text as a case.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| heeler_fuzz::case::check(text));
