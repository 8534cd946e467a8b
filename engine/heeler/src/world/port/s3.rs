//! S3's objects: what a node can hand over where there is no better way.

use std::time::Duration;

use super::{Answer, OpenFile, Part};
use crate::world::script::Secret;

/// What is asked of S3. Uploads are signed here and sent by somebody else; deleting may be repeated.
pub trait S3: Send + Sync {
    /// The region that a bucket is in. Whoever may not list the bucket learns it all the same.
    fn region<'a>(&'a self, bucket: &'a str) -> Answer<'a, String>;

    /// Signs the upload of one content to one key. S3 itself is not told.
    fn presign<'a>(&'a self, upload: &'a Upload) -> Answer<'a, Presigned>;

    /// What S3 says of an object; `None`: there is none.
    fn head<'a>(&'a self, object: &'a Object) -> Answer<'a, Option<Stored>>;

    /// Opens an object; `None`: there is none.
    fn open<'a>(&'a self, object: &'a Object, part: Part) -> Answer<'a, Option<OpenFile>>;

    /// Deletes an object, or this version of it. One that is not there is no failure.
    fn delete<'a>(&'a self, object: &'a Object, version: Option<&'a str>) -> Answer<'a, Deleted>;
}

/// An object's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// The region of its bucket.
    pub region: String,
    /// Its bucket.
    pub bucket: String,
    /// The account that the bucket has to belong to: a bucket of the same name may be somebody else's.
    pub owner: String,
    /// Its key.
    pub key: String,
}

/// An upload that somebody else is to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Where to.
    pub object: Object,
    /// So many bytes, and no others.
    pub size: u64,
    /// Their SHA-256: S3 takes nothing else.
    pub sha256: [u8; 32],
    /// How long it may be begun.
    pub life: Duration,
}

/// An upload that was signed: whoever has this can make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presigned {
    /// The URL.
    pub url: Secret,
    /// What has to be sent along.
    pub headers: Vec<(String, String)>,
}

/// What S3 says of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its bytes.
    pub size: u64,
    /// Its version, where the bucket keeps versions.
    pub version: Option<String>,
}

/// What became of what was to be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deleted {
    /// It is gone.
    Gone,
    /// The bucket keeps versions, and only hides it.
    Hidden,
}
