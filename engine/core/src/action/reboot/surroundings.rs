//! What a reboot of a node, or emptying it, means to everything else that has to do with it.

use serde_json::Value as Json;

/// The label of nodes that the Bottlerocket update operator keeps up to date. Source: its README.
const UPDATER: &str = "bottlerocket.aws/updater-interface-version";
/// The label of Karpenter's nodes. Source: karpenter.sh, Node labels.
const KARPENTER: &str = "karpenter.sh/nodepool";
/// The annotation by which Karpenter leaves a node alone. Source: karpenter.sh, Disruption.
const UNDISTURBED: &str = "karpenter.sh/do-not-disrupt";
/// The label of managed node groups. Source: EKS user guide.
const NODE_GROUP: &str = "eks.amazonaws.com/nodegroup";

/// The taints of nodes that are about to be removed, and who puts them there. Sources: karpenter.sh,
/// Disruption, of 1.x and of 0.3x; the cluster autoscaler's `utils/taints`.
const REMOVED: &[(&str, &str)] = &[
    ("karpenter.sh/disrupted", "Karpenter"),
    ("karpenter.sh/disruption", "Karpenter"),
    ("ToBeDeletedByClusterAutoscaler", "the cluster autoscaler"),
];

/// What a node says of itself before a reboot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its boot id.
    pub boot: String,
    /// The version of Bottlerocket that it will come back with, where another one was staged.
    pub staged: Option<String>,
    /// The node could not say whether one was staged.
    pub is_unseen: bool,
}

impl Standing {
    /// Reads `BOOT VERSION`, with `-` for no version, and `?` where the node can't tell.
    pub fn read(text: &str) -> Option<Self> {
        let (boot, staged) = text.split_once(' ')?;
        Some(Standing {
            boot: boot.to_owned(),
            staged: (!matches!(staged, "-" | "?")).then(|| staged.to_owned()),
            is_unseen: staged == "?",
        })
    }
}

/// What a person should know before this Node is rebooted, one line each.
///
/// # Errors
/// In words, where somebody else is about to reboot it.
pub fn surroundings(node: &Json, standing: &Standing) -> Result<Vec<String>, String> {
    let mut lines = vec![
        "kernel parameters that were set at runtime, and everything else that is not a setting, have their \
         boot values again"
            .to_owned(),
    ];
    if let Some(version) = &standing.staged {
        if has(node, "labels", UPDATER).is_some() {
            return Err(format!(
                "the Bottlerocket update operator has staged version {version} on the node, and is about to \
                 reboot it: two updaters must not fight"
            ));
        }
        lines.push(format!(
            "it comes back with Bottlerocket {version}: that update is staged there"
        ));
    }
    if standing.is_unseen {
        lines.push(
            "whether an update is staged on it could not be read: it may come back with another version of \
             Bottlerocket"
                .to_owned(),
        );
    }
    lines.extend(others(node));
    if has(node, "labels", NODE_GROUP).is_some() {
        lines.push(
            "its node group replaces it while it does not answer, where health checks or auto repair are set \
             to do so"
                .to_owned(),
        );
    }
    Ok(lines)
}

/// Who else may drain, reboot or remove this Node once it is empty, one line each.
pub fn others(node: &Json) -> Vec<String> {
    let mut lines = Vec::new();
    if has(node, "labels", UPDATER).is_some() {
        lines.push(
            "the Bottlerocket update operator keeps the node up to date: it may drain and reboot it, too"
                .to_owned(),
        );
    }
    let taints = node.pointer("/spec/taints").and_then(Json::as_array);
    let is_tainted = |key: &str| {
        let mut taints = taints.into_iter().flatten();
        taints.any(|taint| taint.get("key").is_some_and(|found| found == key))
    };
    let removed = REMOVED.iter().find(|(key, _)| is_tainted(key));
    if let Some((key, whose)) = removed {
        lines.push(format!(
            "{whose} is about to remove the node, and drains it by itself: it has the taint {key}"
        ));
    }
    let is_spared = has(node, "annotations", UNDISTURBED).is_some_and(|value| value == "true");
    if has(node, "labels", KARPENTER).is_some() && !is_spared && removed.is_none() {
        lines.push(format!(
            "Karpenter may remove the node while it is empty: the annotation {UNDISTURBED}=true on the node \
             keeps it"
        ));
    }
    lines
}

/// A label or an annotation.
fn has<'n>(node: &'n Json, kind: &str, key: &str) -> Option<&'n Json> {
    node.get("metadata")?.get(kind)?.get(key)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::{Standing, others, surroundings};

    fn told(labels: Json, annotations: Json, staged: Option<&str>) -> Result<String, String> {
        let node = json!({"metadata": {"labels": labels, "annotations": annotations}});
        let standing = Standing {
            boot: "b".into(),
            staged: staged.map(str::to_owned),
            is_unseen: false,
        };
        surroundings(&node, &standing).map(|lines| lines.join("\n"))
    }

    #[test]
    fn whoever_may_come_in_between_is_named() {
        let updated = json!({"bottlerocket.aws/updater-interface-version": "2.0.0"});
        let plain = told(json!({}), json!({}), None).unwrap();
        assert_eq!(plain.lines().count(), 1, "{plain}");
        let staged = told(json!({}), json!({}), Some("1.51.0")).unwrap();
        assert!(staged.contains("comes back with Bottlerocket 1.51.0"));
        let operator = told(updated.clone(), json!({}), None).unwrap();
        assert!(operator.contains("update operator keeps"), "{operator}");
        let both = told(updated, json!({}), Some("1.51.0")).unwrap_err();
        assert!(both.contains("must not fight"), "{both}");
    }

    #[test]
    fn whoever_may_remove_it_is_named() {
        let pool = json!({"karpenter.sh/nodepool": "default"});
        let removed = told(pool.clone(), json!({}), None).unwrap();
        assert!(removed.contains("Karpenter may remove"), "{removed}");
        let spared = json!({"karpenter.sh/do-not-disrupt": "true"});
        let kept = told(pool, spared, None).unwrap();
        assert!(!kept.contains("Karpenter"), "{kept}");
        let group = json!({"eks.amazonaws.com/nodegroup": "blue"});
        let replaced = told(group, json!({}), None).unwrap();
        assert!(replaced.contains("node group replaces it"), "{replaced}");
    }

    #[test]
    fn whoever_is_about_to_remove_it_is_named_once() {
        let node = |key: &str| {
            json!({"metadata": {"labels": {"karpenter.sh/nodepool": "default"}},
                "spec": {"taints": [{"key": key, "effect": "NoSchedule"}]}})
        };
        for (key, whose) in [
            ("karpenter.sh/disrupted", "Karpenter"),
            ("karpenter.sh/disruption", "Karpenter"),
            ("ToBeDeletedByClusterAutoscaler", "the cluster autoscaler"),
        ] {
            let said = format!(
                "{whose} is about to remove the node, and drains it by itself: it has the taint {key}"
            );
            assert_eq!(others(&node(key)), [said]);
        }
        let other = others(&node("dedicated"));
        assert!(other.concat().contains("Karpenter may remove"), "{other:?}");
    }

    #[test]
    fn what_the_node_says_is_read() {
        let read = |text| Standing::read(text).map(|s| (s.boot, s.staged));
        assert_eq!(read("b -"), Some(("b".into(), None)));
        assert_eq!(read("b 1.51.0"), Some(("b".into(), Some("1.51.0".into()))));
        assert_eq!(read("rebooted"), None);
        let unseen = Standing::read("b ?").unwrap();
        assert!(unseen.is_unseen && unseen.staged.is_none());
    }
}
