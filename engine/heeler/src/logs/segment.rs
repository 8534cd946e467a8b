//! One file of a log, handed on: from where it was left, once, whatever happens to the connection.

use heeler_core::logs::{Batch, Beginning, Ended, Opened, ReadFrom, SegmentName};

use super::container::Stop;
use super::flow::Flow;
use super::reader::{Begun, PAUSES, Reader};
use crate::world::arriving::Break;
use crate::world::port::Part;

/// So many of the last bytes that were read tell where a file goes on: more than a line, as containerd
/// cuts them at 16 KiB, so that its time is among them.
const TAIL: usize = 20 << 10;

/// Bytes that make a batch: a few of them wait for each container, and a fast connection gives hundreds of
/// kilobytes at once.
const AT_ONCE: usize = 64 << 10;

/// A place in a file that was read before.
enum Place {
    /// What follows comes next, with what came of it already.
    At(Box<Flow>, Vec<u8>),
    /// The file is not there, or another one is called so.
    Elsewhere,
}

impl Reader<'_> {
    /// Opens a file from its first byte, and sees how it begins.
    pub(super) async fn see(&mut self, name: &SegmentName) -> Opened {
        let mut pauses = PAUSES.iter();
        loop {
            let ahead = self.ahead.take().filter(|(ahead, _)| ahead == name);
            let opened = match ahead {
                Some((_, flow)) => Ok(Some(flow)),
                None => self.folder.open(name, Part::Whole).await,
            };
            let why = match opened {
                Ok(None) => return Opened::Absent,
                Ok(Some(mut flow)) => match flow.head().await {
                    (head, Ok(begins)) => {
                        let seen = begins.clone().map_or(Opened::Bare, Opened::Begins);
                        let begun = Begun { flow, head, begins };
                        self.open.insert(name.clone(), begun);
                        return seen;
                    }
                    (_, Err(why)) => why,
                },
                Err(error) => error.into(),
            };
            match why {
                Break::File(why) => return Opened::Refused(why),
                Break::Way(why) if !self.wait_for_node(&mut pauses, &why).await => {
                    return Opened::Refused(why);
                }
                Break::Way(_) => {}
            }
        }
    }

    /// Hands on what a file has, from where it is to be read.
    ///
    /// # Errors
    /// When nobody takes it.
    pub(super) async fn hand_on_file(
        &mut self,
        name: &SegmentName,
        from: ReadFrom,
    ) -> Result<(Option<Beginning>, Ended), Stop> {
        // What was opened is of no use where it had no line then.
        let opened = self.open.remove(name);
        let (begun, first) = match from {
            ReadFrom::Opened => (opened, 0),
            ReadFrom::Byte(byte) => (None, byte),
        };
        if first == 0 {
            self.place = Some(self.folder.place(name));
        }
        let mut begins = begun.as_ref().and_then(|begun| begun.begins.clone());
        if first == 0 {
            let shed = self.shed.as_ref();
            self.is_shed = shed.is_some_and(|shed| shed.is_of(begins.as_ref()));
        }
        let mut place = begun.map(|begun| Place::At(Box::new(begun.flow), begun.head));
        let (mut at, mut pauses, mut head) = (first, PAUSES.iter(), Vec::new());
        let ended = loop {
            let found = match place.take() {
                Some(found) => Ok(found),
                None => self.find(name, at).await,
            };
            let before = at;
            let broken = match found {
                Ok(Place::Elsewhere) => break Ended::Elsewhere(at),
                Ok(Place::At(mut flow, bytes)) => {
                    if at == 0 {
                        head.clone_from(&bytes);
                    }
                    at += bytes.len() as u64;
                    self.hand_on_bytes(&bytes).await?;
                    loop {
                        match flow.next().await {
                            Ok(Some(bytes)) => {
                                if head.len() < Beginning::MOST && head.len() as u64 == at {
                                    head.extend(bytes.iter().take(Beginning::MOST));
                                }
                                at += bytes.len() as u64;
                                self.hand_on_bytes(bytes).await?;
                            }
                            Ok(None) => break None,
                            Err(why) => break Some(why),
                        }
                    }
                }
                Err(why) => Some(why),
            };
            if at > before {
                pauses = PAUSES.iter();
            }
            match broken {
                None => break Ended::At(at),
                Some(Break::File(why)) => break Ended::Broken(at, why),
                Some(Break::Way(why)) => match pauses.next() {
                    Some(pause) => self.wait(*pause, &why).await,
                    None => break Ended::Broken(at, format!("{why}; no other try came further")),
                },
            }
        };
        if begins.is_none() && first == 0 {
            begins = Beginning::of(&head);
        }
        Ok((begins, ended))
    }

    /// Opens a file where this byte of the segment comes next, if what is before it is what was read
    /// before.
    async fn find(&mut self, name: &SegmentName, at: u64) -> Result<Place, Break> {
        let known = self.tail.len() as u64;
        if known > at {
            return Ok(Place::Elsewhere);
        }
        let part = match name.packed || at <= known {
            true => Part::Whole,
            false => Part::From(at - known),
        };
        let Some(mut flow) = self.folder.open(name, part).await? else {
            return Ok(Place::Elsewhere);
        };
        let mut seen = Vec::new();
        let mut place = flow.at;
        while place < at {
            let Some(bytes) = flow.next().await? else {
                return Ok(Place::Elsewhere);
            };
            let from = usize::try_from((at - known).saturating_sub(place)).unwrap_or(usize::MAX);
            seen.extend_from_slice(bytes.get(from.min(bytes.len())..).unwrap_or_default());
            place += bytes.len() as u64;
        }
        match seen.strip_prefix(self.tail.as_slice()) {
            Some(next) => Ok(Place::At(Box::new(flow), next.to_vec())),
            None => Ok(Place::Elsewhere),
        }
    }

    async fn hand_on_bytes(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.account.read(self.place.take(), bytes.len() as u64);
        let shed = self
            .shed
            .as_mut()
            .filter(|_| self.is_shed)
            .map_or(0, |shed| shed.of(bytes.len()));
        let end = bytes.get(bytes.len().saturating_sub(TAIL)..);
        let end = end.unwrap_or_default();
        let before = self.tail.len().min(TAIL - end.len());
        self.tail.drain(..self.tail.len() - before);
        self.tail.extend_from_slice(end);
        let wanted = bytes.get(shed..).unwrap_or_default();
        for some in wanted.chunks(AT_ONCE) {
            let mut batch = Batch::default();
            self.decoder.push(some, &mut batch);
            self.hand_on(batch).await?;
        }
        Ok(())
    }
}
