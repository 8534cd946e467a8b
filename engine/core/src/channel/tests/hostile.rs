//! Whatever comes: a fault with a face, and never a panic.

use proptest::prelude::*;

use super::super::message::{AgentMessage, Kind, MOST_PAYLOAD, payload};
use super::super::{Channel, ChannelFault, Reading};
use super::{moment, of_agent, output};
use crate::frame::Nonce;

fn fault(frame: &[u8]) -> Option<ChannelFault> {
    Channel::default().take(frame, moment()).fault
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(frames in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..5)) {
        let mut channel = Channel::default();
        for frame in frames {
            channel.take(&frame, moment());
        }
    }

    #[test]
    fn no_damage_makes_it_panic_or_passes_for_output(at in 0..140_usize, byte in any::<u8>(), kind in 0..14_u32) {
        let whole = of_agent(0, kind, b"twenty bytes of text").encode();
        let mut frame = whole.clone();
        frame[at] = byte;
        let heard = Channel::default().take(&frame, moment());
        if at >= 120 && frame != whole {
            prop_assert_eq!(heard.fault, Some(ChannelFault::Digest(0)));
        }
    }

    #[test]
    fn no_payload_makes_it_panic(kind in 0..14_u32, bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        Channel::default().take(&of_agent(0, kind, &bytes).encode(), moment());
        let mut closing = of_agent(0, 0, &bytes);
        closing.kind = Kind::Closed;
        let said = Channel::default().take(&closing.encode(), moment()).said;
        prop_assert_eq!(said.len(), 1);
    }

    #[test]
    fn no_output_makes_the_reading_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), cut in 0..300_usize) {
        let mut reading = Reading::new(Nonce::new([0; 8]), 1_000_000);
        let begin = b"=0000000000000000 begin gzip\n";
        let whole = [begin.as_slice(), &bytes].concat();
        let (a, b) = whole.split_at(cut.min(whole.len()));
        if reading.take(a).is_ok() {
            let _ = reading.take(b);
        }
        prop_assert_eq!(reading.finish(), Err(ChannelFault::CutShort));
    }
}

#[test]
fn lengths_that_lie_are_told() {
    let whole = output(0, b"abc");
    for length in [0, 119, whole.len() - 1] {
        assert!(
            matches!(fault(&whole[..length]), Some(ChannelFault::Damaged(_))),
            "{length}"
        );
    }
    let mut more = whole.clone();
    more.push(0);
    assert_eq!(
        fault(&more),
        Some(ChannelFault::Damaged("4 bytes of a payload of 3".into()))
    );
    let mut header = whole.clone();
    header[..4].copy_from_slice(&u32::MAX.to_be_bytes());
    assert_eq!(
        fault(&header),
        Some(ChannelFault::Damaged("a header of 4294967295 bytes".into()))
    );
    let large = output(0, &vec![0; MOST_PAYLOAD + 1]);
    assert!(matches!(fault(&large), Some(ChannelFault::Damaged(_))));
    let fits = output(0, &vec![0; MOST_PAYLOAD]);
    assert_eq!(fault(&fits), None);
}

#[test]
fn a_wrong_digest_is_told_of_output_and_passed_over_elsewhere() {
    let mut frame = output(7, b"abc");
    frame[80] ^= 1;
    assert_eq!(fault(&frame), Some(ChannelFault::Digest(7)));
    let mut other = of_agent(0, 0, b"{}");
    other.kind = Kind::Other("start_publication".to_owned());
    let mut frame = other.encode();
    frame[80] ^= 1;
    assert_eq!(fault(&frame), None);
}

#[test]
fn what_the_agent_should_not_say_is_told() {
    let of = |sequence, kind, bytes: &[u8]| fault(&of_agent(sequence, kind, bytes).encode());
    assert!(matches!(of(-1, 1, b""), Some(ChannelFault::Damaged(_))));
    assert!(matches!(
        of(0, payload::EXIT_CODE, b"EXIT_CODE: x"),
        Some(ChannelFault::Damaged(_))
    ));
    assert!(matches!(
        of(0, payload::HANDSHAKE_REQUEST, b"["),
        Some(ChannelFault::Damaged(_))
    ));
    assert_eq!(
        of(0, payload::ENCRYPTION_CHALLENGE, b"{}"),
        Some(ChannelFault::Encrypted)
    );
    let shell = br#"{"RequestedClientActions":[{"ActionType":"SessionType","ActionParameters":{"SessionType":"Standard_Stream"}}]}"#;
    assert!(matches!(
        of(0, payload::HANDSHAKE_REQUEST, shell),
        Some(ChannelFault::Unsupported(_))
    ));
    let odd = br#"{"RequestedClientActions":[{"ActionType":"Dance"}]}"#;
    assert_eq!(
        of(0, payload::HANDSHAKE_REQUEST, odd),
        Some(ChannelFault::Unsupported("Dance".into()))
    );
    let message = AgentMessage::decode(&output(0, b"secret")).unwrap();
    assert!(!format!("{message:?}").contains("115"), "{message:?}");
}
