//! The plan of a fix in the Kubernetes API: the caller's rights, the objects as they are, who else
//! keeps them, and what the API server would make of the patches.

use heeler_core::action::{ClusterChange, FieldPath, KubeGet, ObjectFields};
use heeler_core::event::{BootId, ChangePlan, Commands, NodeTarget, PinnedObject};
use heeler_core::expr::World;
use heeler_core::find::View;
use heeler_core::plan::{self as scripts, Version};
use serde_json::Value as Json;

use super::super::plan::{Ready, silent, unverified, verified_cluster};
use super::super::proof::prove;
use super::super::{Order, Refusal, Stop, reboot};
use super::barred::Barred;
use crate::run::ask::world_failure;
use crate::run::session::Session;
use crate::world::port::{ObjectRef, Write};
use crate::world::{CallError, Cluster};

/// The rights that a change needs; the way back needs no others.
const VERBS: [&str; 2] = ["get", "patch"];

/// A fix that the Kubernetes API carries out: also where the node is silent.
pub(in super::super) async fn ready(
    session: &Session,
    order: &Order<'_>,
    view: &View,
) -> Result<Ready, Stop> {
    let boot = pinned(session, order, view).await?;
    let world = view.world(order.runbook, order.inputs, session.recorder.run());
    let proof = prove(order, &world)?;
    Ok(Ready {
        proof,
        changes: changes(session, order, &world).await?,
        now: Vec::new(),
        boot,
        armed: None,
    })
}

/// The boot that the plan is pinned to, of a node of the cluster that is meant.
pub(super) async fn pinned(
    session: &Session,
    order: &Order<'_>,
    view: &View,
) -> Result<BootId, Stop> {
    match &view.ident {
        Some(ident) => verified_cluster(session, ident)?,
        None => tagged_cluster(session, &order.target)?,
    }
    let boot = boot(session, &order.target, view).await?;
    boot.ok_or_else(|| silent(&order.target))
}

/// Where the node is silent the instance's tags have to name the cluster that the caller has named.
fn tagged_cluster(session: &Session, target: &NodeTarget) -> Result<(), Stop> {
    match session.place.cluster_named && target.cluster_verified == Some(true) {
        true => Ok(()),
        false => Err(unverified(None)),
    }
}

/// The boot that the plan is pinned to: as the node says it, or where it is silent, as Kubernetes does.
async fn boot(session: &Session, target: &NodeTarget, view: &View) -> Result<Option<BootId>, Stop> {
    if let Some(ident) = &view.ident {
        return Ok(Some(BootId(ident.boot_id.clone())));
    }
    let (Some(cluster), Some(node)) = (session.cluster.as_deref(), &target.node) else {
        return Ok(None);
    };
    let node = cluster.get(&ObjectRef::node(node)).await.map_err(failed)?;
    let boot = node.as_ref().and_then(|node| {
        let boot = node.pointer("/status/nodeInfo/bootID")?.as_str()?;
        Some(BootId(boot.to_owned()))
    });
    Ok(boot)
}

/// What is changed, without what holds already.
async fn changes(
    session: &Session,
    order: &Order<'_>,
    world: &World,
) -> Result<Vec<ChangePlan>, Stop> {
    let cluster = session.cluster.as_deref().ok_or_else(|| {
        refused("there is no kubeconfig, so nothing can be changed in the Kubernetes API".into())
    })?;
    let mut planned = Vec::new();
    for (change, texts) in order.rule.cluster_changes() {
        let values = texts.wanted_values(world);
        let get = change.object(&values).map_err(refused)?;
        let to = change.wanted(&values).map_err(refused)?;
        let question = Question {
            cluster,
            change,
            object: aim(get, &order.target)?,
            to: ObjectFields::read(&to)
                .ok_or_else(|| refused(format!("`{to}` is no value of an object's fields")))?,
        };
        planned.extend(question.plan(&order.target).await?);
    }
    Ok(planned)
}

/// The object; without a name it is the target's node.
fn aim(get: KubeGet, target: &NodeTarget) -> Result<ObjectRef, Stop> {
    let name = match get.name {
        Some(name) => name,
        None => target_node(target)?.to_owned(),
    };
    Ok(ObjectRef {
        api: get.api,
        resource: get.resource,
        namespace: get.namespace,
        name,
    })
}

/// Whether no reboot has cordoned the object, if it is a node: whoever has done that will uncordon it.
///
/// # Errors
/// Where one has.
pub(super) fn no_reboot(object: &Json) -> Result<(), Stop> {
    let name = object.pointer("/metadata/name").and_then(Json::as_str);
    match scripts::marked(object).filter(|_| scripts::drain::is_cordoned(object)) {
        Some(mark) => Err(reboot::under_way(mark, name.unwrap_or("NODE"))),
        None => Ok(()),
    }
}

/// The node's name in Kubernetes.
pub(super) fn target_node(target: &NodeTarget) -> Result<&str, Stop> {
    let what =
        "the node's name in Kubernetes is not known: start from the node or from a pod of it";
    target
        .node
        .as_deref()
        .ok_or_else(|| refused(what.to_owned()))
}

/// One change, and the object that it is about.
struct Question<'a> {
    cluster: &'a dyn Cluster,
    change: &'a dyn ClusterChange,
    object: ObjectRef,
    to: ObjectFields,
}

impl Question<'_> {
    /// The change of each field as it would be made, without those that have the wanted value already.
    async fn plan(&self, target: &NodeTarget) -> Result<Vec<ChangePlan>, Stop> {
        self.rights().await?;
        let object = self.cluster.get(&self.object).await.map_err(failed)?;
        let object = object.ok_or_else(|| Barred::NoObject(self.name()))?;
        let paths = self.change.paths();
        if ObjectFields::capture(&object, &paths) == self.to {
            return Ok(Vec::new());
        }
        no_reboot(&object)?;
        self.nobody_else(&object, &paths)?;
        let version = scripts::version(&object).ok_or_else(|| {
            let what = format!("{} has no uid or no resource version", self.name());
            refused(what)
        })?;
        let mut effects = self.change.effects();
        effects.extend(self.try_out(&object, &paths).await?);
        let each = self.to.each().filter_map(|to| {
            let from = ObjectFields::capture(&object, to.paths());
            (from != to).then(|| self.one(target, &version, (&from, &to)))
        });
        let mut each: Vec<ChangePlan> = each.collect();
        if let Some(last) = each.last_mut() {
            last.effects = effects;
        }
        Ok(each)
    }

    /// The change of one field.
    fn one(
        &self,
        target: &NodeTarget,
        version: &Version,
        (from, to): (&ObjectFields, &ObjectFields),
    ) -> ChangePlan {
        let path: String = to.paths().map(ToString::to_string).collect();
        let commands = Commands {
            apply: to.patch().to_string(),
            revert: Some(from.patch().to_string()),
        };
        let (from, to) = (from.to_string(), to.to_string());
        let shown = |fields: &str| self.change.display(fields);
        ChangePlan {
            instance: target.instance.clone(),
            subject: format!("{}: {path}", self.name()),
            diff: format!("{} → {}", shown(&from), shown(&to)),
            from,
            to,
            back: None,
            effects: Vec::new(),
            object: Some(PinnedObject {
                api: self.object.api.clone(),
                resource: self.object.resource.clone(),
                namespace: self.object.namespace.clone(),
                name: self.object.name.clone(),
                uid: version.uid.clone(),
            }),
            commands: Some(commands),
        }
    }

    fn name(&self) -> String {
        format!("{} {}", self.object.resource, self.object.full_name())
    }

    /// Asked first, so that nobody learns half-way what they may not do.
    async fn rights(&self) -> Result<(), Stop> {
        for verb in VERBS {
            if !self.cluster.may(verb, &self.object).await.map_err(failed)? {
                return Err(Barred::NoRight(verb, self.object.clone()).into());
            }
        }
        Ok(())
    }

    fn nobody_else(&self, object: &Json, paths: &[FieldPath]) -> Result<(), Stop> {
        match scripts::owner(object, paths) {
            Some(owner) => Err(Barred::Owned(self.name(), owner).into()),
            None => Ok(()),
        }
    }

    /// What the API server would make of the patch, beside what is wanted.
    async fn try_out(&self, object: &Json, paths: &[FieldPath]) -> Result<Vec<String>, Stop> {
        let patch = self.to.patch();
        let tried = self.cluster.patch(&self.object, &patch, Write::DryRun);
        let tried = tried.await.map_err(failed)?;
        let made = ObjectFields::capture(&tried, paths);
        if made == self.to {
            return Ok(scripts::side_effects(object, &tried, paths));
        }
        let made = self.change.display(&made.to_string());
        Err(Barred::Altered(self.name(), made).into())
    }
}

pub(super) fn refused(reason: String) -> Stop {
    Stop::Refused(Refusal::because(reason))
}

pub(super) fn failed(error: CallError) -> Stop {
    Stop::Failed(world_failure(&error.into()))
}
