//! What becomes of a Lease, and of a cluster that does not answer for a moment.

use std::sync::Arc;
use std::time::Duration;

use heeler_core::event::{InstanceId, RunId};
use heeler_core::guard::policy::{self, Policy};
use heeler_core::guard::shared::{Hindrance, NodeLease};
use heeler_core::syntax::Source;
use jiff::Timestamp;
use tokio::time::Instant;
use uuid::Uuid;

use super::Reading;
use super::held::Turn;
use super::scripted::Fate::{Done, DoneUnheard, Forbidden, Lost, Overtaken};
use super::scripted::Kind::{ListLeases, ListNodes, PutLease, ReadBoard, WriteBoard};
use super::scripted::{Fate, Kind, Scripted};
use super::turn::{Bar, Change, PATIENCE, Taking};

/// What comes of a turn; whether it lasts to be given back, and what stands on the board.
async fn take(
    fates: &[(Kind, Fate)],
    patience: Duration,
) -> (Result<(), Bar>, bool, Option<String>) {
    take_from(&Scripted::new(fates), &Policy::default(), patience).await
}

async fn take_from(
    cluster: &Scripted,
    policy: &Policy,
    patience: Duration,
) -> (Result<(), Bar>, bool, Option<String>) {
    let instance: InstanceId = "i-0000000a".parse().unwrap();
    let change = Change {
        ramp: None,
        instance: &instance,
        undo_after: Duration::from_secs(30),
        limits: policy.limits(),
        own_changing: 0,
        own_verified: 0,
    };
    let mut taking = Taking {
        cluster: Some(cluster),
        holder: (RunId::new(Uuid::from_u128(7)), "ops/alice"),
        change: &change,
        until: Instant::now() + patience,
        has_put: false,
    };
    let taken = taking.take().await.map(drop);
    (taken, taking.has_put, cluster.board("started"))
}

#[tokio::test(start_paused = true)]
async fn what_passes_is_asked_again_and_counted_once() {
    for fates in [
        vec![(ReadBoard, Lost)],
        vec![(ListLeases, Lost), (ReadBoard, Done), (ReadBoard, Lost)],
        vec![(PutLease, DoneUnheard)],
        vec![(PutLease, Overtaken), (PutLease, Lost)],
        vec![(WriteBoard, DoneUnheard)],
        vec![(WriteBoard, Lost), (WriteBoard, Overtaken)],
    ] {
        let (taken, _, started) = take(&fates, PATIENCE).await;
        assert!(taken.is_ok(), "{fates:?}: {taken:?}");
        assert_eq!(started.unwrap().lines().count(), 1, "{fates:?}");
        if fates.iter().all(|(_, fate)| *fate != Overtaken) {
            // Where the plan says that nobody knows it is asked once.
            let (once, _, _) = take(&fates, Duration::ZERO).await;
            assert!(matches!(once, Err(Bar::Unknown(_))), "{fates:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_does_not_pass_ends_it() {
    let began = Instant::now();
    let silent = [(ReadBoard, Lost); 2000];
    let (taken, has_put, _) = take(&silent, PATIENCE).await;
    assert!(matches!(taken, Err(Bar::Unknown(_))) && !has_put);
    assert!((PATIENCE..PATIENCE * 2).contains(&began.elapsed()));
    let began = Instant::now();
    let (taken, _, _) = take(&[(PutLease, Forbidden)], PATIENCE).await;
    assert!(matches!(taken, Err(Bar::Unknown(unknown)) if !unknown.passing));
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_cord_holds_also_where_nodes_can_not_be_listed() {
    let text =
        "heeler-policy: 1\nallow:\n  - { who: \"*\", runbooks: \"*\", fixes: \"*\", where: {} }\n\
                limits: { share-of-zone: 10% }\n"
            .to_owned();
    let name = "heeler.yaml".to_owned();
    let policy = policy::read(Source { name, text }).unwrap();
    for fates in [
        [(ListNodes, Forbidden), (WriteBoard, Done)],
        [(ListNodes, Lost), (ListNodes, Lost)],
    ] {
        let cluster = Scripted::new(&fates);
        cluster.write("stop", "Black Friday");
        let (taken, has_put, _) = take_from(&cluster, &policy, Duration::ZERO).await;
        let Err(Bar::Unknown(unknown)) = taken else {
            panic!("{taken:?}");
        };
        assert!(unknown.cord.is_some() && !has_put, "{unknown:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_may_have_been_written_is_known_to_be_so() {
    for fates in [
        vec![(PutLease, DoneUnheard)],
        vec![(WriteBoard, Forbidden)],
        vec![(WriteBoard, Lost)],
    ] {
        let (taken, has_put, _) = take(&fates, Duration::ZERO).await;
        assert!(taken.is_err() && has_put, "{fates:?}");
    }
    let fates = [(WriteBoard, Overtaken); 30];
    let (taken, has_put, _) = take(&fates, PATIENCE).await;
    assert!(matches!(taken, Err(Bar::Hindered(Hindrance::Busy))) && has_put);
}

#[tokio::test(start_paused = true)]
async fn a_turn_lasts_by_the_clock_of_the_server_until_its_end() {
    let cluster = Arc::new(Scripted::new(&[]));
    let (reading, _) = Reading::of(Some(cluster.as_ref())).await.unwrap();
    let instance: InstanceId = "i-0000000a".parse().unwrap();
    let holder = (RunId::new(Uuid::from_u128(7)), "ops/alice");
    let undo_after = Duration::from_secs(90);
    let lease = NodeLease::new(instance, holder, undo_after, reading.now());
    cluster.leases.lock().unwrap().push(lease.object());
    let turn = Turn::of(Some(cluster.clone()), lease, reading);
    let renewed_at = async |seconds: i64, after: Duration| {
        let now = Timestamp::from_second(seconds).unwrap();
        *cluster.at.lock().unwrap() = now;
        tokio::time::sleep(after).await;
        let lease = NodeLease::read(&cluster.leases.lock().unwrap()[0]).unwrap();
        lease.renewed == now
    };
    // This machine has slept.
    assert!(!renewed_at(7000, Duration::from_secs(39)).await);
    assert!(renewed_at(7100, Duration::from_secs(2)).await);
    turn.changed();
    assert!(renewed_at(7200, Duration::from_secs(1)).await);
    let began = Instant::now();
    turn.end().await;
    assert!(cluster.leases.lock().unwrap().is_empty());
    assert!(began.elapsed() < Duration::from_secs(1));
}
