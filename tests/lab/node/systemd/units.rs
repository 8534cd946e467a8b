//! The transient units that are loaded, and the rules by which they come and go. No processes, no
//! clock: [`super::pid1`] has those.
//!
//! Sources: systemd `src/core/timer.c`, `unit.c` (collecting), `dbus-manager.c` (refusals);
//! `src/run/run.c` makes timers with `RemainAfterElapse=no`.

use std::collections::BTreeMap;
use std::time::Instant;

use super::call::Start;
use super::unit::{TransientUnit, UnitKind, UnitName, UnitState};

/// All of them, by what comes before the suffix.
#[derive(Debug, Default)]
pub(super) struct Units {
    services: BTreeMap<String, Service>,
    timers: BTreeMap<String, Timer>,
    refusing: bool,
}

#[derive(Debug)]
struct Service {
    argv: Vec<String>,
    collect: bool,
    state: ServiceState,
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
    },
    /// A test took its time from it.
    Lost,
    /// Its service runs.
    Elapsed,
}

impl Units {
    /// Loads a service, and the timer that starts it at `until`; without a timer it is to run now.
    /// An error is systemd's words.
    pub(super) fn load(&mut self, start: Start, until: Option<Instant>) -> Result<(), String> {
        if self.refusing {
            return Err("Access denied".to_owned());
        }
        let Start {
            stem,
            argv,
            collect,
            ..
        } = start;
        let exists = |kind| {
            let name = UnitName::new(&stem, kind);
            format!("Unit {name} was already loaded or has a fragment file.")
        };
        if until.is_some() && self.timers.contains_key(&stem) {
            return Err(exists(UnitKind::Timer));
        }
        if self.services.contains_key(&stem) {
            return Err(exists(UnitKind::Service));
        }
        if let Some(until) = until {
            self.timers.insert(stem.clone(), Timer::Waiting { until });
        }
        let service = Service {
            argv,
            collect,
            state: ServiceState::Dead,
        };
        self.services.insert(stem, service);
        Ok(())
    }

    /// When the next timer elapses.
    pub(super) fn next(&self) -> Option<Instant> {
        let waiting = self.timers.values().filter_map(|timer| match timer {
            Timer::Waiting { until } => Some(*until),
            Timer::Lost | Timer::Elapsed => None,
        });
        waiting.min()
    }

    /// The services whose timers have elapsed by `now`; they are to run.
    pub(super) fn elapse(&mut self, now: Instant) -> Vec<String> {
        let mut elapsed = Vec::new();
        for (stem, timer) in &mut self.timers {
            if matches!(timer, Timer::Waiting { until } if *until <= now) {
                *timer = Timer::Elapsed;
                elapsed.push(stem.clone());
            }
        }
        elapsed
    }

    /// What the service executes.
    pub(super) fn argv(&self, stem: &str) -> Vec<String> {
        self.services
            .get(stem)
            .map(|service| service.argv.clone())
            .unwrap_or_default()
    }

    /// The service runs as the process `pid`.
    pub(super) fn began(&mut self, stem: &str, pid: u32) {
        if let Some(service) = self.services.get_mut(stem) {
            service.state = ServiceState::Running { pid };
        }
    }

    /// The process `pid` has ended. Gives the service that it was.
    pub(super) fn ended(&mut self, pid: u32, well: bool) -> Option<String> {
        let mut services = self.services.iter();
        let found = services.find(|(_, service)| service.state == ServiceState::Running { pid });
        let stem = found?.0.clone();
        self.rest(&stem, well);
        Some(stem)
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
        self.state(&UnitName::new(stem, UnitKind::Service)) == UnitState::Active
    }

    /// How a unit stands. What is not loaded is inactive.
    pub(super) fn state(&self, name: &UnitName) -> UnitState {
        match name.kind {
            UnitKind::Timer if self.timers.contains_key(&name.stem) => UnitState::Active,
            UnitKind::Timer => UnitState::Inactive,
            UnitKind::Service => match self.services.get(&name.stem).map(|unit| unit.state) {
                Some(ServiceState::Running { .. }) => UnitState::Active,
                Some(ServiceState::Failed) => UnitState::Failed,
                Some(ServiceState::Dead) | None => UnitState::Inactive,
            },
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

#[cfg(test)]
#[path = "units_tests.rs"]
mod tests;
