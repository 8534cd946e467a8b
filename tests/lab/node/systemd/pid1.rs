//! PID 1's part: it listens, starts what is to run, and hears of every process that ends. One
//! thread has the units; the others only bring it events.

use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use nix::sys::wait::WaitStatus;
use rand::RngExt;

use super::call::{self, Answer, Call, Delay, SOCKET, Start, TimerBase};
use super::own::Own;
use super::reboot::{self, Boot};
use super::service::Execution;
use super::unit::{UnitKind, UnitName, UnitState};
use super::units::{Next, Units};
use super::work::{Ending, Surroundings};
use super::{SEARCH_PATH, expansion, service};
use crate::machine::cgroup;
use crate::node::life::uptime;

/// The control group of the host's services, as the node sees it.
pub(super) const SERVICES: &str = "/sys/fs/cgroup/system.slice";
/// The earliest moment of a timer as a share of its accuracy: systemd picks one moment for all
/// timers of a boot, so that one that always comes at once would be luck.
const EARLIEST: f64 = 1.0 / 60.0;

enum Event {
    Asked(Call, UnixStream),
    Ended { pid: u32, ending: Ending },
}

/// Who tells PID 1 that a process has ended.
pub(crate) struct Reaper(Sender<Event>);

impl Reaper {
    /// Passes on what `wait` gave.
    pub(crate) fn tell(&self, status: WaitStatus) {
        let (pid, ending) = match status {
            WaitStatus::Exited(pid, code) => (pid, Ending::Code(code)),
            WaitStatus::Signaled(pid, signal, _) => (pid, Ending::Signal(signal)),
            _ => return,
        };
        if let Ok(pid) = u32::try_from(pid.as_raw()) {
            self.0.send(Event::Ended { pid, ending }).ok();
        }
    }
}

/// Starts the API server, and to listen on [`SOCKET`]. The caller reaps, and tells.
pub(crate) fn begin() -> Result<Reaper> {
    let socket = Path::new(SOCKET);
    let folder = socket.parent().context("a socket in no folder")?;
    std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    let listener = UnixListener::bind(socket).with_context(|| format!("listening on {SOCKET}"))?;
    let (events, arriving) = mpsc::channel();
    let asked = events.clone();
    std::thread::spawn(move || listen(&listener, &asked));
    let boot = Boot::start()?;
    std::thread::spawn(move || Pid1::new(boot).serve(&arriving));
    Ok(Reaper(events))
}

fn listen(listener: &UnixListener, events: &Sender<Event>) {
    for connection in listener.incoming().flatten() {
        let events = events.clone();
        std::thread::spawn(move || match call::receive(&connection) {
            Ok(call) => drop(events.send(Event::Asked(call, connection))),
            Err(error) => eprintln!("systemd: {error:#}"),
        });
    }
}

struct Pid1 {
    units: Units,
    own: Own,
    boot: Boot,
}

impl Pid1 {
    fn new(boot: Boot) -> Self {
        let (units, own) = (Units::default(), Own::booted(Instant::now()));
        Self { units, own, boot }
    }

    fn serve(mut self, events: &Receiver<Event>) {
        loop {
            match self.next(events) {
                Ok(Event::Asked(Call::Reboot, client)) => self.reboot(client),
                Ok(Event::Asked(call, client)) => reply(client, &self.answer(call)),
                Ok(Event::Ended { pid, ending }) => match self.units.ended(pid, ending) {
                    Some(Next::Command(stem)) => self.run(&stem),
                    Some(Next::Over(stem)) => end_processes(&stem),
                    None => {}
                },
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            for stem in self.units.elapse(Instant::now()) {
                self.run(&stem);
            }
        }
    }

    fn next(&self, events: &Receiver<Event>) -> Result<Event, RecvTimeoutError> {
        match self.units.next() {
            Some(at) => events.recv_timeout(at.saturating_duration_since(Instant::now())),
            None => events.recv().map_err(RecvTimeoutError::from),
        }
    }

    fn answer(&mut self, call: Call) -> Answer {
        let done = match call {
            Call::Start(start) => self.start(start),
            Call::Stop(name) => self.stop(&name),
            Call::Lose(stem) => self.units.lose(&stem),
            Call::State(name) => return Answer::State(self.state(&name)),
            Call::Show(name) => {
                return Answer::Shown(self.own.show(&name.to_string(), Instant::now()));
            }
            Call::Restart(name) => self.own.restart(&name.to_string(), Instant::now()),
            Call::Befall(name, fate) => self.own.befall(&name.to_string(), fate),
            Call::List => return Answer::Units(self.units.list()),
            Call::Refuse(refuse) => {
                self.units.refuse(refuse);
                Ok(())
            }
            Call::Reload => {
                self.units.reload(moment);
                Ok(())
            }
            Call::Reboot => Ok(()),
        };
        done.map_or_else(Answer::Refused, |()| Answer::Done)
    }

    fn state(&self, name: &UnitName) -> UnitState {
        let own = name.to_string();
        if !self.own.has(&own) {
            return self.units.state(name);
        }
        match self.own.show(&own, Instant::now()).active.as_str() {
            "active" => UnitState::Active,
            "activating" => UnitState::Activating,
            "failed" => UnitState::Failed,
            _ => UnitState::Inactive,
        }
    }

    fn start(&mut self, start: Start) -> Result<(), String> {
        let stem = start.stem.clone();
        let at_once = start.timer.is_none();
        self.units.load(start, moment)?;
        if at_once {
            self.run(&stem);
        }
        Ok(())
    }

    fn stop(&mut self, name: &UnitName) -> Result<(), String> {
        let runs = name.kind == UnitKind::Service && self.units.is_running(&name.stem);
        self.units.stop(name)?;
        if runs {
            end_processes(&name.stem);
        }
        Ok(())
    }

    fn run(&mut self, stem: &str) {
        let Some((command, surroundings)) = self.units.command(stem) else {
            return;
        };
        match execute(stem, &command.argv, surroundings) {
            Ok(pid) => self.units.began(stem, pid),
            Err(error) => {
                eprintln!("systemd: {stem}.service: {error:#}");
                self.units.failed(stem);
                end_processes(stem);
            }
        }
    }

    fn reboot(&mut self, client: UnixStream) {
        let announced = reboot::announce();
        reply(client, &Answer::Done);
        self.units.forget();
        self.own = Own::booted(Instant::now());
        if let Err(error) = announced.and_then(|()| self.boot.again()) {
            eprintln!("systemd: rebooting: {error:#}");
        }
    }
}

fn reply(mut client: UnixStream, answer: &Answer) {
    // A client that is gone wants no answer.
    call::send(&mut client, answer).ok();
}

/// When a timer that starts now elapses: at once, where that has passed.
fn moment(delay: Delay) -> Result<Instant, String> {
    let passed = match delay.base {
        TimerBase::Active => Duration::ZERO,
        TimerBase::Boot => uptime().map_err(|error| format!("{error:#}"))?,
    };
    let now = Instant::now();
    let Some(remaining) = delay.after.checked_sub(passed) else {
        return Ok(now);
    };
    let late: Duration = delay
        .accuracy
        .mul_f64(rand::rng().random_range(EARLIEST..=1.0));
    Ok(now + remaining + late)
}

fn control_group(stem: &str) -> PathBuf {
    Path::new(SERVICES).join(UnitName::new(stem, UnitKind::Service).to_string())
}

/// Starts a process of the service: with systemd's environment, no input, and its output in the
/// node's log unless it has another place.
fn execute(stem: &str, argv: &[String], surroundings: Surroundings) -> Result<u32> {
    let invocation = uuid::Builder::from_random_bytes(rand::random()).into_uuid();
    let environment = [
        ("PATH", SEARCH_PATH.to_owned()),
        ("INVOCATION_ID", invocation.simple().to_string()),
    ];
    let value = |name: &str| {
        let found = environment.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.clone())
    };
    let execution = Execution {
        control_group: control_group(stem),
        surroundings,
        argv: expansion::expand(argv, value),
    };
    let child = Command::new("/proc/self/exe")
        .arg0(service::PROGRAM)
        .arg(serde_json::to_string(&execution)?)
        .env_clear()
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(std::io::stderr())
        .spawn()
        .context("starting a service")?;
    Ok(child.id())
}

/// Kills what the service's process has left behind.
fn end_processes(stem: &str) {
    if let Err(error) = cgroup::end(&control_group(stem)) {
        eprintln!("systemd: {error:#}");
    }
}
