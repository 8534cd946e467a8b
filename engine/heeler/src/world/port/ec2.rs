//! EC2's instances.

use std::collections::BTreeMap;

use heeler_core::event::InstanceId;

use super::Answer;

/// What is asked of EC2. Every call is a read and may be repeated.
pub trait Ec2: Send + Sync {
    /// The instances with these ids.
    ///
    /// # Errors
    /// [`crate::world::Cause::NotFound`] when one of them does not exist in this account and region.
    fn describe<'a>(&'a self, ids: &'a [InstanceId]) -> Answer<'a, Vec<Machine>>;

    /// The instances that are not terminated and have this private DNS name.
    fn by_private_name<'a>(&'a self, name: &'a str) -> Answer<'a, Vec<Machine>>;
}

/// An EC2 instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// Its id.
    pub instance: InstanceId,
    /// `running`, `stopped` and so on.
    pub state: String,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Its zone.
    pub zone: Option<String>,
}
