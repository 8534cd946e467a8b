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

/// What was done to a key, the last of which counts.
#[derive(Debug, Clone)]
enum Layer {
    Content(Object),
    /// It was deleted in a bucket that keeps versions.
    Marker(String),
}

/// What a key holds.
#[derive(Debug)]
pub(super) enum Held {
    Content(Object),
    /// It was deleted, by this marker.
    Deleted(String),
    Nothing,
}

/// What was deleted.
#[derive(Debug, Default)]
pub(super) struct Deleted {
    /// The version that is gone, or that of the marker that is there now.
    pub(super) version: Option<String>,
    /// That is a marker's.
    pub(super) is_marker: bool,
}

#[derive(Debug, Default)]
struct Bucket {
    plan: BucketPlan,
    layers: BTreeMap<String, Vec<Layer>>,
}

/// The account's buckets, and others that can be asked for.
#[derive(Debug, Default)]
pub(in crate::aws) struct Buckets(Shared<BTreeMap<String, Bucket>>);

impl Layer {
    fn version(&self) -> Option<&str> {
        match self {
            Layer::Content(object) => object.version.as_deref(),
            Layer::Marker(version) => Some(version),
        }
    }

    fn content(&self) -> Option<&Object> {
        match self {
            Layer::Content(object) => Some(object),
            Layer::Marker(_) => None,
        }
    }
}

impl Buckets {
    pub(super) fn create(&self, name: &str, plan: BucketPlan) {
        self.change(name, |present| *present = plan);
    }

    /// Makes a bucket that is not there.
    pub(super) fn change(&self, name: &str, change: impl FnOnce(&mut BucketPlan)) {
        self.0
            .with(|buckets| change(&mut buckets.entry(name.to_owned()).or_default().plan));
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
            let layers = bucket.layers.entry(key.to_owned()).or_default();
            if !bucket.plan.keeps_versions {
                layers.clear();
            }
            layers.push(Layer::Content(object.clone()));
            Some(object)
        })
    }

    /// What a key holds now, or one of its versions.
    pub(super) fn get(&self, bucket: &str, key: &str, version: Option<&str>) -> Held {
        let layer = self.0.with(|buckets| {
            let layers = buckets.get(bucket)?.layers.get(key)?;
            match version {
                None => layers.last().cloned(),
                some => layers.iter().find(|layer| layer.version() == some).cloned(),
            }
        });
        match layer {
            Some(Layer::Content(object)) => Held::Content(object),
            Some(Layer::Marker(version)) => Held::Deleted(version),
            None => Held::Nothing,
        }
    }

    /// Without a version the content stays in a bucket that keeps versions, below a marker. With one that version is
    /// gone for good, and what is below it counts again.
    pub(super) fn delete(&self, bucket: &str, key: &str, version: Option<&str>) -> Deleted {
        self.0.with(|buckets| {
            let Some(bucket) = buckets.get_mut(bucket) else {
                return Deleted::default();
            };
            if version.is_none() && bucket.plan.keeps_versions {
                let marker = identifier::random_uuid();
                let layers = bucket.layers.entry(key.to_owned()).or_default();
                layers.push(Layer::Marker(marker.clone()));
                return Deleted {
                    version: Some(marker),
                    is_marker: true,
                };
            }
            let mut is_marker = false;
            if let Some(layers) = bucket.layers.get_mut(key) {
                layers.retain(|layer| {
                    let goes = version.is_none() || layer.version() == version;
                    is_marker |= goes && layer.content().is_none();
                    !goes
                });
            }
            Deleted {
                version: version.map(str::to_owned),
                is_marker,
            }
        })
    }

    /// The keys that hold something now.
    pub(super) fn present(&self, bucket: &str) -> Vec<(String, usize)> {
        self.listed(bucket, |layers| layers.last().into_iter().collect())
    }

    /// The keys of everything that has content still, also of what a bucket only keeps.
    pub(super) fn kept(&self, bucket: &str) -> Vec<(String, usize)> {
        self.listed(bucket, |layers| layers.iter().collect())
    }

    fn listed(
        &self,
        bucket: &str,
        choose: impl Fn(&[Layer]) -> Vec<&Layer>,
    ) -> Vec<(String, usize)> {
        self.0.with(|buckets| {
            let keys = buckets.get(bucket).map(|bucket| bucket.layers.iter());
            let layers = keys.into_iter().flatten().flat_map(|(key, layers)| {
                let chosen = choose(layers).into_iter();
                chosen.map(move |layer| (key, layer))
            });
            let contents = layers.filter_map(|(key, layer)| Some((key, layer.content()?)));
            contents
                .map(|(key, object)| (key.clone(), object.bytes.len()))
                .collect()
        })
    }
}
