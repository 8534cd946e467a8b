//! The pod, node or instance of a run that can't be used.

use heeler_core::event::InstanceId;

/// A target that can't be used, or was not named properly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetError {
    /// A name with characters that a name can't have; nothing was asked.
    Syntax {
        /// `--pod`, `--node`, `--instance`.
        option: &'static str,
        /// As typed.
        text: String,
        /// What is allowed.
        allowed: &'static str,
    },
    /// A command's comment that SSM would not take; nothing was asked.
    Comment {
        /// The comment.
        text: String,
    },
    /// A script that is too long for a command; nothing was asked.
    ScriptTooLong {
        /// Its length in bytes, as it would be sent.
        bytes: usize,
    },
    /// More instances than one command takes, or none; nothing was asked.
    InstanceCount {
        /// How many.
        count: usize,
    },
    /// No target was named.
    None,
    /// No pod has this name or begins with it, and no event remembers one.
    NoPod {
        /// `namespace/name`.
        pod: String,
        /// Why the events could not be read, where they could not.
        unread: Option<String>,
    },
    /// A node has nothing of a pod that is called so or begins with it.
    NoPodOn {
        /// `namespace/name`, or `name` where any namespace will do.
        pod: String,
        /// The node.
        node: String,
    },
    /// Several pods begin with this name.
    SeveralPods {
        /// `namespace/name` as typed.
        pod: String,
        /// The first of them.
        matches: Vec<String>,
        /// How many there are.
        count: usize,
    },
    /// There is no such workload or service.
    NoWorkload {
        /// `deployment shop/checkout`.
        what: String,
    },
    /// A workload or a service that selects no pods by their labels.
    NoSelector {
        /// `service shop/checkout`.
        what: String,
    },
    /// There is no pod of it now, and nothing is left of any that there was.
    NoPods {
        /// `deployment shop/checkout`.
        what: String,
    },
    /// The pod has no node yet.
    PodPending {
        /// `namespace/name`.
        pod: String,
        /// The scheduler's reason.
        reason: String,
    },
    /// The pod is gone.
    PodGone {
        /// `namespace/name`.
        pod: String,
        /// What the events remember, a sentence.
        trail: String,
        /// Its last node.
        node: Option<String>,
    },
    /// The API server does not answer, so the pod's node is not known.
    PodUnknown {
        /// `namespace/name`.
        pod: String,
        /// Why Kubernetes gave no answer.
        why: String,
        /// Where the journal saw it last, a sentence.
        last_known: Option<String>,
    },
    /// There is no such node.
    NoNode {
        /// Its name.
        node: String,
    },
    /// A Fargate node.
    Fargate {
        /// Its name.
        node: String,
    },
    /// An EKS hybrid node.
    Hybrid {
        /// Its name.
        node: String,
        /// Its managed node id `mi-…`, where it has one.
        managed: Option<String>,
    },
    /// Not Bottlerocket.
    OtherSystem {
        /// The node or instance.
        node: String,
        /// What it runs.
        system: String,
    },
    /// The node has no provider id that names an instance.
    NoInstance {
        /// Its name.
        node: String,
        /// Its provider id.
        provider_id: String,
    },
    /// Two sources name different instances for one node.
    Contradiction {
        /// Its name.
        node: String,
        /// From the provider id.
        provider: String,
        /// From the CSI driver's annotation.
        annotation: String,
    },
    /// Several instances fit a node's name.
    SeveralInstances {
        /// Its name.
        node: String,
        /// The instances.
        instances: Vec<InstanceId>,
    },
    /// The instance is not running.
    NotRunning {
        /// The instance.
        instance: InstanceId,
        /// EC2's word for its state.
        state: String,
    },
    /// SSM does not know the instance.
    NotRegistered {
        /// The instance.
        instance: InstanceId,
        /// The region that was asked.
        region: String,
    },
    /// SSM has lost the instance's agent.
    Offline {
        /// The instance.
        instance: InstanceId,
        /// When it was last in touch.
        last: Option<jiff::Timestamp>,
    },
}

impl TargetError {
    /// Wrong use of the command line.
    pub fn is_usage(&self) -> bool {
        matches!(self, TargetError::Syntax { .. } | TargetError::None)
    }

    /// Stable, kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            TargetError::Syntax { .. } => "target-syntax",
            TargetError::Comment { .. } => "comment-syntax",
            TargetError::ScriptTooLong { .. } => "script-too-long",
            TargetError::InstanceCount { .. } => "instance-count",
            TargetError::None => "no-target",
            TargetError::NoPod { .. } | TargetError::NoPodOn { .. } => "no-pod",
            TargetError::SeveralPods { .. } => "several-pods",
            TargetError::NoWorkload { .. } => "no-workload",
            TargetError::NoSelector { .. } => "no-selector",
            TargetError::NoPods { .. } => "no-pods",
            TargetError::PodPending { .. } => "pod-pending",
            TargetError::PodGone { .. } => "pod-gone",
            TargetError::PodUnknown { .. } => "pod-unknown",
            TargetError::NoNode { .. } => "no-node",
            TargetError::Fargate { .. } => "fargate",
            TargetError::Hybrid { .. } => "hybrid-node",
            TargetError::OtherSystem { .. } => "not-bottlerocket",
            TargetError::NoInstance { .. } => "no-instance",
            TargetError::Contradiction { .. } => "instance-contradiction",
            TargetError::SeveralInstances { .. } => "several-instances",
            TargetError::NotRunning { .. } => "not-running",
            TargetError::NotRegistered { .. } => "not-registered",
            TargetError::Offline { .. } => "ssm-offline",
        }
    }
}
