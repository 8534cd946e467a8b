//! What stands on the wire, byte for byte.

use serde_json::{Value, json};
use uuid::Uuid;

use super::super::message::{AgentMessage, Kind, payload};
use super::super::{Channel, ChannelFault, Said, opening};
use super::{acknowledged, moment, of_agent, output};

#[test]
fn a_message_stands_on_the_wire_as_the_agent_has_it() {
    let message = AgentMessage {
        kind: Kind::Output,
        created: 0x0102_0304_0506_0708,
        sequence: 9,
        flags: 3,
        id: Uuid::parse_str("00112233-4455-6677-8899-aabbccddeeff").unwrap(),
        payload_type: 12,
        payload: b"EXIT_CODE: 3".to_vec(),
    };
    let bytes = message.encode();
    assert_eq!(bytes[..4], [0, 0, 0, 116]);
    assert_eq!(&bytes[4..36], b"output_stream_data              ");
    assert_eq!(bytes[36..40], [0, 0, 0, 1]);
    assert_eq!(bytes[40..48], [1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(bytes[48..56], [0, 0, 0, 0, 0, 0, 0, 9]);
    assert_eq!(bytes[56..64], [0, 0, 0, 0, 0, 0, 0, 3]);
    // The halves of the id change places.
    let id = [
        0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
    ];
    assert_eq!(bytes[64..80], id);
    // sha256 of `EXIT_CODE: 3`, as sha256sum has it.
    assert_eq!(bytes[80..84], [0x75, 0xb9, 0x8d, 0x70]);
    assert_eq!(bytes[112..116], [0, 0, 0, 12]);
    assert_eq!(bytes[116..120], [0, 0, 0, 12]);
    assert_eq!(&bytes[120..], b"EXIT_CODE: 3");
    assert_eq!(AgentMessage::decode(&bytes), Ok(message));
}

#[test]
fn names_may_be_padded_with_either() {
    let mut bytes = output(0, b"x");
    for byte in &mut bytes[4..36] {
        if *byte == b' ' {
            *byte = 0;
        }
    }
    assert_eq!(AgentMessage::decode(&bytes).unwrap().kind, Kind::Output);
}

#[test]
fn the_first_frame_has_the_token_and_a_version_that_is_supported() {
    let text = opening("t0ken", Uuid::from_u128(1), Uuid::from_u128(2));
    let value: Value = serde_json::from_str(&text).unwrap();
    let wanted = json!({
        "MessageSchemaVersion": "1.0",
        "RequestId": "00000000-0000-0000-0000-000000000001",
        "TokenValue": "t0ken",
        "ClientId": "00000000-0000-0000-0000-000000000002",
        "ClientVersion": "1.2.764.0",
    });
    assert_eq!(value, wanted);
}

#[test]
fn a_handshake_is_answered_and_the_answer_repeated_until_it_is_acknowledged() {
    let mut channel = Channel::default();
    let request = r#"{"AgentVersion":"3.3.131.0","RequestedClientActions":[{"ActionType":"SessionType","ActionParameters":{"SessionType":"NonInteractiveCommands","Properties":null}}]}"#;
    let frame = of_agent(0, payload::HANDSHAKE_REQUEST, request.as_bytes()).encode();
    let heard = channel.take(&frame, moment());
    assert_eq!(heard.fault, None);
    assert_eq!(acknowledged(&heard), [0]);
    let answer = AgentMessage::decode(&heard.send[1]).unwrap();
    assert_eq!(answer.kind, Kind::Input);
    assert_eq!(
        (answer.sequence, answer.flags, answer.payload_type),
        (0, 0, 6)
    );
    let value: Value = serde_json::from_slice(&answer.payload).unwrap();
    let wanted = json!({
        "ClientVersion": "1.2.764.0",
        "ProcessedClientActions": [
            {"ActionType": "SessionType", "ActionStatus": 1, "ActionResult": null, "Error": ""}
        ],
        "Errors": null,
    });
    assert_eq!(value, wanted);
    assert_eq!(channel.unanswered(), Some(heard.send[1].as_slice()));
    let mut acknowledgement = of_agent(0, 0, br#"{"AcknowledgedMessageType":"input_stream_data","AcknowledgedMessageId":"x","AcknowledgedMessageSequenceNumber":0,"IsSequentialMessage":true}"#);
    acknowledgement.kind = Kind::Acknowledge;
    channel.take(&acknowledgement.encode(), moment());
    assert_eq!(channel.unanswered(), None);
}

#[test]
fn encryption_is_refused_with_the_word_for_it() {
    let request = r#"{"RequestedClientActions":[{"ActionType":"KMSEncryption","ActionParameters":{"KMSKeyId":"k","Challenge":"c"}},{"ActionType":"SessionType","ActionParameters":{"SessionType":"NonInteractiveCommands"}}]}"#;
    let frame = of_agent(0, payload::HANDSHAKE_REQUEST, request.as_bytes()).encode();
    let heard = Channel::default().take(&frame, moment());
    assert_eq!(heard.fault, Some(ChannelFault::Encrypted));
    let answer = AgentMessage::decode(&heard.send[1]).unwrap();
    let value: Value = serde_json::from_slice(&answer.payload).unwrap();
    assert_eq!(value["ProcessedClientActions"][0]["ActionStatus"], 3);
    assert_eq!(value["ProcessedClientActions"][1]["ActionStatus"], 1);
}

#[test]
fn both_streams_the_code_and_the_end_are_told_apart() {
    let mut channel = Channel::default();
    let mut said = Vec::new();
    for (number, kind, bytes) in [
        (0, payload::OUTPUT, &b"out"[..]),
        (1, payload::ERRORS, b"err"),
        (2, payload::EXIT_CODE, b"EXIT_CODE: -1"),
    ] {
        let heard = channel.take(&of_agent(number, kind, bytes).encode(), moment());
        assert_eq!(acknowledged(&heard), [number]);
        said.extend(heard.said);
    }
    let mut closing = of_agent(0, 0, br#"{"SessionId":"s","Output":"it is \u001b over"}"#);
    closing.kind = Kind::Closed;
    said.extend(channel.take(&closing.encode(), moment()).said);
    let wanted = [
        Said::Output(b"out".to_vec()),
        Said::Errors(b"err".to_vec()),
        Said::Exit(-1),
        Said::Closed("it is   over".to_owned()),
    ];
    assert_eq!(said, wanted);
    // Whatever comes after the end is nobody's.
    assert_eq!(
        channel.take(&output(3, b"more"), moment()),
        super::Heard::default()
    );
}
