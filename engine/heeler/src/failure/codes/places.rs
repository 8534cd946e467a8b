//! Failures of place: the run would be about another cluster, region or account than was meant.

use super::{FailureCode, failed, refused};

pub(super) const CODES: &[FailureCode] = &[
    failed(
        "no-context",
        "there is no usable kubeconfig, or no such context in it",
        "name one with `--context`; `kubectl config get-contexts` lists them",
    ),
    failed(
        "no-region",
        "the AWS region is not known",
        "name it with `--region`",
    ),
    failed(
        "region-mismatch",
        "`--region` is not the node's region",
        "leave it out: the node's own is taken",
    ),
    failed(
        "several-regions",
        "the nodes are in several regions",
        "start one run for each region",
    ),
    failed(
        "no-cluster",
        "the cluster's name is needed and not known",
        "name it with `--cluster`",
    ),
    failed(
        "account-mismatch",
        "the kubeconfig's cluster belongs to another account than the credentials",
        "use the context and the profile of one account",
    ),
    failed(
        "cluster-mismatch",
        "`--cluster` is not the context's cluster",
        "leave it out, or name another context",
    ),
    failed(
        "wrong-cluster",
        "the instance, or the node itself, belongs to another cluster",
        "check context and target; nothing was sent to it, or nothing of its answer was used",
    ),
    refused(
        "changed-runbook",
        "the runbook has changed since the run that offered the fix",
        "run it again, or give the same `--runbooks` folder as then",
    ),
    refused(
        "other-place",
        "the run was about another account, region or cluster",
        "use the same `--context`, `--profile`, `--region` and `--cluster` as then",
    ),
];
