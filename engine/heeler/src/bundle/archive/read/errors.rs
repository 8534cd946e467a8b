//! What logdog says that it could not get.

use super::super::label;
use super::super::told::LogdogError;

/// Lines that are looked at.
const MOST: usize = 200;
/// Letters of a line.
const LINE: usize = 1_000;

/// The errors, and in words whether there are more.
pub(super) fn parsed(kept: &[u8], size: u64) -> (Vec<LogdogError>, Option<String>) {
    let mut lines = kept.split(|byte| *byte == b'\n').filter(|line| {
        // A run that was stopped hard leaves zeros.
        !line.iter().all(|byte| matches!(byte, 0 | b'\r' | b' '))
    });
    let errors = lines.by_ref().take(MOST).map(error).collect();
    let has_more = size > kept.len() as u64 || lines.next().is_some();
    let open = has_more.then(|| "logdog has more errors than are shown".to_owned());
    (errors, open)
}

/// A line has the shape `Error running command 'REQUEST': 'CAUSE'`.
fn error(line: &[u8]) -> LogdogError {
    let line = label::shortened(&label::clean(line), LINE);
    let inner = line.strip_prefix("Error running command '");
    match inner.and_then(|inner| inner.split_once("': '")) {
        Some((request, cause)) => LogdogError {
            request: Some(request.to_owned()),
            cause: cause.strip_suffix('\'').unwrap_or(cause).to_owned(),
        },
        None => LogdogError {
            request: None,
            cause: line,
        },
    }
}
