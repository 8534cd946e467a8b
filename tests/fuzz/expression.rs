//! Any text as an expression.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| heeler_fuzz::expression::check(text));
