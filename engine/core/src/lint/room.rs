//! Whether what is asked fits one command, and the answers one listing; and the changes of a fix.

use crate::action::{Rung, Source};
use crate::plan::{PlanFault, carried_by_one_command, fits, waves};
use crate::runbook::{FixRule, LookStep, Reading};
use crate::syntax::Faults;
use crate::value::Kind;

/// Characters of an answer that travel with `ListCommandInvocations`; a longer one costs a call for
/// each node. Source: the SSM agent's TruncateOutput.
const INLINE: usize = 2_500;
/// The frame's own lines, and who the node is.
const FRAME: usize = 200;
/// The line in front of each look's answer.
const RECORD: usize = 40;

pub(super) fn check(reading: &Reading, faults: &mut Faults) {
    for wave in waves(&reading.looks) {
        let steps: Vec<(&LookStep, Vec<Rung>)> = wave
            .into_iter()
            .filter_map(|index| reading.looks.get(index))
            .filter_map(|step| Some((step, rungs(step)?)))
            .collect();
        answer(&steps, faults);
        command(steps, faults);
    }
    for rule in &reading.fixes {
        changes(rule, faults);
    }
}

/// One command has to carry all changes of a fix, and another one the way back. A reboot is none of
/// these.
fn changes(rule: &FixRule, faults: &mut Faults) {
    let changes: Vec<_> = rule.node_changes().collect();
    if rule.reboot().is_some() {
        return;
    }
    if let Err(PlanFault::TooLong { size, most }) = carried_by_one_command(&changes) {
        faults
            .error(
                "fix-too-long",
                rule.span,
                format!("the changes need a script of at least {size} bytes, {most} fit"),
            )
            .help("make two fixes of it, each with some of the changes");
    }
}

/// One command has to carry all scripts of a wave.
fn command(steps: Vec<(&LookStep, Vec<Rung>)>, faults: &mut Faults) {
    let (steps, looks): (Vec<&LookStep>, Vec<(String, Vec<Rung>)>) = steps
        .into_iter()
        .map(|(step, rungs)| (step, (step.name.clone(), rungs)))
        .unzip();
    let Err(PlanFault::TooLong { size, most }) = fits(&looks) else {
        return;
    };
    let length = |rungs: &[Rung]| rungs.iter().map(|rung| rung.script.len()).sum::<usize>();
    let largest = looks.iter().max_by_key(|(_, rungs)| length(rungs));
    let step = largest.and_then(|(name, _)| steps.iter().find(|step| step.name == *name));
    if let Some(step) = step {
        faults
            .error(
                "command-too-long",
                step.span,
                format!("the looks need a script of {size} bytes, {most} fit"),
            )
            .here("the longest one")
            .help("let some of them wait for others with `after`, or make two runbooks");
    }
}

/// Answers that don't fit the listing are fetched one by one.
fn answer(steps: &[(&LookStep, Vec<Rung>)], faults: &mut Faults) {
    let expected: Vec<(&LookStep, usize)> = steps
        .iter()
        .filter_map(|(step, rungs)| Some((*step, expected(step, rungs)?)))
        .collect();
    let payload: usize = expected.iter().map(|(_, bytes)| bytes + RECORD).sum();
    // Base64 makes four characters of three bytes.
    let characters = FRAME + payload * 4 / 3;
    let largest = expected.iter().max_by_key(|(_, bytes)| *bytes);
    if characters > INLINE
        && let Some((step, bytes)) = largest
    {
        faults
            .warning(
                "large-answer",
                step.span,
                format!("the answers need about {characters} characters, {INLINE} travel with a listing"),
            )
            .here(format!("the largest one: about {bytes} bytes"))
            .help("each node then costs a call of its own: take fewer fields, or let looks wait with `after`");
    }
}

/// The ways that are allowed.
fn rungs(step: &LookStep) -> Option<Vec<Rung>> {
    let Some(Source::Node(rungs)) = &step.source else {
        return None;
    };
    let allowed = rungs.iter().filter(|rung| rung.place <= step.hop);
    Some(allowed.cloned().collect())
}

/// Bytes of a look's answer: its numbers without names, as scripts print them, but never more than
/// the look allows itself.
fn expected(step: &LookStep, rungs: &[Rung]) -> Option<usize> {
    let most = rungs.iter().map(|rung| rung.most_bytes).max()?;
    Some(bytes(&step.look.kind()).min(most))
}

fn bytes(kind: &Kind) -> usize {
    match kind {
        Kind::Bool => 2,
        Kind::Integer | Kind::Number | Kind::Share => 8,
        Kind::Duration | Kind::Bytes | Kind::Version => 12,
        Kind::Text => 40,
        Kind::List(of) => 10 * bytes(of),
        Kind::Record(fields) => fields.values().map(|field| bytes(&field.kind)).sum(),
    }
}
