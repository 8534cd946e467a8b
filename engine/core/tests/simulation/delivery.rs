//! How a command comes to the node, and what may go wrong on the way.

use heeler_core::event::{BootId, ChangePlan};
use heeler_core::frame::LockId;
use heeler_core::guard::Sent;
use heeler_core::plan::{ChangeFault, Settled};
use heeler_core::value::Why;

use crate::chance::Chance;
use crate::node::{Node, Order};

/// What may go wrong, in how many of a hundred cases.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Faults {
    pub(crate) killed: u64,
    pub(crate) unwritten: u64,
    pub(crate) not_sent: u64,
    pub(crate) answer_lost: u64,
    pub(crate) late: u64,
    pub(crate) twice: u64,
    pub(crate) cut: u64,
    pub(crate) interrupted: u64,
    pub(crate) blind: u64,
}

/// What a command does when it reaches the node.
#[derive(Debug, Clone)]
pub(crate) enum Command {
    Change(Order),
    Keep(LockId, BootId),
    Undo(Order, LockId, Vec<ChangePlan>),
    Recall(LockId, bool),
}

impl Command {
    pub(crate) fn carry_out(&self, node: &mut Node) {
        match self {
            Command::Change(order) => drop(node.change(order)),
            Command::Keep(lock, boot) => drop(node.keep(lock, boot, false)),
            Command::Undo(order, own, back) => drop(node.undo(order, (own, true), back)),
            Command::Recall(lock, release) => drop(node.recall(lock, *release)),
        }
    }
}

/// After how many of its steps a script is killed.
pub(crate) fn cut_after(chance: &mut Chance, faults: &Faults) -> Option<usize> {
    let cut = chance.percent(faults.cut);
    cut.then(|| usize::try_from(chance.below(4)).expect("small"))
}

/// Whether settling has ended a lock, as far as anybody was told.
pub(crate) fn has_ended(settled: Option<Result<Settled, ChangeFault>>) -> bool {
    settled.is_some_and(|said| said.is_ok_and(|how| !matches!(how, Settled::Stuck(_))))
}

/// Sends a command: it may never leave, come late, or twice, be cut short, or lose its answer.
pub(crate) fn deliver<T>(
    chance: &mut Chance,
    faults: &Faults,
    late: &mut Vec<(u64, Command)>,
    node: &mut Node,
    command: Command,
    carry_out: impl FnOnce(&mut Node) -> Option<Result<T, ChangeFault>>,
) -> Sent<T> {
    node.pass(50 + chance.below(400));
    if chance.percent(faults.not_sent) {
        return Sent::NotTaken("throttled".to_owned());
    }
    if chance.percent(faults.late) {
        late.push((node.now_ms + chance.below(90_000), command));
        return Sent::Unknown("no answer in time".to_owned());
    }
    let answer = carry_out(node);
    // What was refused leaves nothing by which a copy of it could be known.
    let begun = matches!(
        answer,
        None | Some(Ok(_) | Err(ChangeFault::Stopped { .. } | ChangeFault::InDoubt(_)))
    );
    if begun && chance.percent(faults.twice) {
        late.push((node.now_ms + chance.below(90_000), command));
    }
    match answer {
        None => Sent::Answered(Err(ChangeFault::InDoubt(Why::NoAnswer("killed".into())))),
        Some(_) if chance.percent(faults.answer_lost) => {
            Sent::Unknown("the answer was lost".to_owned())
        }
        Some(answer) => Sent::Answered(answer),
    }
}
