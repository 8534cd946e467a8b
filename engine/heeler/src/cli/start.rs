//! The beginning and the end that `run`, `fix` and `revert` have in common: the journal, the
//! place, the targets, and the report.

use std::io::IsTerminal as _;
use std::sync::Arc;

use heeler_core::event::{Event, Exit, Record, RunId};
use heeler_core::report::{self, Report, Style};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::args::{Global, Output};
pub(super) use super::doors::{aws, cluster};
use super::{doors, plan_file, progress, said};
use crate::failure::Failure;
use crate::journal::{
    Chain, ClosedJournal, Found, Journal, JournalFault, Redactor, SqliteJournal, StateFolder,
};
use crate::run::ask::world_failure;
use crate::run::recorder::{Recorder, journal_failure};
use crate::run::session::Session;
use crate::world::port::NamedWays;
use crate::world::resolve::{Ask, PodAsk, Resolved};

/// Opens the journal for writing records without these secrets.
///
/// # Errors
/// The journal's own failures.
pub(super) fn journal(secrets: Vec<String>) -> Result<Arc<dyn Journal>, Failure> {
    open(secrets).map_err(|fault| journal_failure(&fault))
}

/// The journal for what is done whether it can be written down or not.
pub(super) fn journal_anyway() -> Arc<dyn Journal> {
    open(Vec::new()).unwrap_or_else(|fault| Arc::new(ClosedJournal(fault)))
}

fn open(secrets: Vec<String>) -> Result<Arc<dyn Journal>, JournalFault> {
    let folder = StateFolder::from_environment()?;
    let journal = SqliteJournal::open(&folder, Redactor::new(secrets))?;
    Ok(Arc::new(journal))
}

/// What is known before anybody was asked.
pub(super) struct Beginning<'a> {
    /// `run`, `plan`, `fix` or `revert`.
    pub command: &'a str,
    /// The file that it was read from; `None`: it is bundled.
    pub(super) file: Option<String>,
    /// The runbook's name, and the digest of its text.
    pub runbook: (&'a str, &'a str),
    /// The inputs that were given, as they were typed, without secrets; the others are the
    /// runbook's.
    pub inputs: Vec<(String, String)>,
    /// The run that a fix or revert belongs to.
    pub about: Option<RunId>,
    /// Scripts of the runbook's own may be asked.
    pub unconfined: bool,
}

/// Records that a run has begun.
///
/// # Errors
/// The journal's own failures.
pub(super) async fn begin(
    journal: Arc<dyn Journal>,
    beginning: Beginning<'_>,
) -> Result<Recorder, Failure> {
    let run = RunId::new(Uuid::now_v7());
    let mut recorder = Recorder::new(run, journal, progress::watcher());
    let (runbook, digest) = beginning.runbook;
    recorder
        .record(Event::RunStarted {
            command: beginning.command.to_owned(),
            runbook: runbook.to_owned(),
            digest: digest.to_owned(),
            file: beginning.file,
            inputs: beginning.inputs,
            about: beginning.about,
            unconfined: beginning.unconfined,
            version: env!("CARGO_PKG_VERSION").to_owned(),
        })
        .await?;
    Ok(recorder)
}

/// Finds place and nodes; where nobody else can tell where a pod is, the journal may.
///
/// # Errors
/// Everything that resolving can say, and an interruption.
pub(super) async fn locate(
    global: &Global,
    ask: &Ask,
    journal: &Arc<dyn Journal>,
    cancel: &CancellationToken,
) -> Result<Resolved, Failure> {
    locate_by(global, NamedWays::default(), ask, (journal, cancel)).await
}

/// The same with ways to nodes that somebody has named.
///
/// # Errors
/// As [`locate`].
pub(super) async fn locate_by(
    global: &Global,
    named: NamedWays,
    ask: &Ask,
    (journal, cancel): (&Arc<dyn Journal>, &CancellationToken),
) -> Result<Resolved, Failure> {
    let last_known = |pod: &PodAsk| last_placement(journal, pod);
    doors::locate(global, named, (ask, &last_known), cancel).await
}

/// Records place and nodes, and opens the session.
///
/// # Errors
/// The journal's own failures.
pub(super) async fn enter(
    mut recorder: Recorder,
    resolved: &Resolved,
    cancel: CancellationToken,
) -> Result<Session, Failure> {
    let mut events = vec![
        Event::Located {
            place: resolved.place.clone(),
        },
        Event::Resolved {
            targets: resolved.targets.clone(),
        },
    ];
    events.extend(resolved.notes.iter().map(|note| Event::Noted {
        code: note.code.to_owned(),
        text: note.text.clone(),
    }));
    let blocked = resolved
        .blocked
        .iter()
        .map(|(_, error)| world_failure(error).event());
    events.extend(blocked);
    recorder.record_all(events).await?;
    Ok(Session {
        recorder,
        place: resolved.place.clone(),
        aws: resolved.aws.clone(),
        cluster: resolved.cluster.clone(),
        cancel,
    })
}

/// Records how a run ended, and prints its report, which is complete even where the journal is not.
///
/// # Errors
/// The journal's own failures, after the report was printed.
pub(super) async fn finish(
    recorder: &mut Recorder,
    outcome: Result<Exit, Failure>,
    output: Output,
) -> Result<u8, Failure> {
    let exit = recorder.conclude(outcome).await;
    print(&Report::fold(recorder.records()), output);
    ended(recorder, exit)
}

/// The exit status of a run that has been told.
///
/// # Errors
/// The journal's own failures.
pub(super) fn ended(recorder: &Recorder, exit: Exit) -> Result<u8, Failure> {
    match recorder.broken() {
        // A fix that was taken back or is stuck says more than a journal that is full.
        Some(failure) if !matches!(exit, Exit::Reverted | Exit::Stuck) => Err(failure.clone()),
        Some(_) | None => Ok(exit.code()),
    }
}

/// Shows what is known of a run that is to end like this, where more takes some time.
pub(super) fn show_so_far(recorder: &mut Recorder, exit: Exit) {
    recorder.pause();
    let mut report = Report::fold(recorder.records());
    // What comes later changes no verdict.
    report.ending = Some(report::Ending {
        exit,
        elapsed_ms: 0,
        commands: recorder.commands(),
        changed: false,
    });
    said::say(&report::text_so_far(&report, &style()));
}

/// The end of a run after [`show_so_far`].
///
/// # Errors
/// As [`finish`].
pub(super) async fn finish_shown(
    recorder: &mut Recorder,
    outcome: Result<Exit, Failure>,
) -> Result<u8, Failure> {
    let exit = recorder.conclude(outcome).await;
    let report = Report::fold(recorder.records());
    said::say(&report::text_since(&report, &style()));
    ended(recorder, exit)
}

/// The same where a plan was asked for: for programs it is a file of its own.
///
/// # Errors
/// As [`finish`].
pub(super) async fn finish_plan(
    recorder: &mut Recorder,
    outcome: Result<Exit, Failure>,
    (output, style): (Output, &Style),
) -> Result<u8, Failure> {
    let exit = recorder.conclude(outcome).await;
    match (output, plan_file::of_run(recorder.records())) {
        (Output::Json | Output::Sarif, Some(file)) if exit == Exit::Clear => {
            said::say(&plan_file::text(&file));
        }
        _ => show(&Report::fold(recorder.records()), output, style),
    }
    ended(recorder, exit)
}

/// Prints a report on standard output.
pub(super) fn print(report: &Report, output: Output) {
    show(report, output, &style());
}

fn show(report: &Report, output: Output, style: &Style) {
    let text = match output {
        Output::Text => report::text(report, style),
        Output::Json | Output::Sarif => report::json_text(&report::json(report)),
    };
    said::say(&text);
}

/// How reports look on this terminal, or in this pipe.
pub(super) fn style() -> Style {
    let terminal = std::io::stdout().is_terminal();
    let width = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok());
    Style {
        colour: terminal,
        width: if terminal {
            width.unwrap_or(100)
        } else {
            usize::MAX
        },
        ..Style::default()
    }
}

/// The run of an id, or of the beginning of one.
///
/// # Errors
/// `unknown-run` and `ambiguous-run`.
pub(super) async fn find_run(journal: &Arc<dyn Journal>, wanted: &str) -> Result<RunId, Failure> {
    let found = journal
        .find(wanted)
        .await
        .map_err(|fault| journal_failure(&fault))?;
    match found {
        Found::One(run) => Ok(run),
        Found::Several(runs) => Err(Failure::usage(
            "ambiguous-run",
            format!("`{wanted}` begins the id of {} runs", runs.len()),
            runs.iter()
                .map(|run| run.letters())
                .collect::<Vec<_>>()
                .join(", "),
            "write more of it",
        )),
        Found::None => Err(Failure::failed(
            "unknown-run",
            format!("there is no run `{}`", wanted.escape_debug()),
            "the journal",
            "`heeler runs` lists them",
        )),
    }
}

/// All records of a run.
///
/// # Errors
/// The journal's own failures.
pub(super) async fn records(
    journal: &Arc<dyn Journal>,
    run: RunId,
) -> Result<Vec<Record>, Failure> {
    let records = journal.records(run).await;
    records.map_err(|fault| journal_failure(&fault))
}

/// Checks that a run's records are those that were written.
///
/// # Errors
/// `broken-chain`, and the journal's own failures.
pub(super) async fn unbroken(journal: &Arc<dyn Journal>, run: RunId) -> Result<(), Failure> {
    let chain = journal.verify(run).await;
    match chain.map_err(|fault| journal_failure(&fault))? {
        Chain::Broken { seq, .. } => Err(Failure::failed(
            "broken-chain",
            format!("record {seq} of this run is not the one that was written"),
            "the journal",
            "do not rely on this report; somebody has changed the file",
        )),
        _ => Ok(()),
    }
}

/// Where the journal saw a pod last, with its age.
fn last_placement(journal: &Arc<dyn Journal>, pod: &PodAsk) -> Option<String> {
    let namespace = pod.namespace.as_deref().unwrap_or("default");
    let placement = journal.last_placement(namespace, &pod.name);
    // The journal has a thread of its own: this waits for a disk, not for a task.
    let placement = futures::executor::block_on(placement).ok().flatten()?;
    let age = jiff::Timestamp::now().duration_since(placement.at);
    let minutes = age.as_secs().div_euclid(60);
    let node = placement
        .node
        .map(|node| format!("{node}, "))
        .unwrap_or_default();
    Some(format!(
        "run {} saw it {minutes} min ago on {node}{}",
        placement.run, placement.instance
    ))
}
