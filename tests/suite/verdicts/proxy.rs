//! Whose limit it is: kube-proxy's formula over its own configuration, and what its version does
//! to a raise.

use anyhow::{Context as _, Result, ensure};
use heeler_tests::scene::Incident;
use serde_json::json;

use super::table::{self, Sight};
use crate::harness::Context;
use crate::operator::{Operator, Verdict};

const UNDONE: &str = "a raise will be undone";
/// Versions of kube-proxy and whether they lower a value that is higher than their own. From 1.36
/// on that depends on the patch, so nothing is said.
const VERSIONS: [(&str, bool); 5] = [
    ("v1.28.15-eksbuild.4", false),
    ("v1.29.0-minimal-eksbuild.1", true),
    ("v1.33.3-eksbuild.4", true),
    ("v1.35.2-eksbuild.1", true),
    ("v1.36.0-eksbuild.1", false),
];

pub(super) fn versions(context: &Context) -> Result<()> {
    let operator = proxied(context)?;
    for (version, undoes) in VERSIONS {
        operator
            .lab
            .kube()
            .edit("daemonsets", "kube-system", "kube-proxy", |object| {
                let image = &mut object["spec"]["template"]["spec"]["containers"][0]["image"];
                *image = json!(format!(
                    "602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/kube-proxy:{version}"
                ));
            })?;
        let report = operator.judge()?;
        table::expect(&report, Incident::ProxiedMax, Sight::Counters)?;
        ensure!(
            report.ended.stdout.contains(UNDONE) == undoes,
            "kube-proxy {version} undoes a raise: {undoes}\n{}",
            report.ended
        );
    }
    Ok(())
}

/// Without a `maxPerCore` kube-proxy sets nothing, whatever its `min` is.
/// (`maxPerCore`, `min`, whether that makes the value that the node has: 8 × 32,768).
const VALUES: [(u64, u64, bool); 5] = [
    (32_768, 131_072, true),
    (16_384, 262_144, true),
    (0, 262_144, false),
    (65_536, 131_072, false),
    (0, 0, false),
];

pub(super) fn values(context: &Context) -> Result<()> {
    let operator = proxied(context)?;
    for (per_core, min, makes_it) in VALUES {
        operator
            .lab
            .kube()
            .edit("configmaps", "kube-system", "kube-proxy-config", |object| {
                object["data"]["config"] = json!(configuration(per_core, min));
            })?;
        let (wanted, report) = (
            if makes_it {
                Incident::ProxiedMax
            } else {
                Incident::Healthy
            },
            operator.judge()?,
        );
        table::expect(&report, wanted, Sight::Counters)
            .with_context(|| format!("maxPerCore {per_core}, min {min}"))?;
    }
    operator
        .lab
        .kube()
        .access()
        .deny("alice", "get", "configmaps");
    let verdict = operator.judge()?.verdict("proxy-lowered-max")?;
    let Verdict::NotSeen(missing) = &verdict else {
        anyhow::bail!("{verdict:?} without the ConfigMap");
    };
    let [(look, why)] = &missing[..] else {
        anyhow::bail!("{missing:?} is missing");
    };
    ensure!(
        look == "kube-proxy's configuration" && why.contains("configmaps"),
        "{look}: {why}"
    );
    Ok(())
}

fn proxied(context: &Context) -> Result<Operator<'_>> {
    Operator::with(context, context.plan().instant(), Incident::ProxiedMax)
}

fn configuration(per_core: u64, min: u64) -> String {
    format!(
        "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nconntrack:\n  \
         maxPerCore: {per_core}\n  min: {min}\nmode: iptables\n"
    )
}
