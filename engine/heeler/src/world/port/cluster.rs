//! The Kubernetes API: single objects and lists, as JSON, and patches of single objects.

use std::sync::Arc;

use serde_json::Value;

use super::{Answer, Shared};
use crate::world::error::PlaceError;
use crate::world::ways::Ways;

/// A cluster, reached through one context of a kubeconfig. Of its own calls [`Cluster::patch`] and
/// [`Cluster::evict`] alone change anything.
pub trait Cluster: Send + Sync {
    /// What the kubeconfig says about it.
    fn context(&self) -> &Context;

    /// One object; `None` where there is none. A server that is busy is asked again
    /// for a moment; one that is not there is told apart within seconds.
    fn get<'a>(&'a self, object: &'a ObjectRef) -> Answer<'a, Option<Value>>;

    /// The items of a list, all pages.
    fn list<'a>(&'a self, list: &'a ListRef) -> Answer<'a, Vec<Value>>;

    /// What all who run heeler in it share; `None`: this is a cluster that is only read.
    fn shared(&self) -> Option<&dyn Shared> {
        None
    }

    /// The ways to the logs of its nodes; `None`: this is a cluster that has none to give.
    fn node_logs(&self) -> Option<&Arc<Ways>> {
        None
    }

    /// Whom the API server takes the caller for.
    fn user(&self) -> Answer<'_, User>;

    /// Whether the caller may do this to an object, as the API server's authorisers say. A resource may
    /// have a part of it: `pods/eviction`.
    fn may<'a>(&'a self, verb: &'a str, object: &'a ObjectRef) -> Answer<'a, bool>;

    /// Sends a JSON merge patch once, under a field manager of our own, and gives the object as it is
    /// then. It is never repeated: where no answer came it may have been carried out all the same.
    fn patch<'a>(
        &'a self,
        object: &'a ObjectRef,
        patch: &'a Value,
        write: Write,
    ) -> Answer<'a, Value>;

    /// Asks once for the eviction of the pod that has this uid, with its own time to end. It is never
    /// repeated: where no answer came it may have been carried out all the same.
    fn evict<'a>(&'a self, pod: &'a ObjectRef, uid: &'a str, write: Write) -> Answer<'a, Evicted>;
}

/// What the API server says to an eviction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Evicted {
    /// The pod is told to go.
    Yes,
    /// Not now, for this reason: its disruption budget lets none go, or its namespace is being
    /// deleted.
    NotNow(String),
}

/// Somebody, as the API server knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Their name there.
    pub name: String,
    /// Their ARN, where they came through AWS.
    pub arn: Option<String>,
}

/// Whether a patch or an eviction is only tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Write {
    /// Server-side: with defaults, admission and validation, and without a change.
    DryRun,
    /// It is carried out.
    Real,
}

/// One object of the Kubernetes API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectRef {
    /// `api/v1` or `apis/apps/v1`.
    pub api: String,
    /// The plural: `nodes`.
    pub resource: String,
    /// `None` for cluster-wide resources.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
}

impl ObjectRef {
    /// `shop/web`, or `web` where it has no namespace.
    pub fn full_name(&self) -> String {
        match &self.namespace {
            Some(namespace) => format!("{namespace}/{}", self.name),
            None => self.name.clone(),
        }
    }

    /// The API group and version: `apps`, `v1`; the first groups' name is empty.
    pub fn group_version(&self) -> (&str, &str) {
        let named = self.api.strip_prefix("apis/");
        let named = named.and_then(|named| named.split_once('/'));
        let core = self.api.strip_prefix("api/").unwrap_or(&self.api);
        named.unwrap_or(("", core))
    }

    /// A pod.
    pub fn pod(namespace: &str, name: &str) -> Self {
        ObjectRef {
            api: "api/v1".into(),
            resource: "pods".into(),
            namespace: Some(namespace.to_owned()),
            name: name.to_owned(),
        }
    }

    /// A part of a node, as rights name it: `nodes/proxy`; of all nodes where there is no name.
    pub fn of_node(part: &str, name: &str) -> Self {
        ObjectRef {
            resource: part.to_owned(),
            ..ObjectRef::node(name)
        }
    }

    /// A node.
    pub fn node(name: &str) -> Self {
        ObjectRef {
            api: "api/v1".into(),
            resource: "nodes".into(),
            namespace: None,
            name: name.to_owned(),
        }
    }
}

/// A list of the Kubernetes API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListRef {
    /// `api/v1` or `apis/apps/v1`.
    pub api: String,
    /// The plural: `pods`.
    pub resource: String,
    /// `None`: all namespaces, or a cluster-wide resource.
    pub namespace: Option<String>,
    /// A field selector, such as `status.podIP=10.0.1.2`.
    pub fields: Option<String>,
    /// A label selector, such as `app=web`.
    pub labels: Option<String>,
}

impl ListRef {
    /// A list of the core API.
    pub fn core(resource: &str, namespace: Option<&str>) -> Self {
        ListRef {
            api: "api/v1".into(),
            resource: resource.to_owned(),
            namespace: namespace.map(str::to_owned),
            fields: None,
            labels: None,
        }
    }

    /// Only the objects with these labels.
    pub fn labels(mut self, selector: impl Into<String>) -> Self {
        self.labels = Some(selector.into());
        self
    }

    /// Only the objects with these fields.
    pub fn fields(mut self, selector: impl Into<String>) -> Self {
        self.fields = Some(selector.into());
        self
    }
}

/// What a kubeconfig says about a context, read without asking anybody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// The context's name: free text, never taken for the cluster's name.
    pub name: String,
    /// Its namespace; `default` where it has none.
    pub namespace: String,
    /// The cluster's name from the credential plugin's arguments, else from an EKS ARN.
    pub cluster: Option<String>,
    /// The AWS account of an EKS ARN.
    pub account: Option<String>,
    /// The AWS region from the credential plugin's arguments, else from an EKS ARN.
    pub region: Option<String>,
    /// The AWS profile that the credential plugin uses.
    pub profile: Option<String>,
}

impl Context {
    /// Whether its cluster is in this region, as far as the kubeconfig says where it is.
    ///
    /// # Errors
    /// When it is in another one.
    pub fn is_in(&self, region: &str) -> Result<(), PlaceError> {
        match &self.region {
            Some(found) if found != region => Err(PlaceError::OtherRegion {
                region: region.to_owned(),
                found: found.clone(),
                context: self.name.clone(),
            }),
            _ => Ok(()),
        }
    }
}
