//! What was typed as a target. Checked before anything is asked of anybody: a name that is no
//! name goes nowhere.

use heeler_core::event::InstanceId;

use crate::world::error::{TargetError, WorldError};
use crate::world::place::accept_region;

/// Kubernetes' longest name (RFC 1123 subdomain).
const LONGEST_NAME: usize = 253;
/// Its longest namespace (RFC 1123 label).
const LONGEST_LABEL: usize = 63;

/// What a run was pointed at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ask {
    /// `--pod`.
    pub pod: Option<PodAsk>,
    /// `--node`.
    pub nodes: Vec<NodeName>,
    /// `--instance`.
    pub instances: Vec<InstanceId>,
    /// `--region`.
    pub region: Option<String>,
    /// `--cluster`.
    pub cluster: Option<String>,
}

impl Ask {
    /// Whether instances alone were named, which need no Kubernetes.
    pub(super) fn is_bare(&self) -> bool {
        self.pod.is_none() && self.nodes.is_empty()
    }

    /// Reads the options as they were typed.
    ///
    /// # Errors
    /// When one of them can't be what it says, or no target was named.
    pub fn read(
        pod: Option<&str>,
        nodes: &[String],
        instances: &[String],
        region: Option<&str>,
        cluster: Option<&str>,
    ) -> Result<Self, WorldError> {
        let ask = Ask {
            pod: pod.map(PodAsk::read).transpose()?,
            nodes: nodes
                .iter()
                .map(|name| NodeName::read(name))
                .collect::<Result<_, _>>()?,
            instances: instances
                .iter()
                .map(|id| read_instance(id))
                .collect::<Result<_, _>>()?,
            region: region.map(accept_region).transpose()?,
            cluster: cluster.map(str::to_owned),
        };
        ask.check()?;
        Ok(ask)
    }

    /// Whether anything was named at all.
    pub(super) fn check(&self) -> Result<(), WorldError> {
        if self.pod.is_none() && self.nodes.is_empty() && self.instances.is_empty() {
            return Err(super::nothing_named());
        }
        Ok(())
    }
}

/// A pod as typed: its name, or the beginning of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PodAsk {
    /// `None`: the context's.
    pub namespace: Option<String>,
    /// The name, or the beginning of it.
    pub name: String,
}

impl PodAsk {
    /// Reads `NAMESPACE/NAME` or `NAME`.
    ///
    /// # Errors
    /// When a part has characters that Kubernetes' names don't have.
    pub fn read(text: &str) -> Result<Self, TargetError> {
        let (namespace, name) = match text.split_once('/') {
            Some((namespace, name)) => (Some(namespace), name),
            None => (None, text),
        };
        // The beginning of a name may end anywhere, so also at a hyphen.
        let good = is_name(name, LONGEST_NAME, true)
            && namespace
                .is_none_or(|label| is_name(label, LONGEST_LABEL, false) && !label.contains('.'));
        if good {
            Ok(PodAsk {
                namespace: namespace.map(str::to_owned),
                name: name.to_owned(),
            })
        } else {
            Err(TargetError::Syntax {
                option: "--pod",
                text: text.to_owned(),
                allowed: "NAMESPACE/NAME, or NAME, of lower-case letters, digits, `-` and `.`, \
                          beginning with a letter or digit (RFC 1123)",
            })
        }
    }
}

/// A node's name in Kubernetes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeName(String);

impl NodeName {
    /// Reads a node's name.
    ///
    /// # Errors
    /// When it has characters that Kubernetes' names don't have.
    pub fn read(text: &str) -> Result<Self, TargetError> {
        if is_name(text, LONGEST_NAME, false) {
            Ok(NodeName(text.to_owned()))
        } else {
            Err(TargetError::Syntax {
                option: "--node",
                text: text.to_owned(),
                allowed: "lower-case letters, digits, `-` and `.`, beginning and ending with a \
                          letter or digit (RFC 1123)",
            })
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn read_instance(text: &str) -> Result<InstanceId, TargetError> {
    text.parse().map_err(|_| TargetError::Syntax {
        option: "--instance",
        text: text.to_owned(),
        allowed: "`i-` and 8 or 17 hexadecimal digits, as in i-0abc1234def567890",
    })
}

/// An RFC 1123 name, or the beginning of one.
fn is_name(text: &str, longest: usize, may_be_cut: bool) -> bool {
    let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    !text.is_empty()
        && text.len() <= longest
        && text.starts_with(edge)
        && (may_be_cut || text.ends_with(edge))
        && text.chars().all(|c| edge(c) || c == '-' || c == '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_none_go_nowhere() {
        for text in [
            "x; reboot",
            "$(id)",
            "a b",
            "",
            "/",
            "a/",
            "/a",
            "a/b/c",
            "A",
            "a\nb",
            "../x",
            "-a",
            "a.b/c",
            "ü",
        ] {
            let error = PodAsk::read(text).unwrap_err();
            assert!(error.is_usage(), "{text:?}");
            assert!(error.help().contains("lower-case"), "{text:?}");
        }
        for text in ["x; reboot", "", "a/b", "a-", "A"] {
            assert!(NodeName::read(text).is_err(), "{text:?}");
        }
        for text in [
            "i-",
            "i-0abc",
            "mi-0123456789abcdef0",
            "i-0abc1234def56789g",
            "; id",
        ] {
            assert!(read_instance(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn names_are_read() {
        let pod = PodAsk::read("shop/checkout-7d9f5c-x2vqz").unwrap();
        assert_eq!(pod.namespace.as_deref(), Some("shop"));
        assert_eq!(PodAsk::read("checkout-").unwrap().namespace, None);
        assert!(NodeName::read("ip-10-0-1-23.eu-west-1.compute.internal").is_ok());
    }

    #[test]
    fn something_must_be_named() {
        let error = Ask::read(None, &[], &[], None, None).unwrap_err();
        assert_eq!((error.code(), error.is_usage()), ("no-target", true));
        let region = Ask::read(None, &[], &["i-12345678".into()], Some("mars"), None);
        assert_eq!(region.unwrap_err().code(), "region-syntax");
    }
}
