//! A log that is read while it is rotated, packed and removed: all that there is, once, in its order, and
//! whatever is missing is told where it is missing.

mod folder;

use std::collections::BTreeMap;

use heeler_core::logs::{Beginning, Ended, Opened, ReadFrom, SegmentName, Step, Trail};

use self::folder::{File, Folder, Mood};
use crate::chance::Chance;
use crate::seeds::Seeds;

const SCHEDULES: u64 = 20_000;
/// Steps of a reader that comes to no end.
const MOST_STEPS: u32 = 2_000;
/// Lines by which a reader knows what it has read before.
const TAIL: usize = 2;

/// What came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Out {
    Line(u64),
    Missing,
}

/// Whoever carries the steps out; a byte of a segment is a line here.
struct Reader {
    folder: Folder,
    chance: Chance,
    trail: Trail,
    /// What was opened, as it was then.
    opened: BTreeMap<String, File>,
    out: Vec<Out>,
    told: Vec<String>,
    /// Whether something happened while it was listed last.
    is_disturbed: bool,
    /// Lines of files that the first listing has, and the first one each time that it is looked again.
    due: Vec<u64>,
    is_noted: bool,
    /// How often it is looked again after the end.
    again: u64,
    /// The first line that was written after what is there was known.
    later: Option<u64>,
}

fn beginning(file: &File) -> Option<Beginning> {
    let first = file.lines.first()?;
    Beginning::of(format!("2026-11-20T12:00:00.{first:09}Z stdout F line\n").as_bytes())
}

impl Reader {
    fn happens(&mut self) {
        while self.chance.percent(55) {
            self.folder.step(&mut self.chance);
        }
    }

    /// Names that are there while it is listed; one that is renamed meanwhile may be missed, though not
    /// twice in a row: the kubelet looks at them every ten seconds.
    fn list(&mut self) -> Vec<SegmentName> {
        let before: Vec<String> = self
            .folder
            .files
            .iter()
            .map(|file| file.name.clone())
            .collect();
        self.is_disturbed = !self.is_disturbed && self.chance.percent(30);
        if self.is_disturbed {
            self.folder.step(&mut self.chance);
        }
        let now = self.folder.files.iter().map(|file| &file.name);
        // What is new is seen or not; what is gone is not.
        let mut seen = Vec::new();
        for name in now {
            if before.contains(name) || self.chance.percent(50) {
                seen.push(name.clone());
            }
        }
        seen.iter()
            .filter_map(|name| SegmentName::read(name))
            .collect()
    }

    fn open(&mut self, name: &SegmentName) -> Opened {
        match self.folder.find(&name.file_name()).cloned() {
            None => Opened::Absent,
            Some(file) => {
                let begins = beginning(&file);
                self.opened.insert(file.name.clone(), file);
                begins.map_or(Opened::Bare, Opened::Begins)
            }
        }
    }

    fn read(
        &mut self,
        name: &SegmentName,
        from: ReadFrom,
    ) -> Result<(Option<Beginning>, Ended), String> {
        let name = name.file_name();
        let (file, had) = match from {
            ReadFrom::Opened => (self.opened.remove(&name), 0),
            ReadFrom::Byte(had) => (self.folder.find(&name).cloned(), had),
        };
        let had = usize::try_from(had).expect("few lines");
        let Some(file) = file else {
            return match from {
                ReadFrom::Opened => Err(format!("{name} was not opened")),
                ReadFrom::Byte(_) => Ok((None, Ended::Elsewhere(had as u64))),
            };
        };
        // What was read before has to be before it.
        let tail = had.min(TAIL);
        let known = file.lines.get(had - tail..had);
        let last: Vec<u64> = self
            .out
            .iter()
            .filter_map(|out| match out {
                Out::Line(line) => Some(*line),
                Out::Missing => None,
            })
            .collect();
        if tail > 0 && known != last.get(last.len() - tail..) {
            return Ok((None, Ended::Elsewhere(had as u64)));
        }
        let rest = file.lines.get(had..).unwrap_or_default();
        let come = match self.chance.percent(20) {
            true => self.chance.below(rest.len() as u64 + 1),
            false => rest.len() as u64,
        };
        let come = usize::try_from(come).expect("few lines");
        self.out
            .extend(rest[..come].iter().map(|line| Out::Line(*line)));
        let at = (had + come) as u64;
        let ended = match (come < rest.len(), self.chance.percent(2)) {
            (true, true) => Ended::Broken(at, "half".to_owned()),
            (true, false) => Ended::Elsewhere(at),
            (false, true) => Ended::Broken(at, "no more".to_owned()),
            (false, false) => Ended::At(at),
        };
        Ok((beginning(&file), ended))
    }

    /// The live file is opened while the folder is listed, as a reader does that is in a hurry.
    fn pin(&mut self) {
        let live = self.folder.live();
        let name = SegmentName::read(&live).expect("a name");
        let opened = self.open(&name);
        let there = self.folder.files.clone();
        self.happens();
        let names = self.list();
        self.note(&names, &there);
        self.trail.listed(names);
        if !matches!(opened, Opened::Absent) {
            self.told.push(format!("pinned {live} as {opened:?}"));
            self.trail.opened(&name, opened);
        }
    }

    /// What was there when it began is due, as far as the first listing has it.
    fn note(&mut self, names: &[SegmentName], there: &[File]) {
        self.told.push(format!("  {names:?}"));
        let is_listed = |file: &&File| names.iter().any(|name| name.file_name() == file.name);
        let lines = there.iter().filter(is_listed).flat_map(|file| &file.lines);
        if !std::mem::replace(&mut self.is_noted, true) {
            self.due.extend(lines);
        }
    }

    fn run(&mut self) -> Result<(), String> {
        if self.chance.percent(50) {
            self.pin();
        }
        for _ in 0..MOST_STEPS {
            self.happens();
            let step = self.trail.step();
            self.told
                .push(format!("{step:?} with {:?}", self.folder.files));
            match step {
                Step::List => {
                    let names = self.list();
                    let there = self.folder.files.clone();
                    self.note(&names, &there);
                    self.trail.listed(names);
                }
                Step::Open(name) => {
                    self.later.get_or_insert(self.folder.next);
                    let opened = match self.chance.percent(1) {
                        true => Opened::Refused("no".to_owned()),
                        false => self.open(&name),
                    };
                    self.trail.opened(&name, opened);
                }
                Step::Read(name, from) => {
                    let (begins, ended) = self.read(&name, from)?;
                    self.told.push(format!("  {ended:?}"));
                    self.trail.read(&name, begins, ended);
                }
                Step::Tell(..) => self.out.push(Out::Missing),
                Step::End if self.again > 0 => {
                    self.again -= 1;
                    self.is_noted = false;
                    self.trail.again();
                }
                Step::End => return Ok(()),
            }
        }
        Err("it never ends".to_owned())
    }

    /// All lines that were due have come, or are told to be missing where they are; each once, in their order.
    fn check(&self) -> Result<(), String> {
        let mut last: Option<u64> = None;
        let mut is_told = false;
        let is_due = |from: u64, to: u64| {
            let mut due = self.due.iter();
            due.any(|line| (from..to).contains(line))
        };
        for out in &self.out {
            let Out::Line(line) = *out else {
                is_told = true;
                continue;
            };
            let next = last.map_or(0, |last| last + 1);
            if line < next {
                return Err(format!("line {line} comes after line {}", next - 1));
            }
            // What had gone before anybody looked nobody can tell.
            let is_gap =
                is_due(next, line) || self.later.is_some_and(|later| next.max(later) < line);
            if line > next && !is_told && is_gap {
                return Err(format!(
                    "lines {next} to {} are missing, and nobody is told",
                    line - 1
                ));
            }
            (last, is_told) = (Some(line), false);
        }
        let next = last.map_or(0, |last| last + 1);
        if !is_told && is_due(next, u64::MAX) {
            return Err(format!(
                "lines from {next} on are missing, and nobody is told"
            ));
        }
        Ok(())
    }
}

fn schedule(seed: u64) -> Result<(bool, usize), String> {
    let mut chance = Chance::new(seed);
    let mood = Mood {
        keeps: if chance.percent(50) { 50 } else { 3 },
        restarts: chance.percent(50),
    };
    let mut folder = Folder::new(mood);
    for _ in 0..chance.below(30) {
        folder.step(&mut chance);
    }
    let again = match chance.percent(50) {
        true => chance.below(5),
        false => 0,
    };
    let mut reader = Reader {
        folder,
        chance,
        trail: Trail::default(),
        opened: BTreeMap::new(),
        out: Vec::new(),
        told: Vec::new(),
        is_disturbed: false,
        due: Vec::new(),
        is_noted: false,
        again,
        later: None,
    };
    let ran = reader.run().and_then(|()| reader.check());
    let holes = reader
        .out
        .iter()
        .filter(|out| **out == Out::Missing)
        .count();
    let told = || format!("{}\n{:?}", reader.told.join("\n"), reader.out);
    ran.map_err(|wrong| format!("{wrong}\n{}", told()))?;
    Ok((mood.keeps == 50 && !mood.restarts, holes))
}

#[test]
fn a_log_is_read_whole_and_once_while_it_is_rotated() {
    let (mut whole, mut holed) = (0, 0);
    let seeds = Seeds::of(SCHEDULES);
    seeds.each(|seed| {
        let (is_kept, holes) = schedule(seed)?;
        whole += u64::from(is_kept && holes == 0);
        holed += u64::from(holes > 0);
        Ok::<_, String>(())
    });
    seeds.expect(whole, "whole", 10);
    seeds.expect(holed, "holed", 50);
}
