//! What every area's cases stand on: cases with their needs, the programs that they run, and the
//! run itself on `libtest-mimic`. It knows nothing of what a case shows.

mod build;
mod clients;
mod context;
mod finished;
mod local_shell;
mod need;
mod program;
pub(crate) mod redact;
mod running;
mod shell;
mod surroundings;
mod terminal;
pub(crate) mod turn;

use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use libtest_mimic::{Arguments, Completion, Failed, Trial};

use turn::Turns;

pub(crate) use context::Context;
pub(crate) use finished::Finished;
pub(crate) use local_shell::LocalShell;
pub(crate) use need::Need;
pub(crate) use program::Program;
pub(crate) use running::Running;
pub(crate) use surroundings::Surroundings;

/// Set to `fail`, it makes an ignored test a failure of the whole binary.
const IGNORED: &str = "HEELER_TESTS_IGNORED";
/// Cases at a time, unless `--test-threads` says otherwise. Most of their time is waiting: for a
/// switch, for a counter that is to grow.
const THREADS: usize = 4;

/// One test.
#[derive(Clone, Copy)]
pub(crate) struct Case {
    /// `area::what_it_shows`.
    name: &'static str,
    /// What the machine must have; without it the test is ignored, and says so.
    needs: &'static [Need],
    /// The test. An error is a failure, and so is a panic.
    run: fn(&Context) -> anyhow::Result<()>,
}

impl Case {
    /// A test: its name, what it needs, and what it does.
    pub(crate) const fn new(
        name: &'static str,
        needs: &'static [Need],
        run: fn(&Context) -> anyhow::Result<()>,
    ) -> Self {
        Self { name, needs, run }
    }

    /// `area::what_it_shows`.
    pub(crate) const fn name(&self) -> &'static str {
        self.name
    }
}

/// A test that was not run, and why.
struct Ignored {
    case: &'static str,
    reason: String,
}

type Ledger = Arc<Mutex<Vec<Ignored>>>;

/// Runs the cases that the command line chooses.
pub(crate) fn run(areas: &[&'static [Case]]) -> ExitCode {
    let mut arguments = Arguments::from_args();
    let at_once = arguments.test_threads.unwrap_or(THREADS);
    let turns = Arc::new(Turns::new(at_once));
    let context = match Context::new() {
        Ok(context) => Arc::new(context),
        Err(error) => {
            eprintln!("the suite can't start: {error:#}");
            return ExitCode::FAILURE;
        }
    };
    let ledger = Ledger::default();
    let cases = areas.iter().copied().flatten();
    let incidents = cases
        .clone()
        .filter(|case| case.needs.contains(&Need::Incident));
    if at_once > 1 {
        // Who waits for an incident's end has a thread, and keeps nobody else from running.
        arguments.test_threads = Some(at_once + incidents.count());
    }
    let trial = |case: &Case| trial(*case, &context, (&turns, &ledger));
    let trials = cases.map(trial).collect();
    let conclusion = libtest_mimic::run(&arguments, trials);
    if conclusion.has_failed() || ignored_is_failure(&ledger) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

fn trial(case: Case, context: &Arc<Context>, (turns, ledger): (&Arc<Turns>, &Ledger)) -> Trial {
    let (context, turns, ledger) = (Arc::clone(context), Arc::clone(turns), Arc::clone(ledger));
    Trial::ignorable_test(case.name, move || {
        if let Err(reason) = context.meet(case.needs) {
            let ignored = Ignored {
                case: case.name,
                reason: reason.clone(),
            };
            lock(&ledger).push(ignored);
            return Ok(Completion::ignored_with(reason));
        }
        let _turn = turns.wait(case.needs);
        match (case.run)(&context) {
            Ok(()) => Ok(Completion::Completed),
            Err(error) => Err(Failed::from(format!("{error:#}"))),
        }
    })
}

fn ignored_is_failure(ledger: &Ledger) -> bool {
    let ignored = lock(ledger);
    if ignored.is_empty() || std::env::var(IGNORED).as_deref() != Ok("fail") {
        return false;
    }
    eprintln!("{IGNORED}=fail, and these were not run:");
    for Ignored { case, reason } in ignored.iter() {
        eprintln!("  {case}: {reason}");
    }
    true
}

/// A case that panicked with the lock has failed already; the next one may go on.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
