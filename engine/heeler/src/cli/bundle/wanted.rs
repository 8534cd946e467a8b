//! The bundles that the runbook of a run wants.

use heeler_core::event::Exit;
use heeler_core::guard::policy::Policy;
use heeler_core::runbook::Runbook;

use super::super::args::{Global, Output, RunArgs};
use super::super::start;
use super::make::books;
use crate::bundle::{Means, Wanting, make_wanted, redaction_key};
use crate::failure::Failure;
use crate::journal::StateFolder;
use crate::run::govern;
use crate::run::session::Session;

/// What became of the bundles of a run.
#[derive(Debug, Clone, Default)]
pub(in crate::cli) struct Course {
    /// The verdicts were shown already.
    pub(in crate::cli) is_shown: bool,
    /// It was interrupted.
    pub(in crate::cli) is_cut: bool,
    /// Why the journal does not have all of them.
    pub(in crate::cli) unwritten: Option<Failure>,
}

/// Makes the bundles that the runbook wants by what it has seen. The verdicts are shown
/// before, as bundles take minutes.
///
/// # Errors
/// The journal's own failures.
pub(in crate::cli) async fn make(
    session: &mut Session,
    (runbook, policy): (&Runbook, &Policy),
    (mut wanted, exit): (Vec<Wanting>, Exit),
    (global, args): (&Global, &RunArgs),
) -> Result<Course, Failure> {
    let Some(rule) = &runbook.bundle else {
        return Ok(Course::default());
    };
    if wanted.is_empty() {
        return Ok(Course::default());
    }
    for wanting in &mut wanted {
        let target = &wanting.target;
        wanting.barred = match govern::bundle(policy, (&session.place, target), &runbook.name) {
            _ if args.wanted.no_bundles => Some("--no-bundles was given".to_owned()),
            Ok(()) => None,
            Err(denied) => Some(format!("the policy does not let it: {denied}")),
        };
    }
    let is_shown = global.output == Output::Text;
    if is_shown {
        start::show_so_far(&mut session.recorder, exit);
    }
    let unwritten = make_wanted(session, rule, wanted, &means(global, args)).await?;
    Ok(Course {
        is_shown,
        is_cut: session.cancel.is_cancelled(),
        unwritten,
    })
}

fn means(global: &Global, args: &RunArgs) -> Result<Means, String> {
    let state = StateFolder::from_environment().map_err(|fault| fault.to_string())?;
    let key = redaction_key(state.path())
        .map_err(|why| format!("there is no key for the tokens that stand for secrets: {why}"))?;
    // The report names it to somebody who may stand elsewhere.
    let folder = match &args.wanted.bundles_to {
        Some(named) => {
            std::path::absolute(named).map_err(|error| format!("{}: {error}", named.display()))?
        }
        None => state.path().join("bundles"),
    };
    // It need not be one of a folder of runbooks.
    let own = std::slice::from_ref(&args.runbook);
    let books = books(global, (own, false)).map_err(|failure| failure.what)?;
    Ok(Means {
        folder,
        key,
        most: args.wanted.most_bundles.into(),
        books,
    })
}
