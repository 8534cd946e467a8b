//! `heeler run`: resolve, look, judge.

use heeler_core::event::Exit;
use heeler_core::find::View;
use heeler_core::runbook::{Runbook, TargetKind};
use tokio_util::sync::CancellationToken;

use super::args::{Global, RunArgs};
use super::bundle::wanted::{self, Course};
use super::inputs::Given;
use super::start::{self, Beginning};
use super::{commands, policy, preview, said};
use crate::bundle::Wanting;
use crate::failure::Failure;
use crate::library::Library;
use crate::run::ask::world_failure;
use crate::run::govern;
use crate::run::judge;
use crate::run::round::{self, Round};
use crate::run::session::Session;
use crate::run::settle;
use crate::world::resolve::{Ask, Resolved};

/// Runs a runbook.
///
/// # Errors
/// Wrong use, and failures of the journal; everything else is in the report.
pub(super) async fn run(
    global: &Global,
    args: &RunArgs,
    cancel: CancellationToken,
) -> Result<u8, Failure> {
    let policy = policy::load(global)?;
    let entry = Library::new(global.runbooks.clone()).find(&args.runbook)?;
    let runbook = &entry.runbook;
    let given = Given::read(runbook, &[], &args.input)?;
    let inputs = given.values(runbook)?;
    let ask = read_target(global, args, runbook)?;
    let journal = start::journal(given.secrets())?;
    if args.plan || args.commands {
        let resolved = start::locate(global, &ask, &journal, &cancel).await?;
        let text = if args.plan {
            preview::preview(runbook, &resolved, args, global.output)
        } else {
            commands::commands(runbook, &inputs, &resolved, args.unconfined)?
        };
        said::say_lines(&text);
        return Ok(Exit::Clear.code());
    }
    let beginning = Beginning {
        command: "run",
        file: entry.file.clone(),
        runbook: (&runbook.name, &runbook.digest),
        inputs: given.typed(),
        about: None,
        unconfined: args.unconfined,
    };
    let mut recorder = start::begin(journal.clone(), beginning).await?;
    let located = start::locate(global, &ask, &journal, &cancel).await;
    let resolved = match located {
        Ok(resolved) => resolved,
        Err(failure) => return start::finish(&mut recorder, Err(failure), global.output).await,
    };
    let mut session = start::enter(recorder, &resolved, cancel).await?;
    let where_at = (&session.place, resolved.targets.as_slice());
    if let Err(denied) = govern::look(&policy, where_at, runbook, args.unconfined) {
        let denied = Err(denied.failure(&policy));
        return start::finish(&mut session.recorder, denied, global.output).await;
    }
    let round = Round {
        runbook,
        inputs: &inputs,
        purpose: "look",
        only: None,
        unconfined: args.unconfined,
    };
    let mut wanted = Vec::new();
    let outcome = look_and_judge(&mut session, &round, resolved, &mut wanted).await;
    let so_far = outcome.as_ref().map_or_else(Failure::exit, |exit| *exit);
    let made = wanted::make(
        &mut session,
        (runbook, &policy),
        (wanted, so_far),
        (global, args),
    );
    // What becomes of bundles is said, and changes neither a verdict nor the exit status, unless the journal lacks it.
    let (course, outcome) = match made.await {
        Ok(course) if course.is_cut && outcome.is_ok() => {
            let what = "interrupted while bundles were made; the verdicts stand";
            (course, Err(Failure::interrupted(what)))
        }
        Ok(course) => (course, outcome),
        Err(failure) => (Course::default(), Err(failure)),
    };
    let ended = match course.is_shown {
        true => start::finish_shown(&mut session.recorder, outcome).await,
        false => start::finish(&mut session.recorder, outcome, global.output).await,
    };
    match course.unwritten {
        Some(failure) => ended.and(Err(failure)),
        None => ended,
    }
}

async fn look_and_judge(
    session: &mut Session,
    round: &Round<'_>,
    resolved: Resolved,
    wanted: &mut Vec<Wanting>,
) -> Result<Exit, Failure> {
    let mut views: Vec<View> = resolved.targets.into_iter().map(View::new).collect();
    for (instance, error) in &resolved.blocked {
        let blocked = views
            .iter_mut()
            .filter(|view| view.target.instance == *instance);
        blocked.for_each(|view| view.barred = Some(error.what()));
    }
    if views.iter().all(|view| view.barred.is_some()) {
        return Ok(Exit::Failed);
    }
    let trouble = round::look(session, round, &mut views).await?;
    settle::settle_found(session, &views).await?;
    let recorder = &mut session.recorder;
    let exit = judge::judge(recorder, round.runbook, round.inputs, &views).await?;
    *wanted = crate::bundle::wanted(round.runbook, round.inputs, recorder.run(), &views);
    if let Some(failure) = trouble {
        return Err(failure);
    }
    Ok(if session.recorder.has_failures() {
        Exit::Failed
    } else {
        exit
    })
}

fn read_target(global: &Global, args: &RunArgs, runbook: &Runbook) -> Result<Ask, Failure> {
    if runbook.target == TargetKind::Pod && args.pod.is_none() {
        return Err(Failure::usage(
            "pod-needed",
            format!("{} needs a pod", runbook.name),
            "the command line",
            "name it with --pod NAMESPACE/NAME",
        ));
    }
    Ask::read(
        args.pod.as_deref(),
        &args.node,
        &args.instance,
        global.region.as_deref(),
        global.cluster.as_deref(),
    )
    .map_err(|error| world_failure(&error))
}
