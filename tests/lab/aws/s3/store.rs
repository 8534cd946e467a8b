//! Buckets, and what is in them.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use axum::body::Bytes;

use super::super::identifier;
use super::super::shared::Shared;
use super::super::signature::hex;

/// What a bucket is like.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BucketPlan {
    /// Its Region; that of the account otherwise.
    pub region: Option<String>,
    /// Its owner's twelve digits; the account otherwise.
    pub owner: Option<String>,
    /// Whether its policy lets in whoever comes, of other accounts too.
    pub is_open: bool,
    /// Whether it keeps what is deleted or written over.
    pub keeps_versions: bool,
}

/// An object's content.
#[derive(Debug, Clone)]
pub(super) struct Object {
    pub(super) bytes: Bytes,
    pub(super) etag: String,
    pub(super) version: Option<String>,
}

#[derive(Debug, Default)]
struct Bucket {
    plan: BucketPlan,
    objects: BTreeMap<String, Object>,
    /// What a bucket with versions keeps: keys and objects.
    old: Vec<(String, Object)>,
}

/// The account's buckets, and others that can be asked for.
#[derive(Debug, Default)]
pub(in crate::aws) struct Buckets(Shared<BTreeMap<String, Bucket>>);

impl Buckets {
    pub(super) fn create(&self, name: &str, plan: BucketPlan) {
        self.0.with(|buckets| {
            let bucket = buckets.entry(name.to_owned()).or_default();
            bucket.plan = plan;
        });
    }

    /// What the bucket is like; `None`: there is none.
    pub(super) fn plan(&self, name: &str) -> Option<BucketPlan> {
        self.0
            .with(|buckets| buckets.get(name).map(|bucket| bucket.plan.clone()))
    }

    pub(super) fn put(&self, bucket: &str, key: &str, bytes: Bytes) -> Option<Object> {
        self.0.with(|buckets| {
            let bucket = buckets.get_mut(bucket)?;
            let digest = hex(digest(&SHA256, &bytes).as_ref());
            let object = Object {
                bytes,
                etag: format!("\"{}\"", digest.chars().take(32).collect::<String>()),
                version: bucket.plan.keeps_versions.then(identifier::random_uuid),
            };
            let before = bucket.objects.insert(key.to_owned(), object.clone());
            if let Some(before) = before.filter(|_| bucket.plan.keeps_versions) {
                bucket.old.push((key.to_owned(), before));
            }
            Some(object)
        })
    }

    pub(super) fn get(&self, bucket: &str, key: &str) -> Option<Object> {
        self.0
            .with(|buckets| buckets.get(bucket)?.objects.get(key).cloned())
    }

    /// Without a version the content stays in a bucket that keeps versions, below a marker.
    pub(super) fn delete(&self, bucket: &str, key: &str, version: Option<&str>) {
        self.0.with(|buckets| {
            let Some(bucket) = buckets.get_mut(bucket) else {
                return;
            };
            let is_it = |object: &Object| object.version.as_deref() == version;
            match version {
                None => {
                    let before = bucket.objects.remove(key);
                    if let Some(before) = before.filter(|_| bucket.plan.keeps_versions) {
                        bucket.old.push((key.to_owned(), before));
                    }
                }
                Some(_) => {
                    if bucket.objects.get(key).is_some_and(is_it) {
                        bucket.objects.remove(key);
                    }
                    bucket
                        .old
                        .retain(|(own, object)| own != key || !is_it(object));
                }
            }
        });
    }

    /// The keys of everything that has content still, also of what a bucket only keeps.
    pub(super) fn keys(&self, bucket: &str) -> Vec<(String, usize)> {
        self.0.with(|buckets| {
            let Some(bucket) = buckets.get(bucket) else {
                return Vec::new();
            };
            let present = bucket.objects.iter();
            let old = bucket.old.iter().map(|(key, object)| (key, object));
            let all = present.chain(old);
            all.map(|(key, object)| (key.clone(), object.bytes.len()))
                .collect()
        })
    }
}
