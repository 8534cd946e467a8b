//! `heeler run`: resolve, look, judge.

use std::collections::BTreeMap;

use heeler_core::event::Exit;
use heeler_core::find::View;
use heeler_core::runbook::{Runbook, TargetKind};
use heeler_core::syntax;
use heeler_core::value::Value;
use tokio_util::sync::CancellationToken;

use super::args::{Global, RunArgs};
use super::start::{self, Beginning};
use super::{commands, preview};
use crate::failure::Failure;
use crate::library::Library;
use crate::run::ask::world_failure;
use crate::run::judge;
use crate::run::round::{self, Round};
use crate::run::session::Session;
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
    let entry = Library::new(global.runbooks.clone()).find(&args.runbook)?;
    let runbook = &entry.runbook;
    let inputs = inputs(runbook, &args.input)?;
    let ask = read_target(global, args, runbook)?;
    let journal = start::journal(secrets(runbook, &args.input))?;
    if args.plan || args.commands {
        let resolved = start::locate(global, &ask, &journal, &cancel).await?;
        let text = if args.plan {
            preview::preview(runbook, &resolved, args.unconfined, global.output)
        } else {
            commands::commands(runbook, &inputs, &resolved, args.unconfined)?
        };
        start::say_lines(&text);
        return Ok(Exit::Clear.code());
    }
    let beginning = Beginning {
        command: "run",
        file: entry.file.clone(),
        runbook,
        inputs: pairs(&args.input),
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
    let round = Round {
        runbook,
        inputs: &inputs,
        purpose: "look",
        only: None,
        unconfined: args.unconfined,
    };
    let outcome = look_and_judge(&mut session, &round, resolved).await;
    start::finish(&mut session.recorder, outcome, global.output).await
}

async fn look_and_judge(
    session: &mut Session,
    round: &Round<'_>,
    resolved: Resolved,
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
    let recorder = &mut session.recorder;
    let exit = judge::judge(recorder, round.runbook, round.inputs, &views).await?;
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

/// The inputs of a run: what was given, else what the runbook says.
///
/// # Errors
/// Unknown names, values that are not acceptable, and missing ones.
pub(super) fn inputs(
    runbook: &Runbook,
    given: &[String],
) -> Result<BTreeMap<String, Value>, Failure> {
    let wrong = |what: String, help: String| {
        Failure::usage(
            "wrong-input",
            what,
            format!("the inputs of {}", runbook.name),
            help,
        )
    };
    let mut values = BTreeMap::new();
    for pair in given {
        let (name, text) = pair.split_once('=').ok_or_else(|| {
            wrong(
                "an input has no `=`".to_owned(),
                "write it as -i name=value".to_owned(),
            )
        })?;
        let Some(input) = runbook.inputs.iter().find(|input| input.name == name) else {
            let names: Vec<&str> = runbook
                .inputs
                .iter()
                .map(|input| input.name.as_str())
                .collect();
            let help = match syntax::nearest(name, names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if names.is_empty() => "leave it out: the runbook has no inputs".to_owned(),
                None => format!("it has: {}", names.join(", ")),
            };
            return Err(wrong(
                format!("there is no input `{}`", name.escape_debug()),
                help,
            ));
        };
        let value = input
            .accept(text)
            .map_err(|reason| wrong(reason, input.help.clone()))?;
        if values.insert(name.to_owned(), value).is_some() {
            return Err(wrong(
                format!("`{name}` is given twice"),
                "give it once".to_owned(),
            ));
        }
    }
    for input in &runbook.inputs {
        if values.contains_key(&input.name) {
            continue;
        }
        let default = input.default.clone().ok_or_else(|| {
            wrong(
                format!("`{}` is missing: {}", input.name, input.help),
                format!("-i {}=…", input.name),
            )
        })?;
        values.insert(input.name.clone(), default);
    }
    Ok(values)
}

/// Names and texts of the inputs that were given.
pub(super) fn pairs(given: &[String]) -> Vec<(String, String)> {
    given
        .iter()
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .collect()
}

/// The secret inputs as they were typed, for the journal's second belt.
pub(super) fn secrets(runbook: &Runbook, given: &[String]) -> Vec<String> {
    let secret = |name: &str| {
        runbook
            .inputs
            .iter()
            .any(|input| input.name == name && input.secret)
    };
    pairs(given)
        .into_iter()
        .filter(|(name, _)| secret(name))
        .map(|(_, text)| text)
        .collect()
}
