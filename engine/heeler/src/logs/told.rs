//! What became of reading a container's log: what was read, and what is missing.

use heeler_core::logs::{Missing, Moment};

use super::lost::Window;

/// The account of one container's log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// The files that were read, in their order.
    pub files: Vec<String>,
    /// Bytes of the files, unpacked.
    pub bytes: u64,
    /// Lines that are not in the format, and were handed on as they are.
    pub foreign: u64,
    /// Why lines may be among them that were shipped.
    pub doubts: Vec<String>,
    /// What is missing.
    pub holes: Vec<Hole>,
}

/// A part of a log that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hole {
    /// The file, or the folder.
    pub place: String,
    /// The last line before it, or else when it began at the earliest; `None`: that is not known.
    pub after: Option<Moment>,
    /// The first line behind it; `None`: nothing is behind it, or it is not known.
    pub before: Option<Moment>,
    /// How many lines are missing, where the application numbers them.
    pub lines: Option<u64>,
    /// Why.
    pub why: Why,
}

/// Why a part of a log is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// It could not be read: it is there, or was when it was listed.
    Unread(String),
    /// It is gone from the node, for this reason.
    Gone(String),
    /// It may be gone from the node, for this reason; or there never was anything.
    Perhaps(String),
    /// The caller has ended before it was read.
    Interrupted,
}

impl From<Missing> for Why {
    fn from(missing: Missing) -> Self {
        let gone = |why: &str| Why::Gone(why.to_owned());
        match missing {
            Missing::Removed => {
                gone("it is not there any more: it was removed while the log was read")
            }
            Missing::Unclear => gone(
                "it was rotated more than once since it was seen, and may have been removed meanwhile",
            ),
            Missing::Unseen => {
                gone("files of this start may have come and gone while the log was read")
            }
            Missing::Unread(why) => Why::Unread(why),
            Missing::Outrun => {
                Why::Unread("the log is rotated faster than it can be read".to_owned())
            }
        }
    }
}

impl Account {
    /// Nothing could be read, for a reason that is no answer of the node.
    pub(crate) fn lost(why: &str) -> Self {
        let mut account = Account::default();
        account.hole("the log", None, Why::Unread(why.to_owned()));
        account
    }

    /// Who asked has not waited for the end of it.
    pub(super) fn interrupted(&mut self) {
        if self.holes.iter().all(|hole| hole.why != Why::Interrupted) {
            self.hole("the log", None, Why::Interrupted);
        }
    }

    /// Whether all that is on the node was read.
    pub fn is_all_read(&self) -> bool {
        self.holes
            .iter()
            .all(|hole| matches!(hole.why, Why::Gone(_) | Why::Perhaps(_)))
    }

    /// So many bytes more were read, the first ones of the file that is named.
    pub(super) fn read(&mut self, place: Option<String>, bytes: u64) {
        self.bytes += bytes;
        self.files.extend(place);
    }

    /// Something is missing behind the last line.
    pub(super) fn hole(&mut self, place: impl ToString, last: Option<Moment>, why: Why) {
        self.window(place, (last, None), why);
    }

    /// Something is missing between these times.
    pub(super) fn window(&mut self, place: impl ToString, (after, before): Window, why: Why) {
        self.holes.push(Hole {
            place: place.to_string(),
            after,
            before,
            lines: None,
            why,
        });
    }

    /// So many lines are missing in these holes, by the application's own numbers: what may be gone is gone
    /// then, or is not.
    pub(super) fn count(&mut self, counted: &[(usize, u64)]) {
        for (hole, lines) in counted {
            let Some(hole) = self.holes.get_mut(*hole) else {
                continue;
            };
            hole.lines = Some(*lines);
            if let Why::Perhaps(why) = &hole.why {
                hole.why = Why::Gone(why.clone());
            }
        }
        self.holes
            .retain(|hole| hole.lines != Some(0) || !matches!(hole.why, Why::Gone(_)));
    }

    /// What comes now begins there: the holes before it end.
    pub(super) fn go_on(&mut self, at: Option<Moment>) {
        let holes = self.holes.iter_mut().rev();
        for hole in holes.take_while(|hole| hole.before.is_none()) {
            hole.before = at;
        }
    }
}
