//! The AWS CLI, boto3, pyssm-client, a JSON Schema validator and yamllint in pinned versions, in a virtual
//! environment below the target folder.
//! Made on first use and kept; two test processes at once wait for each other.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context as _, Result, anyhow, ensure};

use super::build::target_folder;

const AWSCLI: &str = "1.46.2";
const BOTO3: &str = "1.44.5";
const PYSSM: &str = "0.2.0";
const WEBSOCKETS: &str = "17.4";
const JSONSCHEMA: &str = "4.26.0";
const YAMLLINT: &str = "1.37.1";
/// Written last: a virtual environment without it is one that was interrupted.
const COMPLETE: &str = "complete";

/// The virtual environment that holds them.
#[derive(Debug)]
pub(crate) struct Clients {
    folder: PathBuf,
}

impl Clients {
    /// The environment, made if there is none.
    ///
    /// # Errors
    /// When Python can't make it, or pip can't install into it.
    pub(crate) fn get() -> Result<&'static Self> {
        static CLIENTS: OnceLock<std::result::Result<Clients, String>> = OnceLock::new();
        let made = CLIENTS.get_or_init(|| Self::prepare().map_err(|error| format!("{error:#}")));
        made.as_ref().map_err(|error| anyhow!("{error}"))
    }

    /// The interpreter that can import them.
    pub(crate) fn python(&self) -> PathBuf {
        self.folder.join("bin/python")
    }

    fn prepare() -> Result<Self> {
        let tools = target_folder()?.join("tools");
        fs::create_dir_all(&tools).with_context(|| format!("make {}", tools.display()))?;
        let lock = File::create(tools.join("clients.lock"))?;
        lock.lock()
            .context("wait for another process that installs the AWS clients")?;
        let folder = tools.join(format!(
            "awscli-{AWSCLI}-boto3-{BOTO3}-pyssm-{PYSSM}-jsonschema-{JSONSCHEMA}-yamllint-{YAMLLINT}"
        ));
        if !folder.join(COMPLETE).exists() {
            install(&folder)?;
        }
        Ok(Self { folder })
    }
}

fn install(folder: &Path) -> Result<()> {
    let _ = fs::remove_dir_all(folder);
    let made = succeed(Command::new("python3").args(["-m", "venv"]).arg(folder));
    made.context(
        "no virtual environment for the AWS CLI, boto3, pyssm-client, jsonschema and yamllint: apt-get install -y python3-venv",
    )?;
    let all = [
        format!("awscli=={AWSCLI}"),
        format!("boto3=={BOTO3}"),
        format!("websockets=={WEBSOCKETS}"),
        format!("jsonschema=={JSONSCHEMA}"),
        format!("yamllint=={YAMLLINT}"),
    ];
    pip(folder, &all)?;
    // It asks for Python 3.12, and what is used of it does with 3.11.
    let its_own = ["--no-deps", "--ignore-requires-python"].map(str::to_owned);
    pip(
        folder,
        &[&its_own[..], &[format!("pyssm-client=={PYSSM}")]].concat(),
    )?;
    fs::write(folder.join(COMPLETE), "").context("complete the virtual environment")
}

fn pip(folder: &Path, words: &[String]) -> Result<()> {
    let installed = succeed(
        Command::new(folder.join("bin/python"))
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ])
            .args(words),
    );
    installed.context(
        "the AWS CLI, boto3, pyssm-client, jsonschema and yamllint can't be installed from PyPI: connect this machine \
         to it once",
    )
}

fn succeed(command: &mut Command) -> Result<()> {
    let output = command
        .output()
        .with_context(|| format!("start {:?}", command.get_program()))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "{}",
        said.lines().last().unwrap_or("it failed in silence")
    );
    Ok(())
}
