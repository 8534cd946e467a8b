//! Where something is done that needs no node: a cluster by its kubeconfig alone, and who asks.

use std::time::Duration;

use futures::future::join;
use heeler_core::event::Where;
use heeler_core::guard::short_caller;
use tokio::time::timeout;

use super::args::Global;
use super::start;
use crate::failure::Failure;
use crate::run::ask::world_failure;
use crate::world::port::{Caller as Identified, User};
use crate::world::resolve::Note;
use crate::world::{Cluster, PlaceError};

/// Who asks where nobody says it: what they want matters more.
const SOMEBODY: &str = "somebody";
/// The note that neither says it.
const UNKNOWN: &str = "caller-unknown";

/// The cluster by its kubeconfig, and who asks, as far as AWS says it, or else the API server. Where
/// neither does in time the caller has no ARN, and the note says why.
///
/// # Errors
/// Where nothing says which cluster it is, or what does contradicts what was named.
pub(super) async fn of_cluster(
    global: &Global,
    cluster: &dyn Cluster,
    patience: Duration,
) -> Result<(Where, Option<Note>), Failure> {
    let context = cluster.context();
    if let (Some(asked), Some(found)) = (&global.cluster, &context.cluster)
        && asked != found
    {
        let mismatch = PlaceError::ClusterMismatch {
            asked: asked.clone(),
            found: found.clone(),
            context: context.name.clone(),
        };
        return Err(world_failure(&mismatch.into()));
    }
    // Fixes are refused or do without the board by the same rules (`world::resolve`).
    let is_named = global.context.is_some() && global.cluster.is_some();
    if context.cluster.is_none() && !is_named {
        let context = context.name.clone();
        return Err(world_failure(&PlaceError::Unnamed { context }.into()));
    }
    if let Some(region) = &global.region {
        let same = context.is_in(region);
        same.map_err(|error| world_failure(&error.into()))?;
    }
    let region = global.region.as_ref().or(context.region.as_ref());
    let caller = Caller::find((global, region), cluster, patience).await;
    let place = Where {
        context: Some(context.name.clone()),
        account: caller
            .account
            .or_else(|| context.account.clone())
            .unwrap_or_default(),
        region: region.cloned().unwrap_or_default(),
        cluster: global.cluster.clone().or_else(|| context.cluster.clone()),
        cluster_named: global.cluster.is_some() || context.cluster.is_some(),
        profile: global.profile.clone(),
        caller: caller.name,
        caller_arn: caller.arn,
    };
    Ok((place, caller.unknown))
}

/// Who asks.
struct Caller {
    /// A short name.
    name: String,
    /// Empty where nobody knows it.
    arn: String,
    /// As AWS says it.
    account: Option<String>,
    /// Why nobody knows the ARN.
    unknown: Option<Note>,
}

impl Caller {
    fn known(arn: String, account: Option<String>) -> Self {
        Caller {
            name: short_caller(&arn),
            arn,
            account,
            unknown: None,
        }
    }

    async fn find(
        (global, region): (&Global, Option<&String>),
        cluster: &dyn Cluster,
        patience: Duration,
    ) -> Self {
        let user = timeout(patience, cluster.user());
        let (sts, user) = join(by_sts(global, region, patience), user).await;
        let silence = match sts {
            Ok(caller) => return Caller::known(caller.arn, Some(caller.account)),
            Err(why) => why,
        };
        let (user, why) = match user {
            Ok(Ok(User { arn: Some(arn), .. })) => return Caller::known(arn, None),
            Ok(Ok(user)) => {
                let why = format!("{} has no ARN in Kubernetes", user.name);
                (user.name, why)
            }
            Ok(Err(error)) => (SOMEBODY.to_owned(), error.what()),
            Err(_) => (SOMEBODY.to_owned(), late(patience)),
        };
        let text =
            format!("AWS does not say who asks ({silence}), nor does the API server ({why})");
        Caller {
            name: user,
            arn: String::new(),
            account: None,
            unknown: Some(Note {
                code: UNKNOWN,
                text,
            }),
        }
    }
}

/// Who asks by AWS, or why it does not say so.
async fn by_sts(
    global: &Global,
    region: Option<&String>,
    patience: Duration,
) -> Result<Identified, String> {
    let region = region.ok_or("no region is known")?;
    let asked = async {
        let aws = start::aws(global, region)
            .await
            .map_err(|failure| failure.what)?;
        aws.sts.caller().await.map_err(|error| error.what())
    };
    timeout(patience, asked).await.map_err(|_| late(patience))?
}

fn late(patience: Duration) -> String {
    format!("no answer within {} s", patience.as_secs())
}
