//! What was typed as the target of `heeler logs`. Checked before anything is asked of anybody.

use super::super::PodAsk;
use crate::world::error::TargetError;

/// What is typed.
const ALLOWED: &str = "[NAMESPACE/]POD, or [NAMESPACE/]KIND/NAME, where KIND is deployment, statefulset, daemonset, \
                       replicaset, job, cronjob or service; with --selector, NAMESPACE alone";

/// Whose logs are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogsAsk {
    /// One pod.
    Pod(PodAsk),
    /// All pods of a workload, or behind a service.
    Workload {
        /// What it is.
        kind: Kind,
        /// `None`: the context's.
        namespace: Option<String>,
        /// Its name.
        name: String,
    },
    /// All pods with certain labels.
    Selected {
        /// `None`: the context's.
        namespace: Option<String>,
        /// A label selector: `app=web,tier!=db`.
        selector: String,
    },
}

/// What has pods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A Deployment.
    Deployment,
    /// A StatefulSet.
    StatefulSet,
    /// A DaemonSet.
    DaemonSet,
    /// A ReplicaSet.
    ReplicaSet,
    /// A Job.
    Job,
    /// A CronJob.
    CronJob,
    /// A Service.
    Service,
}

/// What a kind is called, as kubectl has it, and where the API server keeps it.
struct Words(Kind, &'static str, &'static str, &'static [&'static str]);

const KINDS: [Words; 7] = [
    Words(
        Kind::Deployment,
        "apis/apps/v1",
        "deployments",
        &["deployment", "deploy"],
    ),
    Words(
        Kind::StatefulSet,
        "apis/apps/v1",
        "statefulsets",
        &["statefulset", "sts"],
    ),
    Words(
        Kind::DaemonSet,
        "apis/apps/v1",
        "daemonsets",
        &["daemonset", "ds"],
    ),
    Words(
        Kind::ReplicaSet,
        "apis/apps/v1",
        "replicasets",
        &["replicaset", "rs"],
    ),
    Words(Kind::Job, "apis/batch/v1", "jobs", &["job"]),
    Words(
        Kind::CronJob,
        "apis/batch/v1",
        "cronjobs",
        &["cronjob", "cj"],
    ),
    Words(Kind::Service, "api/v1", "services", &["service", "svc"]),
];

impl Kind {
    fn read(word: &str) -> Option<Self> {
        let known = |words: &&Words| words.2 == word || words.3.contains(&word);
        KINDS.iter().find(known).map(|words| words.0)
    }

    fn words(self) -> Option<&'static Words> {
        KINDS.iter().find(|words| words.0 == self)
    }

    /// `deployment`.
    pub fn word(self) -> &'static str {
        let word = self.words().and_then(|words| words.3.first());
        word.copied().unwrap_or_default()
    }

    /// `apis/apps/v1` and `deployments`.
    pub(super) fn place(self) -> (&'static str, &'static str) {
        self.words().map_or(("", ""), |words| (words.1, words.2))
    }
}

impl LogsAsk {
    /// Reads the target, and the selector where one was given.
    ///
    /// # Errors
    /// When one of them can't be what it says.
    pub fn read(target: Option<&str>, selector: Option<&str>) -> Result<Self, TargetError> {
        let odd = |text: &str| TargetError::Syntax {
            option: "TARGET",
            text: text.to_owned(),
            allowed: ALLOWED,
        };
        if let Some(selector) = selector {
            let namespace = target.map(|target| {
                let namespace = target.strip_suffix('/').unwrap_or(target);
                let whole = format!("{namespace}/x");
                PodAsk::read(&whole).map_err(|_| odd(target))?;
                Ok(namespace.to_owned())
            });
            return Ok(LogsAsk::Selected {
                namespace: namespace.transpose()?,
                selector: selected(selector)?,
            });
        }
        let Some(target) = target else {
            return Err(TargetError::None);
        };
        let parts: Vec<&str> = target.split('/').collect();
        let (namespace, word, name) = match parts.as_slice() {
            [namespace, "pod" | "pods" | "po", name] => {
                return PodAsk::read(&format!("{namespace}/{name}"))
                    .map(LogsAsk::Pod)
                    .map_err(|_| odd(target));
            }
            [namespace, word, name] => (Some(*namespace), *word, *name),
            [word, name] if Kind::read(word).is_some() => (None, *word, *name),
            _ => {
                return PodAsk::read(target)
                    .map(LogsAsk::Pod)
                    .map_err(|_| odd(target));
            }
        };
        let kind = Kind::read(word).ok_or_else(|| odd(target))?;
        let whole = format!("{}/{name}", namespace.unwrap_or("x"));
        let is_whole = !name.ends_with(['-', '.']);
        match PodAsk::read(&whole) {
            Ok(_) if is_whole => Ok(LogsAsk::Workload {
                kind,
                namespace: namespace.map(str::to_owned),
                name: name.to_owned(),
            }),
            _ => Err(odd(target)),
        }
    }
}

/// A selector is the API server's to read; here it only must be one of text without control characters.
fn selected(selector: &str) -> Result<String, TargetError> {
    let is_text = !selector.trim().is_empty() && !selector.chars().any(char::is_control);
    match is_text {
        true => Ok(selector.to_owned()),
        false => Err(TargetError::Syntax {
            option: "--selector",
            text: selector.to_owned(),
            allowed: "a label selector, such as app=web,tier!=db or 'app in (web, api)'",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(target: &str) -> Result<LogsAsk, TargetError> {
        LogsAsk::read(Some(target), None)
    }

    #[test]
    fn targets_are_read() {
        let pod = |text: &str| Ok(LogsAsk::Pod(PodAsk::read(text).expect("a pod")));
        assert_eq!(read("shop/web-1"), pod("shop/web-1"));
        assert_eq!(read("web-1"), pod("web-1"));
        // A namespace may be called like a kind.
        assert_eq!(read("job/pod/web-1"), pod("job/web-1"));
        let workload = |kind, namespace: Option<&str>| {
            let (namespace, name) = (namespace.map(str::to_owned), "web".to_owned());
            Ok(LogsAsk::Workload {
                kind,
                namespace,
                name,
            })
        };
        assert_eq!(
            read("shop/deploy/web"),
            workload(Kind::Deployment, Some("shop"))
        );
        assert_eq!(read("sts/web"), workload(Kind::StatefulSet, None));
        assert_eq!(
            read("shop/services/web"),
            workload(Kind::Service, Some("shop"))
        );
        let selected = LogsAsk::read(Some("shop/"), Some("app=web"));
        let namespace = Some("shop".to_owned());
        assert_eq!(
            selected,
            Ok(LogsAsk::Selected {
                namespace,
                selector: "app=web".to_owned()
            })
        );
    }

    #[test]
    fn what_is_no_target_goes_nowhere() {
        for odd in [
            "",
            "/",
            "a/b/c",
            "shop/deploy/",
            "deploy/../x",
            "shop/deploy/web-",
            "A",
            "shop/deploy/web/x",
            "x;y",
        ] {
            assert!(read(odd).is_err_and(|error| error.is_usage()), "{odd}");
        }
        assert!(LogsAsk::read(None, None).is_err());
        for odd in ["", " ", "a\nb"] {
            assert!(LogsAsk::read(None, Some(odd)).is_err(), "{odd:?}");
        }
        assert!(LogsAsk::read(Some("../x"), Some("a=b")).is_err());
    }
}
