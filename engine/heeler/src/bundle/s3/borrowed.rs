//! What lies in S3 for a while: written down before it does, and deleted in any case.

use std::sync::Arc;

use futures::future::join_all;
use jiff::Timestamp;

use crate::failure::Failure;
use crate::run::session::Session;
use crate::world::port::{Deleted, Object, S3, Stored};
use crate::world::{CallError, Cause};

/// Versions of one object that are deleted: an upload is tried three times.
const MOST_VERSIONS: usize = 8;

/// An object that may be there.
pub(super) struct Lent {
    pub(super) object: Object,
    /// What S3 has said of it.
    pub(super) seen: Option<Stored>,
}

/// All that may lie in S3.
pub(in crate::bundle) struct Borrowed {
    pub(super) s3: Arc<dyn S3>,
    pub(super) lent: Vec<Lent>,
    /// Until when an upload may come that could not be ended.
    pub(super) until: Option<Timestamp>,
}

impl Borrowed {
    /// Nothing yet.
    pub(in crate::bundle) fn new(s3: Arc<dyn S3>) -> Self {
        Borrowed {
            s3,
            lent: Vec::new(),
            until: None,
        }
    }

    /// Whether anything may have come there.
    pub(in crate::bundle) fn was_asked_for(&self) -> bool {
        !self.lent.is_empty()
    }

    /// Deletes everything, whatever became of the uploads. What is left, and how it is removed; an interruption
    /// does not keep it from that.
    ///
    /// # Errors
    /// The journal's own failures.
    pub(in crate::bundle) async fn give_back(
        self,
        session: &mut Session,
    ) -> Result<Vec<String>, Failure> {
        if self.lent.is_empty() {
            return Ok(Vec::new());
        }
        let gone = join_all(self.lent.iter().map(|lent| self.delete(lent))).await;
        let mut left: Vec<String> = gone.into_iter().filter_map(Result::err).collect();
        if let Some(until) = self.until {
            let at = until.strftime("%H:%M:%SZ");
            let uploads = self.lent.iter().map(|lent| remove(&lent.object));
            let uploads = uploads.collect::<Vec<_>>().join("; ");
            left.push(format!(
                "an upload that could not be ended may begin until {at}; after that: {uploads}"
            ));
        }
        match left.is_empty() {
            true => {
                let text = format!("{} objects in S3 were deleted", self.lent.len());
                session.note("s3-given-back", text).await?;
            }
            false => session.note("s3-left", left.join("\n")).await?,
        }
        Ok(left)
    }

    /// Deletes an object, and every version that a bucket keeps of it: an upload whose answer was lost was tried again,
    /// and what it brought lies below the other one.
    async fn delete(&self, lent: &Lent) -> Result<(), String> {
        let object = &lent.object;
        let mut next = lent.seen.clone();
        let mut may_look = self.lent.iter().any(|lent| lent.seen.is_some());
        for _ in 0..MOST_VERSIONS {
            let stored = match next.take() {
                Some(stored) => stored,
                None => match self.s3.head(object).await {
                    Ok(Some(stored)) => stored,
                    Ok(None) => return Ok(()),
                    // Who may not list a bucket is told the same of what is not there.
                    Err(error) if may_look && is_forbidden(&error) => return Ok(()),
                    Err(error) => return self.delete_unseen(object, &error).await,
                },
            };
            may_look = true;
            let version = stored.version.as_deref();
            if let Err(error) = self.s3.delete(object, version).await {
                return Err(self.kept(object, version, &error).await);
            }
            if version.is_none() {
                return Ok(());
            }
        }
        let (url, list) = (url(object), list(object));
        Err(format!(
            "{url} is there again however often it is deleted; what is left: {list}"
        ))
    }

    /// Deletes what can't be looked for.
    async fn delete_unseen(&self, object: &Object, unseen: &CallError) -> Result<(), String> {
        match self.s3.delete(object, None).await {
            Ok(Deleted::Gone) => Ok(()),
            Ok(Deleted::Hidden) => Err(format!(
                "{} is deleted, and whether its bucket keeps a version of it can't be seen: {}; what is left: {}",
                url(object),
                unseen.what(),
                list(object)
            )),
            Err(error) => Err(self.kept(object, None, &error).await),
        }
    }

    /// What is left of an object that could not be deleted.
    async fn kept(&self, object: &Object, version: Option<&str>, error: &CallError) -> String {
        let (url, why) = (url(object), error.what());
        if version.is_some() && is_forbidden(error) && self.s3.delete(object, None).await.is_ok() {
            return format!(
                "{url} is deleted, and its bucket keeps its version: {why}; what is left: {}",
                list(object)
            );
        }
        format!(
            "{url} could not be deleted: {why}; to remove it: {}",
            remove(object)
        )
    }
}

fn is_forbidden(error: &CallError) -> bool {
    matches!(error.cause, Cause::Forbidden(_))
}

/// `s3://BUCKET/KEY`.
pub(super) fn url(object: &Object) -> String {
    format!("s3://{}/{}", object.bucket, object.key)
}

/// The command that removes it: keys are plain words.
pub(super) fn remove(object: &Object) -> String {
    format!("aws s3 rm --region {} {}", object.region, url(object))
}

/// The command that lists the versions that a bucket keeps of it.
fn list(object: &Object) -> String {
    let Object {
        region,
        bucket,
        key,
        ..
    } = object;
    format!("aws s3api list-object-versions --region {region} --bucket {bucket} --prefix {key}")
}
