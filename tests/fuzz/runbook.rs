//! Any text as a runbook.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| heeler_fuzz::runbook::check(text));
