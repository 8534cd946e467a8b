//! The single nodes of a fix on several: each is fixed by a run of its own, with its own records,
//! lock, switch and verification.

use std::collections::VecDeque;

use futures::stream::{FuturesUnordered, StreamExt as _};
use heeler_core::event::{Event, Exit, RampStep};
use heeler_core::guard::{self, Tally, Turn};

use super::ended::{Ended, exit};
use super::prepare::Prepared;
use super::{Agreed, Consent};
use crate::failure::Failure;
use crate::run::fix::{self, Beside, Order, Stop};
use crate::run::session::Session;

/// The note that somebody wants to stop.
const STOPPING: &str = "stopping";

/// Begins with one node after the other, until there is none, or it must not go on.
pub(super) async fn go(
    session: &mut Session,
    prepared: &[Prepared<'_, '_>],
    consent: &Consent,
) -> Result<Exit, Stop> {
    let limits = prepared.first().map(|node| node.order.policy.limits());
    let limits = limits.cloned().unwrap_or_default();
    let mut waiting: VecDeque<&Prepared<'_, '_>> = prepared.iter().collect();
    let mut tally = Tally {
        waiting: u32::try_from(prepared.len()).unwrap_or(u32::MAX),
        ..Tally::default()
    };
    let mut under_way = FuturesUnordered::new();
    let mut trouble: Option<Failure> = None;
    let mut crowded: Option<String> = None;
    let mut ends = Vec::new();
    let stopped = loop {
        trouble = trouble.or_else(|| session.recorder.broken().cloned());
        let halted = trouble.is_some() || session.cancel.is_cancelled();
        let turn = match (guard::turn(&tally, &limits, halted), &crowded) {
            // Where nobody of its own is under way nothing makes room by itself.
            (Turn::Begin, Some(why)) if tally.under_way == 0 => break Some(why.clone()),
            (Turn::Begin, Some(_)) => Turn::Wait,
            (turn, _) => turn,
        };
        match turn {
            Turn::End(reason) => {
                let unwritten = trouble.as_ref().map(|failure| failure.what.clone());
                break reason.says().map(|says| unwritten.unwrap_or(says));
            }
            Turn::Begin => {
                let Some(node) = waiting.pop_front() else {
                    tally.waiting = 0;
                    continue;
                };
                match begin(session, node).await {
                    Ok(own) => {
                        let beside = Beside {
                            changing: tally.under_way,
                            verified: tally.kept,
                        };
                        tally.waiting = tally.waiting.saturating_sub(1);
                        tally.under_way = tally.under_way.saturating_add(1);
                        under_way.push(carry_out(own, node, (consent, beside)));
                    }
                    Err(failure) => trouble = Some(failure),
                }
            }
            Turn::Wait => {
                let Some((node, ended)) = next(session, &mut under_way).await else {
                    continue;
                };
                tally.under_way = tally.under_way.saturating_sub(1);
                ended.count(&mut tally);
                crowded = ended.crowded.then(|| ended.says.clone());
                match (ended.crowded, ended.needless) {
                    (true, _) => waiting.push_front(node),
                    (false, true) => {}
                    (false, false) => ends.push(ended.end),
                }
                session.recorder.record_all_anyway(ended.events()).await;
            }
        }
    };
    if let Some(reason) = stopped {
        let stopped = Event::Ramp(RampStep::Stopped { reason });
        session.recorder.record_anyway(stopped).await;
    }
    if let Some(failure) = trouble {
        session.recorder.record_anyway(failure.event()).await;
    }
    Ok(exit(session, &ends))
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
        text:
            "no other node is begun, and what is under way comes to its end; who interrupts once \
               more leaves it as it is: a node takes back by \
               itself what has a switch there"
                .to_owned(),
    };
    session.recorder.record_anyway(stopping).await;
    None
}
