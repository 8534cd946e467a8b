//! One object of a scripted API server, with everything that may come in between.

use std::collections::VecDeque;
use std::sync::Mutex;

use heeler_core::event::PinnedObject;
use serde_json::json;

use super::*;
use crate::world::error::Service;
use crate::world::port::{Answer, Context, Evicted, ListRef};

/// What becomes of one patch.
#[derive(Clone, Copy)]
enum Fate {
    /// It is carried out.
    Done,
    /// It is carried out, and the answer is lost.
    DoneUnheard,
    /// The answer is lost, and it never came.
    Lost,
    /// Something else of the object has moved just before.
    Moved,
    /// Somebody has set the very field just before.
    Overtaken,
    Forbidden,
}

struct Server {
    object: Mutex<Json>,
    fates: Mutex<VecDeque<Fate>>,
    context: Context,
}

impl Server {
    fn new(fates: &[Fate]) -> Self {
        let metadata = json!({"uid": "u1", "resourceVersion": "1"});
        Server {
            object: Mutex::new(json!({"metadata": metadata, "spec": {"a": 1}})),
            fates: Mutex::new(fates.iter().copied().collect()),
            context: Context::default(),
        }
    }

    fn has(&self) -> Json {
        self.object.lock().unwrap()["spec"]["a"].clone()
    }

    fn write(object: &mut Json, a: i64) {
        object["spec"]["a"] = json!(a);
        let next = object["metadata"]["resourceVersion"]
            .as_str()
            .unwrap()
            .len()
            + 1;
        object["metadata"]["resourceVersion"] = json!("1".repeat(next));
    }

    fn receive(&self, patch: &Json) -> Result<Json, Cause> {
        let fate = self
            .fates
            .lock()
            .unwrap()
            .pop_front()
            .expect("one patch less");
        let mut object = self.object.lock().unwrap();
        match fate {
            Fate::Moved => Self::write(&mut object, 1),
            Fate::Overtaken => Self::write(&mut object, 7),
            Fate::Forbidden => return Err(Cause::Forbidden("no".into())),
            Fate::Lost => return Err(Cause::TimedOut("silence".into())),
            Fate::Done | Fate::DoneUnheard => {}
        }
        if patch["metadata"] != object["metadata"] {
            return Err(Cause::Conflict("the object has been modified".into()));
        }
        Self::write(&mut object, patch["spec"]["a"].as_i64().unwrap());
        match fate {
            Fate::DoneUnheard => Err(Cause::TimedOut("silence".into())),
            _ => Ok(object.clone()),
        }
    }
}

impl Cluster for Server {
    fn context(&self) -> &Context {
        &self.context
    }

    fn get<'a>(&'a self, _: &'a ObjectRef) -> Answer<'a, Option<Json>> {
        let object = self.object.lock().unwrap().clone();
        Box::pin(async { Ok(Some(object)) })
    }

    fn list<'a>(&'a self, _: &'a ListRef) -> Answer<'a, Vec<Json>> {
        panic!("nobody asks for this")
    }

    fn evict<'a>(&'a self, _: &'a ObjectRef, _: &'a str, _: Write) -> Answer<'a, Evicted> {
        panic!("nobody asks for this")
    }

    fn may<'a>(&'a self, _: &'a str, _: &'a ObjectRef) -> Answer<'a, bool> {
        panic!("nobody asks for this")
    }

    fn patch<'a>(&'a self, _: &'a ObjectRef, patch: &'a Json, write: Write) -> Answer<'a, Json> {
        assert_eq!(write, Write::Real);
        let answer = self.receive(patch);
        let error = |cause| CallError::new(Service::Kubernetes, "patch x web", "prod", cause);
        Box::pin(async move { answer.map_err(error) })
    }
}

fn object(uid: &str, from: i64, to: i64) -> Object {
    let value = |a: i64| json!({ "spec.a": a }).to_string();
    let change = ChangePlan {
        instance: "i-0abc1234def567890".parse().unwrap(),
        subject: "x web: spec.a".into(),
        from: value(from),
        to: value(to),
        diff: String::new(),
        back: None,
        effects: Vec::new(),
        object: Some(PinnedObject {
            api: "apis/x/v1".into(),
            resource: "x".into(),
            namespace: None,
            name: "web".into(),
            uid: uid.into(),
        }),
        commands: None,
    };
    Object::of(&change).unwrap()
}

async fn set(server: &Server) -> String {
    match object("u1", 1, 2).set(server).await {
        Ok(value) => value.to_string(),
        Err(trouble) => format!("{trouble:?}: {trouble}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_patch_is_made_anew_only_where_nothing_was_changed() {
    for (fates, said, has) in [
        (&[Fate::Done][..], r#"{"spec.a":2}"#, 2),
        (
            &[Fate::Moved, Fate::Moved, Fate::Done],
            r#"{"spec.a":2}"#,
            2,
        ),
        (&[Fate::Overtaken], "somebody has changed it meanwhile", 7),
        (&[Fate::DoneUnheard], r#"{"spec.a":2}"#, 2),
        (
            &[Fate::Lost],
            "did not answer patch x web: silence; it is `{\"spec.a\":1}` now",
            1,
        ),
        (&[Fate::Forbidden], "nothing was changed", 1),
        (
            &[Fate::Moved; TRIES],
            "all the time; nothing was changed",
            1,
        ),
    ] {
        let server = Server::new(fates);
        let found = set(&server).await;
        assert!(found.contains(said), "{found}");
        assert_eq!(server.has(), has, "{found}");
        assert!(server.fates.lock().unwrap().is_empty(), "{found}");
    }
}

#[tokio::test(start_paused = true)]
async fn another_value_and_another_object_are_left_alone() {
    let server = Server::new(&[]);
    let other = object("u1", 3, 4).set(&server).await;
    assert!(matches!(other, Err(Trouble::Other(_))), "{other:?}");
    let gone = object("u2", 1, 2).set(&server).await;
    assert!(matches!(gone, Err(Trouble::Gone(_))), "{gone:?}");
    assert_eq!(
        object("u2", 1, 2).take_back(&server).await,
        Ok(Undone::Gone)
    );
}

#[tokio::test(start_paused = true)]
async fn only_what_the_fix_has_set_is_taken_back() {
    let back = |fates: &'static [Fate], from, to| async move {
        object("u1", from, to).take_back(&Server::new(fates)).await
    };
    let value = |a: i64| json!({ "spec.a": a }).to_string();
    assert_eq!(back(&[Fate::Done], 1, 0).await, Ok(Undone::Back(value(0))));
    assert_eq!(back(&[], 2, 1).await, Ok(Undone::WasBack(value(1))));
    assert_eq!(back(&[], 2, 3).await, Ok(Undone::Moved(value(1))));
    // The patch of the fix comes when nobody expects it any more.
    let late = Server::new(&[Fate::Done]);
    let (object, arrives) = (object("u1", 2, 1), async {
        sleep(PAUSE / 2).await;
        Server::write(&mut late.object.lock().unwrap(), 2);
    });
    let (ended, ()) = tokio::join!(object.take_back(&late), arrives);
    assert_eq!(ended, Ok(Undone::Back(value(1))));
    let failed = back(&[Fate::Forbidden], 1, 0).await;
    assert!(matches!(failed, Ok(Undone::Failed { .. })), "{failed:?}");
    assert!(back(&[Fate::Lost], 1, 0).await.is_err());
}
