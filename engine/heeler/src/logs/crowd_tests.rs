//! What becomes of the tasks of a crowd.

use heeler_core::logs::LogPath;
use serde_json::Value;
use tokio::task::yield_now;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::logs::Span;
use crate::world::port::{Answer, KubeletPage, NodeLogs, OpenFile, Part, Rung};
use crate::world::resolve::{Container, Starts};
use crate::world::ways::Ways;

/// A way that never answers.
struct Silent;

impl NodeLogs for Silent {
    fn page<'a>(&'a self, _: &'a str, _: KubeletPage) -> Answer<'a, Option<Value>> {
        Box::pin(pending())
    }

    fn list<'a>(&'a self, _: &'a str, _: &'a LogPath) -> Answer<'a, Option<Vec<String>>> {
        Box::pin(pending())
    }

    fn open<'a>(&'a self, _: &'a str, _: &'a LogPath, _: Part) -> Answer<'a, Option<OpenFile>> {
        Box::pin(pending())
    }
}

impl Rung for Silent {
    fn name(&self) -> &'static str {
        "silence"
    }

    fn right(&self) -> &'static str {
        "none"
    }

    fn barred<'a>(&'a self, _: Option<&'a str>) -> Answer<'a, Option<String>> {
        Box::pin(async { Ok(None) })
    }
}

fn source() -> Source {
    Source {
        pod: "shop/web-0".to_owned(),
        node: "a".to_owned(),
        folder: LogPath::of_pod("shop", "web-0", "1").expect("a folder"),
        container: Container {
            name: "app".to_owned(),
            restarts: Some(0),
            is_running: true,
            has_begun: true,
            starts: Starts::default(),
            ids: std::collections::BTreeMap::new(),
        },
        previous: false,
    }
}

#[tokio::test]
async fn who_is_dropped_reads_no_more() {
    let ways = Arc::new(Ways::new("prod", vec![Arc::new(Silent)]));
    let cancel = CancellationToken::new();
    let reading = Reading {
        ways: &ways,
        nodes: Arc::default(),
        span: Span::ALL,
        shipped: None,
        follow: false,
        tell: Arc::new(|_| ()),
        cancel: &cancel,
    };
    let mut crowd = Crowd::new(reading);
    crowd.add(vec![source(), source()], &mut Merge::default());
    yield_now().await;
    // Each that reads holds on to the ways.
    assert_eq!(Arc::strong_count(&ways), 3);
    drop(crowd);
    yield_now().await;
    assert_eq!(Arc::strong_count(&ways), 1);
}
