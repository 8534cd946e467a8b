//! Refusals of fixes in the Kubernetes API; nothing was changed.

use super::{FailureCode, refused};

pub(super) const CODES: &[FailureCode] = &[
    refused(
        "no-right",
        "the caller may not do something to an object that the fix needs",
        "ask for an RBAC role with the verb and the resource that are named",
    ),
    refused(
        "no-object",
        "there is no such object to patch",
        "look again: it may have been removed since",
    ),
    refused(
        "owned-elsewhere",
        "Argo CD, Flux, Helm or an EKS add-on keeps the object as it is, and would set it again",
        "change it where that program reads it",
    ),
    refused(
        "patch-altered",
        "a dry run shows that the API server would set something else",
        "find out which webhook or default does it, and set what it takes",
    ),
    refused(
        "not-cordoned",
        "the node takes new pods, so that it can't be drained",
        "cordon it first, by a fix that can be taken back or by kubectl cordon",
    ),
    refused(
        "pods-in-the-way",
        "pods of the node have no controller, or data in an emptyDir, and the runbook does not say that they may go",
        "move them yourself, or let the runbook say pods-without-controller or empty-dir-data",
    ),
    refused(
        "never-evicted",
        "a dry run shows that the API server will never evict a pod: it has two budgets, or somebody forbids it",
        "see to that pod first",
    ),
    refused(
        "pods-would-follow",
        "a reboot of several nodes: pods of one that is emptied would come to the next, whose plan does not show them",
        "plan and fix the nodes one by one, with --instance",
    ),
    refused(
        "reboot-under-way",
        "the node carries the mark of another reboot, which is under way or was left unended",
        "`heeler revert` of the run that is named, where its journal is; elsewhere remove the mark by the command of the refusal",
    ),
];
