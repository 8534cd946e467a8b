//! Bundles that a runbook makes.

use super::{instance, run};
use crate::event::{BundleStep, Event};

pub(super) fn events() -> Vec<Event> {
    let steps = [
        BundleStep::Begun {
            instance: instance(),
            run: run(),
            because: "table-full holds".into(),
        },
        BundleStep::Made {
            instance: instance(),
            commands: 2,
            path: "/home/alice/.local/state/heeler/bundles/heeler-ip-10-0-1-23-7k3mq.tar.gz".into(),
            bytes: 8_123_456,
            sha256: "4c1d".into(),
            missing: vec!["what the kubelet serves: it did not answer".into()],
            left: Some("it could not be taken back".into()),
        },
        BundleStep::Failed {
            instance: instance(),
            commands: 1,
            why: "not allowed: get nodes/proxy".into(),
        },
        BundleStep::LeftOut {
            instance: instance(),
            because: "table-full could not be seen".into(),
            why: "5 bundles are enough".into(),
        },
    ];
    steps.into_iter().map(Event::Bundle).collect()
}
