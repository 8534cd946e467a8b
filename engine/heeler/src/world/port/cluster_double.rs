//! Clusters of tests: each answers what its test is about, and whoever asks for more fails there.

use serde_json::Value;

use super::{Answer, Cluster, Context, Evicted, ListRef, ObjectRef, Shared, User, Write};

/// A cluster that is asked for only some of what [`Cluster`] has.
pub(crate) trait ClusterDouble: Send + Sync {
    fn context(&self) -> &Context;

    fn get<'a>(&'a self, _: &'a ObjectRef) -> Answer<'a, Option<Value>> {
        panic!("nobody asks for an object")
    }

    fn list<'a>(&'a self, _: &'a ListRef) -> Answer<'a, Vec<Value>> {
        panic!("nobody asks for a list")
    }

    fn shared(&self) -> Option<&dyn Shared> {
        None
    }

    fn may<'a>(&'a self, _: &'a str, _: &'a ObjectRef) -> Answer<'a, bool> {
        panic!("nobody asks for a right")
    }

    fn patch<'a>(&'a self, _: &'a ObjectRef, _: &'a Value, _: Write) -> Answer<'a, Value> {
        panic!("nobody patches")
    }

    fn evict<'a>(&'a self, _: &'a ObjectRef, _: &'a str, _: Write) -> Answer<'a, Evicted> {
        panic!("nobody evicts")
    }
}

impl<D: ClusterDouble> Cluster for D {
    fn context(&self) -> &Context {
        ClusterDouble::context(self)
    }

    fn get<'a>(&'a self, object: &'a ObjectRef) -> Answer<'a, Option<Value>> {
        ClusterDouble::get(self, object)
    }

    fn list<'a>(&'a self, list: &'a ListRef) -> Answer<'a, Vec<Value>> {
        ClusterDouble::list(self, list)
    }

    fn shared(&self) -> Option<&dyn Shared> {
        ClusterDouble::shared(self)
    }

    fn user(&self) -> Answer<'_, User> {
        panic!("nobody asks who it is")
    }

    fn may<'a>(&'a self, verb: &'a str, object: &'a ObjectRef) -> Answer<'a, bool> {
        ClusterDouble::may(self, verb, object)
    }

    fn patch<'a>(
        &'a self,
        object: &'a ObjectRef,
        patch: &'a Value,
        write: Write,
    ) -> Answer<'a, Value> {
        ClusterDouble::patch(self, object, patch, write)
    }

    fn evict<'a>(&'a self, pod: &'a ObjectRef, uid: &'a str, write: Write) -> Answer<'a, Evicted> {
        ClusterDouble::evict(self, pod, uid, write)
    }
}
