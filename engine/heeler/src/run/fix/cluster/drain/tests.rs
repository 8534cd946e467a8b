//! What is asked of a scripted API server, and what is made of its answers.

use std::sync::Mutex;
use std::time::Duration;

use heeler_core::event::NodeTarget;
use serde_json::{Value as Json, json};

use super::plan::{Survey, survey};
use super::*;
use crate::run::fix::Stop;
use crate::world::error::Service;
use crate::world::port::{Answer, ClusterDouble, Context};

const EVICTIONS: Evictions = Evictions {
    pods_without_controller: false,
    empty_dir_data: false,
    within: Duration::from_secs(60),
};

/// Pods of one node, and what is said to each eviction.
struct Server {
    pods: Vec<Json>,
    says: Result<Evicted, Cause>,
    /// The verbs and resources that were asked for, and what was evicted.
    asked: Mutex<Vec<String>>,
    context: Context,
}

impl Server {
    fn new(pods: &[(&str, &str)], says: Result<Evicted, Cause>) -> Self {
        let pods = pods.iter().map(|(namespace, name)| {
            json!({"metadata": {"namespace": namespace, "name": name, "uid": name,
                "ownerReferences": [{"kind": "StatefulSet", "apiVersion": "apps/v1", "name": "s",
                    "controller": true}]}, "status": {"phase": "Running"}})
        });
        Server {
            pods: pods.collect(),
            says,
            asked: Mutex::default(),
            context: Context::default(),
        }
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

impl ClusterDouble for Server {
    fn context(&self) -> &Context {
        &self.context
    }

    fn get<'a>(&'a self, object: &'a ObjectRef) -> Answer<'a, Option<Json>> {
        assert_eq!(*object, ObjectRef::node("n1"));
        Box::pin(async {
            Ok(Some(json!({"spec": {"unschedulable": true},
                "metadata": {"labels": {"bottlerocket.aws/updater-interface-version": "2.0.0"}}})))
        })
    }

    fn list<'a>(&'a self, list: &'a ListRef) -> Answer<'a, Vec<Json>> {
        assert_eq!(list.fields.as_deref(), Some("spec.nodeName=n1"));
        Box::pin(async { Ok(self.pods.clone()) })
    }

    fn may<'a>(&'a self, verb: &'a str, object: &'a ObjectRef) -> Answer<'a, bool> {
        let asked = format!("{verb} {} {}", object.resource, object.full_name());
        self.asked.lock().unwrap().push(asked);
        Box::pin(async { Ok(true) })
    }

    fn evict<'a>(&'a self, pod: &'a ObjectRef, uid: &'a str, write: Write) -> Answer<'a, Evicted> {
        assert_eq!((write, uid), (Write::DryRun, pod.name.as_str()));
        let failed =
            |cause| CallError::new(Service::Kubernetes, "create pods/eviction", "prod", cause);
        let answer = self.says.clone().map_err(failed);
        Box::pin(async { answer })
    }
}

fn target() -> NodeTarget {
    NodeTarget {
        node: Some("n1".into()),
        ..NodeTarget::of("i-0abc1234def567890".parse().unwrap())
    }
}

async fn of(server: &Server, earlier: &[ChangePlan]) -> Result<Survey, String> {
    let survey = survey(server, &target(), &EVICTIONS, earlier).await;
    survey.map_err(|stop| match stop {
        Stop::Refused(refusal) => refusal.reason,
        Stop::Failed(failure) => failure.what,
    })
}

#[tokio::test]
async fn rights_are_asked_once_for_each_namespace() {
    let pods = [("b", "two"), ("a", "one"), ("b", "three")];
    let server = Server::new(&pods, Ok(Evicted::Yes));
    let survey = of(&server, &[]).await.unwrap();
    let subjects: Vec<&str> = survey
        .changes
        .iter()
        .map(|one| one.subject.as_str())
        .collect();
    assert_eq!(subjects, ["pods a/one", "pods b/three", "pods b/two"]);
    assert!(survey.cordoned && survey.now.is_empty());
    let others = survey.others.concat();
    assert!(others.contains("update operator"), "{others}");
    let asked = [
        "get nodes n1",
        "list pods ",
        "create pods/eviction a/one",
        "create pods/eviction b/three",
    ];
    assert_eq!(server.asked(), asked);
}

#[tokio::test]
async fn an_earlier_plan_stands_as_long_as_no_other_pod_has_come() {
    let all = [("a", "one"), ("a", "two")];
    let earlier = of(&Server::new(&all, Ok(Evicted::Yes)), &[]).await.unwrap();
    let earlier = earlier.changes;
    for (pods, wanted) in [
        (&all[..1], 2),
        (&[], 2),
        (&[("a", "one"), ("a", "new")], 2),
        (&[("a", "one"), ("a", "two"), ("a", "new")], 3),
    ] {
        let server = Server::new(pods, Ok(Evicted::Yes));
        let now = of(&server, &earlier).await.unwrap().changes;
        let is_earlier = now == earlier;
        assert_eq!(
            (now.len(), is_earlier),
            (wanted, !pods.contains(&("a", "new")))
        );
    }
    // That of another node is not about this one.
    let other: Vec<ChangePlan> = earlier
        .iter()
        .map(|change| ChangePlan {
            instance: "i-0abc1234def567891".parse().unwrap(),
            ..change.clone()
        })
        .collect();
    let server = Server::new(&[], Ok(Evicted::Yes));
    assert_eq!(of(&server, &other).await.unwrap().changes, []);
}

#[tokio::test]
async fn a_trial_tells_what_is_in_the_way_and_refuses_what_never_goes() {
    let said = |says| async {
        let server = Server::new(&[("a", "one")], says);
        of(&server, &[]).await.map(|survey| survey.now.join(""))
    };
    let refused = |detail: &str| Cause::Refused {
        code: "HTTP 400".into(),
        detail: detail.into(),
    };
    let budget = Ok(Evicted::NotNow("web needs 2".into()));
    let now = "in the way now: pods a/one: web needs 2";
    assert_eq!(said(budget).await, Ok(now.to_owned()));
    let webhook = r#"admission webhook "x" does not support dry run"#;
    let now = said(Err(refused(webhook))).await.unwrap();
    assert!(now.starts_with("not tried out: pods a/one: "), "{now}");
    for cause in [refused("two budgets"), Cause::Forbidden("no".into())] {
        let why = said(Err(cause)).await.unwrap_err();
        assert!(why.starts_with("pods a/one can't be evicted: "), "{why}");
    }
    // It is gone, or nobody knows: applying it will tell.
    for cause in [Cause::NotFound("gone".into()), Cause::TimedOut("x".into())] {
        assert_eq!(said(Err(cause)).await, Ok(String::new()));
    }
}
