//! What lies in S3 for a while: written down before it does, and deleted in any case.

use std::sync::Arc;

use futures::future::join_all;
use jiff::Timestamp;

use crate::failure::Failure;
use crate::run::session::Session;
use crate::world::Cause;
use crate::world::port::{Object, S3};

/// An object that may be there.
pub(super) struct Lent {
    pub(super) object: Object,
    /// Its version, where the bucket keeps versions and it is known.
    pub(super) version: Option<String>,
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

    async fn delete(&self, lent: &Lent) -> Result<(), String> {
        let object = &lent.object;
        let Err(error) = self.s3.delete(object, lent.version.as_deref()).await else {
            return Ok(());
        };
        let url = url(object);
        if lent.version.is_some()
            && matches!(error.cause, Cause::Forbidden(_))
            && self.s3.delete(object, None).await.is_ok()
        {
            return Err(format!(
                "{url} is deleted, and its bucket keeps its version: {}",
                error.what()
            ));
        }
        // What never came can't be left, whoever may delete it.
        if let Ok(None) = self.s3.head(object).await {
            return Ok(());
        }
        Err(format!(
            "{url} could not be deleted: {}; to remove it: {}",
            error.what(),
            remove(object)
        ))
    }
}

/// `s3://BUCKET/KEY`.
pub(super) fn url(object: &Object) -> String {
    format!("s3://{}/{}", object.bucket, object.key)
}

/// The command that removes it: keys are plain words.
pub(super) fn remove(object: &Object) -> String {
    format!("aws s3 rm --region {} {}", object.region, url(object))
}
