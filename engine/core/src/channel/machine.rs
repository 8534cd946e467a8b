//! The channel as a machine: a frame goes in; what is to be sent, and what was said, come out.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::ChannelFault;
use super::handshake;
use super::message::{AgentMessage, Kind, payload};

/// Messages that may wait for an earlier one, as in the official client.
const MOST_EARLY: usize = 10_000;
/// Their bytes: 10,000 of the agent's own chunks, and somewhat more.
const MOST_EARLY_BYTES: usize = 16 << 20;
/// SYN and FIN, as the official client acknowledges.
const ACKNOWLEDGING: u64 = 3;
/// Bytes of what the service says at the end.
const MOST_WORDS: usize = 1_000;

/// What a machine without a clock has to be told.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// Milliseconds since 1970.
    pub millis: u64,
    /// Two ids that nobody has had before.
    pub ids: [Uuid; 2],
}

/// What was said, in order.
#[derive(Clone, PartialEq, Eq)]
pub enum Said {
    /// On standard output.
    Output(Vec<u8>),
    /// On standard error.
    Errors(Vec<u8>),
    /// The exit code: the channel may still have something on its way.
    Exit(i32),
    /// The session is over, and what the service says about that.
    Closed(String),
}

/// What nodes print is not for anybody's log.
impl std::fmt::Debug for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Said::Output(bytes) => write!(f, "Output({} bytes)", bytes.len()),
            Said::Errors(bytes) => write!(f, "Errors({} bytes)", bytes.len()),
            Said::Exit(code) => write!(f, "Exit({code})"),
            Said::Closed(words) => write!(f, "Closed({words:?})"),
        }
    }
}

/// What a frame brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heard {
    /// What is to be sent at once, each as a frame of its own.
    pub send: Vec<Vec<u8>>,
    /// What was said.
    pub said: Vec<Said>,
    /// Why it can't go on. What is to be sent is to be sent all the same.
    pub fault: Option<ChannelFault>,
}

/// A data channel. It lives on where a socket breaks and another one takes its place.
#[derive(Debug, Default)]
pub struct Channel {
    /// The message that comes next.
    expected: i64,
    /// Messages that came before their turn.
    early: BTreeMap<i64, (u32, Vec<u8>)>,
    early_bytes: usize,
    /// The next of the own messages.
    next: i64,
    /// An own message that was not acknowledged.
    unanswered: Option<(i64, Vec<u8>)>,
    is_closed: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Acknowledgement {
    acknowledged_message_sequence_number: i64,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Closing {
    output: Option<String>,
}

impl Channel {
    /// Takes a frame.
    pub fn take(&mut self, frame: &[u8], moment: Moment) -> Heard {
        let mut heard = Heard::default();
        if self.is_closed {
            return heard;
        }
        if let Err(fault) = self.hear(frame, moment, &mut heard) {
            heard.fault = Some(fault);
        }
        heard
    }

    /// What has to be sent again after a while, and on another socket.
    pub fn unanswered(&self) -> Option<&[u8]> {
        self.unanswered.as_ref().map(|(_, frame)| frame.as_slice())
    }

    /// Something came, and what was sent before it did not.
    pub fn has_hole(&self) -> bool {
        !self.early.is_empty()
    }

    fn hear(
        &mut self,
        frame: &[u8],
        moment: Moment,
        heard: &mut Heard,
    ) -> Result<(), ChannelFault> {
        let message = AgentMessage::decode(frame)?;
        match message.kind {
            Kind::Output => self.output(message, moment, heard),
            Kind::Acknowledge => {
                let read = serde_json::from_slice::<Acknowledgement>(&message.payload);
                let read = read.map_err(|error| {
                    ChannelFault::Damaged(format!("an acknowledgement: {error}"))
                })?;
                let number = read.acknowledged_message_sequence_number;
                self.unanswered.take_if(|(own, _)| *own == number);
                Ok(())
            }
            Kind::Closed => {
                self.is_closed = true;
                // Whatever it holds, it is the end.
                let closing: Closing = serde_json::from_slice(&message.payload).unwrap_or_default();
                let words = closing.output.unwrap_or_default();
                heard.said.push(Said::Closed(plain(&words)));
                Ok(())
            }
            Kind::Input | Kind::Other(_) => Ok(()),
        }
    }

    fn output(
        &mut self,
        message: AgentMessage,
        moment: Moment,
        heard: &mut Heard,
    ) -> Result<(), ChannelFault> {
        let sequence = message.sequence;
        if sequence < 0 {
            return Err(ChannelFault::Damaged(format!("its number is {sequence}")));
        }
        if sequence > self.expected && !self.early.contains_key(&sequence) {
            let bytes = self.early_bytes.saturating_add(message.payload.len());
            if self.early.len() >= MOST_EARLY || bytes > MOST_EARLY_BYTES {
                // Not acknowledged: the agent sends it again.
                return Ok(());
            }
        }
        // One that came before is acknowledged again: the first acknowledgement may be lost.
        heard.send.push(acknowledge(&message, moment));
        if sequence > self.expected {
            let length = message.payload.len();
            // Of two that say they are the same one the first counts: its length was counted, too.
            if let Entry::Vacant(place) = self.early.entry(sequence) {
                place.insert((message.payload_type, message.payload));
                self.early_bytes += length;
            }
        } else if sequence == self.expected {
            let mut next = Some((message.payload_type, message.payload));
            while let Some((payload_type, bytes)) = next {
                self.expected = self.expected.saturating_add(1);
                self.say(payload_type, bytes, moment, heard)?;
                next = self.early.remove(&self.expected);
                let length = next.as_ref().map_or(0, |(_, bytes)| bytes.len());
                self.early_bytes = self.early_bytes.saturating_sub(length);
            }
        }
        Ok(())
    }

    /// A message whose turn it is.
    fn say(
        &mut self,
        payload_type: u32,
        bytes: Vec<u8>,
        moment: Moment,
        heard: &mut Heard,
    ) -> Result<(), ChannelFault> {
        match payload_type {
            payload::OUTPUT => heard.said.push(Said::Output(bytes)),
            payload::ERRORS => heard.said.push(Said::Errors(bytes)),
            payload::EXIT_CODE => heard.said.push(Said::Exit(exit_code(&bytes)?)),
            payload::HANDSHAKE_REQUEST => {
                let (response, fault) = handshake::answer(&bytes)?;
                let frame = AgentMessage {
                    kind: Kind::Input,
                    created: moment.millis,
                    sequence: self.next,
                    flags: 0,
                    id: moment.ids[1],
                    payload_type: payload::HANDSHAKE_RESPONSE,
                    payload: response,
                }
                .encode();
                self.unanswered = Some((self.next, frame.clone()));
                self.next = self.next.saturating_add(1);
                heard.send.push(frame);
                return fault.map_or(Ok(()), Err);
            }
            payload::ENCRYPTION_CHALLENGE => return Err(ChannelFault::Encrypted),
            _ => {}
        }
        Ok(())
    }
}

fn acknowledge(message: &AgentMessage, moment: Moment) -> Vec<u8> {
    let payload = json!({
        "AcknowledgedMessageType": message.kind.name(),
        "AcknowledgedMessageId": message.id.to_string(),
        "AcknowledgedMessageSequenceNumber": message.sequence,
        "IsSequentialMessage": true,
    });
    AgentMessage {
        kind: Kind::Acknowledge,
        created: moment.millis,
        sequence: 0,
        flags: ACKNOWLEDGING,
        id: moment.ids[0],
        payload_type: 0,
        payload: payload.to_string().into_bytes(),
    }
    .encode()
}

/// `EXIT_CODE: 3`.
fn exit_code(bytes: &[u8]) -> Result<i32, ChannelFault> {
    let text = String::from_utf8_lossy(bytes);
    let number = text.trim().strip_prefix("EXIT_CODE:").unwrap_or(&text);
    let odd = |_| ChannelFault::Damaged(format!("its exit code is {}", plain(&text)));
    number.trim().parse().map_err(odd)
}

/// Words of somebody else, for one line.
pub(super) fn plain(words: &str) -> String {
    let words = words.trim().chars();
    words
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .take(MOST_WORDS)
        .collect()
}
