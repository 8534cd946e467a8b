//! Where am I: what zones, ARNs and tags say about region, caller and cluster. Pure; who asks for
//! them, and what a contradiction means for a run, is [`super::resolve`]'s business.

use std::collections::{BTreeMap, BTreeSet};

use heeler_core::event::is_region;

use super::error::PlaceError;

/// Tags whose value is a cluster's name: EKS itself, managed node groups, Karpenter.
const NAME_TAGS: [&str; 3] = [
    "aws:eks:cluster-name",
    "eks:cluster-name",
    "eks:eks-cluster-name",
];
/// The tag whose key ends in a cluster's name; its value is `owned` or `shared`.
const OWNER_TAG: &str = "kubernetes.io/cluster/";

/// Checks what was typed as a region.
///
/// # Errors
/// When it does not look like one.
pub fn accept_region(text: &str) -> Result<String, PlaceError> {
    if is_region(text) {
        Ok(text.to_owned())
    } else {
        Err(PlaceError::RegionSyntax {
            text: text.to_owned(),
        })
    }
}

/// The clusters that an instance's tags name.
pub fn clusters_of(tags: &BTreeMap<String, String>) -> BTreeSet<String> {
    let owned = tags
        .iter()
        .filter(|(_, value)| matches!(value.as_str(), "owned" | "shared"))
        .filter_map(|(key, _)| key.strip_prefix(OWNER_TAG));
    let named = NAME_TAGS
        .iter()
        .filter_map(|key| tags.get(*key))
        .map(String::as_str);
    owned
        .chain(named)
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Whether an instance with these tags belongs to `cluster`; `None` where they name no cluster.
pub fn belongs(tags: &BTreeMap<String, String>, cluster: &str) -> Option<bool> {
    let clusters = clusters_of(tags);
    (!clusters.is_empty()).then(|| clusters.contains(cluster))
}

/// What an EKS cluster's ARN says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterArn {
    /// Its region.
    pub region: String,
    /// Its account.
    pub account: String,
    /// Its name.
    pub name: String,
}

impl ClusterArn {
    /// Reads `arn:aws:eks:REGION:ACCOUNT:cluster/NAME`, of any partition.
    pub fn read(text: &str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let (arn, partition, service) = (parts.next()?, parts.next()?, parts.next()?);
        let (region, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
        let name = resource.strip_prefix("cluster/")?;
        let ours = arn == "arn" && partition.starts_with("aws") && service == "eks";
        (ours && is_region(region) && !name.is_empty()).then(|| ClusterArn {
            region: region.to_owned(),
            account: account.to_owned(),
            name: name.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(rows: &[(&str, &str)]) -> BTreeMap<String, String> {
        rows.iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn tags_name_clusters() {
        for row in [
            ("kubernetes.io/cluster/prod-eu", "owned"),
            ("kubernetes.io/cluster/prod-eu", "shared"),
            ("aws:eks:cluster-name", "prod-eu"),
            ("eks:cluster-name", "prod-eu"),
            ("eks:eks-cluster-name", "prod-eu"),
        ] {
            assert_eq!(belongs(&tags(&[row]), "prod-eu"), Some(true), "{row:?}");
            assert_eq!(belongs(&tags(&[row]), "prod-us"), Some(false), "{row:?}");
        }
        assert_eq!(belongs(&tags(&[("Name", "prod-eu")]), "prod-eu"), None);
        assert_eq!(
            belongs(&tags(&[("kubernetes.io/cluster/prod-eu", "no")]), "prod-eu"),
            None
        );
        let shared = tags(&[
            ("kubernetes.io/cluster/prod-eu", "shared"),
            ("kubernetes.io/cluster/prod-us", "shared"),
        ]);
        assert_eq!(belongs(&shared, "prod-us"), Some(true));
    }

    #[test]
    fn cluster_arns() {
        let arn = ClusterArn::read("arn:aws:eks:eu-west-1:111122223333:cluster/prod-eu").unwrap();
        assert_eq!(
            (arn.region.as_str(), arn.name.as_str()),
            ("eu-west-1", "prod-eu")
        );
        assert_eq!(arn.account, "111122223333");
        for text in [
            "prod-eu",
            "arn:aws:eks:eu-west-1:1:nodegroup/x",
            "arn:aws:ec2:eu-west-1:1:cluster/x",
        ] {
            assert_eq!(ClusterArn::read(text), None);
        }
    }
}
