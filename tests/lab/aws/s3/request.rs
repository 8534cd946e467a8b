//! A request to S3: which operation it is, on what, and whether it may.

use aws_lc_rs::digest::{SHA256, digest};
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use percent_encoding::percent_decode_str;

use super::super::authentication::authenticate;
use super::super::authorization;
use super::super::call::{Call, Service};
use super::super::claim::Claim;
use super::super::cloud::Cloud;
use super::super::error::ApiError;
use super::super::listener::header;
use super::super::query;
use super::super::signature::{Received, hex};
use super::store::BucketPlan;

/// What of a request stands before its body.
pub(super) struct Request {
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    pub(super) bucket: String,
    /// Empty where the bucket itself is asked for.
    pub(super) key: String,
}

impl Request {
    pub(super) fn read(method: Method, uri: &Uri, headers: HeaderMap) -> Self {
        let path = uri.path().to_owned();
        let below = path.trim_start_matches('/');
        let (bucket, key) = below.split_once('/').unwrap_or((below, ""));
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        Self {
            bucket: decoded(bucket),
            key: decoded(key),
            query: query::pairs(uri).unwrap_or_default(),
            method,
            headers,
            path,
        }
    }

    pub(super) fn operation(&self) -> &'static str {
        match (self.method.as_str(), self.key.is_empty()) {
            ("PUT", true) if self.has("versioning") => "PutBucketVersioning",
            ("PUT", true) => "CreateBucket",
            ("HEAD", true) => "HeadBucket",
            ("GET", true) => "ListObjectsV2",
            ("PUT", false) => "PutObject",
            ("HEAD", false) => "HeadObject",
            ("GET", false) => "GetObject",
            ("DELETE", false) => "DeleteObject",
            _ => "",
        }
    }

    /// What IAM calls it.
    fn action(&self) -> &'static str {
        match self.operation() {
            "CreateBucket" => "s3:CreateBucket",
            "HeadBucket" | "ListObjectsV2" => "s3:ListBucket",
            "PutBucketVersioning" => "s3:PutBucketVersioning",
            "PutObject" => "s3:PutObject",
            "DeleteObject" if self.version().is_some() => "s3:DeleteObjectVersion",
            "DeleteObject" => "s3:DeleteObject",
            _ if self.version().is_some() => "s3:GetObjectVersion",
            _ => "s3:GetObject",
        }
    }

    pub(super) fn version(&self) -> Option<&str> {
        let found = self.query.iter().find(|(name, _)| name == "versionId");
        found.map(|(_, version)| version.as_str())
    }

    fn has(&self, name: &str) -> bool {
        self.query.iter().any(|(key, _)| key == name)
    }

    pub(super) fn argument(&self, name: &str) -> &str {
        let found = self.query.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// With the names of the headers that were signed. A signature must not come into the log of requests.
    pub(super) fn log_entry(&self) -> Call {
        Call {
            service: Service::S3,
            operation: self.operation().to_owned(),
            at: Timestamp::now(),
            body: format!("{} {} {}", self.method, self.path, self.signed().join(";")),
            user_agent: self.header("user-agent").unwrap_or_default().to_owned(),
        }
    }

    /// Who asks, and whether they may. What the bucket is like; `None`: it is to be made.
    pub(super) fn admit(&self, cloud: &Cloud) -> Result<Option<BucketPlan>, ApiError> {
        let received = Received {
            method: self.method.as_str(),
            path: &self.path,
            query: &self.query,
            headers: &self.headers,
            body: "",
        };
        let caller = authenticate(cloud, Service::S3, &received)?;
        self.all_is_signed()?;
        let denied = || {
            let arn = format!("arn:aws:s3:::{}/{}", self.bucket, self.key);
            let arn = arn.trim_end_matches('/');
            authorization::denied(Service::S3, &caller, self.action(), arn)
        };
        let is_denied = cloud.denials.with(|denials| denials.denies(self.action()));
        if self.operation() == "CreateBucket" {
            return match is_denied {
                true => Err(denied()),
                false => Ok(None),
            };
        }
        let plan = cloud.buckets.plan(&self.bucket).ok_or_else(|| {
            let why = "The specified bucket does not exist";
            ApiError::with_status(StatusCode::NOT_FOUND, "NoSuchBucket", why)
        })?;
        if caller.region != *plan.region.as_ref().unwrap_or(&cloud.region) {
            let why = "The bucket you are attempting to access must be addressed using the specified \
                       endpoint. Please send all future requests to this endpoint.";
            return Err(ApiError::with_status(
                StatusCode::MOVED_PERMANENTLY,
                "PermanentRedirect",
                why,
            ));
        }
        let owner = plan.owner.as_ref().unwrap_or(&cloud.account);
        let expected = self.header("x-amz-expected-bucket-owner");
        let is_foreign =
            (caller.account != *owner && !plan.is_open) || expected.is_some_and(|own| own != owner);
        match is_denied || is_foreign {
            true => Err(denied()),
            false => Ok(Some(plan)),
        }
    }

    /// The names of the headers that were signed.
    fn signed(&self) -> Vec<String> {
        let claim = Claim::read(&self.headers, &self.query);
        claim.map(|claim| claim.signed_headers).unwrap_or_default()
    }

    /// Whoever gets hold of a presigned URL must not be able to add to it.
    fn all_is_signed(&self) -> Result<(), ApiError> {
        let signed = self.signed();
        let is_free =
            |name: &str| name.starts_with("x-amz-") && !signed.iter().any(|own| own == name);
        match self.headers.keys().any(|name| is_free(name.as_str())) {
            true => Err(ApiError::with_status(
                StatusCode::FORBIDDEN,
                "AccessDenied",
                "There were headers present in the request which were not signed",
            )),
            false => Ok(()),
        }
    }

    /// Whether the body is the one that was announced.
    pub(super) fn check(&self, body: &Bytes) -> Result<(), ApiError> {
        let made = digest(&SHA256, body);
        let made = made.as_ref();
        if let Some(said) = self.header("x-amz-content-sha256") {
            if said.starts_with("STREAMING-") {
                let why = "A header you provided implies functionality that is not implemented";
                let status = StatusCode::NOT_IMPLEMENTED;
                return Err(ApiError::with_status(status, "NotImplemented", why));
            }
            if said != "UNSIGNED-PAYLOAD" && said != hex(made) {
                let why =
                    "The provided 'x-amz-content-sha256' header does not match what was computed.";
                return Err(ApiError::new("XAmzContentSHA256Mismatch", why));
            }
        }
        match self.header("x-amz-checksum-sha256") {
            Some(said) if said != STANDARD.encode(made) => Err(ApiError::new(
                "BadDigest",
                "The SHA256 you specified did not match the calculated checksum.",
            )),
            _ => Ok(()),
        }
    }
}
