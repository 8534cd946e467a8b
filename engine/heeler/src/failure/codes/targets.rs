//! Failures of targets: pods, nodes and instances that can't be looked at.

use super::{FailureCode, failed};

pub(super) const CODES: &[FailureCode] = &[
    failed(
        "no-pod",
        "there is no such pod",
        "check name, namespace and context: `kubectl get pods -A`",
    ),
    failed(
        "several-pods",
        "several pods begin with this name",
        "give more of the name",
    ),
    failed(
        "no-workload",
        "there is no such workload or service",
        "check kind, name, namespace and context: `kubectl get deployments -A`",
    ),
    failed(
        "no-selector",
        "the service or workload selects no pods by their labels",
        "name the pods themselves, or give `--selector`",
    ),
    failed(
        "no-pods",
        "the workload has no pod now, and nothing is left of former ones",
        "`kubectl get events` says for an hour what there was; logs of deleted pods go within seconds",
    ),
    failed(
        "pod-pending",
        "the pod is on no node yet",
        "`kubectl describe pod` says what it waits for",
    ),
    failed(
        "pod-gone",
        "the pod is gone; events say where it was",
        "name its last node with `--node`",
    ),
    failed(
        "pod-unknown",
        "the API server does not answer, so the pod's node is not known",
        "name the node or the instance: both work without the API server",
    ),
    failed(
        "no-node",
        "there is no such node",
        "`kubectl get nodes` lists them; one that has left the cluster has an `--instance`",
    ),
    failed(
        "fargate",
        "the node is on Fargate, where nothing can be asked",
        "what Kubernetes itself knows is all there is",
    ),
    failed(
        "hybrid-node",
        "the node is an EKS hybrid node",
        "heeler works on Bottlerocket nodes on EC2 only",
    ),
    failed(
        "not-bottlerocket",
        "the node does not run Bottlerocket",
        "heeler works on Bottlerocket nodes on EC2 only",
    ),
    failed(
        "no-instance",
        "the node names no EC2 instance",
        "if you know it, name it with `--instance`",
    ),
    failed(
        "instance-contradiction",
        "two sources name different instances for one node",
        "find out which is right, then name it with `--instance`",
    ),
    failed(
        "several-instances",
        "several instances fit the node's name",
        "name the right one with `--instance`",
    ),
    failed(
        "not-running",
        "the instance is not running",
        "`aws ec2 describe-instances` shows its state",
    ),
    failed(
        "not-registered",
        "SSM does not know the instance",
        "check the node's IAM role, its way to the SSM endpoints, and the control container",
    ),
    failed(
        "ssm-offline",
        "SSM has lost touch with the instance's agent",
        "the node may hang, be cut off or be restarting: check its status checks",
    ),
    failed(
        "no-answer",
        "a node that a fix needs did not answer",
        "run the runbook again; nothing is changed where nothing is known",
    ),
    failed(
        "restarted",
        "the node was restarted meanwhile",
        "run the runbook again: what was measured belongs to the time before",
    ),
];
