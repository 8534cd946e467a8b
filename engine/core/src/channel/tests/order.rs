//! Messages come late, early and twice; what was said is the same.

use proptest::prelude::*;

use super::super::{Channel, Said};
use super::{acknowledged, moment, output};

fn bytes(said: Vec<Said>) -> Vec<u8> {
    said.into_iter()
        .flat_map(|said| match said {
            Said::Output(bytes) => bytes,
            other => panic!("{other:?}"),
        })
        .collect()
}

/// The bytes in pieces, and an order in which each piece comes at least once.
fn ways() -> impl Strategy<Value = (Vec<Vec<u8>>, Vec<usize>)> {
    let pieces = prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 1..30);
    pieces.prop_flat_map(|pieces| {
        let numbers: Vec<usize> = (0..pieces.len()).collect();
        let again = prop::collection::vec(0..pieces.len(), 0..20);
        let order = again.prop_flat_map(move |again| {
            let mut all = numbers.clone();
            all.extend(again);
            Just(all).prop_shuffle()
        });
        (Just(pieces), order)
    })
}

proptest! {
    #[test]
    fn whatever_the_order_the_bytes_are_the_same((pieces, order) in ways()) {
        let mut channel = Channel::default();
        let mut said = Vec::new();
        for number in order {
            let sequence = i64::try_from(number).unwrap();
            let heard = channel.take(&output(sequence, &pieces[number]), moment());
            prop_assert_eq!(acknowledged(&heard), vec![sequence]);
            prop_assert!(heard.fault.is_none());
            said.extend(heard.said);
        }
        prop_assert!(!channel.has_hole());
        prop_assert_eq!(bytes(said), pieces.concat());
    }
}

#[test]
fn what_is_missing_holds_back_the_rest() {
    let mut channel = Channel::default();
    assert!(channel.take(&output(1, b"b"), moment()).said.is_empty());
    assert!(channel.has_hole());
    let said = channel.take(&output(0, b"a"), moment()).said;
    assert_eq!(bytes(said), b"ab");
    assert!(!channel.has_hole());
}

#[test]
fn more_than_fits_is_not_acknowledged_so_that_it_comes_again() {
    let mut channel = Channel::default();
    for number in 1..=10_000 {
        let heard = channel.take(&output(number, b""), moment());
        assert_eq!(acknowledged(&heard), [number]);
    }
    assert!(
        channel
            .take(&output(10_001, b"x"), moment())
            .send
            .is_empty()
    );
    // One that waits already is acknowledged again.
    let heard = channel.take(&output(10_000, b""), moment());
    assert_eq!(acknowledged(&heard), [10_000]);
    channel.take(&output(0, b""), moment());
    let heard = channel.take(&output(10_001, b"x"), moment());
    assert_eq!(bytes(heard.said), b"x");
}

#[test]
fn large_messages_that_wait_are_bounded_by_their_bytes() {
    let mut channel = Channel::default();
    let large = vec![0; 256 << 10];
    let taken = (1..=200).filter(|number| {
        !channel
            .take(&output(*number, &large), moment())
            .send
            .is_empty()
    });
    assert_eq!(taken.count(), 64);
    channel.take(&output(0, b""), moment());
    assert!(!channel.has_hole());
    // Their room is free again.
    let taken = (100..=300).filter(|number| {
        !channel
            .take(&output(*number, &large), moment())
            .send
            .is_empty()
    });
    assert_eq!(taken.count(), 64);
}

#[test]
fn what_comes_again_before_or_after_its_turn_is_taken_once() {
    let mut channel = Channel::default();
    let mut said = Vec::new();
    // Early, and again with other words: the first ones count.
    for (number, word) in [(2, b"c"), (1, b"b"), (2, b"x"), (1, b"y"), (2, b"z")] {
        let heard = channel.take(&output(number, word), moment());
        assert_eq!(acknowledged(&heard), [number]);
        said.extend(heard.said);
    }
    assert!(said.is_empty() && channel.has_hole());
    said.extend(channel.take(&output(0, b"a"), moment()).said);
    assert!(!channel.has_hole());
    // Late: the acknowledgement was lost.
    for number in [0, 2, 1] {
        let heard = channel.take(&output(number, b"w"), moment());
        assert_eq!(acknowledged(&heard), [number]);
        said.extend(heard.said);
    }
    assert!(!channel.has_hole());
    said.extend(channel.take(&output(3, b"d"), moment()).said);
    assert_eq!(bytes(said), b"abcd");
}

#[test]
fn what_comes_again_takes_no_room() {
    let large = vec![0; 256 << 10];
    let mut channel = Channel::default();
    // Of what is said already nothing is kept, and of what waits only one.
    for number in [0, 0, 0, 2, 2, 2] {
        for _ in 0..100 {
            let heard = channel.take(&output(number, &large), moment());
            assert_eq!(acknowledged(&heard), [number]);
        }
    }
    let taken = (3..=200).filter(|number| {
        !channel
            .take(&output(*number, &large), moment())
            .send
            .is_empty()
    });
    assert_eq!(taken.count(), 63);
    // What waits is acknowledged again also where there is room for nothing else.
    let heard = channel.take(&output(2, &large), moment());
    assert_eq!(acknowledged(&heard), [2]);
}
