//! What is printed on standard output, and whether all of it arrived.

use std::io::{ErrorKind, Write as _};
use std::sync::OnceLock;

use heeler_core::report;

use crate::failure::Failure;

/// Why something that was to be printed is lost.
static LOST: OnceLock<String> = OnceLock::new();

/// Writes to standard output. A reader that has gone away (`| head`) is no failure of the run; that a
/// disk is full is told by [`all_said`].
pub(super) fn say(text: &str) {
    let mut out = anstream::AutoStream::auto(std::io::stdout());
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    if let Err(error) = written
        && error.kind() != ErrorKind::BrokenPipe
    {
        LOST.get_or_init(|| error.to_string());
    }
}

/// Whether everything that was to be printed could be.
///
/// # Errors
/// `unprintable`.
pub(super) fn all_said() -> Result<(), Failure> {
    let Some(why) = LOST.get() else {
        return Ok(());
    };
    Err(Failure::failed(
        "unprintable",
        format!("not all that was to be printed could be: {why}"),
        "standard output",
        "make room where it goes, and print it again; of a run `heeler report` does",
    ))
}

/// The same for lines that hold text from outside and are not a report, which cleans its own.
pub(super) fn say_lines(text: &str) {
    say(&format!("{}\n", report::clean_lines(text)));
}
