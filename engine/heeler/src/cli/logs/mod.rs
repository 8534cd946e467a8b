//! `heeler logs`: what pods have said, from the disks of their nodes.

mod find;
mod into;
mod told;
mod wanted;
mod whence;

use std::io::{BufWriter, IsTerminal as _, stdout};
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use self::told::Told;
use self::wanted::Wanted;
use self::whence::Whence;
use super::args::{Global, LogsArgs, Output};
use super::tell;
use crate::failure::Failure;
use crate::logs::{self, Look, Reading, Source, Writing};
use crate::run::ask::world_failure;
use crate::world::resolve::{FoundLogs, LogsAsk, Traces};
use crate::world::ways::Ways;

/// Logs that are merged are all open at the same time, each by a connection of its own.
const MOST_AT_ONCE: usize = 250;

/// Prints the logs of pods, or puts them into a folder.
///
/// # Errors
/// Wrong use, a pod or a workload that is not there, a right that is missing.
pub(super) async fn logs(
    global: &Global,
    args: &LogsArgs,
    cancel: CancellationToken,
) -> Result<u8, Failure> {
    let wanted = Wanted::read(args, global.output)?;
    if let Some(folder) = &wanted.folder {
        into::prepare(folder)?;
    }
    let whence = Whence::open(global, args, &cancel).await?;
    let done = read(&whence, (global, args), &wanted, &cancel).await;
    whence.tidy().await;
    done
}

/// The same by what may have to be taken back.
async fn read(
    whence: &Whence,
    (global, args): (&Global, &LogsArgs),
    wanted: &Wanted,
    cancel: &CancellationToken,
) -> Result<u8, Failure> {
    let mut notes = Vec::new();
    let found = whence.find(wanted, args, (&mut notes, cancel)).await?;
    notes
        .iter()
        .for_each(|note| tell(&format!("note: {}", note.text)));
    let reading = Reading {
        ways: &whence.ways,
        nodes: Arc::default(),
        span: wanted.span,
        shipped: wanted.shipped.clone(),
        follow: args.follow,
        tell: Arc::new(|text| tell(&format!("note: {text}"))),
        cancel,
    };
    let sources = find::sources(&found.pods, args)?;
    let told = match &wanted.folder {
        Some(folder) => {
            let traces = tokio::select! {
                traces = whence.search(&found) => traces,
                () = cancel.cancelled() => {
                    return Err(Failure::interrupted("interrupted before anything was read"));
                }
            };
            let former = find::of(&traces.pods, args);
            let found = (found, traces);
            is_any(&whence.ways, &found, cancel)?;
            let look = look(args, (wanted.json, false), false);
            let to = (folder.as_path(), wanted.json);
            let all = [sources, former].concat();
            let accounts = into::read(to, (look, wanted.pattern.as_ref()), &reading, all).await?;
            let told = told(&whence.ways, accounts, found.1);
            into::account(folder, &told)?;
            told.tell();
            if global.output == Output::Text {
                told.sum_up(folder);
            }
            told
        }
        None => {
            let told = print((whence, wanted), args, (reading, found), sources).await?;
            told.say(wanted.json);
            told
        }
    };
    match (told.is_interrupted(), told.is_all_read()) {
        (true, _) => Err(Failure::interrupted(
            "interrupted: what was printed is only the beginning",
        )),
        (false, all) => Ok(u8::from(!all)),
    }
}

/// Prints them, merged by time.
async fn print(
    (whence, wanted): (&Whence, &Wanted),
    args: &LogsArgs,
    (reading, found): (Reading<'_>, FoundLogs),
    mut sources: Vec<Source>,
) -> Result<Told, Failure> {
    if sources.len() > MOST_AT_ONCE {
        return Err(Failure::usage(
            "too-many-logs",
            format!(
                "{} containers have logs, and at most {MOST_AT_ONCE} are merged",
                sources.len()
            ),
            "the target",
            "put them into a folder with -o DIR, or take some of them with --container",
        ));
    }
    if args.follow {
        sources = find::begun(sources);
    }
    let is_one = sources.len() < 2 && matches!(wanted.ask, LogsAsk::Pod(_));
    let look = look(args, (wanted.json, !is_one), stdout().is_terminal());
    let mut writing = Writing::new(
        BufWriter::new(stdout().lock()),
        look,
        wanted.pattern.clone(),
    );
    let mut traces = Traces::default();
    let more = find::later(whence, (&wanted.ask, args), &found, &mut traces);
    let read = logs::read(reading.clone(), sources, more, &mut writing).await;
    let is_silent = writing.is_silent();
    writing.finish().map_err(|error| unprintable(&error))?;
    let accounts = read.map_err(|error| world_failure(&error.into()))?;
    let found = (found, traces);
    if !args.follow {
        is_any(&whence.ways, &found, reading.cancel)?;
    }
    let told = told(&whence.ways, accounts, found.1);
    if is_silent && !wanted.json && told.is_all_read() {
        tell(&format!("note: {}", none(args)));
    }
    Ok(told)
}

/// That all was read, and that nothing of it was wanted.
fn none(args: &LogsArgs) -> String {
    let has_span = args.since.is_some() || args.until.is_some();
    let limits = [
        (args.previous, " of a former start"),
        (has_span, " within that time"),
        (args.grep.is_some(), " that matches"),
    ];
    let limits = limits.into_iter().filter(|(is_set, _)| *is_set);
    let limits: String = limits.map(|(_, words)| words).collect();
    format!("there is no line{limits}")
}

fn told(ways: &Ways, accounts: Vec<(Source, logs::Account)>, traces: Traces) -> Told {
    Told {
        ways: ways.all_taken(),
        accounts,
        gone: traces.gone,
        unseen: traces.unseen,
        notes: traces.notes,
    }
}

/// Whether there is any pod, or anything left of one. What was found of former ones is told before it is
/// said that there is none.
fn is_any(
    ways: &Ways,
    (found, traces): &(FoundLogs, Traces),
    cancel: &CancellationToken,
) -> Result<(), Failure> {
    let Some(none) = found.none.as_ref().filter(|_| traces.pods.is_empty()) else {
        return Ok(());
    };
    if cancel.is_cancelled() {
        return Err(Failure::interrupted(
            "interrupted before anything was found",
        ));
    }
    told(ways, Vec::new(), traces.clone()).tell();
    Err(world_failure(&none.clone().into()))
}

fn look(args: &LogsArgs, (json, named): (bool, bool), clean: bool) -> Look {
    Look {
        json,
        timestamps: args.timestamps,
        named,
        clean,
    }
}

fn unprintable(error: &std::io::Error) -> Failure {
    Failure::failed(
        "unprintable",
        format!("not all that was to be printed could be: {error}"),
        "standard output",
        "make room where it goes, and print it again",
    )
}
