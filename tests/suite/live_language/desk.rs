//! Somebody who writes runbooks, with healthy nodes to try them on.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use heeler_tests::node::{Node, Place};
use heeler_tests::scene::{Lab, Plan};
use serde_json::Value;

use crate::harness::{Context, Finished, Program, Surroundings};

/// What every hostile text here tries to leave behind.
pub(super) const TRACE: &str = "heeler-suite-was-here";
const LONG: Duration = Duration::from_secs(120);

/// A lab, and a folder of runbooks.
pub(super) struct Desk<'c> {
    context: &'c Context,
    pub(super) lab: Lab,
    around: Surroundings,
}

impl<'c> Desk<'c> {
    /// One node without delays, with the admin container on or off.
    pub(super) fn open(context: &'c Context, admin: bool) -> Result<Self> {
        Self::with(context, context.plan().instant().admin(admin))
    }

    /// Whatever lab.
    pub(super) fn with(context: &'c Context, plan: Plan) -> Result<Self> {
        let lab = Lab::start(plan)?;
        let around = Surroundings::in_lab(&lab)?;
        Ok(Self {
            context,
            lab,
            around,
        })
    }

    /// Writes `NAME/runbook.yaml`: the head is added, the text begins with `look:` or before it.
    pub(super) fn write(&self, name: &str, text: &str) -> Result<PathBuf> {
        let folder = self.runbooks().join(name);
        fs::create_dir_all(&folder)?;
        let head = format!("heeler: 1\nname: {name}\nsummary: A page of the suite\ntarget: node\n");
        let file = folder.join("runbook.yaml");
        fs::write(&file, head + text).with_context(|| format!("write {}", file.display()))?;
        Ok(file)
    }

    /// The folder of runbooks.
    pub(super) fn runbooks(&self) -> PathBuf {
        self.around.folder().join("runbooks")
    }

    /// The folder in which programs run.
    pub(super) fn folder(&self) -> &Path {
        self.around.folder()
    }

    /// The first node.
    pub(super) fn node(&self) -> Result<&Node> {
        self.lab.node()
    }

    /// `heeler` with these arguments and those runbooks.
    pub(super) fn heeler(&self, arguments: &[&str]) -> Result<Program<'c>> {
        let heeler = self.context.heeler(&self.around)?.limit(LONG);
        let heeler = heeler.args(["--runbooks"]).args([self.runbooks()]);
        Ok(heeler.args(arguments.iter().copied()))
    }

    /// `heeler run NAME` about all nodes of the lab, answered in JSON.
    pub(super) fn run(&self, name: &str, more: &[&str]) -> Result<Program<'c>> {
        let mut arguments = vec!["run", name, "--output", "json"];
        for node in self.lab.nodes() {
            arguments.extend(["--node", &node.config().name]);
        }
        self.heeler(&[&arguments, more].concat())
    }

    /// The same, with what was seen where it ends like this.
    pub(super) fn see(&self, name: &str, more: &[&str], exit: i32) -> Result<Seen> {
        Seen::of(self.run(name, more)?.expect_exit(exit)?)
    }

    /// What a program prints on the first node, which has to succeed.
    pub(super) fn on_node(&self, place: Place, argv: &[&str]) -> Result<String> {
        let output = self.node()?.run(place, argv)?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{argv:?} failed: {said}");
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// No hostile text was obeyed: not in any place of the node, and not here.
    pub(super) fn expect_no_trace(&self) -> Result<()> {
        for place in [Place::Control, Place::Admin, Place::Host] {
            let listed = self
                .node()?
                .run(place, &["ls", "-a", "/", "/tmp", "/root"])?;
            let listed = String::from_utf8_lossy(&listed.stdout);
            ensure!(!listed.contains(TRACE), "{place:?} has a trace:\n{listed}");
        }
        let here = [self.folder(), Path::new("/tmp"), Path::new("/")];
        let left = here.iter().any(|folder| folder.join(TRACE).exists());
        ensure!(!left, "this machine has a trace");
        Ok(())
    }

    /// How often `SendCommand` was called since the log was emptied.
    pub(super) fn expect_commands(&self, wanted: usize) -> Result<()> {
        let sent = self.lab.aws().count("SendCommand");
        ensure!(sent == wanted, "{sent} commands were sent, not {wanted}");
        Ok(())
    }
}

/// What a run has seen.
pub(super) struct Seen {
    pub(super) ended: Finished,
    pub(super) json: Value,
}

impl Seen {
    pub(super) fn of(ended: Finished) -> Result<Self> {
        let json = ended.json()?;
        Ok(Self { ended, json })
    }

    /// What a look of the first node has answered.
    pub(super) fn look(&self, name: &str) -> Result<&Value> {
        self.look_on(0, name)
    }

    /// What a look has answered on a node.
    pub(super) fn look_on(&self, node: usize, name: &str) -> Result<&Value> {
        let own = self.json["nodes"][node]["looks"].as_array();
        let all = own
            .into_iter()
            .chain(self.json["looks"].as_array())
            .flatten();
        let found = all.into_iter().find(|look| look["look"] == name);
        let found = found.with_context(|| format!("no look {name}\n{}", self.ended))?;
        Ok(&found["value"])
    }

    /// One field of what a look has answered, which has to be this.
    pub(super) fn expect(&self, look: &str, field: &str, wanted: impl Into<Value>) -> Result<()> {
        let found = self
            .look(look)?
            .pointer(field)
            .with_context(|| format!("no {field} in {look}\n{}", self.ended))?;
        let wanted = wanted.into();
        ensure!(
            *found == wanted,
            "{look}{field} is {found}, not {wanted}\n{}",
            self.ended
        );
        Ok(())
    }

    /// A number that a look has answered.
    pub(super) fn number(&self, look: &str, field: &str) -> Result<f64> {
        let found = self.look(look)?.pointer(field).and_then(Value::as_f64);
        found.with_context(|| format!("{look}{field} is no number\n{}", self.ended))
    }

    /// A look was not seen, for this reason only.
    pub(super) fn expect_unseen(&self, look: &str, why: &str) -> Result<()> {
        let text = &self.look(look)?["unseen"][0]["text"];
        ensure!(
            text.as_str().is_some_and(|text| text.contains(why)),
            "{look} is not unseen because `{why}`, but {text}\n{}",
            self.ended
        );
        Ok(())
    }

    /// A finding of the first node.
    pub(super) fn finding(&self, name: &str) -> Result<&Value> {
        let own = self.json["nodes"][0]["findings"].as_array();
        self.named(own, name)
    }

    /// A finding of the whole run.
    pub(super) fn whole(&self, name: &str) -> Result<&Value> {
        self.named(self.json["findings"].as_array(), name)
    }

    fn named<'v>(&self, all: Option<&'v Vec<Value>>, name: &str) -> Result<&'v Value> {
        let found = all.into_iter().flatten().find(|one| one["finding"] == name);
        found.with_context(|| format!("no finding {name}\n{}", self.ended))
    }

    /// The verdict on a finding of the first node.
    pub(super) fn expect_verdict(&self, finding: &str, wanted: &str) -> Result<()> {
        let found = &self.finding(finding)?["verdict"];
        ensure!(
            found == wanted,
            "{finding}: {found}, not {wanted}\n{}",
            self.ended
        );
        Ok(())
    }
}
