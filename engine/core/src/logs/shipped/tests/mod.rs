//! What was shipped, and where what was not begins.

mod collector;
mod fluent_bit;
mod line_start;
mod lossless;
mod names;
mod node;
mod vector;

use super::{Before, Decision, Looked, Place, Seen, Shipped};
use crate::logs::SegmentName;

pub(super) fn name(name: &str) -> SegmentName {
    SegmentName::read(name).expect(name)
}

pub(super) fn place(segment: &str, byte: usize) -> Option<Place> {
    Some(Place {
        segment: name(segment),
        byte: byte as u64,
    })
}

pub(super) const ID: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

pub(super) fn container(ids: &[(u32, &str)]) -> super::Container {
    super::Container {
        namespace: "shop".into(),
        pod: "web-1".into(),
        uid: "0c5e".into(),
        name: "app".into(),
        ids: ids.iter().map(|(n, id)| (*n, (*id).to_owned())).collect(),
    }
}

/// A container's folder: what its files are called, and what they have.
pub(super) fn seen(files: &[(&str, &str)]) -> Vec<Seen> {
    let seen = files.iter().map(|(file, text)| Seen {
        name: name(file),
        head: text.as_bytes()[..text.len().min(super::HEAD)].to_vec(),
        length: Some(text.len() as u64),
    });
    seen.collect()
}

/// Decides as who asks does: looks at each place that is to be looked at.
pub(super) fn decide(
    shipped: &Shipped,
    container: &super::Container,
    files: &[(&str, &str)],
) -> Decision {
    let segments = seen(files);
    let looked: Looked = shipped
        .places(container, &segments)
        .into_iter()
        .map(|place| {
            let file = files.iter().find(|(file, _)| name(file) == place.segment);
            let text = file.expect("a segment of the folder").1.as_bytes();
            let byte = usize::try_from(place.byte).expect("small");
            let before = match text.get(..byte) {
                Some(all) => Before::Bytes(all[all.len().saturating_sub(super::BEFORE)..].to_vec()),
                None => Before::Short,
            };
            (place, before)
        })
        .collect();
    shipped.decide(container, &segments, &looked)
}

/// A line that was written so many seconds after midnight.
pub(super) fn line(second: u32, text: &str) -> String {
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("2026-11-20T{hour:02}:{minute:02}:{second:02}.500000001Z stdout F {text}\n")
}

/// Midnight of these lines, in seconds since 1970.
pub(super) const MIDNIGHT: i64 = 1_795_132_800;
