//! What is said of the cord is so, whatever becomes of an answer.

use super::cord::{pull, release};
use super::scripted::Fate::{Done, DoneUnheard, Forbidden, Lost, Overtaken};
use super::scripted::Kind::{ReadBoard, WriteBoard};
use super::scripted::Scripted;

const BY: (&str, Option<&str>) = ("ops/alice", Some("we lose orders"));

#[tokio::test(start_paused = true)]
async fn a_cord_that_was_pulled_unheard_is_pulled_by_who_pulled_it() {
    for fates in [
        vec![(WriteBoard, DoneUnheard)],
        vec![
            (WriteBoard, DoneUnheard),
            (ReadBoard, Done),
            (ReadBoard, Lost),
        ],
        vec![(ReadBoard, Lost)],
        vec![(WriteBoard, Lost)],
        vec![(WriteBoard, Overtaken)],
    ] {
        let cluster = Scripted::new(&fates);
        let (cord, before) = pull(&cluster, BY).await.unwrap();
        assert_eq!(
            (cord.by.as_str(), before),
            ("ops/alice", false),
            "{fates:?}"
        );
        assert!(cluster.board("stop").is_some(), "{fates:?}");
        // Whoever comes later is told so.
        let (cord, before) = pull(&cluster, ("ops/bob", None)).await.unwrap();
        assert_eq!((cord.by.as_str(), before), ("ops/alice", true));
    }
}

#[tokio::test(start_paused = true)]
async fn a_cord_that_was_released_unheard_is_released() {
    for fate in [DoneUnheard, Lost, Overtaken] {
        let cluster = Scripted::new(&[(WriteBoard, fate), (ReadBoard, Done), (ReadBoard, Lost)]);
        cluster.write("stop", "Black Friday");
        let cord = release(&cluster).await.unwrap();
        let reason = cord.and_then(|cord| cord.reason);
        assert_eq!(reason.as_deref(), Some("Black Friday"), "{fate:?}");
        assert_eq!(cluster.board("stop"), None, "{fate:?}");
        assert_eq!(release(&cluster).await.unwrap(), None);
    }
}

#[tokio::test(start_paused = true)]
async fn who_never_learns_what_is_says_so() {
    let silence = [(ReadBoard, Done), (WriteBoard, DoneUnheard)];
    let silence = silence.into_iter().chain([(ReadBoard, Lost); 1000]);
    let cluster = Scripted::new(&silence.collect::<Vec<_>>());
    let failure = pull(&cluster, BY).await.unwrap_err();
    assert_eq!(failure.code, "cord-in-doubt");
    let failure = release(&cluster).await.unwrap_err();
    assert_eq!(failure.code, "no-board");
}

#[tokio::test(start_paused = true)]
async fn who_may_not_write_has_stopped_nothing() {
    let cluster = Scripted::new(&[(WriteBoard, Forbidden)]);
    let failure = pull(&cluster, BY).await.unwrap_err();
    assert_eq!(failure.code, "forbidden");
    assert_eq!(cluster.board("stop"), None);
}
