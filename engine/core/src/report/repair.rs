//! A fix on the screen: its plan, its course, and the commands that go with it.

use std::time::Duration;

use super::clean::shell_word;
use super::course::{ChangeCourse, FixCourse, FixEnd, FixState, Outcome};
use super::model::Report;
use super::plan::{self, seconds};
use super::screen::{Screen, Tone};
use super::values::shown;
use super::{ramp, reboot};
use crate::event::{Direction, FixOffer, FixPlan};
use crate::value::DurationSpan;

impl Report {
    /// The command that starts a fix that is on offer. The instance is named where several nodes
    /// have the same fix on offer.
    pub fn fix_command(&self, offer: &FixOffer) -> Option<String> {
        let run = self.run?;
        let mut command = format!("heeler fix {run} {}", shell_word(&offer.fix));
        let nodes = self
            .nodes
            .iter()
            .filter(|node| node.offers.iter().any(|o| o.fix == offer.fix));
        if nodes.count() > 1 {
            command.push_str(&format!(" --instance {}", offer.instance));
        }
        Some(command)
    }

    /// The command by which whoever asked for the fix approves its plan; where somebody else has to,
    /// they give it.
    pub fn approve_command(&self) -> Option<String> {
        let plan = self.fix.plan.as_ref()?;
        match who(plan) {
            Who::Operator => {
                let digest = shell_word(plan.short_digest());
                Some(format!("{} --yes {digest}", self.again("fix")?))
            }
            Who::Nobody => self.again("fix"),
            Who::Others => Some(format!("heeler approve {}", self.run?)),
        }
    }

    /// The command that applies the plan of this run once somebody else's approval is in a file: a
    /// terminal may cut so long a line.
    pub fn apply_command(&self) -> Option<String> {
        Some(format!(
            "{} --plan {} --approval @approval.txt",
            self.again("fix")?,
            self.run?
        ))
    }

    /// The command that makes the same plan again.
    pub fn plan_command(&self) -> Option<String> {
        self.again("plan")
    }

    /// A command about the same fix, of the same node and with the same inputs.
    fn again(&self, command: &str) -> Option<String> {
        let (plan, order) = (self.fix.plan.as_ref()?, self.order.as_ref()?);
        let mut command = format!(
            "heeler {command} {} {}",
            order.about?,
            shell_word(&plan.fix)
        );
        match plan.pins.as_slice() {
            [] => {}
            // The run that offered the fix may have looked at several nodes.
            [(instance, _)] if self.fix.ramp.nodes.is_empty() => {
                command.push_str(&format!(" --instance {instance}"))
            }
            _ => command.push_str(" --all"),
        }
        for (name, value) in &order.inputs {
            command.push_str(&format!(" -i {}", shell_word(&format!("{name}={value}"))));
        }
        Some(command)
    }

    /// The command that goes on with a fix on several nodes, where it is not done.
    pub(super) fn again_on_all(&self) -> Option<String> {
        self.again("fix")
    }

    /// The command that takes back what this run has changed; `None`: nothing can.
    pub fn revert_command(&self) -> Option<String> {
        // A reboot has none either, but for the cordon that it has left.
        if self.fix.is_one_way() && self.fix.reboot.left_cordoned().is_none() {
            return None;
        }
        Some(format!("heeler revert {}", self.run?))
    }
}

/// The fix of a run, as far as there is one.
pub(super) fn show(screen: &mut Screen, report: &Report) {
    let fix = &report.fix;
    if let Some(plan) = &fix.plan {
        plan::show(screen, plan);
        ramp::show_pace(screen, &fix.ramp);
    }
    ramp::show_left_out(screen, report);
    if fix.state() == Some(FixState::Planned) {
        how_to_see(screen, report);
    }
    match fix.state() {
        None => {}
        // Only this very run can be taken back by its id; one that has ended leaves the approval,
        // and with it the way back, to the next.
        Some(FixState::Planned) if report.ending.is_none() => {
            way_back(screen, report, "once it is applied");
        }
        Some(FixState::Planned) => {
            how_to_apply(screen, report);
            if !fix.is_one_way() {
                screen.row(
                    "way back",
                    "heeler revert, with the id of the run that applies it",
                );
            }
        }
        Some(_) => show_course(screen, report),
    }
}

/// How to see what is sent, where the plan knows it and does not show it.
fn how_to_see(screen: &mut Screen, report: &Report) {
    let mut changes = report.fix.plan.iter().flat_map(|plan| &plan.changes);
    if screen.style().commands || !changes.any(|change| change.commands.is_some()) {
        return;
    }
    if let Some(command) = report.plan_command() {
        let remark = "prints what is sent, too";
        screen.command("commands", &format!("{command} --commands"), remark);
    }
}

/// Who has to approve a plan.
enum Who {
    Nobody,
    Operator,
    Others,
}

fn who(plan: &FixPlan) -> Who {
    let ruling = plan.ruling.as_ref();
    match ruling.map(|ruling| ruling.approval.as_str()) {
        Some("nobody") => Who::Nobody,
        // Plans of the first release were the operator's.
        Some("operator") | None => Who::Operator,
        Some(_) => Who::Others,
    }
}

fn how_to_apply(screen: &mut Screen, report: &Report) {
    let Some(plan) = &report.fix.plan else {
        return;
    };
    let label = match who(plan) {
        Who::Nobody => "apply",
        Who::Operator | Who::Others => "approve",
    };
    let remark = match who(plan) {
        Who::Others => "by somebody else, with this journal",
        Who::Nobody | Who::Operator => "",
    };
    if let Some(command) = report.approve_command() {
        screen.command(label, &command, remark);
    }
    if !matches!(who(plan), Who::Others) {
        return;
    }
    if let Some(command) = report.apply_command() {
        screen.command("apply", &command, "with the approval in that file");
    }
    if let Some(command) = report.plan_command() {
        let command = format!("{command} --output json > plan.json");
        screen.command("elsewhere", &command, "");
        let remark = "prints the approval, and the command that applies it";
        screen.command("", "heeler approve plan.json", remark);
    }
}

/// The way back from a change that stands, or may stand, on a node.
pub(super) fn way_back(screen: &mut Screen, report: &Report, remark: &str) {
    if let Some(command) = report.revert_command() {
        screen.command("way back", &command, remark);
    }
}

fn show_course(screen: &mut Screen, report: &Report) {
    let fix = &report.fix;
    if let Some(approval) = &fix.approval {
        let text = match approval.how.as_str() {
            "prompt" => format!("by {} at the prompt", approval.by),
            "ramp" => format!("by {}, with the plan of all nodes", approval.by),
            "token" => format!("by {}, whose signature AWS acknowledges", approval.by),
            "policy" => "by nobody: the policy asks for nothing".to_owned(),
            _ => format!("by {} by its digest", approval.by),
        };
        screen.row("approved", &text);
    }
    if let Some(refusal) = &fix.refusal {
        screen.toned_row("refused", Tone::Alarm, &refusal.reason);
        for way in &refusal.ways {
            screen.command("", way, "");
        }
    }
    for change in fix
        .changes
        .iter()
        .filter(|change| change.outcome != Outcome::InDoubt)
    {
        show_change(screen, fix, change);
    }
    reboot::show(screen, report);
    show_samples(screen, fix);
    ramp::show(screen, report);
    match (&fix.end, fix.state()) {
        (Some(end), _) => show_end(screen, report, end),
        (None, Some(FixState::Applied)) if fix.plan.is_some() => {
            let text = "the change was made, and nobody has verified it";
            screen.toned_row("unverified", Tone::Alarm, text);
            by_itself(screen, report);
            way_back(screen, report, "");
        }
        (None, Some(FixState::InDoubt)) if fix.ramp.nodes.is_empty() => by_itself(screen, report),
        (None, _) => {}
    }
}

/// What the node does where nobody ends the fix.
fn by_itself(screen: &mut Screen, report: &Report) {
    let fix = &report.fix;
    if fix.is_one_way() {
        let of_node = "the node's lock ends; nothing takes the change back: see what stands";
        let of_reboot = "nothing takes back what was";
        let of_cluster =
            "no other pod is evicted, and nothing takes back what was; the node stays cordoned";
        let mut changes = fix.plan.iter().flat_map(|plan| &plan.changes);
        screen.row(
            "by itself",
            match changes.any(|change| change.object.is_some()) {
                true if fix.reboot.steps().next().is_some() => of_reboot,
                true => of_cluster,
                false => of_node,
            },
        );
        // What a reboot has left cordoned has its own line.
        if let Some(run) = report.run.filter(|_| fix.reboot.left_cordoned().is_none()) {
            let remark = "takes nothing back, and says what stands";
            screen.command("ask", &format!("heeler revert {run}"), remark);
        }
    }
    if let Some(armed) = fix.armed {
        let text = format!(
            "the node takes it back {} after the change, unless it was kept",
            seconds(armed.after_s)
        );
        screen.row("by itself", &text);
    }
}

fn show_change(screen: &mut Screen, fix: &FixCourse, change: &ChangeCourse) {
    let what = format!("{} on {}", change.subject, change.instance);
    match (&change.outcome, change.direction) {
        (Outcome::Applied(value), Direction::Apply) => {
            screen.row(
                "applied",
                &format!("{what}: {}, read back {}", diff(fix, change), shown(value)),
            );
        }
        (Outcome::Applied(value), Direction::Revert) => {
            screen.row(
                "taken back",
                &format!(
                    "{what}: {} → {}, read back",
                    shown(&change.from),
                    shown(value)
                ),
            );
        }
        (Outcome::Found(value), _) => {
            screen.row(
                "left alone",
                &format!("{what}: it is {} already", shown(value)),
            );
        }
        (Outcome::Failed(error), direction) => {
            let label = if direction == Direction::Apply {
                "not applied"
            } else {
                "not back"
            };
            screen.toned_row(label, Tone::Alarm, &format!("{what}: {error}"));
        }
        (Outcome::InDoubt, _) => {}
    }
}

/// The change as the plan writes it for people, else the bare values.
fn diff(fix: &FixCourse, change: &ChangeCourse) -> String {
    let planned = fix.plan.iter().flat_map(|plan| &plan.changes);
    planned
        .filter(|planned| planned.instance == change.instance && planned.subject == change.subject)
        .map(|planned| planned.diff.clone())
        .next()
        .unwrap_or_else(|| format!("{} → {}", shown(&change.from), shown(&change.to)))
}

/// All samples in one line: how many, how they went, and what the last one said.
fn show_samples(screen: &mut Screen, fix: &FixCourse) {
    let Some(last) = fix.samples.last() else {
        return;
    };
    let count = |wanted: Option<bool>| fix.samples.iter().filter(|s| s.holds == wanted).count();
    let tallies = [
        (count(Some(true)), "held"),
        (count(Some(false)), "did not hold"),
        (count(None), "not seen"),
    ];
    let tallies: Vec<String> = tallies
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{number} {word}"))
        .collect();
    let text = format!(
        "looked {} in {}: {}; last: {} (held for {})",
        times(fix.samples.len()),
        millis(last.after_ms),
        tallies.join(", "),
        last.says,
        millis(last.held_ms)
    );
    screen.row("verified", &text);
}

fn show_end(screen: &mut Screen, report: &Report, end: &FixEnd) {
    match end {
        FixEnd::Kept { after_ms } => {
            let text = format!("it works: {} after the change", millis(*after_ms));
            screen.toned_row("kept", Tone::Good, &text);
            way_back(screen, report, "");
        }
        FixEnd::Reverted { reason } => screen.toned_row("reverted", Tone::Warning, reason),
        FixEnd::Stuck { reason, commands } => {
            screen.toned_row("STUCK", Tone::Alarm, reason);
            for (index, command) in commands.iter().enumerate() {
                screen.command(if index == 0 { "by hand" } else { "" }, command, "");
            }
        }
    }
}

fn times(count: usize) -> String {
    if count == 1 {
        "once".to_owned()
    } else {
        format!("{count} times")
    }
}

fn millis(millis: u64) -> DurationSpan {
    DurationSpan(Duration::from_millis(millis))
}
