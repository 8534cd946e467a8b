//! The `heeler` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    heeler::cli::main()
}
