//! The program `lab`, which is also every program of the lab's own on its nodes.

use std::process::ExitCode;

fn main() -> ExitCode {
    match heeler_tests::program::main_if_called() {
        // The programs of a node give the exit codes of the real ones, all of which fit.
        Some(code) => std::process::exit(code),
        None => heeler_tests::command::main(),
    }
}
