//! As much of systemd as a dead man's switch needs: transient services and timers that PID 1 of the
//! node runs, and reboots. The units outlive whoever asked for them, and no reboot.
//!
//! Words and exit codes are those of systemd 252 (core kit `packages/systemd`). Of the node's own
//! services there are only the names, and how they stand: see `own`.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

pub(crate) mod call;
mod expansion;
mod own;
pub(crate) mod pid1;
mod reboot;
pub(crate) mod service;
pub(crate) mod span;
mod unit;
mod units;
pub(crate) mod work;

use self::call::{Answer, Call, ask};
pub use self::own::{Fate, Shown};
pub use self::unit::{TransientUnit, UnitKind, UnitName, UnitState};
use super::Node;
use super::api;

/// Where PID 1 and its services look for programs (systemd `src/basic/path-util.h`).
pub(crate) const SEARCH_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin";
/// How long a reboot may take, in a busy machine's time.
const REBOOT_WITHIN: Duration = Duration::from_secs(20);

impl Node {
    /// The transient units that the node has loaded, timers first.
    ///
    /// # Errors
    /// When the node has ended.
    pub fn transient_units(&self) -> Result<Vec<TransientUnit>> {
        match ask(&self.pid1(), &Call::List)? {
            Answer::Units(units) => Ok(units),
            other => bail!("PID 1 answered {other:?}"),
        }
    }

    /// Makes PID 1 refuse every new transient unit with `Access denied`, as SELinux could; `false`
    /// ends it. A reboot does not.
    ///
    /// # Errors
    /// When the node has ended.
    pub fn refuse_transient_units(&self, refuse: bool) -> Result<()> {
        self.tell(&Call::Refuse(refuse))
    }

    /// Lets a waiting timer, named without its suffix, stay active and never elapse.
    ///
    /// # Errors
    /// When no such timer is waiting, or the node has ended.
    pub fn lose_timer(&self, stem: &str) -> Result<()> {
        self.tell(&Call::Lose(stem.to_owned()))
    }

    /// How a service of the node's own stands, by its whole name.
    ///
    /// # Errors
    /// When no unit can be called so, or the node has ended.
    pub fn service(&self, name: &str) -> Result<Shown> {
        match ask(&self.pid1(), &Call::Show(named(name)?))? {
            Answer::Shown(shown) => Ok(shown),
            other => bail!("PID 1 answered {other:?}"),
        }
    }

    /// Lets the next starts of a service of the node's own end like this.
    ///
    /// # Errors
    /// When there is no such service, or the node has ended.
    pub fn befall_service(&self, name: &str, fate: Fate) -> Result<()> {
        self.tell(&Call::Befall(named(name)?, fate))
    }

    /// Reboots the node, and returns its new boot id when its API answers again and its enabled
    /// containers run. Everything on the host and in its containers is ended, the table emptied, the
    /// kernel's log, too; its own sysctls have their boot values, then those of the settings. Pods
    /// stay.
    ///
    /// # Errors
    /// When the node has ended, or does not come up again.
    pub fn reboot(&self) -> Result<String> {
        let before = self.boot_id()?;
        self.tell(&Call::Reboot)?;
        let ready = self.inner.state.path(api::READY);
        let give_up = Instant::now() + REBOOT_WITHIN;
        while !ready.exists() {
            if Instant::now() > give_up {
                bail!("the node is not up again within {REBOOT_WITHIN:?}: see its log");
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let now = self.boot_id()?;
        if now == before {
            bail!("the node did not reboot: see its log");
        }
        Ok(now)
    }

    fn tell(&self, call: &Call) -> Result<()> {
        match ask(&self.pid1(), call)? {
            Answer::Done => Ok(()),
            Answer::Refused(words) => bail!(words),
            other => bail!("PID 1 answered {other:?}"),
        }
    }

    fn pid1(&self) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root{}", self.inner.init, call::SOCKET))
    }
}

fn named(name: &str) -> Result<UnitName> {
    UnitName::meant_by(name).with_context(|| format!("no unit can be called {name}"))
}
