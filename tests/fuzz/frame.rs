//! Any bytes as what a command has printed, and as what a frame holds.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| heeler_fuzz::frame::check(bytes));
