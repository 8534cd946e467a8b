//! A cluster in memory that loses answers and refuses as it is told.

use std::collections::VecDeque;
use std::sync::Mutex;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::world::error::{CallError, Cause, Service};
use crate::world::port::{Answer, ClusterDouble, Context, ListRef, Seen, Shared, Written};

/// What becomes of a call that is not simply answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is answered.
    Done,
    /// It is carried out, and the answer is lost.
    DoneUnheard,
    /// It never came.
    Lost,
    /// Somebody else was faster.
    Overtaken,
    Forbidden,
}

/// The calls that can go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    ReadBoard,
    WriteBoard,
    ListLeases,
    ListNodes,
    PutLease,
}

pub(super) struct Scripted {
    pub(super) map: Mutex<Option<Value>>,
    pub(super) leases: Mutex<Vec<Value>>,
    /// Its clock.
    pub(super) at: Mutex<Timestamp>,
    fates: Mutex<VecDeque<(Kind, Fate)>>,
    context: Context,
}

impl Scripted {
    /// An empty board; the calls of each kind have these fates, in order, and are answered then.
    pub(super) fn new(fates: &[(Kind, Fate)]) -> Self {
        Scripted {
            map: Mutex::new(Some(json!({"metadata": {"name": "heeler"}, "data": {}}))),
            leases: Mutex::default(),
            at: Mutex::new(Timestamp::UNIX_EPOCH),
            fates: Mutex::new(fates.iter().copied().collect()),
            context: Context::default(),
        }
    }

    /// What stands on the board below a key.
    pub(super) fn board(&self, key: &str) -> Option<String> {
        let map = self.map.lock().unwrap();
        Some(map.as_ref()?["data"].get(key)?.as_str()?.to_owned())
    }

    /// Somebody else writes something on the board.
    pub(super) fn write(&self, key: &str, text: &str) {
        let mut map = self.map.lock().unwrap();
        let map = map.as_mut().unwrap();
        map["data"][key] = json!(text);
        Self::move_on(map);
    }

    /// Every write makes another version of it.
    fn move_on(map: &mut Value) {
        let version = map["metadata"]["resourceVersion"].as_str().unwrap_or("");
        map["metadata"]["resourceVersion"] = json!(format!("{version}1"));
    }

    fn fate(&self, kind: Kind) -> Fate {
        let mut fates = self.fates.lock().unwrap();
        let next = fates.iter().position(|(of, _)| *of == kind);
        next.and_then(|at| fates.remove(at))
            .map_or(Fate::Done, |(_, fate)| fate)
    }

    fn answer<T>(fate: Fate, done: impl FnOnce() -> T) -> Result<T, CallError> {
        let fail = |cause| Err(CallError::new(Service::Kubernetes, "x", "prod", cause));
        match fate {
            Fate::Done | Fate::Overtaken => Ok(done()),
            Fate::DoneUnheard => {
                done();
                fail(Cause::TimedOut("silence".into()))
            }
            Fate::Lost => fail(Cause::TimedOut("silence".into())),
            Fate::Forbidden => fail(Cause::Forbidden("no".into())),
        }
    }

    fn written<'a>(
        &'a self,
        kind: Kind,
        object: &'a Value,
        write: impl FnOnce(),
    ) -> Answer<'a, Written> {
        let fate = self.fate(kind);
        let answer = Self::answer(fate, || match fate {
            Fate::Overtaken => Written::Overtaken,
            _ => {
                write();
                Written::Yes(object.clone())
            }
        });
        Box::pin(async { answer })
    }
}

fn name(lease: &Value) -> String {
    lease["metadata"]["name"].as_str().unwrap().to_owned()
}

impl ClusterDouble for Scripted {
    fn context(&self) -> &Context {
        &self.context
    }

    fn list<'a>(&'a self, list: &'a ListRef) -> Answer<'a, Vec<Value>> {
        assert_eq!(list.resource, "nodes");
        let listed = Self::answer(self.fate(Kind::ListNodes), Vec::new);
        Box::pin(async { listed })
    }

    fn shared(&self) -> Option<&dyn Shared> {
        Some(self)
    }
}

impl Shared for Scripted {
    fn board(&self) -> Answer<'_, Seen> {
        let map = || self.map.lock().unwrap().clone();
        let at = *self.at.lock().unwrap();
        let seen = Self::answer(self.fate(Kind::ReadBoard), || Seen { map: map(), at });
        Box::pin(async { seen })
    }

    fn replace_board<'a>(&'a self, map: &'a Value) -> Answer<'a, Written> {
        self.written(Kind::WriteBoard, map, || {
            let mut map = map.clone();
            Self::move_on(&mut map);
            *self.map.lock().unwrap() = Some(map);
        })
    }

    fn leases(&self) -> Answer<'_, Vec<Value>> {
        let leases = || self.leases.lock().unwrap().clone();
        let listed = Self::answer(self.fate(Kind::ListLeases), leases);
        Box::pin(async { listed })
    }

    fn put_lease<'a>(&'a self, lease: &'a Value) -> Answer<'a, Written> {
        self.written(Kind::PutLease, lease, || {
            let mut leases = self.leases.lock().unwrap();
            leases.retain(|other| name(other) != name(lease));
            leases.push(lease.clone());
        })
    }

    fn remove_lease<'a>(&'a self, lease: &'a Value) -> Answer<'a, Written> {
        let mut leases = self.leases.lock().unwrap();
        leases.retain(|other| name(other) != name(lease));
        Box::pin(async { Ok(Written::Yes(lease.clone())) })
    }
}
