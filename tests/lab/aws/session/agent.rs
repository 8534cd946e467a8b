//! The agent of a session: a handshake, a process, and what it prints in chunks (shell.go, shell_unix.go).

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::Child;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, interval, sleep_until};
use tokio_tungstenite::tungstenite::Message as Frame;

use super::super::agent::Agent;
use super::super::cloud::Cloud;
use super::outgoing::Outgoing;
use super::text::Runes;
use super::wire::Message;
use super::{Heard, Session, SessionUpset, words};

const CHUNK: usize = 1_024;
const TICK: Duration = Duration::from_millis(100);
/// How long a client may take for its handshake.
const HANDSHAKE: Duration = Duration::from_secs(15);
/// How long messages without an acknowledgement are waited for at the end.
const PATIENCE: Duration = Duration::from_secs(2);
/// What trickles comes so often.
const TRICKLE: Duration = Duration::from_secs(1);
const OUTPUT: u32 = 1;
const REQUEST: u32 = 5;
const RESPONSE: u32 = 6;
const COMPLETE: u32 = 7;
const ERRORS: u32 = 11;
const EXIT_CODE: u32 = 12;

/// One session's agent.
struct Talk {
    cloud: Arc<Cloud>,
    session: Arc<Session>,
    outgoing: Outgoing,
    heard: UnboundedReceiver<Heard>,
    /// Messages of output so far.
    sent: u64,
    /// A message that waits to be sent after the next one.
    held: Option<Vec<u8>>,
    scrambles: bool,
    is_stalled: bool,
    /// When the last byte of a trickle was sent.
    trickled: Option<Instant>,
    loses: bool,
    is_paused: bool,
    is_over: bool,
    is_answered: bool,
    refusal: Option<String>,
}

/// Takes a session up, and leaves it when it is over.
pub(super) async fn run(cloud: Arc<Cloud>, session: Arc<Session>, heard: UnboundedReceiver<Heard>) {
    let mut talk = Talk {
        cloud,
        session,
        outgoing: Outgoing::default(),
        heard,
        sent: 0,
        held: None,
        scrambles: false,
        is_stalled: false,
        trickled: None,
        loses: false,
        is_paused: false,
        is_over: false,
        is_answered: false,
        refusal: None,
    };
    let life = talk.cloud.faults.agent_life(&talk.session.instance);
    let (faults, instance) = (talk.cloud.faults.clone(), talk.session.instance.clone());
    tokio::select! {
        () = talk.hold() => {}
        () = faults.agent_killed(&instance, life) => {}
    }
    talk.session.over();
}

impl Talk {
    async fn hold(&mut self) {
        let output = match self.shake_hands().await {
            Ok(()) => self.work().await,
            Err(why) => why,
        };
        if self.is_over || self.is_stalled {
            return self.wait_for_the_end().await;
        }
        let until = Instant::now() + PATIENCE;
        self.flush();
        while !self.outgoing.is_empty() && !self.is_over && !self.loses && Instant::now() < until {
            self.listen(Some(until)).await;
        }
        let session = &self.session.id;
        let closing = json!({
            "MessageId": super::random_uuid(),
            "CreatedDate": jiff::Timestamp::now().to_string(),
            "DestinationId": "",
            "SessionId": session,
            "MessageType": "channel_closed",
            "SchemaVersion": 1,
            "Output": output,
        });
        let closing = Message::new("channel_closed", 0, 0, closing.to_string().into_bytes());
        self.session.send(Frame::binary(closing.encode()));
    }

    /// A session that does nothing any more lives until somebody ends it.
    async fn wait_for_the_end(&mut self) {
        while !self.is_over {
            self.listen(None).await;
        }
    }

    async fn shake_hands(&mut self) -> Result<(), String> {
        let mut actions = vec![json!({
            "ActionType": "SessionType",
            "ActionParameters": { "SessionType": "NonInteractiveCommands", "Properties": null },
        })];
        let sessions = &self.cloud.sessions;
        let is_encrypted = sessions
            .upset(0, |upset| upset == SessionUpset::Encrypted)
            .is_some();
        if is_encrypted {
            actions.push(json!({
                "ActionType": "KMSEncryption",
                "ActionParameters": { "KMSKeyId": "alias/sessions", "Challenge": "Y2hhbGxlbmdl" },
            }));
        }
        let request = json!({ "AgentVersion": "3.3.131.0", "RequestedClientActions": actions });
        let until = Instant::now() + HANDSHAKE;
        self.post(REQUEST, request.to_string().as_bytes());
        while !self.is_answered && !self.is_over {
            if Instant::now() > until {
                return Err("Handshake timed out. Please ensure that you have the latest version of the session manager plugin.".to_owned());
            }
            self.listen(Some(until)).await;
        }
        if self.is_over {
            return Err(String::new());
        }
        if let Some(refusal) = self.refusal.take() {
            return Err(refusal);
        }
        let complete = json!({ "HandshakeTimeToComplete": 30_000_000, "CustomerMessage": "" });
        self.post(COMPLETE, complete.to_string().as_bytes());
        Ok(())
    }

    /// Runs the command to its end, or to the session's.
    async fn work(&mut self) -> String {
        let Some(mut child) = self.start() else {
            self.post(EXIT_CODE, b"EXIT_CODE: 1");
            self.post(ERRORS, b"the command could not be started");
            return String::new();
        };
        let (mut out, mut err) = (child.stdout.take(), child.stderr.take());
        let (mut of_out, mut of_err) = (Runes::default(), Runes::default());
        let (mut from_out, mut from_err) = ([0; CHUNK], [0; CHUNK]);
        let mut kept = Vec::new();
        while (out.is_some() || err.is_some()) && !self.is_over {
            let reads = !self.is_paused && !self.is_stalled && self.trickled.is_none();
            if self.trickled.is_some_and(|last| last.elapsed() > TRICKLE) {
                self.trickled = Some(Instant::now());
                self.post(ERRORS, b".");
            }
            tokio::select! {
                bytes = chunk(&mut out, &mut from_out), if reads && out.is_some() => {
                    let text = of_out.take(bytes);
                    if self.session.separate { self.print(OUTPUT, &text); } else { kept.extend(text); }
                }
                bytes = chunk(&mut err, &mut from_err), if reads && err.is_some() => {
                    let text = of_err.take(bytes);
                    if self.session.separate { self.print(ERRORS, &text); } else { kept.extend(text); }
                }
                () = self.listen(None) => {}
            }
        }
        if self.is_over {
            // This process alone.
            let _ = child.start_kill();
            return String::new();
        }
        drop((out, err));
        let code = child.wait().await.ok().and_then(|status| status.code());
        if self.session.separate {
            self.flush();
            let code = code.filter(|code| *code <= 128).unwrap_or(-1);
            self.post(EXIT_CODE, format!("EXIT_CODE: {code}").as_bytes());
        } else {
            kept.chunks(CHUNK)
                .for_each(|chunk| self.print(OUTPUT, chunk));
        }
        String::new()
    }

    fn start(&self) -> Option<Child> {
        let words = words::split(&self.session.command).filter(|words| !words.is_empty())?;
        let Agent::Shell(shell) = self.cloud.instance(&self.session.instance)?.agent else {
            return None;
        };
        let mut command = shell.session(&words);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command.spawn().ok()
    }

    /// Sends what was printed, and lets happen what is due.
    fn print(&mut self, payload_type: u32, text: &[u8]) {
        if text.is_empty() {
            return;
        }
        self.sent += 1;
        self.session.record.with(|record| record.messages += 1);
        let is_meant = |upset| upset != SessionUpset::Encrypted;
        let upset = self.cloud.sessions.upset(self.sent, is_meant);
        match upset {
            Some(SessionUpset::Cut(_)) => self.session.cut(),
            Some(SessionUpset::CutAndPaused(_)) => {
                self.session.cut();
                self.is_paused = true;
            }
            Some(SessionUpset::Stall(_)) => self.is_stalled = true,
            Some(SessionUpset::Trickle(_)) => {
                self.trickled = Some(Instant::now());
                return;
            }
            Some(SessionUpset::LoseEnd(_)) => self.loses = true,
            Some(SessionUpset::Gone(_)) => {
                self.cloud.sessions.refused.with(|refused| *refused = true);
                self.is_over = true;
                self.session.over();
            }
            Some(SessionUpset::Scramble) => self.scrambles = true,
            Some(SessionUpset::Encrypted) | None => {}
        }
        self.post(payload_type, text);
    }

    fn post(&mut self, payload_type: u32, payload: &[u8]) {
        if self.is_stalled || self.loses || self.is_over {
            return;
        }
        let sequence = self.outgoing.next();
        let message = Message::new(
            "output_stream_data",
            sequence,
            payload_type,
            payload.to_vec(),
        );
        let frame = message.encode();
        self.outgoing.keep(sequence, frame.clone());
        if !self.scrambles {
            return self.session.send(Frame::binary(frame));
        }
        // Each message changes places with the next one, and both come twice.
        match self.held.take() {
            Some(held) => {
                for frame in [&frame, &held, &frame] {
                    self.session.send(Frame::binary(frame.clone()));
                }
            }
            None => self.held = Some(frame),
        }
    }

    /// Sends what was held back.
    fn flush(&mut self) {
        if let Some(held) = self.held.take() {
            self.session.send(Frame::binary(held));
        }
    }

    /// Hears one thing, or sends again what waits.
    async fn listen(&mut self, until: Option<Instant>) {
        let mut tick = interval(TICK);
        tick.tick().await;
        let until = until.unwrap_or_else(|| Instant::now() + PATIENCE);
        tokio::select! {
            heard = self.heard.recv() => match heard {
                Some(Heard::Frame(frame)) => self.take(&frame),
                Some(Heard::Left) => self.is_paused = true,
                Some(Heard::Joined) => {}
                Some(Heard::Terminated) | None => self.is_over = true,
            },
            _ = tick.tick() => {
                if !self.is_stalled && let Some(frame) = self.outgoing.again() {
                    self.session.send(Frame::binary(frame));
                }
            }
            () = sleep_until(until) => {}
        }
    }

    fn take(&mut self, frame: &[u8]) {
        let Some(message) = Message::decode(frame) else {
            // A client that speaks otherwise is none.
            self.is_over = true;
            return;
        };
        let payload: Value = serde_json::from_slice(&message.payload).unwrap_or_default();
        match message.kind.as_str() {
            "acknowledge" if message.flags == 3 => {
                let number = payload["AcknowledgedMessageSequenceNumber"].as_i64();
                self.outgoing.acknowledged(number.unwrap_or(-1));
            }
            "input_stream_data" => {
                let payload_of = json!({
                    "AcknowledgedMessageType": message.kind,
                    "AcknowledgedMessageId": message.name(),
                    "AcknowledgedMessageSequenceNumber": message.sequence,
                    "IsSequentialMessage": true,
                });
                let mut answer =
                    Message::new("acknowledge", 0, 0, payload_of.to_string().into_bytes());
                answer.flags = 3;
                self.session.send(Frame::binary(answer.encode()));
                if message.payload_type == RESPONSE && message.sequence == 0 && !self.is_answered {
                    self.is_answered = true;
                    self.refusal = refusal(&payload);
                }
            }
            _ => {}
        }
    }
}

/// Why a client's handshake is not enough.
fn refusal(response: &Value) -> Option<String> {
    let actions = response["ProcessedClientActions"].as_array()?;
    let failed = actions.iter().find(|action| action["ActionStatus"] != 1)?;
    let (kind, error) = (&failed["ActionType"], &failed["Error"]);
    Some(format!("Handshake failed: {kind} failed: {error}"))
}

/// The next bytes of a stream, which is gone when it has ended.
async fn chunk<'b, R: AsyncRead + Unpin>(
    stream: &mut Option<R>,
    buffer: &'b mut [u8; CHUNK],
) -> &'b [u8] {
    let Some(reader) = stream else { return &[] };
    match reader.read(buffer).await {
        Ok(count) if count > 0 => &buffer[..count],
        _ => {
            *stream = None;
            &[]
        }
    }
}
