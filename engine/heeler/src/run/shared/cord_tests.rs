//! What is said of the cord is so, whatever becomes of an answer.

use std::time::Duration;

use serde_json::json;

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
async fn a_cord_that_is_pulled_meanwhile_is_not_released() {
    let pulled = |reason: &str, second: u32| {
        json!({"by": "ops/bob", "at": format!("2026-11-22T03:00:{second:02}Z"), "reason": reason})
            .to_string()
    };
    let by_hand = || "Black Friday".to_owned();
    for (fate, first, second, is_released) in [
        // The release is done, nobody hears it, and somebody pulls again.
        (DoneUnheard, by_hand(), pulled("x", 1), false),
        (DoneUnheard, pulled("x", 1), pulled("x", 2), false),
        (DoneUnheard, pulled("x", 1), by_hand(), false),
        (DoneUnheard, by_hand(), by_hand(), false),
        // It is not done, and somebody else has replaced the cord.
        (Overtaken, by_hand(), pulled("x", 1), false),
        (Lost, pulled("x", 1), pulled("y", 1), false),
        // Only something else of the board has moved.
        (Overtaken, by_hand(), by_hand(), true),
        (Overtaken, pulled("x", 1), pulled("x", 1), true),
        (Lost, pulled("x", 1), pulled("x", 1), true),
    ] {
        let cluster = Scripted::new(&[(WriteBoard, fate)]);
        cluster.write("stop", &first);
        // While it steps back.
        let again = async {
            tokio::time::sleep(Duration::from_millis(1)).await;
            cluster.write("stop", &second);
        };
        let (released, ()) = tokio::join!(release(&cluster), again);
        let case = format!("{fate:?}, {first}, {second}: {released:?}");
        let failure = released.err().map(|failure| (failure.code, failure.what));
        assert_eq!(failure.is_none(), is_released, "{case}");
        assert_eq!(cluster.board("stop").is_none(), is_released, "{case}");
        if let Some((code, what)) = failure {
            assert_eq!(code, "another-cord");
            assert!(what.contains("has stopped all changes"), "{what}");
            // The same command again means that one.
            release(&cluster).await.unwrap();
            assert_eq!(cluster.board("stop"), None);
        }
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
