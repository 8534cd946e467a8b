//! The collector of a [`Node`]: what it reads, and what it writes down of that.

use std::collections::BTreeSet;

use super::node::{File, Kind, Node};
use super::{MIDNIGHT, container, decide};
use crate::logs::shipped::{Decision, Fingerprints, FluentBit, Marker, Row, Shipped, Vector};

impl Node {
    /// A file is gone from under its collector: it drops the record, and has read Vector's to the end.
    pub(super) fn gone(&mut self, inode: i64) {
        if !self.is_up {
            return;
        }
        let index = self
            .files
            .iter()
            .position(|file| file.inode == inode)
            .expect("a file");
        let file = &mut self.files[index];
        let was_known = self.checkpoints.iter().any(|(known, _)| *known == index);
        if self.kind == Kind::Vector && was_known {
            file.read = file.text.len();
        }
        self.rows.retain(|row| row.inode != inode);
        self.checkpoints.retain(|(known, _)| *known != index);
    }

    pub(super) fn follow(&mut self, index: usize) {
        let file = &self.files[index];
        self.last_row += 1;
        self.rows.push(Row {
            id: self.last_row,
            name: format!("/var/log/containers/web-1_shop_app-{:064x}.log", file.start),
            inode: file.inode,
            created: MIDNIGHT + i64::from(self.now),
            ..Row::default()
        });
    }

    pub(super) fn read(&mut self, lines: usize) {
        let is_new = !std::mem::replace(&mut self.is_up, true);
        self.was_down |= is_new;
        match self.kind {
            Kind::Vector => {
                for index in 0..self.files.len() {
                    let file = &mut self.files[index];
                    if file.is_removed || file.name.ends_with(".gz") || file.text.is_empty() {
                        continue;
                    }
                    file.advance(lines);
                    let read = file.read;
                    self.checkpoints.retain(|(known, _)| *known != index);
                    self.checkpoints.push((index, read));
                }
            }
            Kind::FluentBit { markers } => {
                // Links lead to the last file of each start.
                let linked = |files: &[File], index: usize| {
                    let start = files[index].start;
                    !files[index].is_removed
                        && files
                            .iter()
                            .skip(index + 1)
                            .all(|later| later.start != start)
                };
                let linked: BTreeSet<usize> = (0..self.files.len())
                    .filter(|index| linked(&self.files, *index))
                    .collect();
                if is_new {
                    let inodes: Vec<i64> = linked
                        .iter()
                        .map(|index| self.files[*index].inode)
                        .collect();
                    self.rows.retain(|row| inodes.contains(&row.inode));
                }
                for index in linked {
                    if self
                        .rows
                        .iter()
                        .all(|row| row.inode != self.files[index].inode)
                    {
                        self.follow(index);
                    }
                    let file = &mut self.files[index];
                    file.advance(lines);
                    let row = self
                        .rows
                        .iter_mut()
                        .find(|row| row.inode == file.inode)
                        .expect("a row");
                    row.offset = i64::try_from(file.read).expect("a small file");
                    if markers && file.read > 0 {
                        let before = &file.text.as_bytes()[..file.read];
                        (row.marker, row.marker_size) = (Marker::hash_of(before), 32);
                    }
                }
            }
        }
    }

    pub(super) fn decide(&self, ids: &[u32]) -> Decision {
        let known: Vec<(u32, String)> = ids
            .iter()
            .map(|start| (*start, format!("{start:064x}")))
            .collect();
        let known: Vec<(u32, &str)> = known
            .iter()
            .map(|(start, id)| (*start, id.as_str()))
            .collect();
        let container = container(&known);
        let shipped = match self.kind {
            Kind::FluentBit { .. } => Shipped::FluentBit(FluentBit::of(self.rows.clone())),
            Kind::Vector => {
                Shipped::Vector(Vector::read(self.json().as_bytes()).expect("checkpoints"))
            }
        };
        let left = self.left();
        let files: Vec<(&str, &str)> = left.iter().map(|file| (&*file.name, &*file.text)).collect();
        decide(&shipped, &container, &files)
    }

    fn json(&self) -> String {
        let row = |(index, read): &(usize, usize)| {
            let sum = Fingerprints::default().of(self.files[*index].text.as_bytes());
            let sum = sum.expect("a line");
            format!(
                r#"{{"fingerprint":{{"first_lines_checksum":{sum}}},"position":{read},"modified":"2026-11-20T10:00:00Z"}}"#
            )
        };
        let rows: Vec<String> = self.checkpoints.iter().map(row).collect();
        format!(r#"{{"version":"1","checkpoints":[{}]}}"#, rows.join(","))
    }
}
