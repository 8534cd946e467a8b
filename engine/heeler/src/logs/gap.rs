//! Where what a collector has not shipped of a container's log begins.

use futures::future::join_all;
use heeler_core::logs::shipped::{BEFORE, Before, Container, HEAD, Looked, Place, Seen, Shipped};
use heeler_core::logs::{Beginning, PodFolder, SegmentName};

use super::flow::{Flow, Folder};
use super::reader::Reader;
use super::told::Why;
use crate::world::port::Part;

/// What a collector has shipped.
#[derive(Debug, Clone)]
pub struct Gap {
    /// As its position file has it.
    pub shipped: Shipped,
    /// It is taken to have done what it does as a rule, also where its records don't prove it. Else all
    /// that may not have been shipped comes.
    pub is_trusted: bool,
}

/// So many bytes at the beginning of a segment were shipped.
#[derive(Debug)]
pub(super) struct Shed {
    /// How the segment begins.
    begins: Beginning,
    /// How many are left of them.
    left: u64,
}

impl Shed {
    /// How many bytes of the next ones are left out, as they come once each.
    pub(super) fn of(&mut self, bytes: usize) -> usize {
        let shed = usize::try_from(self.left).unwrap_or(usize::MAX).min(bytes);
        self.left -= shed as u64;
        shed
    }

    /// Whether this is the segment.
    pub(super) fn is_of(&self, begins: Option<&Beginning>) -> bool {
        begins == Some(&self.begins)
    }
}

impl Reader<'_> {
    /// Leaves out what was shipped.
    pub(super) async fn skip_shipped(&mut self, shipped: &Gap) {
        let (names, folder) = (self.trail.listing().to_vec(), self.folder);
        let seen = join_all(names.iter().map(|name| seen(folder, name))).await;
        let seen: Vec<Seen> = seen.into_iter().flatten().collect();
        let container = self.container();
        let places = shipped.shipped.places(&container, &seen);
        let before = join_all(places.iter().map(|place| before(folder, place))).await;
        let looked: Looked = places
            .into_iter()
            .zip(before)
            .filter_map(|(place, seen)| Some((place, seen?)))
            .collect();
        let decision = shipped.shipped.decide(&container, &seen, &looked);
        for lost in &decision.lost {
            self.note(&lost.path, (None, lost.until), Why::Gone(lost.to_string()));
        }
        self.account.doubts = decision.doubts.iter().map(ToString::to_string).collect();
        let from = match shipped.is_trusted {
            true => decision.likely,
            false => decision.from,
        };
        let Some(from) = from else { return };
        // What could not be looked at is read: nobody knows what it is.
        let is_shipped = |name: &&SegmentName| seen.iter().any(|seen| seen.name == **name);
        let earlier = names.iter().take_while(|name| !name.is_same(&from.segment));
        for name in earlier.filter(is_shipped) {
            self.skipped.insert(name.restart);
            self.trail.skip(name);
        }
        let begins = seen.iter().find(|seen| seen.name.is_same(&from.segment));
        self.shed = begins
            .and_then(|seen| Beginning::of(&seen.head))
            .filter(|_| from.byte > 0)
            .map(|begins| {
                // It is not the beginning of what is read, and so says nothing of what was before it.
                self.skipped.insert(from.segment.restart);
                Shed {
                    begins,
                    left: from.byte,
                }
            });
    }

    fn container(&self) -> Container {
        let source = self.errand.source;
        let folder = source.folder.parts().last();
        let folder = folder.and_then(|name| PodFolder::read(&format!("{name}/")));
        let (namespace, pod, uid) = folder
            .map(|of| (of.namespace, of.name, of.uid))
            .unwrap_or_default();
        Container {
            namespace,
            pod,
            uid,
            name: source.container.name.clone(),
            ids: source.container.ids.clone(),
        }
    }
}

/// How a segment begins, and how long it is; `None`: it can't be seen.
async fn seen(folder: Folder<'_>, name: &SegmentName) -> Option<Seen> {
    let mut flow = folder.open(name, Part::Whole).await.ok()??;
    let length = flow.length().filter(|_| !name.packed);
    let head = read(&mut flow, 0, HEAD).await?;
    Some(Seen {
        name: name.clone(),
        head,
        length,
    })
}

/// What is right before a place; `None`: it can't be seen.
async fn before(folder: Folder<'_>, place: &Place) -> Option<Before> {
    let from = place.byte.saturating_sub(BEFORE as u64);
    let part = match place.segment.packed || from == 0 {
        true => Part::Whole,
        false => Part::From(from),
    };
    let Some(mut flow) = folder.open(&place.segment, part).await.ok()? else {
        return Some(Before::Short);
    };
    let wanted = usize::try_from(place.byte - from).ok()?;
    let bytes = read(&mut flow, from, wanted).await?;
    Some(match bytes.len() == wanted {
        true => Before::Bytes(bytes),
        false => Before::Short,
    })
}

/// At most so many bytes from this one on; fewer at the end of the file.
async fn read(flow: &mut Flow, from: u64, most: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    while bytes.len() < most {
        let at = flow.at;
        let Some(next) = flow.next().await.ok()? else {
            break;
        };
        let early = usize::try_from(from.saturating_sub(at)).unwrap_or(usize::MAX);
        bytes.extend_from_slice(next.get(early.min(next.len())..).unwrap_or_default());
    }
    bytes.truncate(most);
    Some(bytes)
}
