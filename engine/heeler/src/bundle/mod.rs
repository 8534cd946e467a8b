//! Bundles: what a node was found with, in one file, without its secrets.
//!
//! A bundle is borrowed from the node (`capture`): logdog's tarball and what logdog lacks lie in one leased
//! folder there, are fetched by the kubelet as streams (`fetch`), or else through S3 (`s3`), sessions (`sessions`) or SSM in slices
//! (`slices`), and taken back. Beside them come logs that the kubelet serves by itself (`extras`). What the node answers to the
//! looks of runbooks is recorded before (`looks`, `answers`), and judged later (`kept`). All of it goes through the redactor and into one archive
//! ([`archive`]), which is asked later without being unpacked.

mod answers;
pub mod archive;
mod capture;
mod extras;
mod facts;
mod fetch;
mod kept;
mod key;
mod left;
mod looks;
mod make;
mod maker;
mod redactor;
mod roundabout;
mod s3;
mod sessions;
mod slices;
mod step;

pub use kept::{Kept, kept};
pub use key::redaction_key;
pub use left::{Left, Unmade};
pub use looks::Book;
pub(crate) use make::failure;
pub use make::{Made, Wanted, make};
pub use roundabout::Roundabout;
pub use s3::S3Place;
pub use step::{Means, Wanting, make_wanted, wanted};
