//! The single nodes of a fix on several: each is fixed by a run of its own, with its own records,
//! lock, switch and verification.

use std::collections::VecDeque;

use futures::stream::{FuturesUnordered, StreamExt as _};
use heeler_core::event::{Event, Exit, NodeEnd, RampStep};
use heeler_core::guard::policy::Limits;
use heeler_core::guard::{self, Tally, Turn};

use super::ended::{Ended, Had, exit};
use super::prepare::Prepared;
use super::{Agreed, Consent};
use crate::failure::Failure;
use crate::run::fix::{self, Beside, Order, Stop};
use crate::run::session::Session;

/// The note that somebody wants to stop.
const STOPPING: &str = "stopping";

/// How far the whole has come.
struct Whole<'p, 'o, 'a> {
    limits: Limits,
    waiting: VecDeque<&'p Prepared<'o, 'a>>,
    tally: Tally,
    /// Why there was no room for the node that would be next.
    crowded: Option<String>,
    /// Why no other node can be begun.
    trouble: Option<Failure>,
    ends: Vec<NodeEnd>,
}

impl<'p, 'o, 'a> Whole<'p, 'o, 'a> {
    fn of(prepared: &'p [Prepared<'o, 'a>]) -> Self {
        let limits = prepared.first().map(|node| node.order.policy.limits());
        Whole {
            limits: limits.cloned().unwrap_or_default(),
            waiting: prepared.iter().collect(),
            tally: Tally {
                waiting: u32::try_from(prepared.len()).unwrap_or(u32::MAX),
                ..Tally::default()
            },
            crowded: None,
            trouble: None,
            ends: Vec::new(),
        }
    }

    /// What comes next; `Err`: why it has come to its end, where not all nodes had their turn.
    fn turn(&mut self, session: &Session) -> Result<Next, Option<String>> {
        if self.trouble.is_none() {
            self.trouble = session.recorder.broken().cloned();
        }
        let halted = self.trouble.is_some() || session.cancel.is_cancelled();
        match (
            guard::turn(&self.tally, &self.limits, halted),
            &self.crowded,
        ) {
            (Turn::End(reason), _) => {
                let trouble = self.trouble.as_ref().map(|failure| failure.what.clone());
                Err(reason.says().map(|says| trouble.unwrap_or(says)))
            }
            // Where nobody of its own is under way nothing makes room by itself.
            (Turn::Begin, Some(why)) if self.tally.under_way == 0 => Err(Some(why.clone())),
            (Turn::Begin, None) => Ok(Next::Begin),
            (Turn::Begin, Some(_)) | (Turn::Wait, _) => Ok(Next::Wait),
        }
    }

    /// The next node, and how far the others are when it begins.
    fn pop(&mut self) -> Option<(&'p Prepared<'o, 'a>, Beside)> {
        let node = self.waiting.pop_front();
        if node.is_none() {
            self.tally.waiting = 0;
        }
        let beside = Beside {
            changing: self.tally.under_way,
            verified: self.tally.kept,
        };
        node.map(|node| (node, beside))
    }

    fn begun(&mut self) {
        self.tally.waiting = self.tally.waiting.saturating_sub(1);
        self.tally.under_way = self.tally.under_way.saturating_add(1);
    }

    fn ended(&mut self, node: &'p Prepared<'o, 'a>, ended: &Ended) {
        self.tally.under_way = self.tally.under_way.saturating_sub(1);
        ended.count(&mut self.tally);
        self.crowded = None;
        match ended.had {
            Had::Turn => self.ends.push(ended.end),
            Had::NoNeed => {}
            Had::NoRoom => {
                self.crowded = Some(ended.says.clone());
                self.waiting.push_front(node);
            }
        }
    }
}

/// What comes next.
enum Next {
    Begin,
    Wait,
}

/// Begins with one node after the other, until there is none, or it must not go on.
pub(super) async fn go(
    session: &mut Session,
    prepared: &[Prepared<'_, '_>],
    consent: &Consent,
) -> Result<Exit, Stop> {
    let mut whole = Whole::of(prepared);
    let mut under_way = FuturesUnordered::new();
    let stopped = loop {
        match whole.turn(session) {
            Err(stopped) => break stopped,
            Ok(Next::Begin) => {
                let Some((node, beside)) = whole.pop() else {
                    continue;
                };
                match begin(session, node).await {
                    Ok(own) => {
                        whole.begun();
                        under_way.push(carry_out(own, node, (consent, beside)));
                    }
                    Err(failure) => whole.trouble = Some(failure),
                }
            }
            Ok(Next::Wait) => {
                if let Some((node, ended)) = next(session, &mut under_way).await {
                    whole.ended(node, &ended);
                    session.recorder.record_all_anyway(ended.events()).await;
                }
            }
        }
    };
    if let Some(reason) = stopped {
        let stopped = Event::Ramp(RampStep::Stopped { reason });
        session.recorder.record_anyway(stopped).await;
    }
    if let Some(failure) = whole.trouble {
        session.recorder.record_anyway(failure.event()).await;
    }
    Ok(exit(session, &whole.ends))
}

/// Opens the run of a node, and writes down that it begins; nothing was sent yet.
async fn begin(session: &mut Session, node: &Prepared<'_, '_>) -> Result<Session, Failure> {
    let mut own = session.of_node("fix", &node.order.target).await?;
    // Until the change is sent.
    own.cancel = session.cancel.clone();
    let begun = Event::Ramp(RampStep::Begun {
        instance: node.order.target.instance.clone(),
        run: own.recorder.run(),
    });
    session.recorder.record(begun).await?;
    Ok(own)
}

/// The fix of one node, to its end.
async fn carry_out<'n, 'o, 'a>(
    mut own: Session,
    node: &'n Prepared<'o, 'a>,
    (consent, beside): (&Consent, Beside),
) -> (&'n Prepared<'o, 'a>, Ended) {
    let order = Order {
        earlier: Some(&node.earlier),
        consent: Some(consent),
        beside,
        ..node.order.clone()
    };
    let outcome = Box::pin(fix::fix(&mut own, &order, &mut Agreed)).await;
    let exit = own.recorder.conclude(outcome).await;
    (node, Ended::of(&own, &order.target.instance, exit))
}

/// The next node that has come to its end; `None`: somebody wants to stop, and was answered.
async fn next<T, F: Future<Output = T>>(
    session: &mut Session,
    under_way: &mut FuturesUnordered<F>,
) -> Option<T> {
    if session.recorder.has_noted(STOPPING) {
        return under_way.next().await;
    }
    let cancel = session.cancel.clone();
    tokio::select! {
        ended = under_way.next() => return ended,
        () = cancel.cancelled() => {}
    }
    let stopping = Event::Noted {
        code: STOPPING.to_owned(),
        text: "no other node is begun, and what is under way comes to its end; no other pod is \
               evicted. Who interrupts once more leaves it as it is: a node takes back by \
               itself what has a switch there"
            .to_owned(),
    };
    session.recorder.record_anyway(stopping).await;
    None
}
