//! Any bytes as a well-typed runbook and a world.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| heeler_fuzz::sound::check(bytes));
