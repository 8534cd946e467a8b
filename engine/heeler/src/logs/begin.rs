//! How a container's log begins to be read: what its folder has, and where in it.

use futures::future::{join, join_all, join4};
use heeler_core::logs::{Beginning, Opened, SegmentName};

use super::container::Stop;
use super::flow::{Flow, Folder};
use super::lost::Lost;
use super::reader::{Begun, Reader};
use super::span::Span;
use super::told::Why;
use crate::world::port::Part;

/// As much of a segment as tells how it begins, packed or not.
const PEEK: u64 = 2 * Beginning::MOST as u64;

impl Reader<'_> {
    /// The first lines come after three round trips, the pod's included: the file that is written to is
    /// opened while the folder is listed, and the first one while that is listed once more.
    pub(super) async fn begin(&mut self) -> Result<(), Stop> {
        let (folder, written) = (self.folder, self.written());
        let (live, names) = join(opened(folder, written.as_ref()), self.list()).await;
        let names = names?;
        let Some(names) = names.or_else(|| live.is_some().then(Default::default)) else {
            let why = "its folder is not on the node: the container was not started yet, or the pod was deleted";
            let why = Why::Gone(why.to_owned());
            self.note(folder.path, (None, None), why);
            self.trail.listed(Vec::new());
            self.is_there = false;
            return Ok(());
        };
        let (names, is_packing) = names;
        self.lost = Lost::of(&names, is_packing);
        if let Some((window, why)) = self.lost.starts(&self.errand.source.container) {
            self.note(folder.path, window, why);
        }
        // Nothing comes to a file any more that is not the last one.
        let first = names.iter().min().filter(|first| {
            let is_last = names.iter().all(|name| name.is_same(first));
            !is_last && Some(*first) != written.as_ref() && self.errand.span == Span::ALL
        });
        let first = first.cloned();
        self.trail.listed(names);
        let pin = async {
            let mut live = live?;
            let (head, begins) = live.head().await;
            Some((live, head, begins.ok()?))
        };
        let (node, ahead) = (self.errand.node, opened(folder, first.as_ref()));
        let (pinned, ahead, keeps, names) =
            join4(pin, ahead, node.keeps(folder), self.list()).await;
        self.keeps = keeps;
        self.ahead = first.zip(ahead);
        if let Some((name, (flow, head, begins))) = written.zip(pinned) {
            let seen = begins.clone().map_or(Opened::Bare, Opened::Begins);
            self.trail.opened(&name, seen);
            self.open.insert(name, Begun { flow, head, begins });
        }
        self.trail.listed(names?.unwrap_or_default().0);
        if let Some(shipped) = self.errand.shipped {
            self.has_skipped = true;
            self.skip_shipped(shipped).await;
        }
        Ok(())
    }

    /// The segment that is written to, as the pod's object has it.
    fn written(&self) -> Option<SegmentName> {
        let source = self.errand.source;
        let present = source.container.restarts.filter(|_| !source.previous);
        present.map(|restart| SegmentName {
            restart,
            rotated: None,
            packed: false,
        })
    }

    /// Leaves out the segments that end before the span begins: one ends where the next one begins.
    pub(super) async fn skip(&mut self) {
        let since = self.errand.span.since;
        if self.errand.span == Span::ALL {
            return;
        }
        let (names, folder) = (self.trail.listing().to_vec(), self.folder);
        let pinned = names.last().and_then(|name| self.open.get(name));
        let pinned = pinned.and_then(|begun| begun.begins.as_ref()?.at());
        let is_enough = pinned.is_some_and(|at| at < since);
        let begins = join_all(names.iter().map(async |name| {
            if is_enough {
                return pinned.filter(|_| Some(name) == names.last());
            }
            let mut flow = folder.open(name, Part::First(PEEK)).await.ok()??;
            let (_, begins) = flow.head().await;
            begins.ok()??.at()
        }));
        let begins = begins.await;
        let first = begins
            .iter()
            .rposition(|at| at.is_some_and(|at| at < since));
        for name in names.iter().take(first.unwrap_or_default()) {
            self.skipped.insert(name.restart);
            self.trail.skip(name);
        }
    }
}

/// Opens a file ahead of its turn. Whatever is wrong with it is told when that comes.
async fn opened(folder: Folder<'_>, name: Option<&SegmentName>) -> Option<Flow> {
    folder.open(name?, Part::Whole).await.ok().flatten()
}
