//! What a test or an incident does to a node from outside, which no program on the node could.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::config::{KernelMessage, Place};
use super::life::uptime;
use super::state::file;
use super::{Node, ena, host};
use crate::machine::namespace;

const TIME_WAIT: &str = "/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_time_wait";

impl Node {
    /// Empties the table and gives the node's own sysctls their boot values.
    pub(crate) fn forget_traffic(&self) -> Result<()> {
        namespace::within_network_of(self.inner.init, host::apply_boot_sysctls)?;
        let flushed = self.run(Place::Host, &["conntrack", "-F"])?;
        if !flushed.status.success() {
            bail!(
                "emptying the table: {}",
                String::from_utf8_lossy(&flushed.stderr)
            );
        }
        Ok(())
    }

    /// Sets `nf_conntrack_tcp_timeout_time_wait` of the node, in whole seconds.
    pub(crate) fn set_time_wait(&self, timeout: Duration) -> Result<()> {
        namespace::within_network_of(self.inner.init, || {
            fs::write(TIME_WAIT, timeout.as_secs().to_string())
                .with_context(|| format!("writing {TIME_WAIT}"))
        })
    }

    /// Lets the kernel collect what has expired, as every reader of the whole table does. By itself
    /// it does so once a minute only, which is coarse against a table of a few thousand.
    pub(crate) fn collect_expired(&self) -> Result<()> {
        namespace::within_network_of(self.inner.init, || {
            fs::read("/proc/thread-self/net/nf_conntrack")
                .map(drop)
                .context("reading the node's table")
        })
    }

    /// Adds the line that the node's kernel writes when the table is full.
    pub(crate) fn plant_table_full(&self) -> Result<()> {
        let namespace = fs::metadata(format!("/proc/{}/ns/net", self.inner.init))?.ino();
        self.plant_kernel_line(&match self.config().message {
            KernelMessage::Classic => "nf_conntrack: table full, dropping packet".to_owned(),
            KernelMessage::InNetns => {
                format!(
                    "nf_conntrack: nf_conntrack: table full in netns {namespace}, dropping packet"
                )
            }
        })
    }

    /// Adds a line to the node's kernel log, stamped with this moment.
    ///
    /// # Errors
    /// When the node's folder is gone.
    pub fn plant_kernel_line(&self, text: &str) -> Result<()> {
        self.inner.state.append(
            file::KERNEL_LINES,
            &format!("{}\t{text}", uptime()?.as_micros()),
        )
    }

    /// Locks the settings for good, as `POST /actions/lockdown` does (core kit 11): the kernel has no
    /// key any more to the folder that they are kept in, so that no file is made there.
    ///
    /// # Errors
    /// When the node's folder is gone.
    pub fn lock_settings(&self) -> Result<()> {
        self.inner.state.write(file::SETTINGS_LOCKED, "")
    }

    /// Sets a counter of the ENA driver.
    ///
    /// # Errors
    /// When the driver has no counter of this name.
    pub fn set_ena_counter(&self, name: &str, value: u64) -> Result<()> {
        if !ena::has_counter(name) {
            bail!("the ENA driver has no counter {name}");
        }
        let mut counters: BTreeMap<String, u64> = self.inner.state.read_json(file::ENA)?;
        counters.insert(name.to_owned(), value);
        self.inner.state.write_json(file::ENA, &counters)
    }
}
