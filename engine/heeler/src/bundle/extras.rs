//! What a bundle has beside the capture: logs that the kubelet serves by itself, and what it says of itself. None
//! of it needs the admin container.

use std::io::Read;

use flate2::read::MultiGzDecoder;
use heeler_core::logs::{LogPath, SegmentName};
use heeler_core::redact::RedactionKey;
use tokio::runtime::Handle;

use super::archive::{ArchiveFault, Source, Writer};
use super::fetch::Way;
use super::redactor::Redacting;
use crate::world::port::{KubeletPage, NodeLogs as _};

/// The folder of the VPC CNI's logs below `/var/log`.
const CNI: &str = "aws-routed-eni";
/// What logdog has of them.
const IN_LOGDOG: [&str; 2] = ["ipamd.log", "plugin.log"];

/// Adds to a bundle.
pub(super) struct Extras<'a> {
    pub(super) way: &'a Way,
    pub(super) writer: &'a mut Writer,
    pub(super) key: &'a RedactionKey,
    pub(super) runtime: Handle,
}

impl Extras<'_> {
    /// What the kubelet says of itself.
    pub(super) fn kubelet(&mut self) -> Result<(), ArchiveFault> {
        for (page, name) in [
            (KubeletPage::Configuration, "configz.json"),
            (KubeletPage::Summary, "stats-summary.json"),
        ] {
            let (way, label) = (self.way, format!("kubelet/{name}"));
            let said = self.runtime.block_on(way.unless_cancelled(async {
                let logs = way.cluster.node_logs()?;
                Some(logs.page(&way.node, page).await)
            }));
            match said {
                Some(Ok(Some(value))) => {
                    let text = format!("{value:#}\n");
                    let from = format!("the kubelet's {}", page.path());
                    self.add(&label, &from, &mut text.as_bytes())?;
                }
                None if way.cancel.is_cancelled() => self.writer.miss(label, "interrupted"),
                Some(Ok(None)) | None => self.writer.miss(label, "the kubelet does not have it"),
                Some(Err(error)) => self.writer.miss(label, error.what()),
            }
        }
        Ok(())
    }

    /// The logs of the VPC CNI, its network policy agent's and eBPF's among them.
    pub(super) fn cni(&mut self, has_logdog: bool) -> Result<(), ArchiveFault> {
        let Some(folder) = LogPath::root().folder(CNI) else {
            return Ok(());
        };
        for name in self.names(&folder)? {
            let is_wanted = !(has_logdog && IN_LOGDOG.contains(&name.as_str()));
            if let Some(file) = folder
                .file(&name)
                .filter(|_| is_wanted && !name.ends_with('/'))
            {
                self.file(&file)?;
            }
        }
        Ok(())
    }

    /// The logs of all pods, as they are on the disk but unpacked.
    pub(super) fn pods(&mut self) -> Result<(), ArchiveFault> {
        let Some(pods) = LogPath::pods() else {
            return Ok(());
        };
        for pod in self.folders(&pods)? {
            for container in self.folders(&pod)? {
                for name in self.names(&container)? {
                    let is_segment = SegmentName::read(&name).is_some();
                    if let Some(file) = container.file(&name).filter(|_| is_segment) {
                        self.file(&file)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn folders(&mut self, folder: &LogPath) -> Result<Vec<LogPath>, ArchiveFault> {
        let names = self.names(folder)?;
        let folders = names
            .iter()
            .filter_map(|name| folder.folder(name.strip_suffix('/')?));
        Ok(folders.collect())
    }

    /// The names in a folder; that it could not be listed is said in the manifest.
    fn names(&mut self, folder: &LogPath) -> Result<Vec<String>, ArchiveFault> {
        let way = self.way;
        if way.cancel.is_cancelled() {
            return Ok(Vec::new());
        }
        let listed = self.runtime.block_on(way.unless_cancelled(async {
            let logs = way.cluster.node_logs()?;
            Some(logs.list(&way.node, folder).await)
        }));
        match listed {
            Some(Ok(names)) => return Ok(names.unwrap_or_default()),
            Some(Err(error)) => self.writer.miss(folder.to_string(), error.what()),
            None => {}
        }
        Ok(Vec::new())
    }

    /// A file below `/var/log`, which may be written to.
    fn file(&mut self, file: &LogPath) -> Result<(), ArchiveFault> {
        let name = file.to_string();
        let label = name.trim_start_matches('/');
        let entered = self.runtime.enter();
        let mut fetched = self.way.fetch(file.clone(), false);
        drop(entered);
        match label.strip_suffix(".gz") {
            Some(label) => self.add(label, &name, &mut MultiGzDecoder::new(fetched)),
            None => self.add(label, &name, &mut fetched),
        }
    }

    fn add(&mut self, label: &str, from: &str, content: &mut dyn Read) -> Result<(), ArchiveFault> {
        let added = self.writer.add(
            Source { label, from },
            content,
            &mut Redacting::new(self.key),
        );
        match added {
            Err(ArchiveFault::Label { why, .. }) => {
                self.writer.miss(label, why);
                Ok(())
            }
            added => added,
        }
    }
}
