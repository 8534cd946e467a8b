//! Carries out what the [`Trail`] of a container's log says, and keeps the account.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::Ordering;
use std::time::Duration;

use heeler_core::logs::{
    Batch, Beginning, Decoder, Ended, Moment, Numbering, Opened, ReadFrom, SegmentName, Step, Trail,
};
use tokio::time::sleep;

use super::container::{Errand, Stop};
use super::crowd::Said;
use super::flow::{Flow, Folder};
use super::gap::Shed;
use super::lost::{Lost, Window};
use super::told::{Account, Why};

/// Before each further try of what came to nothing: together ten seconds, in which a kubelet starts anew.
pub(super) const PAUSES: [Duration; 5] = [
    Duration::from_millis(100),
    Duration::from_millis(400),
    Duration::from_millis(1_500),
    Duration::from_secs(3),
    Duration::from_secs(5),
];
/// A node of which a log is followed is asked again so often.
const PATIENT: Duration = Duration::from_secs(5);
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
    pub(super) trail: Trail,
    pub(super) open: HashMap<SegmentName, Begun>,
    /// A file that was asked for before its turn.
    pub(super) ahead: Option<(SegmentName, Flow)>,
    /// What nobody wants has been left out.
    pub(super) has_skipped: bool,
    /// The folder was there when it was listed last.
    pub(super) is_there: bool,
    /// It is followed, and all that there was has been handed on.
    pub(super) has_caught_up: bool,
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
    /// What is left out of a segment.
    pub(super) shed: Option<Shed>,
    /// It is the one that is read now.
    pub(super) is_shed: bool,
    pub(super) lost: Lost,
    pub(super) keeps: Option<u32>,
    /// Starts of which files were left out that nobody wants.
    pub(super) skipped: BTreeSet<u32>,
    numbering: Numbering,
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
            is_there: true,
            has_caught_up: false,
            missed: 0,
            decoder: Decoder::default(),
            restart: None,
            last: None,
            tail: Vec::new(),
            place: None,
            account: Account::default(),
            shed: None,
            is_shed: false,
            lost: Lost::default(),
            keeps: None,
            skipped: BTreeSet::new(),
            numbering: Numbering::default(),
        }
    }

    /// Whether nothing was read, and nothing is known to be missing.
    pub(super) fn is_fresh(&self) -> bool {
        self.account.files.is_empty() && self.account.holes.is_empty()
    }

    /// What comes after the last line is missing.
    pub(super) fn miss(&mut self, why: Why) {
        self.note(self.folder.path, (self.last, None), why);
    }

    /// Hands on what has no end, where somebody takes it still.
    pub(super) async fn finish(mut self) -> Account {
        let mut batch = Batch::default();
        self.decoder.finish(&mut batch);
        let _ = self.hand_on(batch).await;
        self.account.foreign = self.decoder.foreign_lines();
        self.account.count(self.numbering.counted());
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
                    self.is_there = names.is_some();
                    self.trail.listed(names.unwrap_or_default().0);
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
                    self.note(place, (self.last, None), missing.into());
                }
                Step::End => match self.errand.pace.filter(|_| self.is_there) {
                    None => return Ok(()),
                    Some(pace) => {
                        self.say(Said::Idle).await?;
                        self.has_caught_up = true;
                        let node = &self.errand.source.node;
                        sleep(pace.max(self.errand.ways.pace(node))).await;
                        self.trail.again();
                    }
                },
            }
        }
    }

    /// The segments that are wanted, and whether one is being packed; `None`: the folder is not there.
    pub(super) async fn list(&mut self) -> Result<Option<(Vec<SegmentName>, bool)>, Stop> {
        let mut pauses = PAUSES.iter();
        loop {
            let error = match self.folder.segments().await {
                Ok(names) => {
                    let wanted = |(names, is_packing): (Vec<SegmentName>, bool)| {
                        let names = names.into_iter().filter(|name| self.wants(name));
                        (names.collect(), is_packing)
                    };
                    self.errand.node.is_lost.store(false, Ordering::Relaxed);
                    self.errand.node.is_told.store(false, Ordering::Relaxed);
                    self.tell_way();
                    return Ok(names.map(wanted));
                }
                Err(error) => error,
            };
            match self
                .errand
                .pace
                .filter(|_| self.has_caught_up && error.is_passing())
            {
                // Who follows a log waits for its node as long as it takes.
                Some(pace) => self.wait(pace.max(PATIENT), &error.what()).await,
                None if error.is_passing()
                    && self.wait_for_node(&mut pauses, &error.what()).await => {}
                None => return Err(Stop::Failed(error)),
            }
        }
    }

    /// By which way its node is read, where that is not the first one: told once for each node.
    fn tell_way(&self) {
        let name = &self.errand.source.node;
        let taken = self.errand.ways.taken(name);
        let Some(taken) = taken.filter(|taken| !taken.not.is_empty()) else {
            return;
        };
        if !self.errand.node.is_way_told.swap(true, Ordering::Relaxed) {
            (self.errand.tell)(&format!("{name} is read by the {}", taken.words()));
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

    fn wants(&self, name: &SegmentName) -> bool {
        let source = self.errand.source;
        // Between two starts the last one is over, too.
        let present = source
            .container
            .restarts
            .filter(|_| source.container.is_running);
        !source.previous || present.is_none_or(|present| name.restart < present)
    }

    /// Sees to what comes before this file; `false`: it begins when nobody wants it any more.
    async fn turn_to(&mut self, name: &SegmentName, from: ReadFrom) -> Result<bool, Stop> {
        if matches!(from, ReadFrom::Byte(byte) if byte > 0) {
            return Ok(true);
        }
        let begun = self.open.get(name);
        let at = begun.and_then(|begun| begun.begins.as_ref()?.at());
        let before = self.restart;
        if before != Some(name.restart) {
            // What a program numbers it numbers anew when it is started anew.
            self.numbering.begin();
            self.tell_before(name, at);
        }
        if at.is_some_and(|at| at > self.errand.span.until) && !self.decoder.is_within() {
            return Ok(false);
        }
        self.restart = Some(name.restart);
        self.account.go_on(at);
        self.tail.clear();
        match before {
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
        self.last = Some(last.at);
        for entry in batch.entries().iter().filter(|entry| entry.ends) {
            self.numbering.see(batch.text(entry));
        }
        self.say(Said::Batch(batch)).await
    }

    async fn say(&mut self, said: Said) -> Result<(), Stop> {
        let sent = self.errand.sender.send(said).await;
        sent.map_err(|_| Stop::Unwanted)
    }

    /// Something is missing here.
    pub(super) fn note(&mut self, place: impl ToString, window: Window, why: Why) {
        self.numbering.hole(self.account.holes.len());
        self.account.window(place, window, why);
    }

    /// What was rotated away of this start before its first file.
    fn tell_before(&mut self, name: &SegmentName, at: Option<Moment>) {
        if self.skipped.contains(&name.restart) {
            return;
        }
        let (container, span) = (&self.errand.source.container, self.errand.span);
        let before = self
            .lost
            .before(container, (name.restart, at), (self.keeps, span));
        if let Some((window, why)) = before {
            self.note(self.folder.path, window, why);
        }
    }
}
