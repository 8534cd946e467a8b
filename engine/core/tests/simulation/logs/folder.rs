//! A container's folder on a node, as the kubelet and containerd treat it.

use heeler_core::logs::SegmentName;

use crate::chance::Chance;

/// The lines of a file, by their numbers: each is written once.
#[derive(Debug, Clone)]
pub(super) struct File {
    pub(super) name: String,
    /// Which of the folder's files it is, whatever it is called.
    id: u64,
    pub(super) lines: Vec<u64>,
}

/// What goes on in the folder while it is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mood {
    /// Files of one start that are kept.
    pub(super) keeps: usize,
    /// Whether the container is started anew, which removes old files.
    pub(super) restarts: bool,
}

/// The folder.
pub(super) struct Folder {
    pub(super) files: Vec<File>,
    /// To which file containerd writes: after a rename it is the same one for a while.
    writes: Option<u64>,
    restart: u32,
    stamp: u64,
    ids: u64,
    /// The number of the next line.
    pub(super) next: u64,
    mood: Mood,
}

impl Folder {
    pub(super) fn new(mood: Mood) -> Self {
        let mut folder = Folder {
            files: Vec::new(),
            writes: None,
            restart: 0,
            stamp: 0,
            ids: 0,
            next: 0,
            mood,
        };
        folder.create();
        folder
    }

    pub(super) fn live(&self) -> String {
        format!("{}.log", self.restart)
    }

    fn create(&mut self) {
        self.ids += 1;
        self.writes = Some(self.ids);
        let file = File {
            name: self.live(),
            id: self.ids,
            lines: Vec::new(),
        };
        self.files.push(file);
    }

    pub(super) fn find(&self, name: &str) -> Option<&File> {
        self.files.iter().find(|file| file.name == name)
    }

    /// Something happens.
    pub(super) fn step(&mut self, chance: &mut Chance) {
        match chance.below(10) {
            0..=5 => self.write(1 + chance.below(4)),
            6 | 7 => self.rotate(),
            8 => self.reopen(chance),
            _ if self.mood.restarts && chance.percent(30) => self.start(),
            _ => {}
        }
    }

    pub(super) fn write(&mut self, lines: u64) {
        let (from, to) = (self.next, self.next + lines);
        let file = self
            .files
            .iter_mut()
            .find(|file| Some(file.id) == self.writes);
        // Its file may have been removed beneath it: then it is lost.
        if let Some(file) = file {
            file.lines.extend(from..to);
        }
        self.next = to;
    }

    /// The kubelet packs what it has rotated before, removes what is too old, and renames the live file.
    pub(super) fn rotate(&mut self) {
        let (live, prefix) = (self.live(), format!("{}.log.", self.restart));
        if self.find(&live).is_none() {
            return;
        }
        let is_rotated = |file: &File| file.name.starts_with(&prefix);
        let rotated = self.files.iter().filter(|file| is_rotated(file)).count();
        for _ in (self.mood.keeps.saturating_sub(1))..=rotated {
            // They lie in the order of their times.
            if let Some(oldest) = self.files.iter().position(is_rotated) {
                self.files.remove(oldest);
            }
        }
        for file in self.files.iter_mut().filter(|file| is_rotated(file)) {
            if !file.name.ends_with(".gz") {
                file.name += ".gz";
            }
        }
        self.stamp += 1;
        let name = format!("{prefix}20261120-{:06}", self.stamp);
        for file in self.files.iter_mut().filter(|file| file.name == live) {
            file.name.clone_from(&name);
        }
    }

    /// Containerd opens the live file anew; or can't, and the kubelet renames it back.
    fn reopen(&mut self, chance: &mut Chance) {
        let live = self.live();
        if self.find(&live).is_some() {
            return;
        }
        if chance.percent(20) {
            let written = self.writes;
            for file in self
                .files
                .iter_mut()
                .filter(|file| Some(file.id) == written)
            {
                file.name.clone_from(&live);
            }
        } else {
            self.create();
        }
    }

    /// The container ends and is started anew: of those that have ended one is kept.
    fn start(&mut self) {
        let kept = self.restart;
        self.files.retain(|file| {
            let name = SegmentName::read(&file.name);
            name.is_some_and(|name| name.restart == kept)
        });
        self.restart += 1;
        self.create();
    }
}
