//! What somebody sees while a run goes on, on standard error: a line that changes on a terminal,
//! plain lines in a pipe.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use heeler_core::event::Record;
use heeler_core::report;
use indicatif::{ProgressBar, ProgressStyle};

use crate::run::recorder::Watcher;

/// Fast enough to look alive.
const TICK: Duration = Duration::from_millis(120);

/// The watcher that fits standard error.
pub(super) fn watcher() -> Box<dyn Watcher> {
    if std::io::stderr().is_terminal() {
        Box::new(Spinner { bar: None })
    } else {
        Box::new(Lines(report::Progress::default()))
    }
}

/// A line that changes. There is none before the first event, nor while something else is on the
/// terminal.
struct Spinner {
    bar: Option<ProgressBar>,
}

impl Watcher for Spinner {
    fn saw(&mut self, record: &Record) {
        if let Some(status) = report::status(&record.event) {
            self.bar.get_or_insert_with(spin).set_message(status);
        }
    }

    fn pause(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

fn spin() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed} {wide_msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(TICK);
    bar
}

impl Drop for Spinner {
    fn drop(&mut self) {
        self.pause();
    }
}

struct Lines(report::Progress);

impl Watcher for Lines {
    fn saw(&mut self, record: &Record) {
        if let Some(line) = self.0.line(&record.event) {
            // Nobody may be reading any more; the run goes on all the same.
            let _ = writeln!(std::io::stderr(), "{line}");
        }
    }

    fn pause(&mut self) {}
}
