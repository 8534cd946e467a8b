//! Carries out what the [`Trail`] of a container's log says, and keeps the account.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures::future::{join, join_all, join3};
use heeler_core::logs::{
    Batch, Beginning, Decoder, Ended, Moment, Opened, ReadFrom, SegmentName, Step, Trail,
};
use tokio::time::sleep;

use super::container::{Errand, Stop};
use super::flow::{Flow, Folder};
use super::span::Span;
use super::told::{Account, Why};
use crate::world::port::Part;

/// As much of a segment as tells how it begins, packed or not.
const PEEK: u64 = 2 * Beginning::MOST as u64;
/// Before each further try of what came to nothing: together ten seconds, in which a kubelet starts anew.
pub(super) const PAUSES: [Duration; 5] = [
    Duration::from_millis(100),
    Duration::from_millis(400),
    Duration::from_millis(1_500),
    Duration::from_secs(3),
    Duration::from_secs(5),
];
/// Who waits so long wants to know why.
const LONG: Duration = Duration::from_secs(1);

/// A file that was opened to see how it begins, with what has come so far.
pub(super) struct Begun {
    pub(super) flow: Flow,
    pub(super) head: Vec<u8>,
    pub(super) begins: Option<Beginning>,
}

pub(super) struct Reader<'a> {
    pub(super) folder: Folder<'a>,
    pub(super) errand: Errand<'a>,
    trail: Trail,
    pub(super) open: HashMap<SegmentName, Begun>,
    /// A file that was asked for before its turn.
    pub(super) ahead: Option<(SegmentName, Flow)>,
    has_skipped: bool,
    /// How often in a row a file was not where it was listed.
    missed: usize,
    pub(super) decoder: Decoder,
    /// Which start of the container the decoder is at.
    restart: Option<u32>,
    /// When the last line was written.
    last: Option<Moment>,
    /// The last bytes that were read of the segment.
    pub(super) tail: Vec<u8>,
    /// What the segment's file is called, until something of it was read.
    pub(super) place: Option<String>,
    pub(super) account: Account,
}

impl<'a> Reader<'a> {
    pub(super) fn new(folder: Folder<'a>, errand: Errand<'a>) -> Self {
        Reader {
            folder,
            errand,
            trail: Trail::default(),
            open: HashMap::new(),
            ahead: None,
            has_skipped: false,
            missed: 0,
            decoder: Decoder::default(),
            restart: None,
            last: None,
            tail: Vec::new(),
            place: None,
            account: Account::default(),
        }
    }

    /// Whether nothing was read, and nothing is known to be missing.
    pub(super) fn is_fresh(&self) -> bool {
        self.account.files.is_empty() && self.account.holes.is_empty()
    }

    /// What comes after the last line is missing.
    pub(super) fn miss(&mut self, why: Why) {
        self.account.hole(self.folder.path, self.last, why);
    }

    /// Hands on what has no end, where somebody takes it still.
    pub(super) async fn finish(mut self) -> Account {
        let _ = self.cut().await;
        self.account.foreign = self.decoder.foreign_lines();
        self.account
    }

    pub(super) async fn read(&mut self) -> Result<(), Stop> {
        self.begin().await?;
        loop {
            match self.trail.step() {
                Step::List => {
                    // What is not where it was listed may be there in a while.
                    let again = self
                        .missed
                        .checked_sub(2)
                        .and_then(|again| PAUSES.get(again));
                    sleep(again.copied().unwrap_or_default()).await;
                    let names = self.list().await?;
                    self.trail.listed(names.unwrap_or_default());
                }
                Step::Open(name) => {
                    if !std::mem::replace(&mut self.has_skipped, true) {
                        self.skip().await;
                        continue;
                    }
                    let opened = self.see(&name).await;
                    self.missed_if(opened == Opened::Absent);
                    self.trail.opened(&name, opened);
                }
                Step::Read(name, from) => {
                    if !self.turn_to(&name, from).await? {
                        return Ok(());
                    }
                    let (begins, ended) = self.hand_on_file(&name, from).await?;
                    self.missed_if(matches!(ended, Ended::Elsewhere(_)));
                    self.trail.read(&name, begins, ended);
                }
                Step::Tell(name, missing) => {
                    self.cut().await?;
                    let place = self.folder.place(&name);
                    self.account.hole(place, self.last, missing.into());
                }
                Step::End => return Ok(()),
            }
        }
    }

    /// The first lines come after three round trips, the pod's included: the file that is written to is
    /// opened while the folder is listed, and the first one while that is listed once more.
    async fn begin(&mut self) -> Result<(), Stop> {
        let (folder, written) = (self.folder, self.written());
        let (live, names) = join(opened(folder, written.as_ref()), self.list()).await;
        let names = names?;
        let Some(names) = names.or_else(|| live.is_some().then(Vec::new)) else {
            let why = "its folder is not on the node: the container was not started yet, or the pod was deleted";
            let why = Why::Gone(why.to_owned());
            self.account.hole(folder.path, None, why);
            self.trail.listed(Vec::new());
            return Ok(());
        };
        self.tell_starts(&names);
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
        let (pinned, ahead, names) = join3(pin, opened(folder, first.as_ref()), self.list()).await;
        self.ahead = first.zip(ahead);
        if let Some((name, (flow, head, begins))) = written.zip(pinned) {
            let seen = begins.clone().map_or(Opened::Bare, Opened::Begins);
            self.trail.opened(&name, seen);
            self.open.insert(name, Begun { flow, head, begins });
        }
        self.trail.listed(names?.unwrap_or_default());
        Ok(())
    }

    /// The segments that are wanted; `None`: the folder is not there.
    async fn list(&mut self) -> Result<Option<Vec<SegmentName>>, Stop> {
        let mut pauses = PAUSES.iter();
        loop {
            let error = match self.folder.segments().await {
                Ok(names) => {
                    let wanted = |names: Vec<SegmentName>| {
                        names.into_iter().filter(|name| self.wants(name)).collect()
                    };
                    self.errand.node.is_lost.store(false, Ordering::Relaxed);
                    return Ok(names.map(wanted));
                }
                Err(error) => error,
            };
            if !error.is_passing() || !self.wait_for_node(&mut pauses, &error.what()).await {
                return Err(Stop::Failed(error));
            }
        }
    }

    fn missed_if(&mut self, is_missed: bool) {
        self.missed = if is_missed { self.missed + 1 } else { 0 };
    }

    /// Waits before another try to reach the node; `false`: none is left, or somebody has given it up.
    pub(super) async fn wait_for_node(
        &mut self,
        pauses: &mut impl Iterator<Item = &'static Duration>,
        why: &str,
    ) -> bool {
        let node = self.errand.node;
        let next = pauses
            .next()
            .filter(|_| !node.is_lost.load(Ordering::Relaxed));
        let Some(pause) = next else {
            node.is_lost.store(true, Ordering::Relaxed);
            return false;
        };
        self.wait(*pause, why).await;
        true
    }

    /// Waits before another try; whoever looks on is told, once for each node, where it is for long.
    pub(super) async fn wait(&mut self, pause: Duration, why: &str) {
        let node = self.errand.node;
        if pause >= LONG && !node.is_told.swap(true, Ordering::Relaxed) {
            let name = &self.errand.source.node;
            (self.errand.tell)(&format!("{name} is asked again: {why}"));
        }
        sleep(pause).await;
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

    fn wants(&self, name: &SegmentName) -> bool {
        let source = self.errand.source;
        // Between two starts the last one is over, too.
        let present = source
            .container
            .restarts
            .filter(|_| source.container.is_running);
        !source.previous || present.is_none_or(|present| name.restart < present)
    }

    /// Leaves out the segments that end before the span begins: one ends where the next one begins.
    async fn skip(&mut self) {
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
            self.trail.skip(name);
        }
    }

    /// Sees to what comes before this file; `false`: it begins when nobody wants it any more.
    async fn turn_to(&mut self, name: &SegmentName, from: ReadFrom) -> Result<bool, Stop> {
        if matches!(from, ReadFrom::Byte(byte) if byte > 0) {
            return Ok(true);
        }
        let begun = self.open.get(name);
        let at = begun.and_then(|begun| begun.begins.as_ref()?.at());
        if at.is_some_and(|at| at > self.errand.span.until) && !self.decoder.is_within() {
            return Ok(false);
        }
        self.account.go_on(at);
        self.tail.clear();
        match self.restart.replace(name.restart) {
            Some(restart) if restart == name.restart => {
                let mut batch = Batch::default();
                self.decoder.end_file(&mut batch);
                self.hand_on(batch).await?;
            }
            _ => self.cut().await?,
        }
        Ok(true)
    }

    /// What has no end yet ends here.
    async fn cut(&mut self) -> Result<(), Stop> {
        let mut batch = Batch::default();
        self.decoder.cut(&mut batch);
        self.hand_on(batch).await
    }

    pub(super) async fn hand_on(&mut self, batch: Batch) -> Result<(), Stop> {
        let Some(last) = batch.entries().last() else {
            return Ok(());
        };
        let last = last.at;
        let sent = self.errand.sender.send(batch).await;
        self.last = Some(last);
        sent.map_err(|_| Stop::Unwanted)
    }

    /// What the names alone say is gone.
    fn tell_starts(&mut self, names: &[SegmentName]) {
        let Some(present) = self.errand.source.container.restarts else {
            return;
        };
        let first = names.iter().map(|name| name.restart).min();
        let first = first.unwrap_or(present);
        let gone = match first.min(present) {
            0 => return,
            1 => "the log of its first start".to_owned(),
            gone => format!("the logs of its first {gone} starts"),
        };
        let why = format!(
            "{gone}: the kubelet keeps the log of one container that has ended, and removes it with the container"
        );
        self.account.hole(self.folder.path, None, Why::Gone(why));
    }
}

/// Opens a file ahead of its turn. Whatever is wrong with it is told when that comes.
async fn opened(folder: Folder<'_>, name: Option<&SegmentName>) -> Option<Flow> {
    folder.open(name?, Part::Whole).await.ok().flatten()
}
