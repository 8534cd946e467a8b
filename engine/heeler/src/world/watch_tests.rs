//! Watching against a scripted SSM, in paused time.

use std::sync::Mutex;

use heeler_core::event::CommandId;

use super::*;
use crate::world::WorldError;
use crate::world::error::Service;
use crate::world::port::{Answer, Ended, Registration, SendCommand, WholeOutput};
use futures::future::BoxFuture;

type Script = Box<dyn Fn(usize) -> Result<Vec<Invocation>, Cause> + Send + Sync>;

/// Answers the n-th listing by a script and remembers when it was asked.
struct Scripted {
    script: Script,
    asked: Mutex<Vec<Duration>>,
    start: Instant,
}

impl Scripted {
    fn new(
        script: impl Fn(usize) -> Result<Vec<Invocation>, Cause> + Send + Sync + 'static,
    ) -> Self {
        Scripted {
            script: Box::new(script),
            asked: Mutex::default(),
            start: Instant::now(),
        }
    }

    fn asked(&self) -> Vec<u128> {
        self.asked
            .lock()
            .unwrap()
            .iter()
            .map(Duration::as_millis)
            .collect()
    }
}

impl Ssm for Scripted {
    fn invocations<'a>(&'a self, _: &'a CommandId) -> Answer<'a, Vec<Invocation>> {
        let mut asked = self.asked.lock().unwrap();
        asked.push(self.start.elapsed());
        let answer = (self.script)(asked.len());
        let answer =
            answer.map_err(|cause| CallError::new(Service::Aws, "ssm:List", "eu-west-1", cause));
        Box::pin(std::future::ready(answer))
    }

    fn send<'a>(&'a self, _: &'a SendCommand) -> BoxFuture<'a, Result<CommandId, WorldError>> {
        panic!("nobody asks for this")
    }

    fn whole_output<'a>(&'a self, _: &'a CommandId, _: &'a InstanceId) -> Answer<'a, WholeOutput> {
        panic!("nobody asks for this")
    }

    fn cancel<'a>(&'a self, _: &'a CommandId) -> Answer<'a, ()> {
        panic!("nobody asks for this")
    }

    fn registrations<'a>(&'a self, _: &'a [InstanceId]) -> Answer<'a, Vec<Registration>> {
        panic!("nobody asks for this")
    }
}

const ONE: &str = "i-0abc1234def567890";
const TWO: &str = "i-0abc1234def567891";

fn ids(texts: &[&str]) -> Vec<InstanceId> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn is(instance: &str, progress: Progress) -> Invocation {
    Invocation {
        instance: instance.parse().unwrap(),
        progress,
        output: String::new(),
    }
}

fn running() -> Progress {
    Progress::Running("InProgress".into())
}

fn ended() -> Progress {
    Progress::Ended(Ended::Success)
}

#[tokio::test(start_paused = true)]
async fn reports_each_node_once_as_it_ends() {
    let ssm = Scripted::new(|n| {
        Ok(match n {
            1 => vec![],
            2 => vec![is(ONE, ended()), is(TWO, running())],
            // A reply that comes after the end.
            3 => vec![is(ONE, running()), is(TWO, running())],
            _ => vec![is(ONE, ended()), is(TWO, Progress::Ended(Ended::Failed))],
        })
    });
    let (command, cancel) = (CommandId("c".into()), CancellationToken::new());
    let mut watch = Watch::new(&ssm, &command, ids(&[ONE, TWO]), Duration::from_secs(60));
    assert_eq!(watch.next(&cancel).await, Ok(Seen::Ended(is(ONE, ended()))));
    assert_eq!(
        watch.waiting().collect::<Vec<_>>(),
        ids(&[TWO]).iter().collect::<Vec<_>>()
    );
    let failed = is(TWO, Progress::Ended(Ended::Failed));
    assert_eq!(watch.next(&cancel).await, Ok(Seen::Ended(failed)));
    assert_eq!(watch.next(&cancel).await, Ok(Seen::AllEnded));
    assert_eq!(ssm.asked(), [200, 400, 600, 800]);
}

#[tokio::test(start_paused = true)]
async fn is_quick_for_five_seconds_and_ends_at_its_deadline() {
    let ssm = Scripted::new(|_| Ok(vec![is(ONE, running())]));
    let (command, cancel) = (CommandId("c".into()), CancellationToken::new());
    let mut watch = Watch::new(&ssm, &command, ids(&[ONE]), Duration::from_secs(30));
    assert_eq!(watch.next(&cancel).await, Ok(Seen::Late(None)));
    assert_eq!(ssm.start.elapsed(), Duration::from_secs(30));
    let asked = ssm.asked();
    let (quick, slow): (Vec<u128>, Vec<u128>) = asked.iter().partition(|at| **at <= 5000);
    assert_eq!(quick.len(), 25);
    // The last one is there for what ended since, whenever the one before it was.
    let (last, slow) = slow.split_last().expect("it went on");
    assert_eq!(*last, 29_000);
    for pair in slow.windows(2) {
        assert!((3000..=5000).contains(&(pair[1] - pair[0])), "{asked:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_throttle_slows_at_once_and_loses_nothing() {
    let ssm = Scripted::new(|n| match n {
        1 => Err(Cause::Throttled("Rate exceeded".into())),
        2 => Err(Cause::TimedOut("dropped".into())),
        _ => Ok(vec![is(ONE, ended())]),
    });
    let (command, cancel) = (CommandId("c".into()), CancellationToken::new());
    let mut watch = Watch::new(&ssm, &command, ids(&[ONE]), Duration::from_secs(60));
    assert_eq!(watch.next(&cancel).await, Ok(Seen::Ended(is(ONE, ended()))));
    let asked = ssm.asked();
    assert!(asked[1] >= 3200 && asked[2] >= asked[1] + 3000, "{asked:?}");
}

#[tokio::test(start_paused = true)]
async fn what_can_not_pass_ends_it() {
    let ssm = Scripted::new(|_| Err(Cause::Forbidden("no".into())));
    let (command, cancel) = (CommandId("c".into()), CancellationToken::new());
    let mut watch = Watch::new(&ssm, &command, ids(&[ONE]), Duration::from_secs(60));
    assert_eq!(watch.next(&cancel).await.unwrap_err().code(), "forbidden");
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_watch_returns_at_once() {
    let ssm = Scripted::new(|_| Ok(vec![]));
    let (command, cancel) = (CommandId("c".into()), CancellationToken::new());
    let mut watch = Watch::new(&ssm, &command, ids(&[ONE]), Duration::from_secs(60));
    let stop = cancel.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(1234)).await;
        stop.cancel();
    });
    assert_eq!(watch.next(&cancel).await, Ok(Seen::Cancelled));
    assert_eq!(ssm.start.elapsed(), Duration::from_millis(1234));
}
