//! Listens to a session until it is over, and goes on with another socket where one breaks.

use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use heeler_core::channel::{Channel, ChannelFault, Moment, Reading, Said};
use heeler_core::frame::Nonce;
use jiff::Timestamp;
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until, timeout, timeout_at};
use tokio_tungstenite::tungstenite::Message;
use tokio_util::bytes::Bytes;
use uuid::Uuid;

use super::Link;
use super::socket::Socket;
use super::torn::Torn;
use crate::world::error::{CallError, Cause, Chain};
use crate::world::port::StreamedScript;

/// Before each further try with another socket: together some seconds, in which a network comes back.
const PAUSES: [Duration; 5] = [
    Duration::from_millis(200),
    Duration::from_millis(800),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
];
/// What is not acknowledged is sent again so often.
const AGAIN: Duration = Duration::from_secs(1);
/// What a socket may take for one frame.
const SENDING: Duration = Duration::from_secs(10);
/// The session is over so soon after its output, or it is ended.
const ENDING: Duration = Duration::from_secs(5);
/// Bytes that are kept of what a script says on standard error.
const MOST_ERRORS: usize = 1_000;

/// A session that runs.
pub(super) struct Pump {
    link: Link,
    id: String,
    channel: Channel,
    reading: Reading,
    sender: UnboundedSender<Result<Bytes, CallError>>,
    limit: Duration,
    idle: Duration,
    errors: Vec<u8>,
    exit: Option<i32>,
    /// Something came since the last socket was opened.
    has_moved: bool,
    /// Nothing came for too long, and nothing has since.
    has_stalled: bool,
    /// What was lost with a socket: an agent sends it again one by one, ten in a second.
    torn: Torn,
    /// The service has said that it is over.
    is_over: bool,
}

/// Why a socket is not listened to any more.
enum Stop {
    /// The session is over, and this is what the service says.
    Over(String),
    /// Nobody reads it.
    Unwanted,
    /// The socket: another one may come further.
    Socket(Cause),
    /// Nothing comes through it: so may another one, but only once.
    Idle(Cause),
    /// For good.
    Fault(Cause),
}

impl Pump {
    pub(super) fn new(
        link: Link,
        id: String,
        (script, nonce): (&StreamedScript, Nonce),
        sender: UnboundedSender<Result<Bytes, CallError>>,
    ) -> Self {
        Pump {
            link,
            id,
            channel: Channel::default(),
            reading: Reading::new(nonce, script.most),
            sender,
            limit: script.limit,
            idle: script.idle,
            errors: Vec::new(),
            exit: None,
            has_moved: false,
            has_stalled: false,
            torn: Torn::default(),
            is_over: false,
        }
    }

    /// Listens to the end, and leaves no session open: not even one whose agent says something now and then for ever.
    pub(super) async fn run(mut self, mut socket: Socket) {
        // It may have said nothing for so long by two sockets, one after the other.
        let limit = self.limit + self.idle * 2 + ENDING;
        let reader = self.sender.clone();
        let followed = tokio::select! {
            followed = timeout_at(Instant::now() + limit, self.follow(&mut socket)) => followed,
            () = reader.closed() => Ok(None),
        };
        let outcome = followed.unwrap_or_else(|_| {
            let why = format!("it does not end: {} s were enough", limit.as_secs());
            Some(Err(Cause::Unreadable(why)))
        });
        if !self.is_over || !matches!(outcome, Some(Ok(()))) {
            self.link.terminate(&self.id).await;
        }
        let _ = timeout(ENDING, socket.close(None)).await;
        self.end(outcome.unwrap_or(Ok(())));
    }

    /// Listens to the end, by one socket after the other. What came of it; `None`: nobody wants it any more.
    async fn follow(&mut self, socket: &mut Socket) -> Option<Result<(), Cause>> {
        let mut pauses = PAUSES.iter();
        loop {
            let stop = self.listen(socket).await;
            if std::mem::take(&mut self.has_moved) {
                pauses = PAUSES.iter();
            }
            let mut cause = match stop {
                Stop::Over(words) => {
                    self.is_over = true;
                    return Some(self.judge(&words));
                }
                Stop::Unwanted => return None,
                Stop::Fault(cause) => return Some(Err(cause)),
                Stop::Idle(cause) if self.has_stalled => return Some(Err(cause)),
                Stop::Idle(cause) => {
                    self.has_stalled = true;
                    cause
                }
                Stop::Socket(cause) => cause,
            };
            // All of it is here.
            if self.reading.finish().is_ok() {
                return Some(self.judge(""));
            }
            *socket = loop {
                let Some(pause) = pauses.next() else {
                    return Some(Err(cause));
                };
                sleep(*pause).await;
                match self.again().await {
                    Ok(socket) => break socket,
                    Err(error) if error.is_passing() => cause = error.cause,
                    // This session is lost; another one may not be.
                    Err(error) => {
                        let why = format!("{}; {}", said(&cause), error.what());
                        return Some(Err(Cause::TimedOut(why)));
                    }
                }
            };
            self.torn.mend(Instant::now() + self.idle);
        }
    }

    fn end(&self, outcome: Result<(), Cause>) {
        if let Err(cause) = outcome {
            // Nobody may be there to hear it.
            let _ = self.sender.send(Err(self.link.door.error(cause)));
        }
    }

    /// The same session through another socket.
    async fn again(&self) -> Result<Socket, CallError> {
        let address = self.link.resume(&self.id).await?;
        self.link.door.enter(&address).await
    }

    /// What a session that is over has brought.
    fn judge(&self, words: &str) -> Result<(), Cause> {
        let said = String::from_utf8_lossy(&self.errors);
        let ended = self.reading.finish();
        let of_script = ended.as_ref().map_or("", |ended| ended.said.as_str());
        let said: Vec<&str> = [of_script]
            .into_iter()
            .chain(said.lines().map(str::trim))
            .chain([words])
            .filter(|said| !said.is_empty())
            .collect();
        let said = said.join("; ");
        match ended {
            Ok(ended) if ended.exit == 0 => Ok(()),
            Ok(ended) => Err(Cause::NotFound(format!(
                "the script on the node ended with {}: {said}",
                ended.exit
            ))),
            Err(fault) => {
                let code = self.exit.map_or("without an exit code".to_owned(), |code| {
                    format!("with {code}")
                });
                Err(Cause::TimedOut(format!("{fault} ({code}): {said}")))
            }
        }
    }

    async fn listen(&mut self, socket: &mut Socket) -> Stop {
        if let Some(frame) = self.channel.unanswered() {
            let frame = Bytes::copy_from_slice(frame);
            if let Err(stop) = send(socket, Message::Binary(frame)).await {
                return stop;
            }
        }
        let mut again = interval(AGAIN);
        again.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut last = Instant::now();
        loop {
            let is_all = self.reading.finish().is_ok();
            let patience = if is_all { ENDING } else { self.idle };
            let heard = tokio::select! {
                heard = socket.next() => heard,
                () = sleep_until(last + patience) => {
                    let idle = self.idle.as_secs();
                    return Stop::Idle(Cause::TimedOut(format!("nothing came for {idle} s")));
                }
                _ = again.tick() => {
                    if let Some(frame) = self.channel.unanswered() {
                        let frame = Bytes::copy_from_slice(frame);
                        if let Err(stop) = send(socket, Message::Binary(frame)).await {
                            return stop;
                        }
                    }
                    continue;
                }
            };
            let frame = match heard {
                Some(Ok(Message::Binary(frame))) => frame,
                // Pings are answered below us, and say nothing of the node.
                Some(Ok(Message::Close(_))) | None => {
                    return Stop::Socket(Cause::TimedOut("the connection ended".to_owned()));
                }
                Some(Ok(_)) => continue,
                Some(Err(error)) => {
                    return Stop::Socket(Cause::TimedOut(Chain::of(&error).root()));
                }
            };
            match self.hear(socket, &frame).await {
                Ok(true) => last = Instant::now(),
                Ok(false) => {}
                Err(stop) => return stop,
            }
        }
    }

    /// Takes a frame; whether anything was said in it.
    async fn hear(&mut self, socket: &mut Socket, frame: &[u8]) -> Result<bool, Stop> {
        let millis = u64::try_from(Timestamp::now().as_millisecond()).unwrap_or_default();
        let moment = Moment {
            millis,
            ids: [Uuid::now_v7(), Uuid::now_v7()],
        };
        let heard = self.channel.take(frame, moment);
        // What was said counts as heard from now on, also where a socket breaks while that is acknowledged.
        let mut sent = Ok(());
        for frame in heard.send {
            if sent.is_ok() {
                sent = send(socket, Message::binary(frame)).await;
            }
        }
        let has_said = !heard.said.is_empty();
        for said in heard.said {
            self.said(said)?;
        }
        self.has_moved |= has_said;
        self.has_stalled &= !has_said;
        if self.torn.is_late(self.channel.has_hole(), Instant::now()) {
            let why = "what was lost with a connection comes again too slowly";
            return Err(Stop::Fault(Cause::TimedOut(why.to_owned())));
        }
        match heard.fault {
            Some(fault) => Err(Stop::Fault(cause(&fault))),
            None => sent.map(|()| has_said),
        }
    }

    fn said(&mut self, said: Said) -> Result<(), Stop> {
        match said {
            Said::Output(bytes) => {
                let printed = self.reading.take(&bytes);
                let printed = printed.map_err(|fault| Stop::Fault(cause(&fault)))?;
                if !printed.is_empty() && self.sender.send(Ok(printed.into())).is_err() {
                    return Err(Stop::Unwanted);
                }
            }
            Said::Errors(bytes) => {
                let room = MOST_ERRORS.saturating_sub(self.errors.len());
                self.errors.extend(bytes.iter().take(room));
            }
            Said::Exit(code) => self.exit = Some(code),
            Said::Closed(words) => return Err(Stop::Over(words)),
        }
        Ok(())
    }
}

/// What the service or the network has said.
fn said(cause: &Cause) -> String {
    match cause {
        Cause::TimedOut(said) | Cause::Unavailable(said) | Cause::Unreachable(said) => said.clone(),
        _ => "the connection ended".to_owned(),
    }
}

async fn send(socket: &mut Socket, message: Message) -> Result<(), Stop> {
    match timeout(SENDING, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(Stop::Socket(Cause::TimedOut(Chain::of(&error).root()))),
        Err(_) => Err(Stop::Socket(Cause::TimedOut(
            "it takes nothing any more".to_owned(),
        ))),
    }
}

fn cause(fault: &ChannelFault) -> Cause {
    let detail = match fault {
        ChannelFault::Encrypted => format!("{fault}: another way has to be taken"),
        fault => fault.to_string(),
    };
    match fault {
        ChannelFault::CutShort => Cause::TimedOut(detail),
        ChannelFault::AdminOff => Cause::AdminOff(detail),
        ChannelFault::Encrypted | ChannelFault::Unsupported(_) => Cause::Refused {
            code: "handshake".to_owned(),
            detail,
        },
        _ => Cause::Unreadable(detail),
    }
}
