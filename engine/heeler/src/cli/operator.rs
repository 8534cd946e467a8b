//! The operator's yes: a digest on the command line, or an answer at the prompt.

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use heeler_core::event::{FixPlan, Record};
use heeler_core::report::{self, Report};

use super::start::style;
use crate::run::fix::{Approval, Approver};

/// How this command line approves.
pub(super) struct Operator {
    digest: Option<String>,
}

impl Operator {
    /// `digest` is what `--yes` said.
    pub(super) fn new(digest: Option<String>) -> Self {
        Operator { digest }
    }
}

impl Approver for Operator {
    fn approve(&mut self, records: &[Record], plan: &FixPlan) -> Approval {
        match &self.digest {
            Some(digest) if plan.is_meant_by(digest) => Approval::Given("digest"),
            Some(digest) => Approval::Withheld(format!(
                "the plan's digest is {} now, and {} was approved: something has moved since. \
                 `heeler plan` shows the plan as it is",
                plan.short_digest(),
                digest.escape_debug()
            )),
            None if !is_there() => Approval::Withheld(
                "nobody can be asked without a terminal: see the plan with `heeler plan`, then \
                     approve it with --yes and its digest"
                    .to_owned(),
            ),
            None => ask(records, plan),
        }
    }
}

/// Whether somebody can be asked at all.
pub(super) fn is_there() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Characters of the digest that have to be typed. A plain `y` may have been typed before the plan
/// was there to be read.
const TYPED: usize = 4;

fn ask(records: &[Record], plan: &FixPlan) -> Approval {
    let so_far = report::text_so_far(&Report::fold(records), &style());
    match ask_for(&so_far, plan, "apply") {
        Ok(()) => Approval::Given("prompt"),
        Err(why) => Approval::Withheld(why),
    }
}

/// Shows a plan on the terminal, and asks for a yes to `what`.
///
/// # Errors
/// Why that is no yes.
pub(super) fn ask_for(shown: &str, plan: &FixPlan, what: &str) -> Result<(), String> {
    let mut terminal = std::io::stderr();
    let wanted: String = plan.digest.chars().take(TYPED).collect();
    let question = format!("{shown}Type {wanted} to {what} it: ");
    let mut answer = String::new();
    let asked = terminal
        .write_all(question.as_bytes())
        .and_then(|()| terminal.flush());
    let read = asked.and_then(|()| std::io::stdin().lock().read_line(&mut answer));
    match read {
        Ok(_) if answer.trim() == wanted => Ok(()),
        Ok(_) => Err(format!("you did not type {wanted}")),
        Err(error) => Err(format!("the terminal gave no answer: {error}")),
    }
}
