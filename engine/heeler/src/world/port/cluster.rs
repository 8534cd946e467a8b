//! The Kubernetes API: single objects and lists, as JSON.

use serde_json::Value;

use super::{Answer, Shared};

/// A cluster, reached through one context of a kubeconfig. Every call of its own is a read.
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
    /// A pod.
    pub fn pod(namespace: &str, name: &str) -> Self {
        ObjectRef {
            api: "api/v1".into(),
            resource: "pods".into(),
            namespace: Some(namespace.to_owned()),
            name: name.to_owned(),
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
}

impl ListRef {
    /// A list of the core API.
    pub fn core(resource: &str, namespace: Option<&str>) -> Self {
        ListRef {
            api: "api/v1".into(),
            resource: resource.to_owned(),
            namespace: namespace.map(str::to_owned),
            fields: None,
        }
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
