//! A plan on the screen: what is changed and sent, what it costs, how it is verified and taken back,
//! and who has to approve it.

use std::time::Duration;

use super::screen::Screen;
use crate::event::{Commands, FixPlan, Ruling};
use crate::value::DurationSpan;

/// All of a plan but the commands that go on with it.
pub(super) fn show(screen: &mut Screen, plan: &FixPlan) {
    let with_commands = screen.style().commands;
    screen.row("plan", &format!("{}, because of {}", plan.fix, plan.proof));
    for change in &plan.changes {
        screen.inset(&format!(
            "{}  {}: {}",
            change.instance, change.subject, change.diff
        ));
        for effect in &change.effects {
            screen.inset(effect);
        }
        if let Some(commands) = change.commands.as_ref().filter(|_| with_commands) {
            show_commands(screen, commands);
        }
    }
    for line in &plan.now {
        screen.inset(line);
    }
    if let Some(effect) = &plan.effect {
        screen.row("effect", effect);
    }
    let verify = format!(
        "{} for {}, within {}",
        plan.verify,
        seconds(plan.hold_s),
        seconds(plan.within_s)
    );
    screen.row("verify", &verify);
    screen.row("undo", &plan.undo);
    if let Some(ruling) = &plan.ruling {
        show_ruling(screen, ruling);
    }
    screen.row("digest", plan.short_digest());
}

/// What is sent for a change: within what locks the node and arms its switch, so not for pasting.
fn show_commands(screen: &mut Screen, commands: &Commands) {
    screen.inset("sent for it:");
    screen.script(&commands.apply);
    match &commands.revert {
        Some(revert) => {
            screen.inset("sent for its way back:");
            screen.script(revert);
        }
        None => screen.inset("nothing is sent for a way back: there is none"),
    }
}

/// Without a policy's file nothing is worth a line that every plan would have.
fn show_ruling(screen: &mut Screen, ruling: &Ruling) {
    let by = match ruling.approval.as_str() {
        "nobody" => "nobody has to approve",
        "operator" => "the operator has to approve",
        "another" => "another person has to approve",
        _ => "two other people have to approve",
    };
    let Some(file) = &ruling.file else {
        if ruling.approval != "operator" {
            screen.row("policy", &format!("it is {}: {by}", ruling.impact));
        }
        return;
    };
    screen.row("policy", &format!("it is {}: {by} ({file})", ruling.impact));
    if !ruling.unkept.is_empty() {
        let text = format!(
            "{}: what is under way elsewhere is not known",
            ruling.unkept.join(", ")
        );
        screen.row("not kept", &text);
    }
}

pub(super) fn seconds(seconds: u64) -> DurationSpan {
    DurationSpan(Duration::from_secs(seconds))
}
