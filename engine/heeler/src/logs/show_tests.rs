//! What is written of lines that end, and of those that do not.

use heeler_core::logs::{Batch, Decoder};

use super::*;
use crate::world::resolve::{Container, Starts};

const PLAIN: Look = Look {
    json: false,
    timestamps: false,
    named: false,
    clean: false,
};

/// A container of a pod of always the same name.
fn source(node: &str, uid: &str) -> Source {
    Source {
        pod: "shop/web-0".to_owned(),
        node: node.to_owned(),
        folder: LogPath::of_pod("shop", "web-0", uid).expect("a folder"),
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

/// What is written of these parts of logs, each of a pod and up to the end of its file.
fn written(look: Look, wanted: Option<&str>, parts: &[(&Source, &str)]) -> String {
    let mut out = Vec::new();
    let wanted = wanted.map(|wanted| regex::bytes::Regex::new(wanted).expect("a pattern"));
    let mut writing = Writing::new(&mut out, look, wanted);
    for (source, text) in parts {
        let (mut decoder, mut batch) = (Decoder::default(), Batch::default());
        let line = format!("2026-11-20T12:00:00Z stdout {text}");
        decoder.push(line.as_bytes(), &mut batch);
        decoder.finish(&mut batch);
        for entry in batch.entries() {
            assert!(writing.take(source, entry, batch.text(entry)));
        }
    }
    writing.finish().expect("it is written");
    String::from_utf8(out).expect("text")
}

#[test]
fn a_line_that_goes_on_is_one_line() {
    let pod = source("a", "1");
    let parts = [(&pod, "P half a "), (&pod, "F line\n"), (&pod, "F other\n")];
    assert_eq!(written(PLAIN, None, &parts), "half a line\nother\n");
    let wanted = Some("half|other");
    assert_eq!(written(PLAIN, wanted, &parts), "half a line\nother\n");
    assert_eq!(written(PLAIN, Some("line"), &parts), "");
}

#[test]
fn a_half_line_is_not_joined_with_one_of_a_pod_of_the_same_name() {
    let first = source("a", "1");
    for second in [source("a", "2"), source("b", "1")] {
        let parts = [(&first, "F half a"), (&second, "F line\n")];
        assert_eq!(written(PLAIN, None, &parts), "half a\nline\n");
        let look = Look {
            named: true,
            timestamps: true,
            ..PLAIN
        };
        let begin = "2026-11-20T12:00:00.000000000Z [shop/web-0/app] ";
        let expected = format!("{begin}half a\n{begin}line\n");
        assert_eq!(written(look, None, &parts), expected);
    }
}

#[test]
fn whether_a_half_line_is_wanted_says_nothing_of_one_of_a_pod_of_the_same_name() {
    let first = source("a", "1");
    for second in [source("a", "2"), source("b", "1")] {
        let parts = [(&first, "F half a"), (&second, "F line\n")];
        assert_eq!(written(PLAIN, Some("half"), &parts), "half a");
        assert_eq!(written(PLAIN, Some("line"), &parts), "line\n");
    }
}
