//! Writes a bundle: members one after another, as they come, and a manifest behind them.

mod place;
mod spool;
mod tarball;

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::digest::{Digest, Digesting};
use super::fault::ArchiveFault;
use super::label::label;
use super::limits::Limits;
use super::manifest::{About, Added, FORMAT, Manifest, Missing};
use super::pour::pour;
use super::read::read;
use super::redact::{Redactor, redacted};
use super::told::{Contents, Refusal, Refused, Trouble, TroubleKind, Whole};
use super::{LOGDOG_ERRORS, MANIFEST};
use place::{Place, create};
use spool::Spool;
use tarball::Tarball;

/// A member that is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source<'a> {
    /// What it is to be called.
    pub label: &'a str,
    /// Where it comes from, in words.
    pub from: &'a str,
}

/// A bundle that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundled {
    /// The file.
    pub path: PathBuf,
    /// Bytes of it.
    pub size: u64,
    /// The digest of them.
    pub sha256: String,
}

/// Writes a bundle. Until [`Writer::finish`] there is no file of its name, and what was written is removed
/// when this is dropped.
pub struct Writer {
    tarball: Tarball<File>,
    spool: Spool,
    // Behind the files: it removes them.
    place: Place,
    about: About,
    limits: Limits,
    labels: HashSet<String>,
    members: Vec<Added>,
    missing: Vec<Missing>,
    whole: Whole,
    refused: Vec<Refusal>,
    refused_count: BTreeMap<Refused, u64>,
    /// Bytes of all members, as they are stored.
    stored: u64,
}

/// Why a member is not read on.
enum Stop {
    /// It can't be written.
    Failed(io::Error),
    /// It is too large to be read again.
    Full,
}

impl Writer {
    /// Begins a bundle that is to lie at `path`.
    ///
    /// # Errors
    /// When something lies there already, or nothing can be written there.
    pub fn new(path: &Path, about: About, limits: Limits) -> Result<Self, ArchiveFault> {
        let place = Place::new(path)?;
        let unwritten = |error| ArchiveFault::unwritten(path, &error);
        let spool = Spool::new(place.spool()).map_err(unwritten)?;
        let file = create(place.partial()).map_err(unwritten)?;
        Ok(Writer {
            tarball: Tarball::new(file, about.at),
            spool,
            place,
            about,
            limits,
            labels: HashSet::new(),
            members: Vec::new(),
            missing: Vec::new(),
            whole: Whole::Whole,
            refused: Vec::new(),
            refused_count: BTreeMap::new(),
            stored: 0,
        })
    }

    /// Adds a member: all of `content`, however long it is, without what `redactor` takes out. Where the
    /// content breaks off, what came is kept and said to be cut.
    ///
    /// # Errors
    /// When it can't have its label, or can't be written.
    pub fn add(
        &mut self,
        source: Source<'_>,
        content: &mut dyn Read,
        redactor: &mut dyn Redactor,
    ) -> Result<(), ArchiveFault> {
        self.admit(source.label)?;
        let path = self.place.target().to_owned();
        let unwritten = |error| ArchiveFault::unwritten(&path, &error);
        self.spool.clear().map_err(unwritten)?;
        let (mut had, room) = (Digest::default(), self.room());
        let mut stored = Digesting::new(&mut self.spool);
        let mut out = Vec::new();
        let poured = pour(content, |bytes| {
            had.add(bytes);
            redactor.take(bytes, &mut out);
            keep(&mut stored, &mut out, room)
        });
        let finished = poured.and_then(|cut| {
            redactor.finish(&mut out);
            keep(&mut stored, &mut out, room).map(|()| cut)
        });
        let cut = match finished {
            Ok(cut) => cut,
            Err(Stop::Failed(error)) => return Err(unwritten(error)),
            Err(Stop::Full) => Some(format!("a bundle has room for {room} bytes of it")),
        };
        let stored = stored.digest;
        let (had_size, had_sha256) = (had.size, had.hex());
        let (stored_size, stored_sha256) = (stored.size, stored.hex());
        let (size, spooled) = self.spool.all().map_err(unwritten)?;
        let added = self.tarball.add(source.label, size, spooled);
        added.map_err(unwritten)?;
        self.labels.insert(source.label.to_owned());
        self.members.push(Added {
            label: source.label.to_owned(),
            from: source.from.to_owned(),
            size: had_size,
            sha256: Some(had_sha256).filter(|had| *had == stored_sha256),
            stored_size,
            stored_sha256,
            redactions: redactor.counts(),
            cut,
        });
        self.stored += size;
        Ok(())
    }

    /// Adds all members of the node's own archive, each with a redactor of its own, and says in the manifest
    /// what became of reading it. What has no redactor is left out, and that is said.
    ///
    /// # Errors
    /// When they can't be written. What is wrong with the archive is part of the answer.
    pub fn add_archive<'r>(
        &mut self,
        archive: impl Read,
        from: &str,
        mut redactor: impl FnMut(&str) -> Option<Box<dyn Redactor + 'r>>,
    ) -> Result<Contents, ArchiveFault> {
        let limits = self.limits.clone();
        let mut contents = read(archive, &limits, |head, content| {
            let label = head.label;
            let Some(mut redactor) = redactor(label) else {
                self.miss(label, "it can't be searched for secrets");
                return Ok(ControlFlow::Continue(()));
            };
            match self.add(Source { label, from }, content, &mut *redactor) {
                // The others are wanted all the same.
                Err(ArchiveFault::Label { why, .. }) => self.miss(label, why),
                added => added?,
            }
            Ok::<_, ArchiveFault>(ControlFlow::Continue(()))
        })?;
        // They were read beside what is stored, and whoever is told of them is told no more than that has.
        for error in &mut contents.logdog_errors {
            for text in error.request.iter_mut().chain([&mut error.cause]) {
                *text = redactor(LOGDOG_ERRORS)
                    .map_or(String::new(), |mut one| redacted(text, &mut *one));
            }
        }
        self.account(&contents);
        Ok(contents)
    }

    /// Bytes that the next member may have, so that all of it can be read again.
    fn room(&self) -> u64 {
        let left = self.limits.total.saturating_sub(self.stored);
        // The manifest and the headers need some, too.
        let reserve = (self.limits.manifest as u64).saturating_mul(2);
        self.limits.member.min(left.saturating_sub(reserve))
    }

    /// Something is missing, for this reason.
    pub fn miss(&mut self, what: impl Into<String>, why: impl Into<String>) {
        self.missing.push(Missing {
            what: what.into(),
            why: why.into(),
        });
    }

    /// What is missing so far, and why, in words: members that are cut or were refused among it.
    pub fn lacks(&self) -> Vec<String> {
        let missing = self
            .missing
            .iter()
            .map(|one| format!("{}: {}", one.what, one.why));
        let cut = self
            .members
            .iter()
            .filter_map(|added| Some(format!("some of {}: {}", added.label, added.cut.as_ref()?)));
        let refused: u64 = self.refused_count.values().sum();
        let refused = (refused > 0).then(|| {
            format!(
                "{refused} members of logdog's tarball: they were refused, as the manifest says"
            )
        });
        missing.chain(cut).chain(refused).collect()
    }

    /// What became of reading the node's own archive: it is said in the manifest.
    pub fn account(&mut self, contents: &Contents) {
        self.refused.extend(contents.refused.iter().cloned());
        for (kind, count) in &contents.refused_count {
            *self.refused_count.entry(*kind).or_default() += count;
        }
        if let Some(why) = &contents.logdog_errors_open {
            self.miss("what logdog could not get", why.as_str());
        }
        if contents.whole != Whole::Whole {
            self.whole = contents.whole.clone();
        }
    }

    /// Not all of what was asked for is there, for this reason.
    pub fn interrupted(&mut self, why: impl Into<String>) {
        self.whole = Whole::Partial(Trouble::new(TroubleKind::Cut, why));
    }

    /// Adds the manifest, and gives the file its name.
    ///
    /// # Errors
    /// When it can't be written, or something has its name by now. Nothing is left of it then.
    pub fn finish(self) -> Result<Bundled, ArchiveFault> {
        let manifest = Manifest {
            format: FORMAT,
            about: self.about,
            whole: self.whole,
            members: self.members,
            missing: self.missing,
            refused: self.refused,
            refused_count: self.refused_count,
        };
        let (mut tarball, place) = (self.tarball, self.place);
        let path = place.target().to_owned();
        let unwritten = |error| ArchiveFault::unwritten(&path, &error);
        let bytes =
            serde_json::to_vec_pretty(&manifest).map_err(|error| unwritten(error.into()))?;
        let written = tarball.add(MANIFEST, bytes.len() as u64, bytes.as_slice());
        written.map_err(unwritten)?;
        let (file, digest) = tarball.finish().map_err(unwritten)?;
        place.keep(&file)?;
        Ok(Bundled {
            path,
            size: digest.size,
            sha256: digest.hex(),
        })
    }

    /// A label must be one that is read again as it is.
    fn admit(&self, wanted: &str) -> Result<(), ArchiveFault> {
        let refused = |why: &str| {
            Err(ArchiveFault::Label {
                label: wanted.to_owned(),
                why: why.to_owned(),
            })
        };
        match label(wanted.as_bytes(), self.limits.name) {
            Err((_, why)) => refused(&why),
            Ok(label) if label != wanted => refused(&format!("it would be read as {label:?}")),
            Ok(_) if self.labels.len() + 1 >= self.limits.members => {
                refused("a bundle has no room for more members")
            }
            Ok(_) if wanted == MANIFEST => refused("that is the bundle's own"),
            Ok(_) if self.labels.contains(wanted) => {
                refused("a member before it has the same name")
            }
            Ok(_) => Ok(()),
        }
    }
}

/// Writes what is ready, as far as there is room for it.
fn keep(stored: &mut Digesting<impl Write>, ready: &mut Vec<u8>, room: u64) -> Result<(), Stop> {
    let left = usize::try_from(room.saturating_sub(stored.digest.size)).unwrap_or(usize::MAX);
    let kept = ready.get(..left).unwrap_or(ready);
    stored.write_all(kept).map_err(Stop::Failed)?;
    let is_full = kept.len() < ready.len();
    ready.clear();
    if is_full { Err(Stop::Full) } else { Ok(()) }
}
