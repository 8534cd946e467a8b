//! The program `lab`, which is also every program of the lab's own on its nodes.

#![allow(
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test bed: JSON is indexed (which never panics), and what it says it prints"
)]

use std::process::ExitCode;

fn main() -> ExitCode {
    match heeler_tests::program::main_if_called() {
        // The programs of a node give the exit codes of the real ones, all of which fit.
        Some(code) => std::process::exit(code),
        None => heeler_tests::command::main(),
    }
}
