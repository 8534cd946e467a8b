//! What runs in pods and on hosts outside: processes that only exist, that serve, that open
//! connections. They make the real packets which an incident consists of.

use std::io::{Read, Write, stdin, stdout};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream, UdpSocket};
use tokio::time::{Instant, interval, timeout};

/// A process that exists until its standard input ends.
pub(crate) const WAIT: &str = "lab-wait";
/// A server.
pub(crate) const SERVE: &str = "lab-serve";
/// A load generator.
pub(crate) const LOAD: &str = "lab-load";
/// All of these.
pub(crate) const PROGRAMS: &[&str] = &[WAIT, SERVE, LOAD];

/// How often the load generator starts new connections.
const TICK: Duration = Duration::from_millis(20);
/// Connections that a burst opens at the same time.
const BURST_WIDTH: u64 = 64;
/// How long a server that was ended may keep its port.
const PREDECESSOR: Duration = Duration::from_secs(5);
/// How long a connection may take for which there is room: only a busy machine makes it wait.
const WITH_ROOM: Duration = Duration::from_secs(10);

/// What [`serve`] does; travels as its one argument.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServePlan {
    pub(crate) listen: SocketAddr,
    /// Connections that may wait to be accepted.
    pub(crate) backlog: u32,
    /// Whether any connection is ever accepted.
    pub(crate) accepts: bool,
}

/// What [`load`] does; travels as its one argument.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LoadPlan {
    pub(crate) protocol: Protocol,
    pub(crate) target: SocketAddr,
    /// New connections (or datagrams) a second.
    pub(crate) per_second: f64,
    /// How long one attempt to connect may take, in milliseconds.
    pub(crate) attempt_ms: u64,
    /// Up to how many failed connections are tried again and again, as impatient clients do.
    pub(crate) retrying: u64,
}

/// What is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Protocol {
    Tcp,
    Udp,
}

/// What a load generator has done since its start, in connections.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadCounts {
    /// Connections that were opened and closed.
    pub opened: u64,
    /// Attempts that timed out or were refused.
    pub failed: u64,
}

/// Waits for the end of standard input.
pub(crate) fn wait() -> i32 {
    println!("ready");
    until_input_ends();
    0
}

fn until_input_ends() {
    stdin().read_to_end(&mut Vec::new()).ok();
}

/// Listens until standard input ends. A connection is read to its end, then closed.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn serve(arguments: &[String]) -> Result<()> {
    let plan: ServePlan = parse(arguments)?;
    let listener = listen(&plan).await?;
    println!("ready");
    let (ended, end) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        until_input_ends();
        ended.send(())
    });
    tokio::select! {
        _ = end => Ok(()),
        never = accept(&listener, plan.accepts) => never,
    }
}

async fn accept(listener: &TcpListener, accepts: bool) -> Result<()> {
    if !accepts {
        std::future::pending::<()>().await;
    }
    loop {
        if let Ok((mut connection, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut buffer = [0; 512];
                while connection
                    .read(&mut buffer)
                    .await
                    .is_ok_and(|length| length > 0)
                {}
            });
        }
    }
}

/// Who listened there before may take a moment to end.
async fn listen(plan: &ServePlan) -> Result<TcpListener> {
    let give_up = Instant::now() + PREDECESSOR;
    loop {
        let socket = TcpSocket::new_v4()?;
        socket.set_reuseaddr(true)?;
        let listening = socket
            .bind(plan.listen)
            .and_then(|()| socket.listen(plan.backlog));
        if listening.is_ok() || Instant::now() > give_up {
            return listening.with_context(|| format!("listening on {}", plan.listen));
        }
        tokio::time::sleep(TICK).await;
    }
}

/// Opens connections at the planned rate, and does what standard input says, a word and a number a
/// line: `burst N` opens N more at once, `fill N` does so where there is room for all of them, `rate
/// N` changes the rate, `count 0` only answers. Each is answered by the counts so far; the end of
/// input ends the process.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn load(arguments: &[String]) -> Result<()> {
    let plan: LoadPlan = parse(arguments)?;
    let generator = Arc::new(Generator {
        rate: Rate::new(plan.per_second),
        plan,
        opened: 0.into(),
        failed: 0.into(),
        retrying: 0.into(),
    });
    println!("ready");
    tokio::spawn(Arc::clone(&generator).keep_rate());
    let (sender, mut orders) = tokio::sync::mpsc::unbounded_channel();
    std::thread::spawn(move || {
        stdin()
            .lines()
            .map_while(Result::ok)
            .try_for_each(|line| sender.send(line))
    });
    while let Some(order) = orders.recv().await {
        let (word, number) = order
            .split_once(' ')
            .context("an order is a word and a number")?;
        match word {
            "burst" => generator.burst(number.parse()?, generator.patience()).await,
            "fill" => generator.burst(number.parse()?, WITH_ROOM).await,
            "rate" => generator.rate.set(number.parse()?),
            _ => {}
        }
        println!("{}", serde_json::to_string(&generator.counts())?);
        stdout().flush()?;
    }
    Ok(())
}

fn parse<'a, T: Deserialize<'a>>(arguments: &'a [String]) -> Result<T> {
    let plan = arguments.first().context("no plan given")?;
    serde_json::from_str(plan).with_context(|| format!("no plan: {plan}"))
}

/// A rate that may change while it is used: the bits of a float, a second.
struct Rate(AtomicU64);

impl Rate {
    fn new(per_second: f64) -> Self {
        Self(AtomicU64::new(per_second.to_bits()))
    }

    fn set(&self, per_second: f64) {
        self.0.store(per_second.to_bits(), Ordering::Relaxed);
    }

    /// How many are due after `elapsed`.
    fn due_after(&self, elapsed: Duration) -> f64 {
        f64::from_bits(self.0.load(Ordering::Relaxed)) * elapsed.as_secs_f64()
    }
}

struct Generator {
    plan: LoadPlan,
    rate: Rate,
    opened: AtomicU64,
    failed: AtomicU64,
    retrying: AtomicU64,
}

impl Generator {
    fn counts(&self) -> LoadCounts {
        LoadCounts {
            opened: self.opened.load(Ordering::Relaxed),
            failed: self.failed.load(Ordering::Relaxed),
        }
    }

    async fn keep_rate(self: Arc<Self>) {
        let mut ticks = interval(TICK);
        let mut last = Instant::now();
        let mut due = 0.0;
        loop {
            ticks.tick().await;
            due += self.rate.due_after(last.elapsed());
            last = Instant::now();
            while due >= 1.0 {
                due -= 1.0;
                tokio::spawn(Arc::clone(&self).insist());
            }
        }
    }

    /// Opens `count` connections, each until it succeeds once or fails once.
    async fn burst(self: &Arc<Self>, count: u64, limit: Duration) {
        let mut left = count;
        while left > 0 {
            let width = left.min(BURST_WIDTH);
            let attempts = (0..width).map(|_| tokio::spawn(Arc::clone(self).attempt_owned(limit)));
            futures::future::join_all(attempts).await;
            left -= width;
        }
    }

    async fn attempt_owned(self: Arc<Self>, limit: Duration) -> bool {
        self.attempt(limit).await
    }

    /// How long one of the planned attempts may take.
    fn patience(&self) -> Duration {
        Duration::from_millis(self.plan.attempt_ms)
    }

    /// One connection, tried again while it fails and few others do.
    async fn insist(self: Arc<Self>) {
        if self.attempt(self.patience()).await {
            return;
        }
        if self.retrying.fetch_add(1, Ordering::Relaxed) < self.plan.retrying {
            while !self.attempt(self.patience()).await {}
        }
        self.retrying.fetch_sub(1, Ordering::Relaxed);
    }

    async fn attempt(&self, limit: Duration) -> bool {
        let began = Instant::now();
        let worked = match self.plan.protocol {
            Protocol::Tcp => matches!(timeout(limit, exchange(self.plan.target)).await, Ok(Ok(()))),
            Protocol::Udp => matches!(
                timeout(limit, send_datagram(self.plan.target)).await,
                Ok(Ok(()))
            ),
        };
        if worked {
            self.opened.fetch_add(1, Ordering::Relaxed);
        } else {
            self.failed.fetch_add(1, Ordering::Relaxed);
            // A refusal comes at once: the next attempt still waits its time.
            tokio::time::sleep(limit.saturating_sub(began.elapsed())).await;
        }
        worked
    }
}

/// Opens a connection and closes it first, so that the client's side is left in TIME_WAIT.
async fn exchange(target: SocketAddr) -> Result<()> {
    let mut connection = TcpStream::connect(target).await?;
    connection.shutdown().await?;
    let mut buffer = [0; 16];
    while connection.read(&mut buffer).await? > 0 {}
    Ok(())
}

/// Sends one datagram from a new port, as a resolver does.
async fn send_datagram(target: SocketAddr) -> Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:0").await?;
    socket.send_to(b"?", target).await?;
    Ok(())
}
