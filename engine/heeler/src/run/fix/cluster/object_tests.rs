//! One object of a scripted API server, with everything that may come in between.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use heeler_core::event::PinnedObject;
use serde_json::json;

use super::*;
use crate::world::error::Service;
use crate::world::port::{Answer, ClusterDouble, Context};

/// What becomes of one patch.
#[derive(Clone, Copy)]
enum Fate {
    /// It is carried out.
    Done,
    /// It is carried out, and the answer is lost.
    DoneUnheard,
    /// The same, and the API server does not answer the question after it either.
    DoneUnread,
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
    readable: bool,
    /// The next question is not answered.
    silent: AtomicBool,
    context: Context,
}

impl Server {
    fn new(fates: &[Fate]) -> Self {
        let metadata = json!({"uid": "u1", "resourceVersion": "1"});
        Server {
            object: Mutex::new(json!({"metadata": metadata, "spec": {"a": 1, "b": 1}})),
            fates: Mutex::new(fates.iter().copied().collect()),
            readable: true,
            silent: AtomicBool::new(false),
            context: Context::default(),
        }
    }

    fn has(&self) -> Json {
        self.object.lock().unwrap()["spec"]["a"].clone()
    }

    /// Somebody has `a`, as the API server notes it.
    fn owned_by(self, manager: &str) -> Self {
        let entry = json!({"manager": manager, "fieldsV1": {"f:spec": {"f:a": {}}}});
        self.object.lock().unwrap()["metadata"]["managedFields"] = json!([entry]);
        self
    }

    fn write(object: &mut Json, a: i64) {
        Self::merge(object, &json!({ "a": a }));
    }

    fn merge(object: &mut Json, spec: &Json) {
        for (name, value) in spec.as_object().unwrap() {
            object["spec"][name] = value.clone();
        }
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
            Fate::Done | Fate::DoneUnheard | Fate::DoneUnread => {}
        }
        for bound in ["uid", "resourceVersion"] {
            if patch["metadata"][bound] != object["metadata"][bound] {
                return Err(Cause::Conflict("the object has been modified".into()));
            }
        }
        Self::merge(&mut object, &patch["spec"]);
        match fate {
            Fate::DoneUnread => {
                self.silent.store(true, Ordering::SeqCst);
                Err(Cause::TimedOut("silence".into()))
            }
            Fate::DoneUnheard => Err(Cause::TimedOut("silence".into())),
            _ => Ok(object.clone()),
        }
    }
}

impl ClusterDouble for Server {
    fn context(&self) -> &Context {
        &self.context
    }

    fn get<'a>(&'a self, _: &'a ObjectRef) -> Answer<'a, Option<Json>> {
        let object = self.object.lock().unwrap().clone();
        let cause = match (self.silent.swap(false, Ordering::SeqCst), self.readable) {
            (true, _) => Some(Cause::TimedOut("silence".into())),
            (false, false) => Some(Cause::Forbidden("no".into())),
            (false, true) => None,
        };
        let error = |cause| CallError::new(Service::Kubernetes, "get x web", "prod", cause);
        let answer = cause.map_or(Ok(Some(object)), |cause| Err(error(cause)));
        Box::pin(async { answer })
    }

    fn patch<'a>(&'a self, _: &'a ObjectRef, patch: &'a Json, write: Write) -> Answer<'a, Json> {
        assert_eq!(write, Write::Real);
        let answer = self.receive(patch);
        let error = |cause| CallError::new(Service::Kubernetes, "patch x web", "prod", cause);
        Box::pin(async move { answer.map_err(error) })
    }
}

fn change(uid: &str, (field, from, to): (&str, i64, i64)) -> ChangePlan {
    let value = |value: i64| json!({ (format!("spec.{field}")): value }).to_string();
    ChangePlan {
        instance: "i-0abc1234def567890".parse().unwrap(),
        subject: format!("x web: spec.{field}"),
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
    }
}

fn object(uid: &str, from: i64, to: i64) -> Object {
    Object::of(&[change(uid, ("a", from, to))]).unwrap()
}

/// Both fields, in this order.
fn both(a: (i64, i64), b: (i64, i64)) -> Object {
    let changes = [("a", a.0, a.1), ("b", b.0, b.1)].map(|field| change("u1", field));
    let objects = Object::all(&changes).unwrap();
    assert_eq!(objects.len(), 1);
    objects.into_iter().next().unwrap()
}

async fn set(server: &Server) -> String {
    match object("u1", 1, 2).set(server).await {
        Ok(values) => values.join(", "),
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
    assert!(matches!(other, Err(Trouble::Other(0, _))), "{other:?}");
    let gone = object("u2", 1, 2).set(&server).await;
    assert!(matches!(gone, Err(Trouble::Gone(..))), "{gone:?}");
    assert_eq!(
        object("u2", 3, 2)
            .take_back(&server, &mut BTreeSet::new())
            .await,
        Ok(vec![Undone::Gone])
    );
    // It is another one, and has the value of the fix.
    let ended = object("u2", 1, 0)
        .take_back(&server, &mut BTreeSet::new())
        .await;
    let theirs = Undone::Theirs {
        present: "1".to_owned(),
        whose: "in another object of the same name, which was made since".to_owned(),
    };
    assert_eq!(ended, Ok(vec![theirs]));
}

#[tokio::test(start_paused = true)]
async fn only_what_the_fix_has_set_is_taken_back() {
    let back = |fates: &'static [Fate], from, to| async move {
        object("u1", from, to)
            .take_back(&Server::new(fates), &mut BTreeSet::new())
            .await
    };
    let value = |a: i64| json!({ "spec.a": a }).to_string();
    let one = |end: Undone| Ok(vec![end]);
    assert_eq!(back(&[Fate::Done], 1, 0).await, one(Undone::Back(value(0))));
    assert_eq!(back(&[], 2, 1).await, one(Undone::WasBack(value(1))));
    assert_eq!(back(&[], 2, 3).await, one(Undone::Moved("1".into())));
    // The patch of the fix comes when nobody expects it any more.
    let late = Server::new(&[Fate::Done]);
    let (object, arrives) = (object("u1", 2, 1), async {
        sleep(PAUSE / 2).await;
        Server::write(&mut late.object.lock().unwrap(), 2);
    });
    let mut unheard = BTreeSet::new();
    let (ended, ()) = tokio::join!(object.take_back(&late, &mut unheard), arrives);
    assert_eq!(ended, one(Undone::Back(value(1))));
    assert!(back(&[Fate::Lost], 1, 0).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_patch_of_which_nothing_was_heard_is_no_other_s() {
    let server = Server::new(&[Fate::DoneUnread]);
    let (both, mut unheard) = (both((1, 0), (2, 5)), BTreeSet::new());
    let lost = both.take_back(&server, &mut unheard).await;
    assert!(lost.is_err(), "{lost:?}");
    let value = json!({ "spec.a": 0 }).to_string();
    let ended = both.take_back(&server, &mut unheard).await;
    assert_eq!(
        ended,
        Ok(vec![Undone::Back(value), Undone::Moved("1".into())])
    );
}

#[tokio::test(start_paused = true)]
async fn what_stays_is_told_where_it_was_read_only() {
    let said = |text: &str, present| {
        Ok(vec![Undone::Failed {
            present,
            text: text.to_owned(),
        }])
    };
    let one = object("u1", 1, 0);
    let unwritten = one
        .take_back(&Server::new(&[Fate::Forbidden]), &mut BTreeSet::new())
        .await;
    let text = "not allowed: patch x web: no";
    assert_eq!(unwritten, said(text, Some("1".to_owned())));
    let mut server = Server::new(&[]);
    server.readable = false;
    let text = "not allowed: get x web: no";
    assert_eq!(
        one.take_back(&server, &mut BTreeSet::new()).await,
        said(text, None)
    );
}

#[tokio::test(start_paused = true)]
async fn each_field_is_taken_back_by_itself() {
    let back = |field: &str, value: i64| Undone::Back(json!({ (field): value }).to_string());
    let was_back = Undone::WasBack(json!({ "spec.b": 1 }).to_string());
    for (b, ends, has) in [
        ((1, 5), vec![back("spec.a", 0), back("spec.b", 5)], [0, 5]),
        // Somebody has set the other one, or has set it back.
        (
            (2, 5),
            vec![back("spec.a", 0), Undone::Moved("1".into())],
            [0, 1],
        ),
        ((2, 1), vec![back("spec.a", 0), was_back], [0, 1]),
    ] {
        // Whatever else of the object moves.
        let server = Server::new(&[Fate::Moved, Fate::DoneUnheard]);
        assert_eq!(
            both((1, 0), b)
                .take_back(&server, &mut BTreeSet::new())
                .await,
            Ok(ends),
            "{b:?}"
        );
        let spec = server.object.lock().unwrap()["spec"].clone();
        assert_eq!([&spec["a"], &spec["b"]], [&json!(has[0]), &json!(has[1])]);
    }
    // They are set together, or not at all.
    let server = Server::new(&[]);
    let other = both((1, 0), (2, 5)).set(&server).await;
    assert!(matches!(other, Err(Trouble::Other(1, _))), "{other:?}");
    assert_eq!(server.has(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_somebody_else_has_set_alike_is_theirs() {
    let theirs = Undone::Theirs {
        present: "1".to_owned(),
        whose: "`kubectl-edit` has set it since".to_owned(),
    };
    let server = Server::new(&[Fate::Done]).owned_by("kubectl-edit");
    let ended = both((1, 0), (1, 5))
        .take_back(&server, &mut BTreeSet::new())
        .await;
    let b = Undone::Back(json!({ "spec.b": 5 }).to_string());
    assert_eq!(ended, Ok(vec![theirs, b]));
    assert_eq!(server.has(), 1);
    // What the fix has set, and what nobody keeps a note of.
    for manager in ["heeler", "ancient-changes"] {
        let server = Server::new(&[Fate::Done]).owned_by(manager);
        let ended = object("u1", 1, 0)
            .take_back(&server, &mut BTreeSet::new())
            .await;
        let back = Undone::Back(json!({ "spec.a": 0 }).to_string());
        assert_eq!(ended, Ok(vec![back]), "{manager}");
    }
}

#[test]
fn neighbours_of_one_object_are_one_patch() {
    let fields = [("a", 1, 0), ("b", 1, 5)].map(|field| change("u1", field));
    let mut changes = fields.to_vec();
    changes.push(change("u2", ("a", 1, 0)));
    let objects = Object::all(&changes).unwrap();
    let patches: Vec<Json> = objects.iter().map(Object::patch).collect();
    assert_eq!(
        patches,
        [json!({"spec": {"a": 0, "b": 5}}), json!({"spec": {"a": 0}})]
    );
    changes[2].object = None;
    assert!(Object::all(&changes).is_none());
}
