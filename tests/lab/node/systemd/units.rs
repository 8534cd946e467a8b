//! The transient units that are loaded, and the rules by which they come and go. No processes, no
//! clock: [`super::pid1`] has those.
//!
//! Sources: systemd `src/core/timer.c`, `unit.c` (collecting), `dbus-manager.c` (refusals);
//! `src/run/run.c` makes timers with `RemainAfterElapse=no`.

use std::collections::BTreeMap;
use std::time::Instant;

use super::call::{Delay, Start, TimerBase};
use super::unit::{TransientUnit, UnitKind, UnitName, UnitState};
use super::work::{Command, Ending, ServiceType, Surroundings, Verdict, Work};

/// All of them, by what comes before the suffix.
#[derive(Debug, Default)]
pub(super) struct Units {
    services: BTreeMap<String, Service>,
    timers: BTreeMap<String, Timer>,
    refusing: bool,
}

#[derive(Debug)]
struct Service {
    work: Work,
    /// How many of its commands are done.
    done: usize,
    /// Whether PID 1 has read the unit again since it was made.
    reread: bool,
    collect: bool,
    state: ServiceState,
}

/// What follows from the end of a service's process.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// The next command of this service is to run.
    Command(String),
    /// This service is over.
    Over(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ServiceState {
    Dead,
    Running { pid: u32 },
    Failed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Timer {
    Waiting {
        until: Instant,
        delay: Delay,
    },
    /// A test took its time from it.
    Lost,
    /// Its service runs.
    Elapsed,
}

impl Units {
    /// Loads a service, and its timer, whose time `moment` gives; without a timer the service is to
    /// run now. An error is systemd's words.
    pub(super) fn load(
        &mut self,
        start: Start,
        moment: impl FnOnce(Delay) -> Result<Instant, String>,
    ) -> Result<(), String> {
        if self.refusing {
            return Err("Access denied".to_owned());
        }
        let Start {
            stem,
            work,
            timer,
            collect,
        } = start;
        let exists = |kind| {
            let name = UnitName::new(&stem, kind);
            format!("Unit {name} was already loaded or has a fragment file.")
        };
        if timer.is_some() && self.timers.contains_key(&stem) {
            return Err(exists(UnitKind::Timer));
        }
        if self.services.contains_key(&stem) {
            return Err(exists(UnitKind::Service));
        }
        work.check()?;
        if let Some(delay) = timer {
            let until = moment(delay)?;
            let waiting = Timer::Waiting { until, delay };
            self.timers.insert(stem.clone(), waiting);
        }
        let service = Service {
            work,
            done: 0,
            reread: false,
            collect,
            state: ServiceState::Dead,
        };
        self.services.insert(stem, service);
        Ok(())
    }

    /// Reads all units again: timers that count from their start begin anew, and services keep what
    /// [`Command::reread`] leaves.
    pub(super) fn reload(&mut self, moment: impl Fn(Delay) -> Result<Instant, String>) {
        for timer in self.timers.values_mut() {
            if let Timer::Waiting { until, delay } = timer
                && delay.base == TimerBase::Active
                && let Ok(anew) = moment(*delay)
            {
                *until = anew;
            }
        }
        for service in self.services.values_mut() {
            service.reread = true;
        }
    }

    /// When the next timer elapses.
    pub(super) fn next(&self) -> Option<Instant> {
        let waiting = self.timers.values().filter_map(|timer| match timer {
            Timer::Waiting { until, .. } => Some(*until),
            Timer::Lost | Timer::Elapsed => None,
        });
        waiting.min()
    }

    /// The services whose timers have elapsed by `now`; they are to run.
    pub(super) fn elapse(&mut self, now: Instant) -> Vec<String> {
        let mut elapsed = Vec::new();
        for (stem, timer) in &mut self.timers {
            if matches!(timer, Timer::Waiting { until, .. } if *until <= now) {
                *timer = Timer::Elapsed;
                elapsed.push(stem.clone());
            }
        }
        elapsed
    }

    /// The command that the service is to run now.
    pub(super) fn command(&self, stem: &str) -> Option<(Command, Surroundings)> {
        let service = self.services.get(stem)?;
        let command = service.work.commands.get(service.done)?;
        let command = if service.reread {
            command.reread()
        } else {
            command.clone()
        };
        Some((command, service.work.surroundings.clone()))
    }

    /// The service's command runs as the process `pid`.
    pub(super) fn began(&mut self, stem: &str, pid: u32) {
        if let Some(service) = self.services.get_mut(stem) {
            service.state = ServiceState::Running { pid };
        }
    }

    /// The process `pid` has ended. Says what follows where it was a service's.
    pub(super) fn ended(&mut self, pid: u32, ending: Ending) -> Option<Next> {
        let mut services = self.services.iter_mut();
        let (stem, service) =
            services.find(|(_, service)| service.state == ServiceState::Running { pid })?;
        let stem = stem.clone();
        let command = service.work.commands.get(service.done)?;
        let verdict = service.work.verdict(command, ending);
        service.done += 1;
        if verdict == Verdict::GoOn && service.done < service.work.commands.len() {
            return Some(Next::Command(stem));
        }
        self.rest(&stem, verdict != Verdict::Fail);
        Some(Next::Over(stem))
    }

    /// The service could not even be started.
    pub(super) fn failed(&mut self, stem: &str) {
        self.rest(stem, false);
    }

    fn rest(&mut self, stem: &str, well: bool) {
        if let Some(service) = self.services.get_mut(stem) {
            service.state = if well {
                ServiceState::Dead
            } else {
                ServiceState::Failed
            };
        }
        if self.timers.get(stem) == Some(&Timer::Elapsed) {
            self.timers.remove(stem);
        }
        self.collect(stem);
    }

    /// Unloads the service if nothing keeps it: neither its process, nor its timer, nor its failure.
    fn collect(&mut self, stem: &str) {
        let idle = self
            .services
            .get(stem)
            .is_some_and(|service| match service.state {
                ServiceState::Dead => true,
                ServiceState::Failed => service.collect,
                ServiceState::Running { .. } => false,
            });
        if idle && !self.timers.contains_key(stem) {
            self.services.remove(stem);
        }
    }

    /// Stops a unit; of a service, the caller ends what runs. A service that its timer has started
    /// goes on without it. An error is systemd's words.
    pub(super) fn stop(&mut self, name: &UnitName) -> Result<(), String> {
        let loaded = match name.kind {
            UnitKind::Timer => self.timers.remove(&name.stem).is_some(),
            UnitKind::Service => self.services.contains_key(&name.stem),
        };
        if !loaded {
            return Err(format!("Unit {name} not loaded."));
        }
        match name.kind {
            UnitKind::Timer => self.collect(&name.stem),
            UnitKind::Service if self.is_running(&name.stem) => self.rest(&name.stem, true),
            UnitKind::Service => {}
        }
        Ok(())
    }

    /// Whether the service has a process.
    pub(super) fn is_running(&self, stem: &str) -> bool {
        let service = self.services.get(stem);
        service.is_some_and(|service| matches!(service.state, ServiceState::Running { .. }))
    }

    /// How a unit stands. What is not loaded is inactive.
    pub(super) fn state(&self, name: &UnitName) -> UnitState {
        match name.kind {
            UnitKind::Timer if self.timers.contains_key(&name.stem) => UnitState::Active,
            UnitKind::Timer => UnitState::Inactive,
            UnitKind::Service => {
                let service = self.services.get(&name.stem);
                service.map_or(UnitState::Inactive, Service::state)
            }
        }
    }

    /// All that is loaded, timers first.
    pub(super) fn list(&self) -> Vec<TransientUnit> {
        let timers = self.timers.keys().map(|stem| (stem, UnitKind::Timer));
        let services = self.services.keys().map(|stem| (stem, UnitKind::Service));
        let names = timers.chain(services);
        let names = names.map(|(stem, kind)| UnitName::new(stem, kind));
        names
            .map(|name| TransientUnit {
                state: self.state(&name),
                name,
            })
            .collect()
    }

    /// Refuses all transient units from now on, or takes them again.
    pub(super) fn refuse(&mut self, refuse: bool) {
        self.refusing = refuse;
    }

    /// Takes its time from a timer that waits.
    pub(super) fn lose(&mut self, stem: &str) -> Result<(), String> {
        match self.timers.get_mut(stem) {
            Some(timer @ Timer::Waiting { .. }) => {
                *timer = Timer::Lost;
                Ok(())
            }
            _ => Err(format!("no timer {stem} is waiting")),
        }
    }

    /// Unloads everything, as a reboot does. What a test asked for stays asked for.
    pub(super) fn forget(&mut self) {
        self.services.clear();
        self.timers.clear();
    }
}

impl Service {
    fn state(&self) -> UnitState {
        match (self.state, self.work.kind) {
            (ServiceState::Running { .. }, ServiceType::Simple) => UnitState::Active,
            (ServiceState::Running { .. }, ServiceType::Oneshot) => UnitState::Activating,
            (ServiceState::Failed, _) => UnitState::Failed,
            (ServiceState::Dead, _) => UnitState::Inactive,
        }
    }
}

#[cfg(test)]
#[path = "units_tests.rs"]
mod tests;
