//! What others do in the cluster, and does not let a change begin. Nothing was changed.

use super::{FailureCode, failed, refused};

pub(super) const CODES: &[FailureCode] = &[
    refused(
        "stopped",
        "somebody has stopped all changes of the cluster; who, when and why is told",
        "ask them; `heeler stop --release` lets changes start again",
    ),
    refused(
        "node-taken",
        "somebody else is changing the node; who, and until when at most, is told",
        "ask them, or wait until then",
    ),
    refused(
        "board-busy",
        "others were faster each time that the cluster's board was to be written",
        "try again",
    ),
    refused(
        "others-silent",
        "the cluster could be asked what others do when the plan was made, and can't be any more; the plan's limits could not be kept",
        "make a new plan: it says which limits nobody can keep",
    ),
    failed(
        "no-board",
        "the cluster does not say what is shared, so changes can't be stopped there",
        "have the namespace and the ConfigMap made; the commands are printed",
    ),
    failed(
        "another-cord",
        "while the cord was being released somebody has pulled another one, which was left alone; who, when and why is told",
        "ask them; the same command again releases that one",
    ),
    failed(
        "cord-in-doubt",
        "whether changes are stopped is not known: an answer of the cluster was lost, and it gives no other",
        "give the same command again: it tells what is",
    ),
];
