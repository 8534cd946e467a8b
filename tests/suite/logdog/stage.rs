//! A lab's node, what is run on it, and what kubectl gets of its kubelet.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context as _, Result, ensure};
use heeler_tests::node::{Node, Place};
use heeler_tests::scene::{Lab, Plan};

use crate::harness::{Context, Program, Surroundings};

/// The folder of the tarballs on the node.
pub(crate) const SUPPORT: &str = "/var/log/support";

/// A lab with one node whose admin container runs, and its operator's way to it.
pub(crate) struct Stage<'c> {
    pub(crate) context: &'c Context,
    pub(crate) lab: Lab,
    pub(crate) around: Surroundings,
}

/// What a command on the node gave.
pub(crate) struct Gave {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Gave {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self {
            code: output.status.code(),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }

    /// Compares its exit code, and looks for a text on standard error.
    pub(crate) fn expect(self, code: i32, err: &str) -> Result<Self> {
        let Self {
            code: had,
            out,
            err: said,
        } = &self;
        ensure!(
            *had == Some(code) && said.contains(err),
            "exit {had:?} instead of {code}, or no {err:?}; stdout {out:?}; stderr {said:?}"
        );
        Ok(self)
    }
}

impl<'c> Stage<'c> {
    /// The lab as the plan is after this change.
    pub(crate) fn open(context: &'c Context, change: impl FnOnce(Plan) -> Plan) -> Result<Self> {
        let lab = Lab::start(change(context.plan().instant().admin(true)))?;
        let around = Surroundings::in_lab(&lab)?;
        Ok(Self {
            context,
            lab,
            around,
        })
    }

    pub(crate) fn node(&self) -> Result<&Node> {
        self.lab.node()
    }

    /// Runs a command of words without blanks in them.
    pub(crate) fn run(&self, place: Place, line: &str) -> Result<Gave> {
        let argv: Vec<&str> = line.split(' ').collect();
        Ok(Gave::of(&self.node()?.run(place, &argv)?))
    }

    /// This machine's path of a file in the node's folder of tarballs.
    pub(crate) fn support(&self, name: &str) -> Result<PathBuf> {
        Ok(self.node()?.log_dir().join("support").join(name))
    }

    /// `kubectl get --raw` of a path of the node's kubelet.
    pub(crate) fn kubectl(&self, path: &str) -> Result<Program<'c>> {
        let raw = self.raw(path)?;
        let kubectl = self.context.kubectl(&self.around);
        Ok(kubectl.args(["get", "--raw", &raw]))
    }

    /// The same into a file of the operator, byte by byte.
    pub(crate) fn fetch(&self, path: &str, to: &str) -> Result<PathBuf> {
        let to = self.around.folder().join(to);
        let ended = Command::new("kubectl")
            .args(["get", "--raw", &self.raw(path)?])
            .env_clear()
            .envs(self.around.variables().iter().cloned())
            .stdout(File::create(&to)?)
            .status()
            .context("run kubectl")?;
        ensure!(ended.success(), "kubectl did not get {path}");
        Ok(to)
    }

    fn raw(&self, path: &str) -> Result<String> {
        let node = &self.node()?.config().name;
        Ok(format!("/api/v1/nodes/{node}/proxy{path}"))
    }
}

/// The names that GNU tar lists; an error is what it says of a file that is not whole.
pub(crate) fn listed(tarball: &Path) -> Result<BTreeSet<String>> {
    let gave = tar(&["-tzf", &tarball.to_string_lossy()])?;
    Ok(gave.expect(0, "")?.out.lines().map(str::to_owned).collect())
}

/// What GNU tar has of one member.
pub(crate) fn member(tarball: &Path, name: &str) -> Result<String> {
    let name = format!("bottlerocket-logs/{name}");
    Ok(tar(&["-xzOf", &tarball.to_string_lossy(), &name])?
        .expect(0, "")?
        .out)
}

pub(crate) fn tar(words: &[&str]) -> Result<Gave> {
    let output = Command::new("tar").args(words).output();
    Ok(Gave::of(&output.context("run tar")?))
}
