//! Text that is put together piece by piece, of which it is known what is secret.

use std::ops::Range;

use rand::RngExt as _;
use rand::rngs::StdRng;

/// A part of a piece.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    /// Nobody has to be kept from reading it.
    Harmless(String),
    /// It goes with a secret, such as the lines around a key: it may be taken out or not.
    Beside(String),
    /// A secret of this kind.
    Secret(&'static str, String),
}

/// A secret in the text.
#[derive(Debug)]
pub(crate) struct Secret {
    pub(crate) kind: &'static str,
    /// Its bytes: several ranges, where it has several lines that have something before them.
    pub(crate) ranges: Vec<Range<usize>>,
}

/// The text.
#[derive(Debug, Default)]
pub(crate) struct Text {
    pub(crate) bytes: Vec<u8>,
    pub(crate) secrets: Vec<Secret>,
    /// What goes with secrets.
    pub(crate) beside: Vec<Range<usize>>,
}

/// What a piece was written through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrap {
    /// Nothing.
    Plain,
    /// A container runtime: each line has its time before it.
    Runtime,
    /// The journal: each line has its time, its machine and its program before it.
    Journal,
    /// A logger that writes each message as one string of JSON.
    Json,
}

impl Wrap {
    pub(super) fn drawn(random: &mut StdRng) -> Self {
        match random.random_range(0..20) {
            0..10 => Wrap::Plain,
            10..13 => Wrap::Runtime,
            13..16 => Wrap::Journal,
            _ => Wrap::Json,
        }
    }

    /// What is before the first line, or before each.
    fn before(self) -> &'static str {
        match self {
            Wrap::Plain => "",
            Wrap::Runtime => "2026-11-20T10:00:00.472962276Z stdout F ",
            Wrap::Journal => "Nov 20 10:00:00 ip-10-0-1-23 containerd[1873]: ",
            Wrap::Json => {
                r#"{"level":"info","ts":1795168800.472,"caller":"app/main.go:118","msg":""#
            }
        }
    }
}

impl Text {
    /// Adds a piece, which ends in a line's end.
    pub(super) fn piece(&mut self, wrap: Wrap, parts: &[Part]) {
        self.bytes.extend_from_slice(wrap.before().as_bytes());
        for part in parts {
            let from = self.bytes.len();
            let (Part::Harmless(text) | Part::Beside(text) | Part::Secret(_, text)) = part;
            let ranges = self.add(wrap, text);
            // What is before each line of a secret goes with it.
            match part {
                Part::Harmless(_) => continue,
                Part::Beside(_) => {}
                Part::Secret(kind, _) => self.secrets.push(Secret { kind, ranges }),
            }
            self.beside.push(from..self.bytes.len());
        }
        if wrap == Wrap::Json {
            self.bytes.extend_from_slice(b"\"}");
        }
        self.bytes.push(b'\n');
    }

    /// Adds text as it is written through that; where it is then.
    fn add(&mut self, wrap: Wrap, text: &str) -> Vec<Range<usize>> {
        let mut ranges = Vec::new();
        for (number, line) in text.split('\n').enumerate() {
            match (number, wrap) {
                (0, _) => {}
                (_, Wrap::Json) => self.bytes.extend_from_slice(b"\\n"),
                _ => {
                    self.bytes.push(b'\n');
                    self.bytes.extend_from_slice(wrap.before().as_bytes());
                }
            }
            let from = self.bytes.len();
            match wrap {
                Wrap::Json => {
                    let line = line.replace('\\', r"\\").replace('"', "\\\"");
                    self.bytes.extend_from_slice(line.as_bytes());
                }
                _ => self.bytes.extend_from_slice(line.as_bytes()),
            }
            if self.bytes.len() > from {
                ranges.push(from..self.bytes.len());
            }
        }
        ranges
    }
}
