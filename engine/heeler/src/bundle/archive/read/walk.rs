//! The walk through an archive, member by member.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, Read};
use std::ops::ControlFlow;

use tar::Header;

use super::super::label::{self, shortened};
use super::super::limits::Limits;
use super::super::pour::PIECE;
use super::super::told::{Contents, Member, Refusal, Refused, Trouble, TroubleKind, Whole};
use super::super::{LOGDOG_ERRORS, MANIFEST};
use super::content::{Content, cut};
use super::errors;
use super::gunzip::Gunzip;
use super::header::{BLOCK, Before, Kind, ZEROS, fill, is_sound};
use super::visit::{Head, Stop};

/// Letters of a name that are shown of what is refused.
const NAME: usize = 200;

pub(super) struct Walk<'l, R> {
    unpacked: Gunzip<R>,
    limits: &'l Limits,
    labels: HashSet<String>,
    headers: u64,
    pub(super) contents: Contents,
    /// The manifest's bytes.
    pub(super) manifest: Option<Vec<u8>>,
}

impl<'l, R: Read> Walk<'l, R> {
    pub(super) fn new(from: R, limits: &'l Limits) -> Self {
        Walk {
            unpacked: Gunzip::new(from, limits),
            limits,
            labels: HashSet::new(),
            headers: 0,
            contents: Contents {
                whole: Whole::Unread,
                members: Vec::new(),
                refused: Vec::new(),
                refused_count: BTreeMap::new(),
                logdog_errors: Vec::new(),
                logdog_errors_open: None,
                manifest: None,
                mismatches: Vec::new(),
            },
            manifest: None,
        }
    }

    pub(super) fn run<E>(
        &mut self,
        visit: &mut impl FnMut(Head<'_>, &mut Content<'_>) -> Result<ControlFlow<()>, E>,
    ) -> Result<(), Stop<E>> {
        let mut before = Before::default();
        while let Some(header) = self.header(&before)? {
            let said = header.entry_size().map_err(|error| {
                let why = format!("a header says no size: {error}");
                Trouble::new(TroubleKind::Damaged, why)
            })?;
            let name = header.path_bytes();
            let kind = Kind::of(&header, before.name.as_deref().unwrap_or(&name));
            let before_it = match kind {
                Kind::LongName | Kind::LongLink | Kind::Pax | Kind::GlobalPax => {
                    self.extension(kind, said, &mut before)?;
                    continue;
                }
                _ => std::mem::take(&mut before),
            };
            let name = before_it.name.as_deref().unwrap_or(&name);
            let size = before_it.size.unwrap_or(said);
            if kind == Kind::Refused(Refused::Sparse, "it is a file with holes") {
                self.skip_sparse_map(&header)?;
            }
            match self.judged(kind, name, size, before_it.refused) {
                Ok(Some(label)) => self.member(label, size, visit)?,
                Ok(None) => self.skip(size)?,
                Err((kind, why)) => {
                    self.refuse(name, kind, why);
                    self.skip(size)?;
                }
            }
            self.pad(size)?;
        }
        self.end().map_err(Stop::Trouble)
    }

    /// The next header; `None`: the end comes.
    fn header(&mut self, before: &Before) -> Result<Option<Header>, Trouble> {
        let mut header = Header::new_old();
        let whole = self.block(header.as_mut_bytes())?;
        if !whole {
            let why = "its end mark is missing: it was cut before it was packed";
            return Err(Trouble::new(TroubleKind::Cut, why));
        }
        if header.as_bytes() == &ZEROS {
            if before.any {
                let why = "it ends behind a header that describes another member";
                return Err(Trouble::new(TroubleKind::Cut, why));
            }
            return Ok(None);
        }
        if !is_sound(&header) {
            return Err(match self.headers {
                0 => Trouble::new(TroubleKind::NoTar, "what is packed in it is no tar"),
                _ => Trouble::new(TroubleKind::Damaged, "a header within it is damaged"),
            });
        }
        self.headers += 1;
        if self.headers > self.limits.headers {
            let why = format!("it has more than {} headers", self.limits.headers);
            return Err(Trouble::new(TroubleKind::Excessive, why));
        }
        Ok(Some(header))
    }

    /// What a header of this kind says, as far as it is short.
    fn extension(&mut self, kind: Kind, size: u64, before: &mut Before) -> Result<(), Trouble> {
        before.any |= kind != Kind::GlobalPax;
        if size > self.limits.extension {
            before.too_long(kind);
            self.skip(size)?;
        } else {
            let mut said = vec![0; usize::try_from(size).unwrap_or_default()];
            if !self.block(&mut said)? {
                return Err(cut());
            }
            before.take(kind, said)?;
        }
        self.pad(size)
    }

    /// Its label if it is taken; `None`: there is nothing to take.
    fn judged(
        &self,
        kind: Kind,
        name: &[u8],
        size: u64,
        refused: Option<(Refused, String)>,
    ) -> Result<Option<String>, (Refused, String)> {
        // What it is tells more than what it is called.
        if let Kind::Refused(kind, why) = kind {
            return Err((kind, why.to_owned()));
        }
        if let Some(refused) = refused {
            return Err(refused);
        }
        if kind == Kind::Folder {
            return Ok(None);
        }
        let label = label::label(name, self.limits.name)?;
        if size > self.limits.member {
            let why = format!("it has {size} bytes, and {} are taken", self.limits.member);
            return Err((Refused::Large, why));
        }
        if self.labels.contains(&label) {
            let why = "a member before it has the same name";
            return Err((Refused::Duplicate, why.to_owned()));
        }
        Ok(Some(label))
    }

    fn member<E>(
        &mut self,
        label: String,
        size: u64,
        visit: &mut impl FnMut(Head<'_>, &mut Content<'_>) -> Result<ControlFlow<()>, E>,
    ) -> Result<(), Stop<E>> {
        if self.contents.members.len() >= self.limits.members {
            let why = format!("it has more than {} members", self.limits.members);
            return Err(Trouble::new(TroubleKind::Excessive, why).into());
        }
        let keep = match label.as_str() {
            LOGDOG_ERRORS => Some(self.limits.errors),
            MANIFEST => Some(self.limits.manifest),
            _ => None,
        };
        let mut content = Content::new(&mut self.unpacked, size, keep);
        let head = Head {
            label: &label,
            size,
        };
        let flow = visit(head, &mut content).map_err(Stop::Failed)?;
        let (came, read) = match flow {
            ControlFlow::Continue(()) => content.finish(),
            ControlFlow::Break(()) => return Err(Stop::Enough),
        };
        let size = came.digest.size;
        match (label.as_str(), came.kept) {
            (LOGDOG_ERRORS, Some(kept)) => {
                let (errors, open) = errors::parsed(&kept, size);
                self.contents.logdog_errors = errors;
                self.contents.logdog_errors_open = open;
            }
            (MANIFEST, Some(kept)) => self.manifest = Some(kept),
            _ => {}
        }
        let cut = read.as_ref().err().map(ToString::to_string);
        self.labels.insert(label.clone());
        self.contents.members.push(Member {
            label,
            size,
            sha256: came.digest.hex(),
            binary: came.is_binary,
            cut,
        });
        read.map_err(|_| Stop::Trouble(self.why()))
    }

    fn refuse(&mut self, name: &[u8], kind: Refused, why: String) {
        *self.contents.refused_count.entry(kind).or_default() += 1;
        if self.contents.refused.len() < self.limits.refused {
            let name = name.get(..4 * NAME).unwrap_or(name);
            let name = shortened(&label::clean(name), NAME);
            self.contents.refused.push(Refusal { name, kind, why });
        }
    }

    /// The map of a file with many holes goes on behind its header.
    fn skip_sparse_map(&mut self, header: &Header) -> Result<(), Trouble> {
        let mut goes_on = header.as_gnu().is_some_and(tar::GnuHeader::is_extended);
        while goes_on {
            let mut more = tar::GnuExtSparseHeader::new();
            if !self.block(more.as_mut_bytes())? {
                return Err(cut());
            }
            goes_on = more.is_extended();
        }
        Ok(())
    }

    /// Behind the first block of zeros: another one, and then nothing but zeros.
    fn end(&mut self) -> Result<(), Trouble> {
        let trailing = |why: &str| Err(Trouble::new(TroubleKind::Trailing, why));
        let mut second = ZEROS;
        if !self.block(&mut second)? {
            return Err(Trouble::new(
                TroubleKind::Cut,
                "half of its end mark is missing: it was cut before it was packed",
            ));
        }
        if second != ZEROS {
            return trailing("something comes behind half of an end mark");
        }
        let mut piece = vec![0; PIECE];
        loop {
            match self.unpacked.read(&mut piece) {
                Ok(0) => return Ok(()),
                Ok(count) if piece.iter().take(count).all(|byte| *byte == 0) => {}
                Ok(_) => return trailing("something comes behind its end mark"),
                Err(_) => return Err(self.why()),
            }
        }
    }

    /// Fills a block; `false`: the end comes before it. Half a block is trouble.
    fn block(&mut self, block: &mut [u8]) -> Result<bool, Trouble> {
        let wanted = block.len();
        match fill(&mut self.unpacked, block) {
            Ok(filled) if filled == wanted => Ok(true),
            Ok(0) => Ok(false),
            Ok(_) => Err(cut()),
            Err(_) => Err(self.why()),
        }
    }

    fn pad(&mut self, size: u64) -> Result<(), Trouble> {
        self.skip((BLOCK - size % BLOCK) % BLOCK)
    }

    fn skip(&mut self, size: u64) -> Result<(), Trouble> {
        let copied = io::copy(&mut (&mut self.unpacked).take(size), &mut io::sink());
        match copied {
            Ok(copied) if copied == size => Ok(()),
            Ok(_) => Err(cut()),
            Err(_) => Err(self.why()),
        }
    }

    /// What is wrong, when a read has failed or come to an end too soon.
    fn why(&self) -> Trouble {
        self.unpacked.trouble().cloned().unwrap_or_else(cut)
    }
}
