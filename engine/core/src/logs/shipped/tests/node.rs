//! A node in small: a container that writes, a kubelet that rotates, and a collector that reads, is down and
//! falls behind. Beside its records it keeps what the collector has really read.

use super::line;
use crate::logs::shipped::Row;

/// What happens.
#[derive(Debug, Clone, Copy)]
pub(super) enum Event {
    /// So many lines are written.
    Write(usize),
    /// So many seconds pass.
    Wait(u32),
    Rotate,
    /// The oldest rotated file that is not packed is.
    Pack,
    /// The oldest rotated file is removed.
    Remove,
    /// The container is started anew.
    Restart,
    /// The collector looks for files, and reads so many lines of each.
    Read(usize),
    /// It ends, and what it had on the disk stays.
    Stop,
}

#[derive(Debug, Clone)]
pub(super) struct File {
    pub(super) name: String,
    pub(super) start: u32,
    pub(super) inode: i64,
    pub(super) text: String,
    /// So many bytes of it the collector has read.
    pub(super) read: usize,
    is_live: bool,
    pub(super) is_removed: bool,
}

/// How a collector leaves its records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Fluent Bit from 5.0.3 on, and before.
    FluentBit {
        markers: bool,
    },
    Vector,
}

pub(super) struct Node {
    pub(super) kind: Kind,
    pub(super) now: u32,
    pub(super) files: Vec<File>,
    pub(super) rows: Vec<Row>,
    pub(super) last_row: i64,
    /// What a file begins with, and how far it was read.
    pub(super) checkpoints: Vec<(usize, usize)>,
    pub(super) is_up: bool,
    /// Whether all lines are the same but for their times.
    is_dull: bool,
    /// Whether the collector has ever missed something that it can't know.
    pub(super) was_down: bool,
    written: usize,
}

impl Node {
    pub(super) fn new(kind: Kind, is_dull: bool) -> Self {
        let mut node = Node {
            kind,
            now: 0,
            files: Vec::new(),
            rows: Vec::new(),
            last_row: 0,
            checkpoints: Vec::new(),
            is_up: true,
            is_dull,
            was_down: false,
            written: 0,
        };
        node.begin(0);
        node
    }

    fn begin(&mut self, start: u32) {
        self.files.push(File {
            name: format!("{start}.log"),
            start,
            inode: i64::try_from(self.files.len()).expect("few files") + 100,
            text: String::new(),
            read: 0,
            is_live: true,
            is_removed: false,
        });
    }

    pub(super) fn happen(&mut self, event: Event) {
        // Two rotations have never the same second.
        self.now += 1;
        match event {
            Event::Wait(seconds) => self.now += seconds,
            Event::Write(lines) => {
                for _ in 0..lines {
                    self.written += 1;
                    let text = match self.is_dull {
                        true => "GET /healthz HTTP/1.1 200 from the kubelet".to_owned(),
                        false => format!(
                            "line {} of a program {}",
                            self.written,
                            "x".repeat(self.written % 40)
                        ),
                    };
                    let text = line(self.now, &text);
                    self.live().text += &text;
                }
            }
            Event::Rotate => {
                let stamp = format!("20261120-{:06}", self.now);
                let live = self.live();
                let start = live.start;
                live.name = format!("{start}.log.{stamp}");
                live.is_live = false;
                let index = self.files.len() - 1;
                self.begin(start);
                if self.is_up && matches!(self.kind, Kind::FluentBit { .. }) {
                    // It gives the rotated file up, read or not, and takes the new one.
                    let inode = self.files[index].inode;
                    if self.rows.iter().any(|row| row.inode == inode) {
                        self.was_down |= self.files[index].read < self.files[index].text.len();
                        self.rows.retain(|row| row.inode != inode);
                        self.follow(index + 1);
                    }
                }
            }
            Event::Pack => {
                let mut rotated = self
                    .files
                    .iter_mut()
                    .filter(|file| file.name.contains(".log."));
                let file = rotated.find(|file| !file.is_removed && !file.name.ends_with(".gz"));
                if let Some(file) = file {
                    file.name += ".gz";
                    let gone = file.inode;
                    self.gone(gone);
                }
            }
            Event::Remove => {
                let mut rotated = self
                    .files
                    .iter_mut()
                    .filter(|file| file.name.contains(".log."));
                // The kubelet keeps one at least.
                let all = rotated.by_ref().filter(|file| !file.is_removed).count();
                let mut rotated = self
                    .files
                    .iter_mut()
                    .filter(|file| file.name.contains(".log."));
                if let Some(file) = rotated.find(|file| !file.is_removed).filter(|_| all > 1) {
                    file.is_removed = true;
                    let gone = file.inode;
                    self.gone(gone);
                }
            }
            Event::Restart => {
                let start = self.live().start;
                self.live().is_live = false;
                // Of those before it nothing is left.
                let old: Vec<i64> = self
                    .files
                    .iter_mut()
                    .filter(|file| file.start < start)
                    .map(|file| {
                        file.is_removed = true;
                        file.inode
                    })
                    .collect();
                old.into_iter().for_each(|inode| self.gone(inode));
                self.begin(start + 1);
            }
            Event::Read(lines) => self.read(lines),
            Event::Stop => self.is_up = false,
        }
    }

    fn live(&mut self) -> &mut File {
        self.files.last_mut().expect("a live file")
    }

    /// What is left, as its names sort.
    pub(super) fn left(&self) -> Vec<&File> {
        self.files.iter().filter(|file| !file.is_removed).collect()
    }
}

impl File {
    /// Where what is left and was not read begins in it; `None`: all of it was.
    pub(super) fn unread(&self) -> Option<usize> {
        (self.read < self.text.len()).then_some(self.read)
    }

    pub(super) fn length(&self) -> usize {
        self.text.len()
    }

    pub(super) fn advance(&mut self, lines: usize) {
        let rest = self.text.get(self.read..).expect("a place in it");
        self.read += rest
            .split_inclusive('\n')
            .take(lines)
            .map(str::len)
            .sum::<usize>();
    }
}
