//! A path below `/var/log` of a node, as the kubelet serves it under `/logs/`, and whose folder it is.

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
        let whole = clean.then(|| Self::pods()?.folder(&folder))?;
        whole.filter(|_| !namespace.is_empty() && !name.is_empty() && !uid.is_empty())
    }

    /// `/var/log/pods/`: the folders of all pods that have logs on a node.
    pub fn pods() -> Option<Self> {
        Self::root().folder("pods")
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

/// Whose folder it is below `/var/log/pods`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PodFolder {
    /// The pod's namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its uid; of a static pod its configuration's hash.
    pub uid: String,
}

impl PodFolder {
    /// Reads a folder's name as it is listed, with a `/` at its end. Names of Kubernetes have no `_`.
    pub fn read(listed: &str) -> Option<Self> {
        let mut parts = listed.strip_suffix('/')?.split('_');
        let folder = PodFolder {
            namespace: parts.next()?.to_owned(),
            name: parts.next()?.to_owned(),
            uid: parts.next()?.to_owned(),
        };
        let is_whole = parts.next().is_none() && folder.path().is_some();
        is_whole.then_some(folder)
    }

    /// Where it is.
    pub fn path(&self) -> Option<LogPath> {
        LogPath::of_pod(&self.namespace, &self.name, &self.uid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_folder_says_whose_it_is() {
        let folder = PodFolder::read("shop_web-1_u1/").expect("a folder");
        assert_eq!(
            folder.path().map(|path| path.to_string()).as_deref(),
            Some("/var/log/pods/shop_web-1_u1/")
        );
        for odd in [
            "shop_web-1_u1",
            "shop_web-1/",
            "shop_web_1_u1/",
            "__/",
            "a/b_c_d/",
            "/",
        ] {
            assert_eq!(PodFolder::read(odd), None, "{odd}");
        }
    }
}
