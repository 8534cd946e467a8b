//! `heeler run RUNBOOK --bundle FILE`: what a node answered yesterday, judged with today's runbook.
//!
//! Nobody is asked anything, and no credentials are needed. It is no run of the journal: nothing happened
//! to a node, and no fix may begin with it.

use std::path::Path;

use heeler_core::event::{BootId, Event, Exit, FixOffer, Record, RunId};
use heeler_core::find::{self, Judged};
use heeler_core::recording::{Course, Recording};
use heeler_core::report::{FromBundle, Report};
use heeler_core::runbook::Runbook;
use jiff::Timestamp;
use uuid::Uuid;

use super::args::Global;
use super::inputs::Given;
use super::start;
use crate::bundle::{Kept, kept};
use crate::failure::Failure;
use crate::journal::Redactor;
use crate::library::Library;
use crate::run::admit::misfit;
use crate::run::objects;

/// Judges a bundle, and prints its report. The exit status is that of a run with these verdicts.
///
/// # Errors
/// Wrong use, the library's failures, and those of [`kept`].
pub(super) fn judge(
    global: &Global,
    (wanted, input): (&str, &[String]),
    file: &Path,
) -> Result<u8, Failure> {
    placeless(global)?;
    let began = Timestamp::now();
    let entry = Library::new(global.runbooks.clone()).find(wanted)?;
    let runbook = &entry.runbook;
    let given = Given::read(runbook, &[], input)?;
    let inputs = given.values(runbook)?;
    let Kept { recording, partial } = kept(file)?;
    let run = RunId::new(Uuid::now_v7());
    let target = recording.about.target.clone();
    // As in a run: who says that it is another node than was meant is not judged.
    let cluster = recording.about.place.cluster.as_deref();
    let ident = recording.ident.as_ref();
    if let Some(failure) = ident.and_then(|ident| misfit(cluster, &target, ident)) {
        return Err(failure);
    }
    let mut events = beginning(runbook, &given, entry.file.clone(), &recording);
    let mut course = Course::new(runbook, inputs.clone(), run, target.clone());
    while let Some(wave) = course.next_wave() {
        events.extend(course.take(wave, &recording));
    }
    events.extend(recording.unnamed.iter().map(|text| Event::Noted {
        code: objects::UNNAMED.to_owned(),
        text: text.clone(),
    }));
    let views = [course.view];
    if !views.iter().all(find::View::has_answered) {
        return Err(Failure::failed(
            "no-answers",
            "the node had not answered when it was made",
            file.display().to_string(),
            "make another one with `heeler bundle`",
        ));
    }
    let judged = find::judged(runbook, &inputs, run, &views);
    let exit = find::exit(judged.iter().map(|judged| &judged.verdict));
    let live = format!(
        "a bundle changes nothing: heeler run {} --instance {} asks the node itself",
        runbook.name, target.instance
    );
    let judged = judged.into_iter().flat_map(Judged::into_events);
    events.extend(judged.map(|event| withheld(event, &live)));
    events.push(ending(exit, began));
    let redactor = Redactor::new(given.secrets());
    let records: Vec<Record> = (1..)
        .zip(events)
        .map(|(seq, event)| Record {
            run,
            seq,
            at: Timestamp::now(),
            event: redactor.event(event),
        })
        .collect();
    let report = Report {
        // The journal knows no such run.
        run: None,
        bundle: Some(FromBundle {
            file: file.display().to_string(),
            node: target.name().to_owned(),
            at: recording.about.at,
            partial,
        }),
        ..Report::fold(&records)
    };
    start::print(&report, global.output);
    Ok(exit.code())
}

/// Where the node is stands in the bundle.
fn placeless(global: &Global) -> Result<(), Failure> {
    let named = [
        ("--context", &global.context),
        ("--profile", &global.profile),
        ("--region", &global.region),
        ("--cluster", &global.cluster),
    ];
    match named.iter().find(|(_, given)| given.is_some()) {
        None => Ok(()),
        Some((option, _)) => Err(Failure::usage(
            "needless-place",
            format!("a bundle is judged as it is: {option} says nothing about it"),
            "the command line",
            "leave it out, or leave out --bundle to ask the node itself",
        )),
    }
}

fn beginning(
    runbook: &Runbook,
    given: &Given,
    file: Option<String>,
    recording: &Recording,
) -> Vec<Event> {
    let about = &recording.about;
    let started = Event::RunStarted {
        command: "run".to_owned(),
        runbook: runbook.name.clone(),
        digest: runbook.digest.clone(),
        file,
        inputs: given.typed(),
        about: None,
        unconfined: false,
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let place = about.place.clone();
    let targets = vec![about.target.clone()];
    let answered = recording.ident.as_ref().map(|ident| Event::NodeAnswered {
        step: 0,
        instance: about.target.instance.clone(),
        boot: BootId(ident.boot_id.clone()),
        cluster: ident.cluster.clone(),
        os_version: ident.os_version.clone(),
        cpus: ident.cpus,
        bytes: 0,
        fetched: false,
    });
    let known = [
        started,
        Event::Located { place },
        Event::Resolved { targets },
    ];
    known.into_iter().chain(answered).collect()
}

/// A fix that would help, with why it is not on offer here.
fn withheld(event: Event, live: &str) -> Event {
    match event {
        Event::FixOffered(offer) => {
            let why = match &offer.withheld {
                Some(why) => format!("{why}; {live}"),
                None => live.to_owned(),
            };
            Event::FixOffered(FixOffer {
                withheld: Some(why),
                ..offer
            })
        }
        other => other,
    }
}

fn ending(exit: Exit, began: Timestamp) -> Event {
    let elapsed = Timestamp::now().duration_since(began).as_millis();
    Event::RunEnded {
        exit,
        elapsed_ms: u64::try_from(elapsed).unwrap_or_default(),
        commands: 0,
        changed: false,
    }
}
