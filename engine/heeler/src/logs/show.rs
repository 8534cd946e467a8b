//! How entries are written: as text for people and their tools, or as one JSON object on each line.

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use heeler_core::logs::{Entry, LogPath, Stream};
use heeler_core::report;
use serde_json::json;

use super::{Sink, Source};

/// How an entry is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// One JSON object on each line.
    pub json: bool,
    /// The time before each line.
    pub timestamps: bool,
    /// Whose line it is before each line: there are several containers.
    pub named: bool,
    /// What a terminal would do something about is shown instead.
    pub clean: bool,
}

/// Whose line it is, of which there is one at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    node: String,
    /// A pod of the same name may follow, and its folder is another one.
    folder: LogPath,
    container: String,
    stream: Option<Stream>,
}

impl Line {
    fn of(source: &Source, entry: &Entry) -> Self {
        Line {
            node: source.node.clone(),
            folder: source.folder.clone(),
            container: source.container.name.clone(),
            stream: entry.stream,
        }
    }
}

/// Writes entries.
pub struct Writing<W: Write> {
    out: W,
    look: Look,
    /// Nothing was written.
    is_silent: bool,
    /// The line that the last entry has not ended.
    within: Option<Line>,
    /// Lines that have not ended, and whether they are wanted.
    judged: Vec<(Line, bool)>,
    /// Why nothing more can be written.
    broken: Option<io::Error>,
    /// Whether a line is wanted; all are without it.
    wanted: Option<regex::bytes::Regex>,
}

impl<W: Write> Writing<W> {
    /// Writes to `out` what matches.
    pub fn new(out: W, look: Look, wanted: Option<regex::bytes::Regex>) -> Self {
        Writing {
            out,
            look,
            is_silent: true,
            within: None,
            judged: Vec::new(),
            broken: None,
            wanted,
        }
    }

    /// Whether nothing was written.
    pub fn is_silent(&self) -> bool {
        self.is_silent
    }

    /// Ends it.
    ///
    /// # Errors
    /// Why not all could be written; a reader that has gone away is no error.
    pub fn finish(mut self) -> io::Result<()> {
        // What goes on is left as it is, but nothing else is to stand behind it on a terminal.
        let ended = match self.look.clean && self.within.is_some() {
            true => self.out.write_all(b"\n"),
            false => Ok(()),
        };
        let flushed = ended.and_then(|()| self.out.flush());
        match self.broken.map_or(flushed, Err) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            ended => ended,
        }
    }

    fn write(&mut self, source: &Source, entry: &Entry, text: &[u8]) -> io::Result<()> {
        self.is_silent = false;
        if self.look.json {
            let line = as_json(source, entry, text).to_string();
            return match self.look.clean {
                true => writeln!(self.out, "{}", report::clean_json(&line)),
                false => writeln!(self.out, "{line}"),
            };
        }
        // Nearly every line is whole.
        let is_whole = entry.ends && self.within.is_none();
        let line = (!is_whole).then(|| Line::of(source, entry));
        let goes_on = line.is_some() && self.within == line;
        if !goes_on {
            if self.within.take().is_some() {
                self.out.write_all(b"\n")?;
            }
            if self.look.timestamps {
                write!(self.out, "{} ", entry.at)?;
            }
            if self.look.named {
                write!(self.out, "[{}/{}] ", source.pod, source.container.name)?;
            }
        }
        match self.look.clean {
            true => {
                let text = String::from_utf8_lossy(text);
                self.out.write_all(report::clean(&text).as_bytes())?;
            }
            false => self.out.write_all(text)?,
        }
        self.within = line.filter(|_| !entry.ends);
        match entry.ends {
            true => self.out.write_all(b"\n"),
            false => Ok(()),
        }
    }

    /// Whether it is wanted. Of a line that comes in parts the first one says so for all.
    fn wants(&mut self, source: &Source, entry: &Entry, text: &[u8]) -> bool {
        let Some(wanted) = &self.wanted else {
            return true;
        };
        if entry.ends && self.judged.is_empty() {
            return wanted.is_match(text);
        }
        let line = Line::of(source, entry);
        let index = self.judged.iter().position(|(judged, _)| *judged == line);
        let is_wanted = match index {
            Some(index) => self.judged.swap_remove(index).1,
            None => wanted.is_match(text),
        };
        if !entry.ends {
            self.judged.push((line, is_wanted));
        }
        is_wanted
    }
}

impl<W: Write> Sink for Writing<W> {
    fn take(&mut self, source: &Source, entry: &Entry, text: &[u8]) -> bool {
        if !self.wants(source, entry, text) {
            return true;
        }
        match self.write(source, entry, text) {
            Ok(()) => true,
            Err(error) => {
                self.broken = Some(error);
                false
            }
        }
    }

    fn pause(&mut self) -> bool {
        if let Err(error) = self.out.flush() {
            self.broken.get_or_insert(error);
        }
        self.broken.is_none()
    }
}

/// Text that is no UTF-8 is there twice: readable, and as it is.
fn as_json(source: &Source, entry: &Entry, text: &[u8]) -> serde_json::Value {
    let readable = String::from_utf8_lossy(text);
    let mut line = json!({
        "at": entry.at.to_string(),
        "pod": source.pod,
        "node": source.node,
        "container": source.container.name,
        "stream": entry.stream.map(Stream::word),
        "text": readable,
    });
    if let serde_json::Value::Object(line) = &mut line {
        if std::str::from_utf8(text).is_err() {
            line.insert("base64".to_owned(), STANDARD.encode(text).into());
        }
        if !entry.ends {
            line.insert("goes-on".to_owned(), true.into());
        }
    }
    line
}

#[cfg(test)]
#[path = "show_tests.rs"]
mod tests;
