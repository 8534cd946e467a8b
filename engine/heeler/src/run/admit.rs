//! Who answered: each node says which cluster it belongs to, and one of another cluster is not
//! judged.

use heeler_core::event::NodeTarget;
use heeler_core::find::View;
use heeler_core::frame::Ident;

use super::ask::Answers;
use super::session::Session;
use crate::failure::Failure;

/// The note that a cluster's name could not be compared.
const UNVERIFIED: &str = "cluster-unverified";

/// Puts what the nodes say of themselves into the views, and bars those that say that they are
/// others than those that were meant.
///
/// # Errors
/// The journal's own failures.
pub async fn admit(
    session: &mut Session,
    views: &mut [View],
    answers: &Answers,
) -> Result<(), Failure> {
    let mut unverified = false;
    for view in views {
        let Some(Ok(answer)) = answers.get(&view.target.instance) else {
            continue;
        };
        view.ident = Some(answer.ident.clone());
        view.held.clone_from(&answer.held);
        if let Some(failure) = misfit(
            session.place.cluster.as_deref(),
            &view.target,
            &answer.ident,
        ) && view.barred.is_none()
        {
            view.barred = Some(failure.what.clone());
            session.recorder.record(failure.event()).await?;
        }
        unverified |= session.place.cluster.is_none() || answer.ident.cluster.is_none();
    }
    if unverified && !session.recorder.has_noted(UNVERIFIED) {
        let text = "what the kubeconfig and the node call the cluster are not both known";
        session.note(UNVERIFIED, text).await?;
    }
    Ok(())
}

/// In what a node, by its own words, is not the one that was meant: one of this cluster.
pub fn misfit(cluster: Option<&str>, target: &NodeTarget, ident: &Ident) -> Option<Failure> {
    // Every container of Bottlerocket has the file that the version is read from.
    if ident.os_version.is_empty() {
        return Some(Failure::failed(
            "not-bottlerocket",
            "the node does not say that it runs Bottlerocket",
            target.name(),
            "heeler works on Bottlerocket nodes on EC2 only",
        ));
    }
    let (named, own) = (cluster?, ident.cluster.as_deref()?);
    (named != own).then(|| {
        Failure::failed(
            "wrong-cluster",
            format!("the node belongs to cluster `{own}`, and this run is about `{named}`"),
            target.name(),
            "choose the other cluster's --context, or name it with --cluster",
        )
    })
}
