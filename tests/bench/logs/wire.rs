//! The same files by `heeler logs` and by curl, over one line of so many bytes a second.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::cluster::{Cluster, NODES, Way};
use super::files::{FILES, Files};
use super::lines::Written;
use super::measured::{Run, run};

/// What the nodes' endpoints give together.
const BYTES_PER_SECOND: u32 = 125_000_000;
/// A gibibyte in all.
pub(crate) const ALL: u64 = 1 << 30;
/// So many times as much is read once, for its memory.
pub(crate) const MORE: u64 = 10;

/// Where the lines go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum To {
    /// Merged by time, to a program that reads them.
    Pipe,
    /// A file for each container.
    Folder,
}

/// The cluster with its files, and what they are read by.
pub(crate) struct Wire<'a> {
    cluster: Cluster,
    written: Written,
    program: &'a Path,
}

impl<'a> Wire<'a> {
    /// A gibibyte of plain files, different ones on each node.
    ///
    /// # Errors
    /// When there is no room for them.
    pub(crate) fn plain(program: &'a Path) -> Result<Self> {
        let cluster = Cluster::start(Way {
            bytes_per_second: Some(BYTES_PER_SECOND),
            ..Way::default()
        })?;
        let mut written = Written::default();
        for number in 0..NODES {
            let folder = cluster.log(&format!("db-{number}"), number);
            let files = Files::write(&folder, number, ALL / NODES / FILES, false)?;
            written.bytes += files.written.bytes;
            written.lines += files.written.lines;
        }
        Ok(Self {
            cluster,
            written,
            program,
        })
    }

    /// Ten times as much, packed as on a node, as fast as it comes. All nodes have the same files, so that
    /// there is room for them.
    ///
    /// # Errors
    /// When there is no room for them.
    pub(crate) fn large(program: &'a Path) -> Result<Self> {
        let cluster = Cluster::start(Way::default())?;
        let first = cluster.log("db-0", 0);
        let files = Files::write(&first, 0, MORE * ALL / NODES / FILES, true)?;
        for number in 1..NODES {
            files.link(&cluster.log(&format!("db-{number}"), number))?;
        }
        Ok(Self {
            cluster,
            written: Written {
                bytes: files.written.bytes * NODES,
                lines: files.written.lines * NODES,
            },
            program,
        })
    }

    /// Bytes of the files, unpacked.
    pub(crate) fn bytes(&self) -> u64 {
        self.written.bytes
    }

    /// Reads all of it by `heeler logs`.
    ///
    /// # Errors
    /// When not all of it comes.
    pub(crate) fn heeler(&self, to: To) -> Result<Run> {
        let mut command = self.cluster.command(self.program);
        command.args(["logs", "shop/sts/db"]);
        let folder = self.empty_folder("by-heeler")?;
        if to == To::Folder {
            command.arg("-o").arg(&folder);
        }
        let run = run(&command, &self.report())?;
        match to {
            To::Pipe => self.has_all("heeler", run.lines)?,
            To::Folder => {
                let account = fs::read_to_string(folder.join("account.json"))?;
                let account: Value = serde_json::from_str(&account)?;
                let containers = account["containers"].as_array().context("no containers")?;
                let bytes = containers.iter().filter_map(|one| one["bytes"].as_u64());
                let bytes: u64 = bytes.sum();
                let all = self.written.bytes;
                ensure!(bytes == all, "heeler: {bytes} bytes of {all}");
            }
        }
        fs::remove_dir_all(folder)?;
        Ok(run)
    }

    /// Gets all of it by curl, from the same addresses and by the same credentials, as many files at once
    /// as there are nodes.
    ///
    /// # Errors
    /// When not all of it comes.
    pub(crate) fn curl(&self, to: To) -> Result<Run> {
        let (token, authority) = self.cluster.credentials()?;
        let trusted = self.cluster.folder().join("authority.pem");
        fs::write(&trusted, authority)?;
        let folder = self.empty_folder("by-curl")?;
        let mut config = format!(
            "no-progress-meter\nshow-error\nfail\nhttp1.1\nparallel\nparallel-max = {NODES}\n\
             cacert = \"{}\"\nheader = \"Authorization: Bearer {token}\"\n",
            trusted.display()
        );
        for number in 0..NODES {
            let pod = format!("db-{number}");
            for file in fs::read_dir(self.cluster.log(&pod, number))? {
                let file = file?.file_name().to_string_lossy().into_owned();
                let output = match to {
                    To::Pipe => PathBuf::from("-"),
                    To::Folder => folder.join(format!("{pod}-{file}")),
                };
                let url = self.cluster.url(&pod, number, &file);
                config += &format!("url = \"{url}\"\noutput = \"{}\"\n", output.display());
            }
        }
        let path = self.cluster.folder().join("curl.config");
        fs::write(&path, config)?;
        let mut command: Command = self.cluster.command(Path::new("curl"));
        command.arg("--config").arg(&path);
        let run = run(&command, &self.report())?;
        if to == To::Folder {
            let sizes = fs::read_dir(&folder)?.map(|file| anyhow::Ok(file?.metadata()?.len()));
            let bytes = sizes.sum::<Result<u64>>()?;
            let all = self.written.bytes;
            ensure!(bytes == all, "curl: {bytes} bytes of {all}");
        }
        fs::remove_dir_all(folder)?;
        Ok(run)
    }

    fn has_all(&self, who: &str, lines: u64) -> Result<()> {
        let all = self.written.lines;
        ensure!(lines == all, "{who}: {lines} lines of {all}");
        Ok(())
    }

    fn empty_folder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.cluster.folder().join(name);
        fs::create_dir(&folder)?;
        Ok(folder)
    }

    fn report(&self) -> PathBuf {
        self.cluster.folder().join("taken.json")
    }
}
