//! Which container's log a file is, by the path under which a collector knows it.
//!
//! - `/var/log/containers/POD_NAMESPACE_CONTAINER-ID.log`: the kubelet's link to the live file of one start
//!   of a container (`pkg/kubelet/kuberuntime/legacy.go`, `logSymlink`). It says which start, not which
//!   segment: another file is live after each rotation. A name of more than 255 bytes is cut at its end, so
//!   that its id is not whole: such a name is not read, and its container counts as one without a record.
//! - `/var/log/pods/NAMESPACE_POD_UID/CONTAINER/N.log`: the file itself; so are also called links that a
//!   collector has followed, once the file is rotated.
//!
//! What is above these folders is not looked at: collectors may see the node's disk in another place.

use crate::logs::SegmentName;

/// The digits of a container's id.
const ID: usize = 64;

/// A file of a container's log.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LogFile {
    /// The pod's namespace.
    pub namespace: String,
    /// The pod's name.
    pub pod: String,
    /// The container's name.
    pub container: String,
    /// What else the path tells.
    pub of: Of,
}

/// What a path tells of a file beside its container.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Of {
    /// It was live in the start of the container that has this id.
    Start(String),
    /// It had this name in the folder of the pod with this uid.
    Segment {
        /// The pod's uid, as its folder has it.
        uid: String,
        /// The file's name.
        name: SegmentName,
    },
}

impl LogFile {
    /// Reads a path. `None`: it is no file of a container's log.
    pub fn read(path: &str) -> Option<Self> {
        let mut parts = path.rsplit('/');
        let (name, folder) = (parts.next()?, parts.next()?);
        if folder == "containers" {
            return Self::link(name);
        }
        let (pod, pods) = (parts.next()?, parts.next()?);
        let name = SegmentName::read(name).filter(|_| pods == "pods")?;
        let [namespace, pod, uid] = three(pod)?;
        Some(LogFile {
            namespace: namespace.to_owned(),
            pod: pod.to_owned(),
            container: folder.to_owned(),
            of: Of::Segment {
                uid: uid.to_owned(),
                name,
            },
        })
    }

    fn link(name: &str) -> Option<Self> {
        let [pod, namespace, rest] = three(name.strip_suffix(".log")?)?;
        let (container, id) = rest.rsplit_once('-')?;
        let is_id = id.len() == ID && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        (is_id && !container.is_empty()).then(|| LogFile {
            namespace: namespace.to_owned(),
            pod: pod.to_owned(),
            container: container.to_owned(),
            of: Of::Start(id.to_owned()),
        })
    }
}

/// Three parts between `_`, which no name has in it.
fn three(name: &str) -> Option<[&str; 3]> {
    let mut parts = name.split('_');
    let three = [parts.next()?, parts.next()?, parts.next()?];
    let is_whole = parts.next().is_none() && three.iter().all(|part| !part.is_empty());
    is_whole.then_some(three)
}
