//! Cordoning the target's node: the scheduler places no new pod there.

use serde_json::Value as Json;

use super::{
    Action, Carried, Change, ClusterChange, FieldPath, KubeGet, Look, ObjectFields, parameters,
};
use crate::syntax::{Faults, Fields, Shape, Span, Tree};
use crate::value::Value;

#[derive(Debug)]
pub(super) struct Cordon;

impl Action for Cordon {
    fn name(&self) -> &'static str {
        "cordon"
    }

    fn summary(&self) -> &'static str {
        "Keeps new pods off the target's node"
    }

    fn change_shape(&self) -> Option<Shape> {
        Some(Shape::Keys(&[]))
    }

    fn look(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Look>> {
        parameters::only_changes(self.name(), LOOKED_AT, parameters, faults)
    }

    fn change(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Change>> {
        Scheduling::read(self.name(), true, parameters, faults)
    }
}

/// How to look at what these actions change.
pub(super) const LOOKED_AT: &str =
    "read it with a `kube` look at `nodes`: `spec.unschedulable` is absent, or true";

/// Whether the scheduler may place pods on the target's node.
#[derive(Debug)]
pub(super) struct Scheduling {
    cordoned: bool,
    span: Span,
}

impl Scheduling {
    pub(super) fn read(
        action: &str,
        cordoned: bool,
        parameters: &Tree,
        faults: &mut Faults,
    ) -> Option<Box<dyn Change>> {
        Fields::read(parameters, &format!("a `{action}` change"), &[], faults)?;
        let span = parameters.span();
        Some(Box::new(Scheduling { cordoned, span }))
    }

    fn field() -> FieldPath {
        FieldPath::of(&["spec", "unschedulable"])
    }
}

impl Change for Scheduling {
    fn subject(&self) -> String {
        format!("nodes: {}", Self::field())
    }

    fn span(&self) -> Span {
        self.span
    }

    /// `false` is not written: the API server leaves it out, so that a node has `true` or nothing.
    fn wanted(&self, _: &[Value]) -> Result<String, String> {
        let value = match self.cordoned {
            true => Json::Bool(true),
            false => Json::Null,
        };
        let fields = ObjectFields::from_iter([(Self::field(), value)]);
        Ok(fields.to_string())
    }

    fn display(&self, value: &str) -> String {
        let fields = ObjectFields::read(value).unwrap_or_default();
        match fields.shown().as_str() {
            "true" => "cordoned".to_owned(),
            "absent" | "false" => "schedulable".to_owned(),
            _ => value.to_owned(),
        }
    }

    fn carried(&self) -> Carried<'_> {
        Carried::Cluster(self)
    }
}

impl ClusterChange for Scheduling {
    fn object(&self, _: &[Value]) -> Result<KubeGet, String> {
        Ok(KubeGet {
            api: "api/v1".to_owned(),
            resource: "nodes".to_owned(),
            namespace: None,
            name: None,
        })
    }

    fn paths(&self) -> Vec<FieldPath> {
        vec![Self::field()]
    }

    fn effects(&self) -> Vec<String> {
        let effect = match self.cordoned {
            true => {
                "no new pod is placed there; those that run there stay, and those of DaemonSets come all the same"
            }
            false => "new pods are placed there again",
        };
        vec![effect.to_owned()]
    }
}
