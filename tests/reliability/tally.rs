//! What was counted, as a table and as a line of JSON.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use super::beyond::BEYOND;
use super::guarded::fixture::ALL;
use super::jobs::{Cuts, Done, Job, Requests};

/// Everything that was counted.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Schedules of the simulation.
    pub(crate) schedules: u64,
    /// What `cargo mutants` came to, where somebody has run it.
    mutants: Option<Mutants>,
    /// What did not hold.
    pub(crate) violations: Vec<String>,
    kills: BTreeMap<&'static str, Kills>,
    losses: BTreeMap<&'static str, usize>,
    races: usize,
    cuts: Cuts,
    requests: Requests,
}

/// Mutants of the guard's code, of those that compile.
#[derive(Debug)]
pub(crate) struct Mutants {
    /// Which the simulation convicts.
    pub(crate) caught: u64,
    /// Of so many.
    pub(crate) of: u64,
}

#[derive(Debug, Default)]
struct Kills {
    all: usize,
    kept: usize,
    longest: Duration,
}

impl Tally {
    /// Nothing is counted yet but what somebody has measured before.
    pub(crate) fn with(mutants: Option<Mutants>) -> Self {
        Tally {
            mutants,
            ..Tally::default()
        }
    }

    /// Adds what came of a piece.
    pub(crate) fn add(&mut self, job: &Job, done: Done) {
        match job {
            Job::Kill(course, _) | Job::Hold(course, _) => {
                let kills = self.kills.entry(course.fixture.name).or_default();
                kills.all += done.kills;
                kills.kept += done.kept;
                kills.longest = kills.longest.max(done.longest);
            }
            Job::Beyond(one, _) => {
                let kills = self.kills.entry(one.name).or_default();
                kills.all += done.kills;
                kills.kept += done.kept;
                kills.longest = kills.longest.max(done.longest);
            }
            Job::Lose(loss, _) => *self.losses.entry(loss.name).or_default() += 1,
            Job::Turn(..) | Job::Cut(..) | Job::Step(..) | Job::Race(_) => {}
        }
        self.races += done.races;
        self.cuts.given_up += done.cuts.given_up;
        self.cuts.outlasted += done.cuts.outlasted;
        self.requests.add_all(&done.requests);
        self.violations.extend(done.violations);
    }

    fn kill_points(&self) -> usize {
        self.kills.values().map(|kills| kills.all).sum()
    }

    /// For people.
    pub(crate) fn table(&self) -> String {
        let mut table = "| change | taken back after | kills | new value, verified | old value | nothing left, at the latest after |\n\
                         | --- | ---: | ---: | ---: | ---: | ---: |\n"
            .to_owned();
        for fixture in ALL {
            let Some(kills) = self.kills.get(fixture.name) else {
                continue;
            };
            let _ = writeln!(
                table,
                "| `{}` | {} s | {} | {} | {} | {:.1} s |",
                fixture.name,
                fixture.undo_after.as_secs(),
                kills.all,
                kills.kept,
                kills.all - kills.kept,
                kills.longest.as_secs_f64(),
            );
        }
        table += "\n| change without a switch of its own, or tried before that comes | taken back | kills | new value | old value | nothing left, at the latest after |\n\
                  | --- | --- | ---: | ---: | ---: | ---: |\n";
        for one in BEYOND {
            let Some(kills) = self.kills.get(one.name) else {
                continue;
            };
            let _ = writeln!(
                table,
                "| `{}` | {} | {} | {} | {} | {} |",
                one.name,
                one.undo,
                kills.all,
                kills.kept,
                kills.all - kills.kept,
                if kills.longest.is_zero() {
                    "–".to_owned()
                } else {
                    format!("{:.1} s", kills.longest.as_secs_f64())
                },
            );
        }
        table += "\n| beside that | times |\n| --- | ---: |\n";
        for (loss, times) in &self.losses {
            let _ = writeln!(table, "| {loss} | {times} |");
        }
        for (what, times) in [
            (
                "a command of the fix is never taken, each in turn",
                self.requests.refused_commands,
            ),
            (
                "a command of the fix is carried out and its reply is lost, each in turn",
                self.requests.repeated_commands,
            ),
            (
                "a request of the fix to the Kubernetes API fails, each in turn",
                self.requests.failed,
            ),
            (
                "such a request is carried out and its answer breaks off, each in turn",
                self.requests.repeated,
            ),
            (
                "SSM or the Kubernetes API is gone in the middle of what has no way back, until the program has given up",
                self.cuts.given_up,
            ),
            (
                "the Kubernetes API is gone for a while in which a change in it stands",
                self.cuts.outlasted,
            ),
            ("two operators race for one node", self.races),
        ] {
            let _ = writeln!(table, "| {what} | {times} |");
        }
        let _ = writeln!(
            table,
            "| schedules of the simulation | {} |",
            self.schedules
        );
        if let Some(mutants) = &self.mutants {
            let Mutants { caught, of } = mutants;
            let _ = writeln!(
                table,
                "| mutants of the guard's code that the simulation alone convicts | {caught} of {of} |"
            );
        }
        let _ = write!(table, "| violations | {} |", self.violations.len());
        table
    }

    /// For programs.
    pub(crate) fn json(&self) -> Value {
        let caught = self.mutants.as_ref();
        let mutants_caught =
            caught.map(|mutants| json!({ "caught": mutants.caught, "of": mutants.of }));
        json!({
            "changes": self.kills.len(),
            "kill_points": self.kill_points(),
            "schedules": self.schedules,
            "races": self.races,
            "mutants_caught": mutants_caught,
            "violations": self.violations.len(),
        })
    }
}
