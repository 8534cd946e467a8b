//! Session Manager: sessions, their data channels, and the agents behind them.
//!
//! A session is started through Systems Manager; its data channel is a WebSocket of its own, over TLS as everywhere,
//! whose upgrade has to be signed. What the service relays between client and agent, and what the agent does, are one
//! here. Sources: `agent/session` of amazon-ssm-agent 3.3 (shell.go, datachannel.go, agentmessage.go), and
//! session-manager-plugin 1.2.764 for what a client is expected to do.
//!
//! Held by hand against a client that is not the one under test: pyssm-client 0.2.0 of PyPI with its upgrade signed by
//! botocore 1.44.5 (it does not sign by itself, and is refused then). `id`, both streams, and 588,895 bytes came whole.
//! The official plugin is in no package registry that these tests use.

mod agent;
mod channel;
mod outgoing;
mod text;
mod wire;
mod words;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, OnceLock};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_tungstenite::tungstenite::Message;

use super::AwsLab;
use super::cloud::Cloud;
use super::identifier::random_uuid;
use super::shared::Shared;
pub(super) use channel::serve;

/// What goes wrong with a session. It waits until a session has sent so much, and goes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionUpset {
    /// The client's socket breaks after so many messages of output; the agent does not notice.
    Cut(u64),
    /// The same, and the agent is told: its pump stops, and what is printed later is lost.
    CutAndPaused(u64),
    /// Nothing comes any more, and nothing ends.
    Stall(u64),
    /// Nothing comes any more but a byte on standard error each second, and nothing ends.
    Trickle(u64),
    /// The rest is lost, and the session ends as if nothing was.
    LoseEnd(u64),
    /// The session ends, and no other one can be started until sessions are allowed again.
    Gone(u64),
    /// Messages come twice and in another order.
    Scramble,
    /// The account's preferences want a KMS key.
    Encrypted,
}

impl SessionUpset {
    /// The output after which it is its turn.
    fn after(self) -> u64 {
        match self {
            Self::Cut(after)
            | Self::CutAndPaused(after)
            | Self::Stall(after)
            | Self::Trickle(after)
            | Self::LoseEnd(after)
            | Self::Gone(after) => after,
            Self::Scramble | Self::Encrypted => 0,
        }
    }
}

/// A session so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRecord {
    /// Its id.
    pub id: String,
    /// The node.
    pub instance: String,
    /// The reason that was given.
    pub reason: String,
    /// How many sockets it has had.
    pub sockets: u32,
    /// How many messages of output its agent has sent.
    pub messages: u64,
    /// Whether it is going on.
    pub is_open: bool,
    /// Whether its client has ended it.
    pub is_terminated: bool,
}

/// What the agent hears of the service.
enum Heard {
    /// A client has come.
    Joined,
    /// A frame of the client.
    Frame(Vec<u8>),
    /// The client has gone.
    Left,
    /// Somebody ends the session.
    Terminated,
}

/// One session.
pub(super) struct Session {
    pub(super) id: String,
    pub(super) instance: String,
    pub(super) command: String,
    pub(super) separate: bool,
    /// What opens its data channel; the latest alone.
    token: Shared<String>,
    record: Shared<SessionRecord>,
    agent: UnboundedSender<Heard>,
    /// The client's end, while there is one.
    client: Shared<Option<UnboundedSender<Message>>>,
}

/// All sessions of an account.
#[derive(Default)]
pub(super) struct Sessions {
    known: Shared<BTreeMap<String, Arc<Session>>>,
    upsets: Shared<VecDeque<SessionUpset>>,
    refused: Shared<bool>,
    /// Where data channels are.
    pub(super) address: OnceLock<String>,
}

impl Sessions {
    /// A new session on a node, and what its agent hears.
    pub(super) fn start(&self, (owner, instance): (&str, &str), wanted: Wanted) -> Arc<Session> {
        let owner = owner.rsplit('/').next().unwrap_or(owner);
        let id: String = random_uuid()
            .chars()
            .filter(|c| *c != '-')
            .take(17)
            .collect();
        let id = format!("{owner}-{id}");
        let (agent, heard) = unbounded_channel();
        let session = Arc::new(Session {
            id: id.clone(),
            instance: instance.to_owned(),
            command: wanted.command,
            separate: wanted.separate,
            token: Shared::new(random_uuid()),
            record: Shared::new(SessionRecord {
                id: id.clone(),
                instance: instance.to_owned(),
                reason: wanted.reason,
                sockets: 0,
                messages: 0,
                is_open: true,
                is_terminated: false,
            }),
            agent,
            client: Shared::default(),
        });
        self.known
            .with(|known| known.insert(id, Arc::clone(&session)));
        wanted.spawn.go(Arc::clone(&session), heard);
        session
    }

    pub(super) fn find(&self, id: &str) -> Option<Arc<Session>> {
        self.known.with(|known| known.get(id).cloned())
    }

    /// Whether no session can be started.
    pub(super) fn are_refused(&self) -> bool {
        self.refused.with(|refused| *refused)
    }

    /// What happens to a session now that it has sent so much.
    fn upset(&self, sent: u64, is_meant: impl Fn(SessionUpset) -> bool) -> Option<SessionUpset> {
        self.upsets.with(|upsets| {
            let next = upsets.front().copied();
            let next = next.filter(|next| is_meant(*next) && sent >= next.after())?;
            upsets.pop_front();
            Some(next)
        })
    }

    /// Where a client finds the data channel of a session.
    pub(super) fn url(&self, session: &Session) -> String {
        let address = self.address.get().map_or("", String::as_str);
        let id = &session.id;
        format!("wss://{address}/v1/data-channel/{id}?role=publish_subscribe")
    }
}

/// What a session is started with.
pub(super) struct Wanted {
    pub(super) command: String,
    pub(super) separate: bool,
    pub(super) reason: String,
    pub(super) spawn: Spawn,
}

/// Has an agent take a session up.
pub(super) struct Spawn(pub(super) Arc<Cloud>);

impl Spawn {
    fn go(self, session: Arc<Session>, heard: UnboundedReceiver<Heard>) {
        tokio::spawn(agent::run(self.0, session, heard));
    }
}

impl Session {
    /// A new token, which makes the one of before worthless.
    pub(super) fn renew(&self) -> String {
        let token = random_uuid();
        self.token.with(|known| known.clone_from(&token));
        token
    }

    pub(super) fn token(&self) -> String {
        self.token.with(|token| token.clone())
    }

    pub(super) fn is_open(&self) -> bool {
        self.record.with(|record| record.is_open)
    }

    /// Ends it at its client's wish.
    pub(super) fn terminate(&self) {
        self.record.with(|record| {
            record.is_terminated |= record.is_open;
            record.is_open = false;
        });
        let _ = self.agent.send(Heard::Terminated);
    }

    /// Sends something to the client, if there is one.
    fn send(&self, message: Message) {
        self.client.with(|client| {
            if let Some(client) = client {
                let _ = client.send(message);
            }
        });
    }

    /// Breaks the client's connection without a word.
    fn cut(&self) {
        self.client.with(|client| client.take());
    }

    fn over(&self) {
        self.record.with(|record| record.is_open = false);
        self.cut();
    }
}

impl AwsLab {
    /// Lets something go wrong with a session, after what was asked for before.
    pub fn upset_session(&self, upset: SessionUpset) {
        let upsets = &self.cloud.sessions.upsets;
        upsets.with(|upsets| upsets.push_back(upset));
    }

    /// How many of them have not come about.
    pub fn session_upsets_left(&self) -> usize {
        self.cloud.sessions.upsets.with(|upsets| upsets.len())
    }

    /// Every session so far.
    pub fn sessions(&self) -> Vec<SessionRecord> {
        let known = &self.cloud.sessions.known;
        known.with(|known| {
            let sessions = known.values();
            sessions
                .map(|session| session.record.with(|record| record.clone()))
                .collect()
        })
    }
}
