//! Refusals of fixes in the Kubernetes API; nothing was changed.

use super::{FailureCode, refused};

pub(super) const CODES: &[FailureCode] = &[
    refused(
        "no-right",
        "the caller may not get or patch the object that the fix changes",
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
];
