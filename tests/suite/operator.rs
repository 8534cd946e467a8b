//! The operator of a lab: `heeler` in the lab's environment, about the pod that all incidents
//! play with. And what a run reports, by finding and by look.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use heeler_tests::node::{Node, Place, PodHandle};
use heeler_tests::scene::{Incident, Lab, Plan};
use serde_json::Value;

use crate::harness::{Context, Finished, Program, Surroundings};

/// The client of all incidents, by the part of its name that people know.
pub(crate) const POD: &str = "shop/checkout";
/// The same pod by its whole name.
const WHOLE_NAME: (&str, &str) = ("shop", "checkout-7d9f5c-x2vqz");
/// How long another lab on this machine may keep its incident.
const OTHERS: Duration = Duration::from_secs(120);
/// How long a node's agent may take to start or end a host container.
const SWITCH: Duration = Duration::from_secs(20);
/// How long a table may take to be full at every moment.
const STEADY: Duration = Duration::from_secs(90);

/// A lab, and who works with it.
pub(crate) struct Operator<'c> {
    /// Of the case.
    pub(crate) context: &'c Context,
    /// The lab.
    pub(crate) lab: Lab,
    /// What the operator's programs find around them.
    pub(crate) around: Surroundings,
}

impl<'c> Operator<'c> {
    /// Starts the lab.
    pub(crate) fn of(context: &'c Context, plan: Plan) -> Result<Self> {
        let lab = Lab::start(plan)?;
        let around = Surroundings::in_lab(&lab)?;
        Ok(Self {
            context,
            lab,
            around,
        })
    }

    /// Starts the lab, and an incident as soon as no other lab has one.
    pub(crate) fn with(context: &'c Context, plan: Plan, incident: Incident) -> Result<Self> {
        let operator = Self::of(context, plan)?;
        let give_up = Instant::now() + OTHERS;
        while let Err(error) = operator.lab.start_incident(incident) {
            let is_taken = error.to_string().contains("another incident runs");
            if !is_taken || Instant::now() > give_up {
                return Err(error.context(format!("start the incident {incident:?}")));
            }
            sleep(Duration::from_millis(500));
        }
        if incident == Incident::Full {
            operator.wait_for_steady_drops()?;
        }
        Ok(operator)
    }

    /// Entries that were all made while the table was being filled also leave it together: until
    /// they have, there are seconds in which everything fits.
    pub(crate) fn wait_for_steady_drops(&self) -> Result<()> {
        let give_up = Instant::now() + STEADY;
        let mut seconds = 0;
        while seconds < 4 {
            ensure!(Instant::now() < give_up, "the table is not full for long");
            let before = self.lab.kernel_counters()?.drop;
            sleep(Duration::from_secs(1));
            let dropped = self.lab.kernel_counters()?.drop > before;
            seconds = if dropped { seconds + 1 } else { 0 };
        }
        Ok(())
    }

    /// The node that the incident is on.
    pub(crate) fn node(&self) -> Result<&Node> {
        self.lab.node()
    }

    /// The pod that the incident plays with.
    pub(crate) fn pod(&self) -> Result<PodHandle> {
        self.lab.pod(WHOLE_NAME.0, WHOLE_NAME.1)
    }

    /// Switches the admin container through the node's own API, as the documentation says.
    pub(crate) fn switch_admin(&self, on: bool) -> Result<()> {
        self.switch_admin_of(self.node()?, on)
    }

    /// The same on one of several nodes.
    pub(crate) fn switch_admin_of(&self, node: &Node, on: bool) -> Result<()> {
        let setting = format!("host-containers.admin.enabled={on}");
        let set = node.run(Place::Control, &["apiclient", "set", &setting])?;
        ensure!(set.status.success(), "the node refuses {setting}");
        let give_up = Instant::now() + SWITCH;
        while node.admin_running() != on {
            ensure!(
                Instant::now() < give_up,
                "the node does not act on {setting}"
            );
            sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// What a program on the node prints, which has to succeed.
    pub(crate) fn on_node(&self, place: Place, argv: &[&str]) -> Result<String> {
        let output = self.node()?.run(place, argv)?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(
            output.status.success(),
            "{argv:?} failed on the node: {said}"
        );
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Somebody sets TIME_WAIT's time-out on the node, in seconds.
    pub(crate) fn set_time_wait(&self, seconds: u64) -> Result<()> {
        let setting = format!("net.netfilter.nf_conntrack_tcp_timeout_time_wait={seconds}");
        self.on_node(Place::Host, &["sysctl", "-w", &setting])
            .map(drop)
    }

    /// TIME_WAIT's time-out as the node's kernel has it, in seconds, which has to be this.
    pub(crate) fn expect_time_wait(&self, seconds: u64) -> Result<()> {
        let now = self.lab.kernel_counters()?.time_wait_timeout;
        ensure!(
            now == seconds,
            "TIME_WAIT lasts {now} s on the node, not {seconds} s"
        );
        Ok(())
    }

    /// `heeler` with these words.
    pub(crate) fn heeler(&self, words: &str) -> Result<Program<'c>> {
        let heeler = self.context.heeler(&self.around)?;
        Ok(heeler.args(words.split_whitespace()))
    }

    /// Runs the runbook for the pod, and reads the verdicts.
    pub(crate) fn judge(&self) -> Result<Report> {
        self.judge_with("")
    }

    /// The same with more arguments.
    pub(crate) fn judge_with(&self, more: &str) -> Result<Report> {
        let run = format!("run conntrack-exhaustion --pod {POD} --output json {more}");
        Report::of(self.heeler(&run)?.finish()?)
    }

    /// How often an operation of AWS was called since its log was emptied.
    pub(crate) fn expect_calls(&self, operation: &str, times: usize) -> Result<()> {
        let called = self.lab.aws().count(operation);
        ensure!(
            called == times,
            "{operation} was called {called} times, not {times}"
        );
        Ok(())
    }
}

/// The report of a run about one node.
pub(crate) struct Report {
    /// The run.
    pub(crate) ended: Finished,
    json: Value,
}

impl Report {
    /// Reads what `heeler --output json` has printed about one node.
    pub(crate) fn of(ended: Finished) -> Result<Self> {
        let json = ended.json()?;
        ensure!(
            json["nodes"]
                .as_array()
                .is_some_and(|nodes| nodes.len() == 1),
            "a run of one node was expected\n{ended}"
        );
        Ok(Self { ended, json })
    }

    /// The id of the run.
    pub(crate) fn id(&self) -> Result<&str> {
        self.text("/run/short")
    }

    /// Whatever is at a place of the report.
    pub(crate) fn at(&self, pointer: &str) -> Result<&Value> {
        let value = self.json.pointer(pointer);
        value.with_context(|| format!("no {pointer} in the report\n{}", self.ended))
    }

    /// A text of the report.
    pub(crate) fn text(&self, pointer: &str) -> Result<&str> {
        let text = self.at(pointer)?.as_str();
        text.with_context(|| format!("{pointer} is no text\n{}", self.ended))
    }

    /// The verdict on a finding.
    pub(crate) fn verdict(&self, finding: &str) -> Result<Verdict> {
        let all = self.at("/nodes/0/findings")?.as_array();
        let found = all
            .into_iter()
            .flatten()
            .find(|one| one["finding"] == finding);
        let found = found.with_context(|| format!("no finding {finding}\n{}", self.ended))?;
        Ok(match found["verdict"].as_str() {
            Some("holds") => Verdict::Holds,
            Some("ruled-out") => Verdict::RuledOut,
            Some("not-seen") => Verdict::NotSeen(missing(&found["missing"])?),
            other => bail!("the verdict {other:?}\n{}", self.ended),
        })
    }

    /// A number that a look has read; `None` where it was not seen.
    pub(crate) fn number(&self, look: &str, field: &str) -> Result<Option<u64>> {
        let all = self.at("/nodes/0/looks")?.as_array();
        let found = all.into_iter().flatten().find(|one| one["look"] == look);
        let found = found.with_context(|| format!("no look {look}\n{}", self.ended))?;
        Ok(found["value"].pointer(field).and_then(Value::as_u64))
    }
}

/// A verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    Holds,
    RuledOut,
    /// What could not be seen, by its label, and why, in order.
    NotSeen(Vec<(String, String)>),
}

fn missing(unseen: &Value) -> Result<Vec<(String, String)>> {
    let part = |one: &Value, name: &str| {
        let text = one[name].as_str().map(str::to_owned);
        text.with_context(|| format!("a look was not seen without {name}: {one}"))
    };
    let all = unseen.as_array().into_iter().flatten();
    let mut missing: Vec<_> = all
        .map(|one| Ok((part(one, "look")?, part(one, "text")?)))
        .collect::<Result<_>>()?;
    missing.sort();
    missing.dedup();
    Ok(missing)
}
