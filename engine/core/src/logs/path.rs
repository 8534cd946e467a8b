//! A path below `/var/log` of a node, as the kubelet serves it under `/logs/`.

use std::fmt;

/// A path that leads nowhere else: its parts are names. What a node lists becomes a path only
/// through here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogPath {
    parts: Vec<String>,
    is_folder: bool,
}

impl LogPath {
    /// `/var/log/pods/NAMESPACE_NAME_UID/`: the folder of a pod. Source: the kubelet's
    /// `kuberuntime/helpers.go`.
    pub fn of_pod(namespace: &str, name: &str, uid: &str) -> Option<Self> {
        let folder = format!("{namespace}_{name}_{uid}");
        let clean = [namespace, name, uid]
            .iter()
            .all(|part| !part.contains('_'));
        let whole = clean.then(|| Self::root().folder("pods")?.folder(&folder))?;
        whole.filter(|_| !namespace.is_empty() && !name.is_empty() && !uid.is_empty())
    }

    /// `/var/log/`.
    pub fn root() -> Self {
        LogPath {
            parts: Vec::new(),
            is_folder: true,
        }
    }

    /// A folder in this one; `None` where that is no name.
    pub fn folder(&self, name: &str) -> Option<Self> {
        self.with(name, true)
    }

    /// A file in this folder; `None` where that is no name.
    pub fn file(&self, name: &str) -> Option<Self> {
        self.with(name, false)
    }

    fn with(&self, name: &str, is_folder: bool) -> Option<Self> {
        let is_name = !name.is_empty()
            && name != "."
            && name != ".."
            && !name
                .chars()
                .any(|c| c == '/' || c == '\\' || c.is_control());
        (self.is_folder && is_name).then(|| {
            let mut parts = self.parts.clone();
            parts.push(name.to_owned());
            LogPath { parts, is_folder }
        })
    }

    /// Whether it is a folder: its path in a request ends in `/`, as the kubelet answers anything else
    /// by a redirect.
    pub fn is_folder(&self) -> bool {
        self.is_folder
    }

    /// Its parts, in their order.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().map(String::as_str)
    }
}

impl fmt::Display for LogPath {
    /// As it is on the node.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/var/log/{}", self.parts.join("/"))?;
        match self.is_folder && !self.parts.is_empty() {
            true => f.write_str("/"),
            false => Ok(()),
        }
    }
}
