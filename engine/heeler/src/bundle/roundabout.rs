//! Ways round a node proxy that is not there: S3, and slices by SSM for what S3 does not bring.

use heeler_core::capture::{Capture, Captured};
use heeler_core::event::NodeTarget;

use super::fetch::Coming;
use super::s3::{self, Borrowed, S3Place};
use super::slices;
use crate::failure::Failure;
use crate::run::session::Session;

/// Ways round a node proxy that is not there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roundabout {
    /// Through SSM, which keeps a copy of it.
    pub ssm: bool,
    /// Through S3, where it lies for a while.
    pub s3: Option<S3Place>,
}

impl Roundabout {
    /// Whether there is one, as far as that can be known before the node is asked for anything.
    ///
    /// # Errors
    /// What is to be said of those that were wanted.
    pub(super) async fn is_open(&self, session: &Session) -> Result<(), String> {
        match &self.s3 {
            _ if self.ssm => Ok(()),
            None => Err(String::new()),
            Some(place) => match session.aws.s3.region(place.bucket()).await {
                Ok(_) => Ok(()),
                Err(error) => Err(format!("; nor through S3: {}", error.what())),
            },
        }
    }

    /// Which it is.
    pub(super) fn what(&self) -> &'static str {
        match (&self.s3, self.ssm) {
            (None, _) => "SSM, in slices",
            (Some(_), false) => "S3",
            (Some(_), true) => "S3, and SSM in slices",
        }
    }
}

/// The files of a capture without the node proxy: through S3, and in slices what S3 does not bring. Whether
/// anything came in slices.
///
/// # Errors
/// The journal's own failures.
pub(super) async fn files(
    session: &mut Session,
    target: &NodeTarget,
    (capture, captured): (&Capture, &Captured),
    (roundabout, borrowed): (&Roundabout, &mut Borrowed),
) -> Result<(Vec<Coming>, bool), Failure> {
    let (mut coming, missing) = match &roundabout.s3 {
        None => {
            let files = captured.files.iter().cloned();
            (Vec::new(), files.map(|file| (file, None)).collect())
        }
        Some(place) => {
            let what = (capture, captured);
            let (coming, missing) = s3::fetch(session, target, what, (place, borrowed)).await?;
            let missing = missing.into_iter().map(|(file, why)| (file, Some(why)));
            (coming, missing.collect::<Vec<_>>())
        }
    };
    for (file, why) in &missing {
        if let Some(why) = why {
            let text = format!("not through S3: {}: {why}", file.name);
            session.note("no-s3", text).await?;
        }
    }
    let is_sliced = roundabout.ssm && !missing.is_empty();
    match is_sliced {
        true => {
            let files = missing.into_iter().map(|(file, _)| file).collect();
            coming.extend(slices::fetch(session, target, capture, files).await);
        }
        false => coming.extend(missing.into_iter().map(|(file, why)| Coming {
            file,
            from: "S3".to_owned(),
            content: Err(format!("not through S3: {}", why.unwrap_or_default())),
        })),
    }
    Ok((coming, is_sliced))
}

/// Who has a copy, or has had one.
pub(super) fn copies(borrowed: &Borrowed, is_sliced: bool) -> Vec<String> {
    let lent = borrowed.was_asked_for().then(|| {
        "what came through S3 could be read meanwhile, secrets included, by all who may read the bucket; what it keeps \
         of deleted objects, and its logs, are its own affair"
            .to_owned()
    });
    let sliced = is_sliced.then(|| {
        "what came through SSM stays in its command history, and for 14 days on the node, secrets included".to_owned()
    });
    lent.into_iter().chain(sliced).collect()
}
