//! A bundle on its way: members are added as they come, and what is missing is noted.

use std::io::Read;

use heeler_core::capture::TARBALL;
use heeler_core::redact::RedactionKey;
use tokio::runtime::Handle;

use super::archive::{About, ArchiveFault, Limits, Source, Whole, Writer};
use super::extras::Extras;
use super::fetch::{Coming, Way};
use super::looks::{Looked, MEMBER};
use super::make::{Wanted, failure};
use super::redactor::{Redacted, Redacting};
use crate::failure::Failure;

/// A bundle on its way.
pub(super) struct Maker {
    pub(super) writer: Writer,
    key: RedactionKey,
    pod_logs: bool,
    /// What is said of the whole.
    pub(super) broken: Vec<String>,
    runtime: Handle,
}

impl Maker {
    pub(super) fn new(wanted: Wanted, about: About) -> Result<Self, Failure> {
        let writer = Writer::new(&wanted.path, about, Limits::default());
        Ok(Maker {
            writer: writer.map_err(|fault| failure(&fault))?,
            key: wanted.key,
            pod_logs: wanted.pod_logs,
            broken: Vec::new(),
            runtime: Handle::current(),
        })
    }

    pub(super) fn miss(&mut self, what: &str) {
        let (name, why) = what.split_once(": ").unwrap_or((what, ""));
        self.writer.miss(name, why);
    }

    /// What the node answered to the looks of runbooks: secrets are out of it already.
    pub(super) fn looked(&mut self, looked: Looked) -> Result<(), ArchiveFault> {
        for (what, why) in looked.missing {
            self.writer.miss(what, why);
        }
        let Some(member) = looked.member else {
            return Ok(());
        };
        let source = Source {
            label: MEMBER,
            from: "the looks of runbooks",
        };
        self.writer
            .add(source, &mut &*member, &mut Redacted(looked.redacted))
    }

    /// What the capture's folder has. Says whether logdog's tarball came whole.
    pub(super) fn captured(
        &mut self,
        logdog: Option<String>,
        files: Vec<Coming>,
    ) -> Result<bool, ArchiveFault> {
        if let Some(why) = &logdog {
            self.miss(&format!("some of what logdog says: {why}"));
        }
        let mut is_whole = false;
        for Coming {
            file,
            from,
            content,
        } in files
        {
            let mut content = match content {
                Ok(content) => {
                    let _entered = self.runtime.enter();
                    content.open()
                }
                Err(why) => {
                    self.miss(&format!("{}: {why}", file.name));
                    continue;
                }
            };
            let key = &self.key;
            let reader: &mut dyn Read = &mut content;
            if file.name == TARBALL {
                let contents = self.writer.add_archive(reader, "logdog", |label| {
                    (!is_memory(label)).then(|| Box::new(Redacting::new(key)) as _)
                })?;
                is_whole = contents.whole == Whole::Whole && logdog.is_none();
                if let Some(trouble) = contents.whole.trouble() {
                    self.broken
                        .push(format!("some of what logdog says: {}", trouble.why));
                }
            } else {
                let label = format!("node/{}", file.name);
                let source = Source {
                    label: &label,
                    from: &from,
                };
                self.writer.add(source, reader, &mut Redacting::new(key))?;
            }
            if content.sha256() != file.sha256 {
                is_whole = false;
                let why = format!(
                    "{}: not all of it came, or it was changed on its way",
                    file.name
                );
                self.miss(&why);
                self.writer.interrupted(why);
            }
        }
        Ok(is_whole)
    }

    /// What the kubelet serves by itself.
    pub(super) fn beside(&mut self, way: &Way, has_logdog: bool) -> Result<(), ArchiveFault> {
        let mut extras = Extras {
            way,
            writer: &mut self.writer,
            key: &self.key,
            runtime: self.runtime.clone(),
        };
        extras.kubelet()?;
        extras.cni(has_logdog)?;
        match self.pod_logs {
            true => extras.pods(),
            false => Ok(()),
        }
    }
}

/// An image of a kernel's memory: packed, so that nobody can look for secrets in it.
fn is_memory(label: &str) -> bool {
    let mut parts = label.rsplit('/');
    let name = parts.next().unwrap_or_default();
    parts.next() == Some("kdump") && name.starts_with("vmcore")
}
