//! Names of files and folders, and how segments begin.

use crate::logs::{Beginning, LogPath, Moment, SegmentName, listing};

#[test]
fn names_of_segments_are_read_and_written() {
    for name in [
        "0.log",
        "12.log",
        "0.log.20261120-121212",
        "3.log.20261120-121212.gz",
    ] {
        let read = SegmentName::read(name).expect(name);
        assert_eq!(read.file_name(), name);
    }
    for name in [
        "",
        "x.log",
        "01.log",
        "-1.log",
        "0.log.",
        "0.log.gz",
        "0.log.20261120-121212.tmp",
        "0.log.20261120-121212.gz.tmp",
        "0.log.20261120_121212",
        "0.log.../../x",
        "4294967296.log",
        "0.log/",
    ] {
        assert_eq!(SegmentName::read(name), None, "{name}");
    }
}

#[test]
fn segments_sort_as_they_were_written() {
    let written = [
        "0.log",
        "1.log.20261120-121212.gz",
        "1.log.20261120-121213",
        "1.log.20261121-000000",
        "1.log",
        "2.log",
        "10.log",
    ];
    let mut names: Vec<_> = written
        .iter()
        .rev()
        .map(|name| SegmentName::read(name))
        .collect();
    names.sort();
    let names: Vec<_> = names
        .into_iter()
        .flatten()
        .map(|name| name.file_name())
        .collect();
    assert_eq!(names, written);
    let [plain, packed] = ["1.log.20261120-121212", "1.log.20261120-121212.gz"]
        .map(|name| SegmentName::read(name).expect("a segment"));
    assert!(plain.is_same(&packed) && plain < packed);
}

#[test]
fn a_segment_is_known_by_how_it_begins() {
    let line = "2026-11-20T12:12:12.000000001Z stdout F a\n";
    let beginning = Beginning::of(format!("{line}2026-11-20T12:12:13Z stdout F b\n").as_bytes());
    assert_eq!(beginning, Beginning::of(line.as_bytes()));
    assert_eq!(
        beginning.and_then(|begins| begins.at()),
        Some(Moment(1_795_176_732_000_000_001))
    );
    assert_eq!(Beginning::of(b"2026-11-20T12:12:12Z stdout F no end"), None);
    let long = vec![b'x'; 2 * Beginning::MOST];
    assert_eq!(
        Beginning::of(&long),
        Beginning::of(&long[..Beginning::MOST])
    );
    assert!(Beginning::of(&long[..Beginning::MOST - 1]).is_none());
}

#[test]
fn a_path_leads_nowhere_else() {
    let pod = LogPath::of_pod("shop", "web-1", "0c5e").expect("a pod");
    assert_eq!(pod.to_string(), "/var/log/pods/shop_web-1_0c5e/");
    let file = pod
        .folder("app")
        .and_then(|folder| folder.file("0.log"))
        .expect("a file");
    assert_eq!(file.to_string(), "/var/log/pods/shop_web-1_0c5e/app/0.log");
    assert!(file.file("x").is_none() && !file.is_folder());
    for name in ["", ".", "..", "a/b", "../x", "a\\b", "a\0b", "a\nb", "/"] {
        assert!(
            pod.folder(name).is_none() && pod.file(name).is_none(),
            "{name:?}"
        );
    }
    for (namespace, name, uid) in [
        ("a_b", "c", "d"),
        ("a", "..", "/"),
        ("", "b", "c"),
        ("a", "b", "c/d"),
    ] {
        assert!(
            LogPath::of_pod(namespace, name, uid).is_none(),
            "{namespace} {name} {uid}"
        );
    }
    assert_eq!(LogPath::root().to_string(), "/var/log/");
}

#[test]
fn a_listing_is_read_as_go_writes_it() {
    let page = "<!doctype html>\n<meta name=\"viewport\" content=\"width=device-width\">\n<pre>\n\
        <a href=\"0.log\">0.log</a>\n<a href=\"a&amp;b/\">a&amp;b/</a>\n<a href=\"%3Cx%3E\">&lt;x&gt;</a>\n</pre>\n";
    assert_eq!(listing(page).expect("a listing"), ["0.log", "a&b/", "<x>"]);
    let empty = "<!doctype html>\n<pre>\n</pre>\n";
    assert_eq!(listing(empty), Some(vec![]));
    for other in [
        "",
        "404 page not found\n",
        "{\"kind\":\"Status\"}",
        "<pre>\n<a href=\"x\">x</a>\n",
    ] {
        assert_eq!(listing(other), None, "{other}");
    }
}
