//! The pods of a node, as far as emptying it goes. What `kubectl drain` deletes is evicted, but for
//! two kinds: a pod that has ended keeps nobody from anything, and a pod without a controller, or
//! with data that goes with it, is in the way unless the runbook says otherwise.
//! Source: kubectl `pkg/drain/filters.go`.

use std::fmt;
use std::time::Duration;

use serde_json::{Map, Value as Json};

use crate::action::Evictions;
use crate::event::{ChangePlan, InstanceId, PinnedObject};
use crate::value::DurationSpan;

/// What the kubelet puts on the pods that it has from a file.
const MIRROR: &str = "kubernetes.io/config.mirror";
/// The label by which a Deployment tells its ReplicaSets' pods apart; their names end in it.
const TEMPLATE_HASH: &str = "pod-template-hash";
/// Marks by which somebody asks that a pod is left where it is, and the values that allow it all the
/// same. Sources: karpenter.sh, "Well-Known Annotations"; the cluster autoscaler's FAQ.
const WISHES: &[(&str, &str)] = &[
    ("karpenter.sh/do-not-disrupt", "false"),
    ("cluster-autoscaler.kubernetes.io/safe-to-evict", "true"),
];
/// What a pod has to end in where it says nothing of it. Source: the API reference of PodSpec.
const USUAL_GRACE: Duration = Duration::from_secs(30);
/// The present state of a pod that is planned for, and the wanted one.
const THERE: &str = "there";
const GONE: &str = "gone";

/// A pod that is to be evicted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its uid, which no other pod of that name has.
    pub uid: String,
    /// `Deployment web`; `None`: nothing makes it anew.
    pub controller: Option<String>,
    /// It has been told to go already.
    pub is_going: bool,
    /// Names of its `emptyDir` volumes.
    empty_dirs: Vec<String>,
    grace: Duration,
    wishes: Vec<&'static str>,
}

/// Why a pod is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stays {
    /// A DaemonSet would make it anew on the same node.
    DaemonSet,
    /// The kubelet has it from a file.
    Static,
    /// It has ended.
    Ended,
}

impl fmt::Display for Stays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Stays::DaemonSet => "of DaemonSets",
            Stays::Static => "static",
            Stays::Ended => "ended",
        })
    }
}

/// Why a pod may not be evicted by this runbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bar {
    /// Nothing makes it anew.
    NoController,
    /// The data of these volumes would be lost.
    EmptyDir(Vec<String>),
}

impl fmt::Display for Bar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Bar::NoController => f.write_str("no controller makes it anew"),
            Bar::EmptyDir(names) => {
                write!(f, "the data of its emptyDir {} is lost", names.join(", "))
            }
        }
    }
}

/// The pods of a node.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tenants {
    /// What is evicted, by namespace and name.
    pub evicted: Vec<Tenant>,
    /// What is left alone: `shop/web`, and why.
    pub left: Vec<(String, Stays)>,
    /// Those of `evicted` that are in the way of everything: `shop/web`, and why.
    pub barred: Vec<(String, Bar)>,
}

impl Tenants {
    /// How many are left alone, and why, for people; empty where there are none.
    pub fn left_says(&self) -> String {
        let each = [Stays::DaemonSet, Stays::Static, Stays::Ended].map(|wanted| {
            let of_it = self.left.iter().filter(|(_, stays)| *stays == wanted);
            let names: Vec<&str> = of_it.map(|(name, _)| name.as_str()).collect();
            (!names.is_empty()).then(|| format!("{wanted}: {}", names.join(", ")))
        });
        let each: Vec<String> = each.into_iter().flatten().collect();
        each.join("; ")
    }
}

/// Sorts the pods of a node, as the API server lists them.
///
/// # Errors
/// In words, where one has no name, no namespace or no uid.
pub fn tenants(pods: &[Json], evictions: &Evictions) -> Result<Tenants, String> {
    let mut sorted = Tenants::default();
    for pod in pods {
        let tenant = Tenant::read(pod).ok_or("a pod of the node has no name or no uid")?;
        match stays(pod) {
            Some(stays) => sorted.left.push((tenant.full_name(), stays)),
            None => {
                let bar = tenant.bar(evictions).map(|bar| (tenant.full_name(), bar));
                sorted.barred.extend(bar);
                sorted.evicted.push(tenant);
            }
        }
    }
    sorted.evicted.sort_by_key(Tenant::full_name);
    sorted.left.sort();
    sorted.barred.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(sorted)
}

/// Whether the scheduler places no pods on a node.
pub fn is_cordoned(node: &Json) -> bool {
    node.pointer("/spec/unschedulable") == Some(&Json::Bool(true))
}

pub(super) fn stays(pod: &Json) -> Option<Stays> {
    let phase = pod.pointer("/status/phase").and_then(Json::as_str);
    let annotations = pod.pointer("/metadata/annotations");
    let (kind, api, _) = controller(pod).unwrap_or_default();
    if matches!(phase, Some("Succeeded" | "Failed")) {
        Some(Stays::Ended)
    } else if annotations.is_some_and(|all| all.get(MIRROR).is_some()) {
        Some(Stays::Static)
    } else {
        (kind == "DaemonSet" && api.starts_with("apps/")).then_some(Stays::DaemonSet)
    }
}

/// Kind, API version and name of what makes a pod anew.
fn controller(pod: &Json) -> Option<(&str, &str, &str)> {
    let owners = pod.pointer("/metadata/ownerReferences")?.as_array()?;
    let controls = |owner: &&Json| owner.get("controller") == Some(&Json::Bool(true));
    let owner = owners.iter().find(controls)?;
    let text = |field: &str| owner.get(field)?.as_str();
    Some((text("kind")?, text("apiVersion")?, text("name")?))
}

impl Tenant {
    /// Reads a pod; `None` where it can't be told from others.
    fn read(pod: &Json) -> Option<Self> {
        let metadata = pod.get("metadata")?;
        let text = |field: &str| Some(metadata.get(field)?.as_str()?.to_owned());
        let volumes = pod.pointer("/spec/volumes").and_then(Json::as_array);
        let empty_dirs = volumes.into_iter().flatten().filter_map(|volume| {
            volume.get("emptyDir").filter(|value| !value.is_null())?;
            Some(volume.get("name")?.as_str()?.to_owned())
        });
        let annotations = metadata.get("annotations").and_then(Json::as_object);
        let grace = pod
            .pointer("/spec/terminationGracePeriodSeconds")
            .and_then(Json::as_u64);
        Some(Tenant {
            namespace: text("namespace")?,
            name: text("name")?,
            uid: text("uid")?,
            controller: maker(pod).map(|(kind, name)| format!("{kind} {name}")),
            is_going: metadata
                .get("deletionTimestamp")
                .is_some_and(|time| !time.is_null()),
            empty_dirs: empty_dirs.collect(),
            grace: grace.map_or(USUAL_GRACE, Duration::from_secs),
            wishes: annotations.map(wishes).unwrap_or_default(),
        })
    }

    /// `shop/web`.
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }

    /// Data is what matters more.
    fn bar(&self, evictions: &Evictions) -> Option<Bar> {
        // It is on its way already, whatever this runbook says.
        if self.is_going {
            None
        } else if !evictions.empty_dir_data && !self.empty_dirs.is_empty() {
            Some(Bar::EmptyDir(self.empty_dirs.clone()))
        } else {
            let alone = !evictions.pods_without_controller && self.controller.is_none();
            alone.then_some(Bar::NoController)
        }
    }

    /// Its eviction, as a plan shows it. Nothing of it changes as long as the pod is there.
    pub fn change(&self, instance: &InstanceId, within: Duration) -> ChangePlan {
        let again = match &self.controller {
            Some(controller) => format!("{controller} makes another one elsewhere"),
            None => "nothing makes another one".to_owned(),
        };
        let mut effects = Vec::new();
        if !self.empty_dirs.is_empty() {
            effects.push(Bar::EmptyDir(self.empty_dirs.clone()).to_string());
        }
        if self.grace > USUAL_GRACE {
            let late = match self.grace > within {
                true => ", which is longer than it is waited for",
                false => "",
            };
            effects.push(format!(
                "it may take {} to end{late}",
                DurationSpan(self.grace)
            ));
        }
        effects.extend(
            self.wishes
                .iter()
                .map(|wish| format!("it asks to be left where it is: {wish}")),
        );
        ChangePlan {
            instance: instance.clone(),
            subject: format!("pods {}", self.full_name()),
            from: THERE.to_owned(),
            to: GONE.to_owned(),
            diff: format!("evicted; {again}"),
            back: None,
            effects,
            object: Some(PinnedObject {
                api: "api/v1".to_owned(),
                resource: "pods".to_owned(),
                namespace: Some(self.namespace.clone()),
                name: self.name.clone(),
                uid: self.uid.clone(),
            }),
            commands: None,
        }
    }
}

/// The workload that a pod is of, of those that may have it on another node: `Deployment shop/web`.
/// `None`: it is of none, or it is left alone where a node is emptied.
pub fn workload(pod: &Json) -> Option<String> {
    let (kind, name) = maker(pod).filter(|_| stays(pod).is_none())?;
    let namespace = pod.pointer("/metadata/namespace")?.as_str()?;
    Some(format!("{kind} {namespace}/{name}"))
}

/// Kind and name of what makes a pod anew. A ReplicaSet is its Deployment's name and the hash of the
/// pod template.
fn maker(pod: &Json) -> Option<(&str, &str)> {
    let (kind, _, name) = controller(pod)?;
    let labels = pod.pointer("/metadata/labels");
    let hash = labels
        .and_then(|labels| labels.get(TEMPLATE_HASH)?.as_str())
        .filter(|_| kind == "ReplicaSet");
    let deployment = hash.and_then(|hash| name.strip_suffix(hash)?.strip_suffix('-'));
    Some(match deployment {
        Some(name) => ("Deployment", name),
        None => (kind, name),
    })
}

fn wishes(annotations: &Map<String, Json>) -> Vec<&'static str> {
    let found = WISHES.iter().filter(|(key, allowed)| {
        let value = annotations.get(*key).and_then(Json::as_str);
        value.is_some_and(|value| value != *allowed)
    });
    found.map(|(key, _)| *key).collect()
}
