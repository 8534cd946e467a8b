//! The kinds that the lab serves, and what discovery says about each.

/// One resource of one API group version.
#[derive(Debug)]
pub(crate) struct Resource {
    pub(crate) group: &'static str,
    pub(crate) version: &'static str,
    pub(crate) plural: &'static str,
    pub(crate) singular: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) namespaced: bool,
    pub(crate) short_names: &'static [&'static str],
    pub(crate) has_status: bool,
    /// What can be done with it, as discovery says.
    pub(crate) verbs: &'static [&'static str],
    pub(crate) updates: Updates,
}

/// What a whole object that is sent to be stored has to say of the present one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Updates {
    /// Nothing: without a resource version the last one wins.
    Unconditional,
    /// The resource version that it is made from.
    Versioned,
    /// The same, and what does not exist is created.
    VersionedOrCreating,
}

/// A part of an object with a path of its own.
#[derive(Debug)]
pub(crate) struct Subresource {
    pub(crate) name: &'static str,
    /// Group, version and kind when they are not those of the object.
    pub(crate) type_of_its_own: Option<[&'static str; 3]>,
    pub(crate) verbs: &'static [&'static str],
}

const STATUS: Subresource = Subresource {
    name: "status",
    type_of_its_own: None,
    verbs: &["get", "patch", "update"],
};

const EVICTION: Subresource = Subresource {
    name: "eviction",
    type_of_its_own: Some(["policy", "v1", "Eviction"]),
    verbs: &["create"],
};

const EXEC: Subresource = Subresource {
    name: "exec",
    type_of_its_own: Some(["", "v1", "PodExecOptions"]),
    verbs: &["create", "get"],
};

/// The verbs that every stored resource of the lab has; no `deletecollection`.
const VERBS: &[&str] = &[
    "create", "delete", "get", "list", "patch", "update", "watch",
];

const fn core(plural: &'static str, singular: &'static str, kind: &'static str) -> Resource {
    Resource {
        group: "",
        version: "v1",
        plural,
        singular,
        kind,
        namespaced: true,
        short_names: &[],
        has_status: true,
        verbs: VERBS,
        updates: Updates::Unconditional,
    }
}

/// Every resource, in the order in which discovery lists them.
pub(crate) static RESOURCES: [Resource; 19] = [
    Resource {
        short_names: &["cm"],
        has_status: false,
        ..core("configmaps", "configmap", "ConfigMap")
    },
    Resource {
        short_names: &["ep"],
        has_status: false,
        ..core("endpoints", "endpoints", "Endpoints")
    },
    Resource {
        short_names: &["ev"],
        has_status: false,
        ..core("events", "event", "Event")
    },
    Resource {
        short_names: &["ns"],
        namespaced: false,
        ..core("namespaces", "namespace", "Namespace")
    },
    Resource {
        short_names: &["no"],
        namespaced: false,
        ..core("nodes", "node", "Node")
    },
    Resource {
        short_names: &["po"],
        ..core("pods", "pod", "Pod")
    },
    Resource {
        short_names: &["svc"],
        ..core("services", "service", "Service")
    },
    Resource {
        group: "apps",
        short_names: &["ds"],
        ..core("daemonsets", "daemonset", "DaemonSet")
    },
    Resource {
        group: "apps",
        short_names: &["deploy"],
        ..core("deployments", "deployment", "Deployment")
    },
    Resource {
        group: "apps",
        short_names: &["rs"],
        ..core("replicasets", "replicaset", "ReplicaSet")
    },
    Resource {
        group: "apps",
        short_names: &["sts"],
        ..core("statefulsets", "statefulset", "StatefulSet")
    },
    Resource {
        group: "authentication.k8s.io",
        namespaced: false,
        has_status: false,
        verbs: &["create"],
        ..core(
            "selfsubjectreviews",
            "selfsubjectreview",
            "SelfSubjectReview",
        )
    },
    Resource {
        group: "authorization.k8s.io",
        namespaced: false,
        has_status: false,
        verbs: &["create"],
        ..core(
            "selfsubjectaccessreviews",
            "selfsubjectaccessreview",
            "SelfSubjectAccessReview",
        )
    },
    Resource {
        group: "batch",
        short_names: &["cj"],
        ..core("cronjobs", "cronjob", "CronJob")
    },
    Resource {
        group: "batch",
        ..core("jobs", "job", "Job")
    },
    Resource {
        group: "coordination.k8s.io",
        has_status: false,
        updates: Updates::VersionedOrCreating,
        ..core("leases", "lease", "Lease")
    },
    Resource {
        group: "discovery.k8s.io",
        has_status: false,
        ..core("endpointslices", "endpointslice", "EndpointSlice")
    },
    Resource {
        group: "events.k8s.io",
        short_names: &["ev"],
        has_status: false,
        ..core("events", "event", "Event")
    },
    Resource {
        group: "policy",
        short_names: &["pdb"],
        updates: Updates::Versioned,
        ..core(
            "poddisruptionbudgets",
            "poddisruptionbudget",
            "PodDisruptionBudget",
        )
    },
];

/// The API groups with a name, in the order of discovery.
pub(crate) const NAMED_GROUPS: [&str; 7] = [
    "apps",
    "events.k8s.io",
    "authorization.k8s.io",
    "batch",
    "policy",
    "discovery.k8s.io",
    "coordination.k8s.io",
];

impl Resource {
    /// `v1`, `apps/v1`.
    pub(crate) fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.to_owned()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }

    /// The name that error messages use: `pods`, `daemonsets.apps`.
    pub(crate) fn qualified(&self) -> String {
        if self.group.is_empty() {
            self.plural.to_owned()
        } else {
            format!("{}.{}", self.plural, self.group)
        }
    }

    /// The kind as the messages about its fields name it: `Pod`, `Lease.coordination.k8s.io`.
    pub(crate) fn qualified_kind(&self) -> String {
        if self.group.is_empty() {
            self.kind.to_owned()
        } else {
            format!("{}.{}", self.kind, self.group)
        }
    }

    /// The parts with paths of their own.
    pub(crate) fn subresources(&self) -> Vec<&'static Subresource> {
        let mut subresources = Vec::new();
        if self.kind == "Pod" {
            subresources.extend([&EVICTION, &EXEC]);
        }
        if self.has_status {
            subresources.push(&STATUS);
        }
        subresources
    }

    /// Whether this is an event in its events.k8s.io form; the store keeps the core form.
    pub(crate) fn is_new_event(&self) -> bool {
        self.group == "events.k8s.io"
    }
}

/// The resources of one group version; empty when there is no such group.
pub(crate) fn of_group(group: &str, version: &str) -> Vec<&'static Resource> {
    RESOURCES
        .iter()
        .filter(|r| r.group == group && r.version == version)
        .collect()
}

/// The resource with this plural name in a group version.
pub(crate) fn find(group: &str, version: &str, plural: &str) -> Option<&'static Resource> {
    of_group(group, version)
        .into_iter()
        .find(|r| r.plural == plural)
}

/// The resource of an object that names its own type.
pub(crate) fn of_type(api_version: &str, kind: &str) -> Option<&'static Resource> {
    RESOURCES
        .iter()
        .find(|r| r.api_version() == api_version && r.kind == kind)
}

/// The first resource with this plural name.
pub(crate) fn by_plural(plural: &str) -> Option<&'static Resource> {
    RESOURCES.iter().find(|r| r.plural == plural)
}
