//! An operator with a full table and a fix on offer, whose times are short enough to be waited for.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use heeler_tests::incident::full::Scale;
use heeler_tests::scene::Incident;

use crate::harness::{Context, Finished, Program};
use crate::operator::{Operator, Report};

/// TIME_WAIT's time-out before the fix, in seconds.
pub(super) const BEFORE: u64 = 20;
/// The same after it: half, so that the load fits.
pub(super) const AFTER: u64 = 10;
/// What the bundled runbook says, and what stands here instead.
const SHORTER: [(&str, &str); 4] = [
    ("default: 60s", "default: 10s"),
    ("minimum: 30s", "minimum: 5s"),
    ("for: 30s", "for: 3s"),
    ("within: 5m", "within: 60s"),
];
/// How long anything may take that is waited for.
const SOON: Duration = Duration::from_secs(30);

/// The operator, the runbook and the run that offers the fix.
pub(super) struct Repair<'c> {
    pub(super) operator: Operator<'c>,
    runbooks: PathBuf,
    /// The run that has found the full table.
    pub(super) run: String,
}

/// A plan, ready to be approved.
pub(super) struct Planned {
    pub(super) digest: String,
    /// As it was printed.
    pub(super) ended: Finished,
}

impl<'c> Repair<'c> {
    /// A full table, found, with the admin container on.
    pub(super) fn start(context: &'c Context) -> Result<Self> {
        Self::with(context, &[])
    }

    /// The same with other changes of the runbook's text.
    pub(super) fn with(context: &'c Context, changes: &[(&str, &str)]) -> Result<Self> {
        let scale = Scale {
            max: 4096,
            time_wait: Duration::from_secs(BEFORE),
        };
        let plan = context.plan().instant().admin(true).scale(scale);
        let operator = Operator::with(context, plan, Incident::Full)?;
        let runbooks = operator.around.folder().join("runbooks");
        let folder = runbooks.join("conntrack-exhaustion");
        fs::create_dir_all(&folder)?;
        let bundled = context
            .workspace()
            .join("runbooks/conntrack-exhaustion/runbook.yaml");
        let mut text = fs::read_to_string(bundled)?;
        for (says, instead) in SHORTER.iter().chain(changes) {
            ensure!(
                text.matches(says).count() == 1,
                "the bundled runbook does not say `{says}` once"
            );
            text = text.replace(says, instead);
        }
        fs::write(folder.join("runbook.yaml"), text)?;
        let mut repair = Self {
            operator,
            runbooks,
            run: String::new(),
        };
        let found = repair.operator.judge_with(&repair.folder())?;
        ensure!(
            found.ended.status.code() == Some(3),
            "a full table was expected\n{}",
            found.ended
        );
        found.id()?.clone_into(&mut repair.run);
        Ok(repair)
    }

    fn folder(&self) -> String {
        format!("--runbooks {}", self.runbooks.display())
    }

    /// `heeler` with these words and the runbook.
    pub(super) fn heeler(&self, words: &str) -> Result<Program<'c>> {
        self.operator.heeler(&format!("{words} {}", self.folder()))
    }

    /// `heeler fix` of the run, with more words.
    pub(super) fn fix(&self, words: &str) -> Result<Program<'c>> {
        self.heeler(&format!("fix {} shorten-time-wait {words}", self.run))
    }

    /// The plan of the fix, and its digest.
    pub(super) fn plan(&self) -> Result<Planned> {
        let report = Report::of(self.fix("--plan --output json")?.expect_exit(0)?)?;
        let digest = report.text("/fix/plan/digest")?.to_owned();
        Ok(Planned {
            digest,
            ended: self.fix("--plan")?.expect_exit(0)?,
        })
    }

    /// The fix, approved.
    pub(super) fn approved(&self) -> Result<Program<'c>> {
        let digest = self.plan()?.digest;
        self.fix(&format!("--yes {digest}"))
    }

    /// The latest run of the journal.
    pub(super) fn latest(&self) -> Result<String> {
        let runs = self.operator.heeler("runs --output json")?.expect_exit(0)?;
        let id = runs.json()?["runs"][0]["run"].as_str().map(str::to_owned);
        id.with_context(|| format!("the journal has no run\n{runs}"))
    }

    /// The report of a run repeats its exit code.
    pub(super) fn report(&self, run: &str, code: i32) -> Result<Report> {
        Report::of(
            self.operator
                .heeler(&format!("report {run} --output json"))?
                .expect_exit(code)?,
        )
    }

    /// Applies the fix, and is killed while it verifies: the change stands. Gives the fix's run.
    pub(super) fn applied(&self) -> Result<String> {
        let fix = self.approved()?.start()?;
        self.wait_for(AFTER)?;
        fix.kill()?;
        self.latest()
    }

    /// Waits until the node's kernel has this time-out.
    pub(super) fn wait_for(&self, seconds: u64) -> Result<()> {
        let give_up = Instant::now() + SOON;
        while self.operator.expect_time_wait(seconds).is_err() && Instant::now() < give_up {
            std::thread::sleep(Duration::from_millis(20));
        }
        self.operator.expect_time_wait(seconds)
    }
}
