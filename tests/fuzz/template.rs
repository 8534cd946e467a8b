//! Any text as a template.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| heeler_fuzz::template::check(text));
