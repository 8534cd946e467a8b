//! S3: objects that a node uploads by a presigned request, and that are fetched and deleted here.

use std::error::Error;

use aws_config::{Region, SdkConfig};
use aws_sdk_s3::config::{RequestChecksumCalculation, ResponseChecksumValidation};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::{StreamExt as _, stream};

use super::account::reads;
use super::failure::{failed, unreadable};
use crate::world::error::{CallError, Cause, Service};
use crate::world::port::{Answer, Deleted, Object, OpenFile, Part, Presigned, S3, Stored, Upload};
use crate::world::script::Secret;

const HEAD_BUCKET: &str = "s3:ListBucket";
const PUT: &str = "s3:PutObject";
const GET: &str = "s3:GetObject";
const DELETE: &str = "s3:DeleteObject";
const REGION: &str = "x-amz-bucket-region";

/// S3, from one region; buckets of others are asked there.
pub(super) struct Client {
    config: SdkConfig,
    region: String,
}

impl Client {
    pub(super) fn new(config: &SdkConfig, region: &str) -> Self {
        Client {
            config: config.clone(),
            region: region.to_owned(),
        }
    }

    fn sdk(&self, region: &str) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::config::Builder::from(&self.config)
            .region(Region::new(region.to_owned()))
            .retry_config(reads())
            // Whoever stands in for S3 seldom has a name for each bucket.
            .force_path_style(self.config.endpoint_url().is_some())
            // What the SDK would add by itself, no plain client could send; the digest goes along in any case.
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired);
        aws_sdk_s3::Client::from_conf(config.build())
    }

    async fn locate(&self, bucket: &str) -> Result<String, CallError> {
        let asked = self.sdk(&self.region).head_bucket().bucket(bucket).send();
        let told = match asked.await {
            Ok(found) => found.bucket_region().map(str::to_owned),
            Err(error) => {
                let headers = error.raw_response().map(|raw| raw.headers());
                let told = headers.and_then(|headers| headers.get(REGION));
                match (told, &error) {
                    // It is elsewhere, or who asks may not list it.
                    (Some(region), _) => Some(region.to_owned()),
                    (None, SdkError::ServiceError(refused))
                        if refused.raw().status().as_u16() == 403 =>
                    {
                        None
                    }
                    (None, _) => return Err(told_of(HEAD_BUCKET, &self.region, bucket, &error)),
                }
            }
        };
        Ok(told.unwrap_or_else(|| self.region.clone()))
    }

    async fn sign(&self, upload: &Upload) -> Result<Presigned, CallError> {
        let object = &upload.object;
        let unsigned = |detail: String| {
            let code = "signing".to_owned();
            let cause = Cause::Refused { code, detail };
            CallError::new(Service::Aws, PUT, &object.region, cause)
        };
        let life = PresigningConfig::expires_in(upload.life);
        let life = life.map_err(|error| unsigned(error.to_string()))?;
        let size = i64::try_from(upload.size).map_err(|error| unsigned(error.to_string()))?;
        let signed = self
            .sdk(&object.region)
            .put_object()
            .bucket(&object.bucket)
            .key(&object.key)
            .expected_bucket_owner(&object.owner)
            .content_length(size)
            .checksum_sha256(STANDARD.encode(upload.sha256))
            .presigned(life)
            .await
            .map_err(|error| failed(PUT, &object.region, &error))?;
        let headers = signed.headers();
        Ok(Presigned {
            url: Secret::new(signed.uri()),
            headers: headers
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        })
    }

    async fn look(&self, object: &Object) -> Result<Option<Stored>, CallError> {
        let asked = self
            .sdk(&object.region)
            .head_object()
            .bucket(&object.bucket)
            .key(&object.key)
            .expected_bucket_owner(&object.owner)
            .send()
            .await;
        let Some(found) = found(GET, object, asked)? else {
            return Ok(None);
        };
        let size = found
            .content_length()
            .and_then(|size| u64::try_from(size).ok());
        let size = size.ok_or_else(|| unreadable(GET, &object.region, "it has no length"))?;
        Ok(Some(Stored {
            size,
            // Without versions it may be called so.
            version: found.version_id.filter(|version| version != "null"),
        }))
    }

    async fn get(&self, object: &Object, part: Part) -> Result<Option<OpenFile>, CallError> {
        let (range, asked_from) = match part {
            Part::Whole => (None, 0),
            Part::From(from) => (Some(format!("bytes={from}-")), from),
            Part::First(count) => (Some(format!("bytes=0-{}", count.saturating_sub(1))), 0),
        };
        let asked = self
            .sdk(&object.region)
            .get_object()
            .bucket(&object.bucket)
            .key(&object.key)
            .expected_bucket_owner(&object.owner)
            .set_range(range)
            .send()
            .await;
        let Some(found) = found(GET, object, asked)? else {
            return Ok(None);
        };
        let length = found
            .content_length()
            .and_then(|size| u64::try_from(size).ok());
        let is_part = found.content_range().is_some();
        Ok(Some(OpenFile {
            from: if is_part { asked_from } else { 0 },
            length,
            bytes: pieces(found.body, object.region.clone()).boxed(),
        }))
    }
}

/// An answer, or that there is no such object.
fn found<T, E>(
    action: &str,
    object: &Object,
    asked: Result<T, SdkError<E>>,
) -> Result<Option<T>, CallError>
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let error = match asked {
        Ok(answer) => return Ok(Some(answer)),
        Err(error) => error,
    };
    let told = failed(action, &object.region, &error);
    let has_bucket = error.code() != Some("NoSuchBucket");
    match told.cause {
        Cause::NotFound(_) if has_bucket => Ok(None),
        _ => Err(told_of(action, &object.region, &object.bucket, &error)),
    }
}

/// What HEAD is answered has no words, so that they have to be found here.
fn told_of<E>(action: &str, region: &str, bucket: &str, error: &SdkError<E>) -> CallError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let told = failed(action, region, error);
    let headers = error.raw_response().map(|raw| raw.headers());
    if let Some(other) = headers.and_then(|headers| headers.get(REGION))
        && other != region
    {
        return told.because(Cause::Refused {
            code: "PermanentRedirect".to_owned(),
            detail: format!("the bucket {bucket} is in {other}"),
        });
    }
    match &told.cause {
        Cause::NotFound(_) => told.because(Cause::NotFound(format!("there is no bucket {bucket}"))),
        _ => told,
    }
}

/// The bytes of a body. It ends with its first failure.
fn pieces(
    body: ByteStream,
    region: String,
) -> impl futures::Stream<Item = Result<tokio_util::bytes::Bytes, CallError>> {
    stream::unfold(Some(body), move |body| {
        let region = region.clone();
        async move {
            let mut body = body?;
            match body.next().await? {
                Ok(piece) => Some((Ok(piece), Some(body))),
                Err(error) => {
                    let cause = Cause::TimedOut(error.to_string());
                    let error = CallError::new(Service::Aws, GET, region, cause);
                    Some((Err(error), None))
                }
            }
        }
    })
}

impl S3 for Client {
    fn region<'a>(&'a self, bucket: &'a str) -> Answer<'a, String> {
        Box::pin(self.locate(bucket))
    }

    fn presign<'a>(&'a self, upload: &'a Upload) -> Answer<'a, Presigned> {
        Box::pin(self.sign(upload))
    }

    fn head<'a>(&'a self, object: &'a Object) -> Answer<'a, Option<Stored>> {
        Box::pin(self.look(object))
    }

    fn open<'a>(&'a self, object: &'a Object, part: Part) -> Answer<'a, Option<OpenFile>> {
        Box::pin(self.get(object, part))
    }

    fn delete<'a>(&'a self, object: &'a Object, version: Option<&'a str>) -> Answer<'a, Deleted> {
        Box::pin(async move {
            let deleted = self
                .sdk(&object.region)
                .delete_object()
                .bucket(&object.bucket)
                .key(&object.key)
                .set_version_id(version.map(str::to_owned))
                .expected_bucket_owner(&object.owner)
                .send()
                .await;
            let action = version.map_or(DELETE, |_| "s3:DeleteObjectVersion");
            deleted
                .map(|deleted| match deleted.delete_marker() {
                    Some(true) if version.is_none() => Deleted::Hidden,
                    _ => Deleted::Gone,
                })
                .map_err(|error| told_of(action, &object.region, &object.bucket, &error))
        })
    }
}
