//! The run would take place somewhere else than was meant.

use heeler_core::event::InstanceId;

/// Context, region, account or cluster are not what they must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlaceError {
    /// There is no usable kubeconfig, or not this context in it.
    NoContext {
        /// The context that was asked for.
        context: Option<String>,
        /// What stands in the way.
        detail: String,
    },
    /// No region is known.
    NoRegion,
    /// `--region` is none.
    RegionSyntax {
        /// As typed.
        text: String,
    },
    /// `--region` is not the node's.
    RegionMismatch {
        /// As typed.
        asked: String,
        /// The node's.
        found: String,
        /// The node.
        node: String,
    },
    /// The nodes are in several regions.
    SeveralRegions {
        /// All of them.
        regions: Vec<String>,
    },
    /// The kubeconfig's cluster belongs to another account than the credentials.
    AccountMismatch {
        /// The context.
        context: String,
        /// The account of the context's EKS ARN.
        cluster: String,
        /// The account of the credentials.
        caller: String,
        /// Whose they are.
        arn: String,
    },
    /// `--cluster` is not the context's cluster.
    ClusterMismatch {
        /// As typed.
        asked: String,
        /// The context's cluster.
        found: String,
        /// The context.
        context: String,
    },
    /// The context's cluster is in another region than the run.
    OtherRegion {
        /// The run's.
        region: String,
        /// The context's.
        found: String,
        /// The context.
        context: String,
    },
    /// The context was named, and nothing says which cluster it leads to.
    Unnamed {
        /// The context.
        context: String,
    },
    /// The instance belongs to another cluster.
    WrongCluster {
        /// The instance.
        instance: InstanceId,
        /// The run's cluster.
        wanted: String,
        /// What its tags say.
        found: Vec<String>,
    },
    /// The cluster's name is needed and not known.
    NoCluster {
        /// The node that can't be looked up without it.
        node: String,
        /// Why Kubernetes gave no answer.
        why: String,
    },
}

impl PlaceError {
    /// Wrong use of the command line.
    pub fn is_usage(&self) -> bool {
        matches!(self, PlaceError::RegionSyntax { .. })
    }

    /// Stable, kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            PlaceError::NoContext { .. } => "no-context",
            PlaceError::NoRegion => "no-region",
            PlaceError::RegionSyntax { .. } => "region-syntax",
            PlaceError::RegionMismatch { .. } => "region-mismatch",
            PlaceError::SeveralRegions { .. } => "several-regions",
            PlaceError::AccountMismatch { .. } => "account-mismatch",
            PlaceError::ClusterMismatch { .. } => "cluster-mismatch",
            PlaceError::OtherRegion { .. } => "region-mismatch",
            PlaceError::Unnamed { .. } => "no-cluster",
            PlaceError::WrongCluster { .. } => "wrong-cluster",
            PlaceError::NoCluster { .. } => "no-cluster",
        }
    }

    /// What went wrong.
    pub fn what(&self) -> String {
        match self {
            PlaceError::NoContext {
                context: Some(context),
                detail,
            } => {
                format!("the kubeconfig context `{context}` can't be used: {detail}")
            }
            PlaceError::NoContext {
                context: None,
                detail,
            } => {
                format!("there is no usable kubeconfig: {detail}")
            }
            PlaceError::NoRegion => "no AWS region is known".into(),
            PlaceError::RegionSyntax { text } => format!("`{text}` is no AWS region"),
            PlaceError::RegionMismatch { asked, found, node } => {
                format!("--region is {asked}, but {node} is in {found}")
            }
            PlaceError::SeveralRegions { regions } => {
                format!("the nodes are in several regions: {}", regions.join(", "))
            }
            PlaceError::AccountMismatch {
                cluster,
                caller,
                arn,
                ..
            } => format!(
                "the cluster is in account {cluster}, the credentials are of account {caller} ({arn})"
            ),
            PlaceError::ClusterMismatch { asked, found, .. } => {
                format!("--cluster is {asked}, but the context leads to {found}")
            }
            PlaceError::OtherRegion { region, found, .. } => {
                format!("this is about {region}, but the context leads to a cluster in {found}")
            }
            PlaceError::Unnamed { .. } => {
                "nothing says which cluster the context leads to, so no fix would read its board"
                    .into()
            }
            PlaceError::WrongCluster {
                instance,
                wanted,
                found,
            } => format!(
                "{instance} belongs to {}, this run is about {wanted}",
                found.join(", ")
            ),
            PlaceError::NoCluster { node, why } => {
                format!("{why}; and without the cluster's name {node} can't be found in EC2")
            }
        }
    }

    /// Where.
    pub fn place(&self) -> String {
        match self {
            PlaceError::NoContext { .. } => "the kubeconfig".into(),
            PlaceError::NoRegion => "the environment and the AWS profile".into(),
            PlaceError::RegionSyntax { .. } => "--region".into(),
            PlaceError::RegionMismatch { node, .. } | PlaceError::NoCluster { node, .. } => {
                format!("node {node}")
            }
            PlaceError::SeveralRegions { .. } => "the nodes of this run".into(),
            PlaceError::AccountMismatch { context, .. }
            | PlaceError::ClusterMismatch { context, .. }
            | PlaceError::OtherRegion { context, .. }
            | PlaceError::Unnamed { context } => format!("context {context}"),
            PlaceError::WrongCluster { instance, .. } => format!("the tags of {instance}"),
        }
    }

    /// What to do.
    pub fn help(&self) -> String {
        match self {
            PlaceError::NoContext { .. } => "name one with --context (kubectl config get-contexts \
                lists them), set KUBECONFIG, or do without Kubernetes: --instance i-…"
                .into(),
            PlaceError::NoRegion => "name it with --region".into(),
            PlaceError::RegionSyntax { .. } => "a region looks like eu-west-1".into(),
            PlaceError::RegionMismatch { .. } => {
                "leave --region out: the node's own region is taken".into()
            }
            PlaceError::SeveralRegions { .. } => "start one run for each region".into(),
            PlaceError::AccountMismatch { cluster, .. } => {
                format!(
                    "choose credentials of account {cluster} with --profile, or another --context"
                )
            }
            PlaceError::ClusterMismatch { found, .. } => format!(
                "leave --cluster out to work on {found}, or choose another cluster with --context"
            ),
            PlaceError::OtherRegion { region, .. } => {
                format!("choose a context of {region} with --context, or another --region")
            }
            PlaceError::Unnamed { context } => {
                format!("name both: --context '{context}' --cluster NAME; fixes need the same two")
            }
            PlaceError::WrongCluster { found, .. } => format!(
                "check the target; to work on {} choose it with --context or --cluster",
                found.first().map_or("that cluster", String::as_str)
            ),
            PlaceError::NoCluster { .. } => {
                "name the cluster with --cluster, or the instance with --instance i-…".into()
            }
        }
    }
}
