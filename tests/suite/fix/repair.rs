//! An operator with a full table and a fix on offer, whose times are short enough to be waited for.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use heeler_tests::incident::full::Scale;
use heeler_tests::scene::Incident;
use uuid::Uuid;

use crate::harness::{Context, Finished, Program};
use crate::operator::{Operator, Report};

/// TIME_WAIT's time-out before the fix, in seconds.
pub(crate) const BEFORE: u64 = 20;
/// The same after it: half, so that the load fits.
pub(crate) const AFTER: u64 = 10;
/// The maximum of the table before any fix, in entries.
pub(crate) const MAX: u64 = 4096;
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
pub(crate) struct Repair<'c> {
    pub(crate) operator: Operator<'c>,
    runbooks: PathBuf,
    /// The run that has found the full table.
    pub(crate) run: String,
}

/// A plan, ready to be approved.
pub(crate) struct Planned {
    /// As much of its digest as people see.
    pub(crate) digest: String,
    /// All of it.
    pub(crate) whole: String,
    /// The run that has made it.
    pub(crate) run: Uuid,
    /// The same as people write it.
    pub(crate) short: String,
    /// The plan as a file.
    pub(crate) file: String,
    /// As it was printed.
    pub(crate) ended: Finished,
}

impl<'c> Repair<'c> {
    /// A full table, found, with the admin container on.
    pub(crate) fn start(context: &'c Context) -> Result<Self> {
        Self::with(context, &[])
    }

    /// The same with other changes of the runbook's text.
    pub(crate) fn with(context: &'c Context, changes: &[(&str, &str)]) -> Result<Self> {
        let scale = Scale {
            max: MAX,
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
                text.contains(says),
                "the bundled runbook does not say `{says}`"
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

    /// The option that names the runbook's folder.
    pub(crate) fn folder(&self) -> String {
        format!("--runbooks {}", self.runbooks.display())
    }

    /// `heeler` with these words and the runbook.
    pub(crate) fn heeler(&self, words: &str) -> Result<Program<'c>> {
        self.operator.heeler(&format!("{words} {}", self.folder()))
    }

    /// `heeler fix` of the run, with more words.
    pub(crate) fn fix(&self, words: &str) -> Result<Program<'c>> {
        self.heeler(&format!("fix {} shorten-time-wait {words}", self.run))
    }

    /// `heeler plan` of the run, with more words.
    pub(crate) fn planned(&self, words: &str) -> Result<Program<'c>> {
        self.heeler(&format!("plan {} shorten-time-wait {words}", self.run))
    }

    /// The plan of the fix, and its digest.
    pub(crate) fn plan(&self) -> Result<Planned> {
        self.plan_with("")
    }

    /// The same with more words.
    pub(crate) fn plan_with(&self, words: &str) -> Result<Planned> {
        let ended = self.planned(words)?.expect_exit(0)?;
        let written = self.planned(&format!("--output json {words}"))?;
        let file = Report::of(written.expect_exit(0)?)?;
        let whole = file.text("/plan/digest")?.to_owned();
        Ok(Planned {
            digest: whole.chars().take(12).collect(),
            whole,
            run: file.text("/run")?.parse()?,
            short: self.latest()?,
            file: file.ended.stdout.clone(),
            ended,
        })
    }

    /// The fix, approved.
    pub(crate) fn approved(&self) -> Result<Program<'c>> {
        let digest = self.plan()?.digest;
        self.fix(&format!("--yes {digest}"))
    }

    /// `heeler plan` of another of the runbook's fixes, or of this one.
    pub(crate) fn plan_of(&self, fix: &str) -> Result<Program<'c>> {
        self.heeler(&format!("plan {} {fix} --output json", self.run))
    }

    /// The same fix, approved.
    pub(crate) fn approved_of(&self, fix: &str) -> Result<Program<'c>> {
        self.approved_by(fix, self.plan_of(fix)?.finish()?)
    }

    /// The same by a plan that was made.
    pub(crate) fn approved_by(&self, fix: &str, plan: Finished) -> Result<Program<'c>> {
        let plan = Report::of(plan.expect_exit(0)?)?;
        let digest: String = plan.text("/plan/digest")?.chars().take(12).collect();
        self.heeler(&format!("fix {} {fix} --yes {digest}", self.run))
    }

    /// The latest run of the journal.
    pub(crate) fn latest(&self) -> Result<String> {
        let runs = self.operator.heeler("runs --output json")?.expect_exit(0)?;
        let id = runs.json()?["runs"][0]["run"].as_str().map(str::to_owned);
        id.with_context(|| format!("the journal has no run\n{runs}"))
    }

    /// The report of a run repeats its exit code.
    pub(crate) fn report(&self, run: &str, code: i32) -> Result<Report> {
        Report::of(
            self.operator
                .heeler(&format!("report {run} --output json"))?
                .expect_exit(code)?,
        )
    }

    /// Applies the fix, and is killed while it verifies: the change stands. Gives the fix's run.
    pub(crate) fn applied(&self) -> Result<String> {
        let fix = self.approved()?.start()?;
        self.wait_for(AFTER)?;
        fix.kill()?;
        self.latest()
    }

    /// Waits until the node's kernel has this time-out.
    pub(crate) fn wait_for(&self, seconds: u64) -> Result<()> {
        let give_up = Instant::now() + SOON;
        while self.operator.expect_time_wait(seconds).is_err() && Instant::now() < give_up {
            std::thread::sleep(Duration::from_millis(20));
        }
        self.operator.expect_time_wait(seconds)
    }
}
