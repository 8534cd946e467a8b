//! The headers of a tar: of members, and those that go before one to say more about it.
//!
//! The `tar` crate reads the latter into memory as long as they are, and takes an archive without an end
//! for a whole one; so only its knowledge of one header is used, and the walk is ours.

use std::io::{self, Read};

use tar::{EntryType, Header};

use super::super::told::{Refused, Trouble, TroubleKind};

/// Headers and members begin at multiples of it.
pub(super) const BLOCK: u64 = 512;
/// Zeros only: two of them end a tar.
pub(super) const ZEROS: [u8; 512] = [0; 512];

/// What a header describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A file with bytes.
    File,
    /// A folder: nothing to read.
    Folder,
    /// It says the next one's name.
    LongName,
    /// It says where the next one links to.
    LongLink,
    /// It says something about the next one.
    Pax,
    /// It says something about all that come.
    GlobalPax,
    /// It is not taken.
    Refused(Refused, &'static str),
}

impl Kind {
    pub(super) fn of(header: &Header, name: &[u8]) -> Kind {
        match header.entry_type() {
            EntryType::Regular | EntryType::Continuous if name.ends_with(b"/") => Kind::Folder,
            EntryType::Regular | EntryType::Continuous => Kind::File,
            EntryType::Directory => Kind::Folder,
            EntryType::GNULongName => Kind::LongName,
            EntryType::GNULongLink => Kind::LongLink,
            EntryType::XHeader => Kind::Pax,
            EntryType::XGlobalHeader => Kind::GlobalPax,
            EntryType::Symlink => Kind::Refused(Refused::Link, "it is a symbolic link"),
            EntryType::Link => Kind::Refused(Refused::Link, "it is a hard link"),
            EntryType::Char => Kind::Refused(Refused::Special, "it is a character device"),
            EntryType::Block => Kind::Refused(Refused::Special, "it is a block device"),
            EntryType::Fifo => Kind::Refused(Refused::Special, "it is a pipe"),
            EntryType::GNUSparse => Kind::Refused(Refused::Sparse, "it is a file with holes"),
            _ => Kind::Refused(Refused::Unclear, "it is of a kind that is not known"),
        }
    }
}

/// Whether the header's own checksum is right.
pub(super) fn is_sound(header: &Header) -> bool {
    let sum = header.as_bytes().iter().enumerate().map(|(at, byte)| {
        // The checksum is made as if spaces were in its place.
        u32::from(if (148..156).contains(&at) {
            b' '
        } else {
            *byte
        })
    });
    header.cksum().is_ok_and(|said| said == sum.sum::<u32>())
}

/// What was said of the next member before its header.
#[derive(Debug, Default)]
pub(super) struct Before {
    /// Its name.
    pub(super) name: Option<Vec<u8>>,
    /// Its size.
    pub(super) size: Option<u64>,
    /// Why it is not taken.
    pub(super) refused: Option<(Refused, String)>,
    /// Whether anything was said.
    pub(super) any: bool,
}

impl Before {
    fn refuse(&mut self, kind: Refused, why: &str) {
        self.refused.get_or_insert((kind, why.to_owned()));
    }

    /// A header of this kind is longer than anybody needs.
    pub(super) fn too_long(&mut self, kind: Kind) {
        match kind {
            Kind::LongName => self.refuse(Refused::LongName, "its name is too long"),
            Kind::LongLink => {}
            _ => self.refuse(Refused::Unclear, "what describes it is too long"),
        }
    }

    /// Takes what a header of this kind says.
    ///
    /// # Errors
    /// When it says of all members what can be true of one only.
    pub(super) fn take(&mut self, kind: Kind, mut said: Vec<u8>) -> Result<(), Trouble> {
        match kind {
            Kind::LongName => {
                if said.last() == Some(&0) {
                    said.pop();
                }
                self.name = Some(said);
            }
            Kind::Pax => self.take_pax(&said),
            Kind::GlobalPax => {
                let mut all = Before::default();
                all.take_pax(&said);
                if all.name.is_some() || all.size.is_some() || all.refused.is_some() {
                    let why = "a header in it gives all members the same name or size";
                    return Err(Trouble::new(TroubleKind::Damaged, why));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Each record is `LENGTH KEY=VALUE\n`, and its length counts all of that.
    fn take_pax(&mut self, mut said: &[u8]) {
        // What fills the block.
        while let [kept @ .., 0] = said {
            said = kept;
        }
        while !said.is_empty() {
            let Some((record, rest)) = record(said) else {
                return self.refuse(Refused::Unclear, "what describes it makes no sense");
            };
            said = rest;
            match record {
                (b"path", value) => self.name = Some(value.to_vec()),
                (b"size", value) => match number(value) {
                    Some(size) => self.size = Some(size),
                    None => self.refuse(Refused::Unclear, "its size is no number"),
                },
                (key, _) if key.starts_with(b"GNU.sparse.") => {
                    self.refuse(Refused::Sparse, "it is a file with holes");
                }
                _ => {}
            }
        }
    }
}

type Record<'a> = (&'a [u8], &'a [u8]);

fn record(said: &[u8]) -> Option<(Record<'_>, &[u8])> {
    let space = said.iter().position(|byte| *byte == b' ')?;
    let length = usize::try_from(number(said.get(..space)?)?).ok()?;
    let (record, rest) = said.split_at_checked(length)?;
    let record = record.get(space + 1..)?.strip_suffix(b"\n")?;
    let equals = record.iter().position(|byte| *byte == b'=')?;
    Some(((record.get(..equals)?, record.get(equals + 1..)?), rest))
}

fn number(digits: &[u8]) -> Option<u64> {
    let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    let digits = std::str::from_utf8(digits).ok().filter(|_| is_number)?;
    digits.parse().ok()
}

/// Fills `block`, or says how many bytes came before the end.
///
/// # Errors
/// Of what it is read from.
pub(super) fn fill(from: &mut dyn Read, block: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = block.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match from.read(rest)? {
            0 => break,
            count => filled += count,
        }
    }
    Ok(filled)
}
