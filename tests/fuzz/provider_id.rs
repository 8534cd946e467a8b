//! Any text as a provider id.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| heeler_fuzz::provider_id::check(text));
