//! How a benchmark ends: a bound that is missed makes it fail.

use std::process::ExitCode;

use anyhow::Result;

/// Says which bounds were missed, or why nothing could be measured.
pub(crate) fn ended(measured: Result<Vec<String>>) -> ExitCode {
    match measured {
        Ok(missed) if missed.is_empty() => ExitCode::SUCCESS,
        Ok(missed) => {
            eprintln!("missed: {}", missed.join("; "));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("nothing could be measured: {error:#}");
            ExitCode::FAILURE
        }
    }
}
