//! Asking a scripted Kubernetes API, in paused time.

use std::sync::Mutex;

use serde_json::json;
use tokio::time::Instant;

use super::*;
use crate::world::error::Service;
use crate::world::port::{Answer, ClusterDouble, Context};

/// Fails so many times, each after this long, and then answers.
struct Scripted {
    failures: usize,
    cause: Cause,
    takes: Duration,
    calls: Mutex<usize>,
    context: Context,
}

impl Scripted {
    fn new(failures: usize, cause: Cause) -> Self {
        Scripted {
            failures,
            cause,
            takes: Duration::from_millis(100),
            calls: Mutex::default(),
            context: Context::default(),
        }
    }

    fn calls(&self) -> usize {
        *self.calls.lock().unwrap()
    }
}

impl ClusterDouble for Scripted {
    fn context(&self) -> &Context {
        &self.context
    }

    fn get<'a>(&'a self, _: &'a ObjectRef) -> Answer<'a, Option<Json>> {
        let call = {
            let mut calls = self.calls.lock().unwrap();
            *calls += 1;
            *calls
        };
        Box::pin(async move {
            tokio::time::sleep(self.takes).await;
            if call > self.failures {
                return Ok(Some(json!({"call": call})));
            }
            let cause = self.cause.clone();
            Err(CallError::new(
                Service::Kubernetes,
                "get nodes",
                "prod",
                cause,
            ))
        })
    }
}

fn wanted(retry: u8, within: Option<u64>) -> Wanted {
    Wanted {
        get: KubeGet {
            api: "api/v1".into(),
            resource: "nodes".into(),
            namespace: None,
            name: Some("ip-10-0-1-23".into()),
        },
        within: within.map(Duration::from_secs),
        retry,
    }
}

async fn asked(cluster: &Scripted, wanted: Wanted, bounds: Bounds) -> Result<Option<Json>, Why> {
    let objects = fetch(Some(cluster), std::iter::once(wanted.clone()), &bounds).await;
    objects.get(&wanted).map(|object| object.cloned())
}

fn silent() -> Cause {
    Cause::TimedOut("no answer".into())
}

#[tokio::test(start_paused = true)]
async fn silence_is_asked_again_as_often_as_the_runbook_says() {
    let cluster = Scripted::new(2, silent());
    let answer = asked(&cluster, wanted(2, None), Bounds::default()).await;
    assert_eq!(answer, Ok(Some(json!({"call": 3}))));
    let cluster = Scripted::new(2, silent());
    let answer = asked(&cluster, wanted(1, None), Bounds::default()).await;
    assert!(matches!(answer, Err(Why::KubernetesDown(_))), "{answer:?}");
    assert_eq!(cluster.calls(), 2);
    let cluster = Scripted::new(1, silent());
    let answer = asked(&cluster, wanted(0, None), Bounds::default()).await;
    assert!(answer.is_err());
    assert_eq!(cluster.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_never_asked_for_again() {
    let cluster = Scripted::new(5, Cause::Forbidden("no".into()));
    let answer = asked(&cluster, wanted(3, None), Bounds::default()).await;
    assert_eq!(answer, Err(Why::Forbidden("get nodes".into())));
    assert_eq!(cluster.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_look_has_its_own_time_with_all_its_tries() {
    let cluster = Scripted {
        takes: Duration::from_secs(2),
        ..Scripted::new(9, silent())
    };
    let start = Instant::now();
    let answer = asked(&cluster, wanted(3, Some(3)), Bounds::default()).await;
    assert_eq!(answer, Err(Why::TimedOut(3)));
    assert_eq!(start.elapsed(), Duration::from_secs(3));
}

#[tokio::test(start_paused = true)]
async fn what_is_left_to_the_run_is_the_limit_too() {
    let cluster = Scripted {
        takes: Duration::from_secs(9),
        ..Scripted::new(0, silent())
    };
    let bounds = Bounds {
        unconfined: false,
        deadline: Some((Duration::from_secs(60), Duration::from_secs(58))),
    };
    let answer = asked(&cluster, wanted(0, Some(5)), bounds).await;
    assert_eq!(answer, Err(Why::Deadline(60)));
}
