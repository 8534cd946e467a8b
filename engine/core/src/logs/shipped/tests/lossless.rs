//! Whatever happens on a node: nothing that was not shipped lies before the place that is decided.

use proptest::prelude::*;

use super::name;
use super::node::{Event, Kind, Node};
use crate::logs::shipped::Place;

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        6 => (1..6_usize).prop_map(Event::Write),
        2 => (1..200_u32).prop_map(Event::Wait),
        3 => Just(Event::Rotate),
        1 => Just(Event::Pack),
        1 => Just(Event::Remove),
        1 => Just(Event::Restart),
        5 => (1..12_usize).prop_map(Event::Read),
        1 => Just(Event::Stop),
    ]
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        Just(Kind::FluentBit { markers: true }),
        Just(Kind::FluentBit { markers: false }),
        Just(Kind::Vector),
    ]
}

/// The first byte that is left and was not read.
fn first_unread(node: &Node) -> Option<Place> {
    node.left().into_iter().find_map(|file| {
        Some(Place {
            segment: name(&file.name),
            byte: file.unread()? as u64,
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost(
        kind in kind(),
        is_dull in any::<bool>(),
        events in prop::collection::vec(event(), 1..40),
        ids in prop::collection::vec(0..6_u32, 0..4),
    ) {
        let mut node = Node::new(kind, is_dull);
        events.iter().for_each(|event| node.happen(*event));
        let decision = node.decide(&ids);
        let from = decision.from.clone().expect("there are segments");
        if let Some(unread) = first_unread(&node) {
            prop_assert!(from <= unread, "{unread:?} is before {decision:#?}");
            if decision.is_certain() {
                prop_assert_eq!(&from, &unread);
            }
        } else if decision.is_certain() {
            let last = node.left().into_iter().last().map(|file| (name(&file.name), file.length() as u64));
            prop_assert_eq!(Some((from.segment.clone(), from.byte)), last);
        }
        prop_assert!(decision.likely >= decision.from, "{decision:#?}");
    }

    /// A collector that has kept up until it ended once: the likely place is exact.
    #[test]
    fn what_is_likely_is_so_where_nothing_odd_happens(
        is_vector in any::<bool>(),
        before in prop::collection::vec((1..6_usize, any::<bool>()), 1..8),
        after in prop::collection::vec((1..6_usize, any::<bool>()), 0..3),
    ) {
        let kind = if is_vector { Kind::Vector } else { Kind::FluentBit { markers: true } };
        let mut node = Node::new(kind, false);
        for (lines, rotates) in before {
            node.happen(Event::Write(lines));
            node.happen(Event::Read(usize::MAX));
            if rotates {
                node.happen(Event::Rotate);
                node.happen(Event::Read(usize::MAX));
            }
        }
        node.happen(Event::Write(1));
        node.happen(Event::Read(usize::MAX));
        node.happen(Event::Stop);
        for (lines, rotates) in after {
            node.happen(Event::Write(lines));
            if rotates {
                node.happen(Event::Rotate);
            }
        }
        prop_assert!(!node.was_down);
        let decision = node.decide(&[0]);
        if let Some(unread) = first_unread(&node) {
            prop_assert_eq!(decision.likely, Some(unread), "{:#?}", decision.doubts);
        }
    }
}
