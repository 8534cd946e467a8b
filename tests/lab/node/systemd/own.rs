//! The services that a node has of its own, as PID 1 tells of them. No processes stand behind these:
//! a restart takes its time, and ends as a test has asked for.
//!
//! Sources: systemd `src/core/job.c` (a restart of a service is one of what is bound to it),
//! `src/systemctl/systemctl-show.c`; core kit `packages/os`, `packages/kubernetes-*/kubelet.service`
//! (BindsTo=containerd.service).

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

/// How long a service starts.
const STARTING: Duration = Duration::from_millis(400);
/// What Bottlerocket starts at boot and keeps running, as far as anybody restarts it.
const RUNNING: [&str; 6] = [
    "apiserver.service",
    "chronyd.service",
    "containerd.service",
    "host-containerd.service",
    "kubelet.service",
    "systemd-networkd.service",
];
/// What has done its work at boot.
const EXITED: &str = "mark-successful-boot.service";
/// Each is restarted with the other.
const BOUND: (&str, &str) = ("containerd.service", "kubelet.service");

/// How the next starts of a service end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fate {
    /// It runs.
    Runs,
    /// It ends badly at once.
    Fails,
    /// It never gets ready.
    Hangs,
}

/// What `systemctl show` has of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// `LoadState`.
    pub load: String,
    /// `ActiveState`.
    pub active: String,
    /// `SubState`.
    pub sub: String,
    /// `InvocationID`; empty where it was never started.
    pub invocation: String,
    /// How often it was started since the boot, which systemd does not count.
    pub starts: u32,
}

/// All of them, by name.
#[derive(Debug)]
pub(super) struct Own {
    services: BTreeMap<&'static str, Service>,
}

#[derive(Debug)]
struct Service {
    /// How its next starts end.
    fate: Fate,
    /// How its latest one does.
    end: Fate,
    starts: u32,
    invocation: String,
    since: Instant,
    /// A start does not end at once.
    is_boot: bool,
}

impl Own {
    /// After a boot.
    pub(super) fn booted(now: Instant) -> Self {
        let names = RUNNING.into_iter().chain([EXITED]);
        let service = |name| (name, Service::booted(now));
        Self {
            services: names.map(service).collect(),
        }
    }

    /// Whether there is a service of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.services.contains_key(name)
    }

    /// From now on its starts end like this.
    pub(super) fn befall(&mut self, name: &str, fate: Fate) -> Result<(), String> {
        let service = self.services.get_mut(name);
        service.ok_or_else(|| format!("no {name}"))?.fate = fate;
        Ok(())
    }

    /// Restarts a service, and what is bound to it.
    pub(super) fn restart(&mut self, name: &str, now: Instant) -> Result<(), String> {
        let bound = (name == BOUND.0).then_some(BOUND.1);
        for name in [name].into_iter().chain(bound) {
            let service = self.services.get_mut(name);
            let service = service.ok_or_else(|| format!("Unit {name} not found."))?;
            service.start(now);
        }
        Ok(())
    }

    /// What PID 1 tells of a unit.
    pub(super) fn show(&self, name: &str, now: Instant) -> Shown {
        let Some(service) = self.services.get(name) else {
            return shown("not-found", ("inactive", "dead"), (String::new(), 0));
        };
        let started = now.saturating_duration_since(service.since) >= STARTING;
        let state = match (started || service.is_boot, service.end) {
            _ if name == EXITED => ("active", "exited"),
            _ if service.is_boot => ("active", "running"),
            (false, _) | (true, Fate::Hangs) => ("activating", "start"),
            (true, Fate::Runs) => ("active", "running"),
            (true, Fate::Fails) => ("failed", "failed"),
        };
        shown(
            "loaded",
            state,
            (service.invocation.clone(), service.starts),
        )
    }
}

impl Service {
    fn booted(now: Instant) -> Self {
        let mut service = Self {
            fate: Fate::Runs,
            end: Fate::Runs,
            starts: 0,
            invocation: String::new(),
            since: now,
            is_boot: true,
        };
        service.start(now);
        service.is_boot = true;
        service
    }

    fn start(&mut self, now: Instant) {
        let id = uuid::Builder::from_random_bytes(rand::random()).into_uuid();
        self.invocation = id.simple().to_string();
        self.starts += 1;
        self.end = self.fate;
        self.since = now;
        self.is_boot = false;
    }
}

fn shown(load: &str, (active, sub): (&str, &str), (invocation, starts): (String, u32)) -> Shown {
    Shown {
        load: load.to_owned(),
        active: active.to_owned(),
        sub: sub.to_owned(),
        invocation,
        starts,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(own: &Own, name: &str, at: Instant) -> (String, String) {
        let shown = own.show(name, at);
        (shown.active, shown.sub)
    }

    #[test]
    fn a_restart_takes_its_time_and_has_another_invocation() {
        let now = Instant::now();
        let mut own = Own::booted(now);
        let before = own.show("containerd.service", now);
        assert_eq!((before.active.as_str(), before.starts), ("active", 1));
        let kubelet = own.show("kubelet.service", now).invocation;
        own.restart("containerd.service", now)
            .expect("there is one");
        assert_eq!(state(&own, "containerd.service", now).0, "activating");
        let after = own.show("containerd.service", now + STARTING);
        assert_eq!((after.active.as_str(), after.starts), ("active", 2));
        assert_ne!(after.invocation, before.invocation);
        assert_ne!(own.show("kubelet.service", now).invocation, kubelet);
    }

    #[test]
    fn it_ends_as_a_test_has_asked() {
        let now = Instant::now();
        let mut own = Own::booted(now);
        for (fate, wanted) in [(Fate::Fails, "failed"), (Fate::Hangs, "activating")] {
            own.befall("kubelet.service", fate).expect("there is one");
            own.restart("kubelet.service", now).expect("there is one");
            assert_eq!(state(&own, "kubelet.service", now + STARTING * 9).0, wanted);
        }
        assert_eq!(own.show("nothing.service", now).load, "not-found");
        assert!(own.restart("nothing.service", now).is_err());
        assert_eq!(state(&own, EXITED, now).1, "exited");
    }
}
