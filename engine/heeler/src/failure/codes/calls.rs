//! Failures of calls to AWS and Kubernetes.

use super::{FailureCode, failed};

pub(super) const CODES: &[FailureCode] = &[
    failed(
        "no-credentials",
        "there are no credentials, or none that could be loaded",
        "log in, or name a profile with `--profile`",
    ),
    failed(
        "expired-credentials",
        "the credentials have expired",
        "log in again",
    ),
    failed(
        "foreign-credentials",
        "the other side does not know these credentials",
        "log in again, with the account that the cluster belongs to",
    ),
    failed(
        "clock-off",
        "AWS refuses what is signed with this machine's time; the request did nothing",
        "set this machine's clock (`timedatectl set-ntp true`, `chronyc makestep`), and try again",
    ),
    failed(
        "forbidden",
        "the caller may not do this; the IAM action or RBAC verb that is missing is named",
        "ask for it",
    ),
    failed(
        "unreachable",
        "no connection could be made",
        "check network, VPN, proxy and the endpoint",
    ),
    failed(
        "admin-off",
        "the node's admin container is off, and nothing can be asked of it",
        "switch it on in the control container: `apiclient set host-containers.admin.enabled=true`; user data that does so \
         takes effect on a new node",
    ),
    failed(
        "tls",
        "TLS failed",
        "check the certificate authority, and whether a proxy intercepts the connection",
    ),
    failed(
        "timed-out",
        "there was no answer in time, or the connection broke",
        "check network and VPN, and try again",
    ),
    failed(
        "unavailable",
        "the other side failed",
        "try again in a minute",
    ),
    failed(
        "throttled",
        "there were too many calls",
        "try again in a minute; reads have been repeated already",
    ),
    failed(
        "in-doubt",
        "something was sent, and its end is not known",
        "look before anything is sent again: the command that finds it is printed",
    ),
    failed(
        "invalid-instances",
        "SSM refused the command because of these instances; nothing was started",
        "check that they run, and are registered in this region",
    ),
    failed(
        "not-found",
        "there is no such thing",
        "check the name and where it is looked for",
    ),
    failed(
        "conflict",
        "a Kubernetes object has moved on since it was read; nothing was changed",
        "make a new plan",
    ),
    failed(
        "refused-by-service",
        "the service refused for another reason",
        "repeat the call by hand to see more: `--commands` prints it",
    ),
    failed(
        "unreadable-answer",
        "the answer made no sense",
        "repeat the call by hand to see more: `--commands` prints it",
    ),
];
