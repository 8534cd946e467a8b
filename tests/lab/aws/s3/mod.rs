//! S3, path style: buckets and their objects, by REST with XML. Signatures are those of headers and of
//! presigned URLs, which expire; each operation is authorized as whoever has signed. Bodies are held in
//! memory.
//!
//! Sources: the "Amazon S3 API Reference" for operations and codes, "Working with delete markers" for buckets that keep
//! versions, "Authenticating Requests: Using Query
//! Parameters" for presigned URLs, "Verifying bucket ownership" for `x-amz-expected-bucket-owner`.

mod request;
mod serve;
mod store;

use axum::body::Bytes;

pub(super) use serve::receive;
pub use store::BucketPlan;
pub(super) use store::Buckets;

use super::AwsLab;
use store::Held;

impl AwsLab {
    /// Makes a bucket, or changes what it is like.
    pub fn create_bucket(&self, name: &str, plan: BucketPlan) {
        self.cloud.buckets.create(name, plan);
    }

    /// The keys of everything in a bucket that has content, also of what it only keeps as versions.
    pub fn object_keys(&self, bucket: &str) -> Vec<String> {
        let keys = self.cloud.buckets.kept(bucket).into_iter();
        keys.map(|(key, _)| key).collect()
    }

    /// An object's content.
    pub fn object(&self, bucket: &str, key: &str) -> Option<Vec<u8>> {
        match self.cloud.buckets.get(bucket, key, None) {
            Held::Content(object) => Some(object.bytes.to_vec()),
            Held::Deleted(_) | Held::Nothing => None,
        }
    }

    /// Puts another content in an object's place, as somebody else could who may.
    pub fn replace_object(&self, bucket: &str, key: &str, content: Vec<u8>) {
        self.cloud.buckets.put(bucket, key, Bytes::from(content));
    }
}
