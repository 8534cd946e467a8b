//! The settings as they are kept, and the transactions in which they change.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use anyhow::{Result, bail};
use nix::errno::Errno;
use serde_json::{Value, json};

use super::document::{self, dotted};
use crate::node::config::NodeConfig;
use crate::node::state::{State, file};

/// The live settings and what is pending in transactions.
pub(super) struct Store {
    state: State,
    inner: Mutex<Inner>,
}

struct Inner {
    live: Value,
    pending: BTreeMap<String, Value>,
}

impl Store {
    /// The settings on record, or a new node's defaults.
    pub(super) fn open(state: State, config: &NodeConfig) -> Result<Self> {
        let stored: Value = state.read_json(file::SETTINGS)?;
        let live = if stored.is_null() {
            defaults(config)
        } else {
            stored
        };
        state.write_json(file::SETTINGS, &live)?;
        Ok(Self {
            state,
            inner: Mutex::new(Inner {
                live,
                pending: BTreeMap::new(),
            }),
        })
    }

    /// The live settings.
    pub(super) fn live(&self) -> Value {
        self.lock().live.clone()
    }

    /// Stages a change in the transaction `tx`.
    ///
    /// # Errors
    /// When the settings are locked: in the words of the data store, which makes a folder for each
    /// transaction (core kit, `datastore/src/filesystem.rs`, `apiserver/src/server/error.rs`).
    pub(super) fn stage(&self, tx: &str, change: &Value) -> Result<()> {
        if self.state.path(file::SETTINGS_LOCKED).exists() {
            let no_key = std::io::Error::from(Errno::ENOKEY);
            bail!(
                "Data store error during set_keys: IO error on \
                 '/var/lib/bottlerocket/datastore/current/pending/{tx}/settings': {no_key}"
            );
        }
        let mut inner = self.lock();
        let pending = inner
            .pending
            .entry(tx.to_owned())
            .or_insert_with(|| json!({}));
        document::merge(pending, change);
        Ok(())
    }

    /// Makes a transaction's changes live and gives the keys that it named, equal values included.
    pub(super) fn commit(&self, tx: &str) -> Result<Vec<String>> {
        let mut inner = self.lock();
        let change = inner.pending.remove(tx).unwrap_or_else(|| json!({}));
        let keys: Vec<String> = document::leaves(&change)
            .iter()
            .map(|(parts, _)| format!("settings.{}", dotted(parts)))
            .collect();
        document::merge(&mut inner.live, &change);
        self.state.write_json(file::SETTINGS, &inner.live)?;
        Ok(keys)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The settings of a new aws-k8s node as far as anyone asks for them (shared-defaults, pluto).
fn defaults(config: &NodeConfig) -> Value {
    let registry = "328549459982.dkr.ecr.eu-west-1.amazonaws.com";
    json!({
        "motd": "Welcome to Bottlerocket!",
        "aws": {"region": "eu-west-1"},
        "kernel": {"lockdown": "integrity"},
        "kubernetes": {
            "api-server": "https://0123456789ABCDEF.gr7.eu-west-1.eks.amazonaws.com",
            "authentication-mode": "aws",
            "cloud-provider": "external",
            "cluster-dns-ip": "172.20.0.10",
            "cluster-domain": "cluster.local",
            "cluster-name": config.cluster,
            "hostname-override": config.name,
            "hostname-override-source": "private-dns-name",
            "max-pods": 58,
            "node-ip": config.address.to_string(),
            "provider-id": format!("aws:///eu-west-1a/{}", config.instance_id),
            "seccomp-default": true,
            "server-tls-bootstrap": true,
            "standalone-mode": false
        },
        "host-containers": {
            "admin": {
                "enabled": config.admin_enabled,
                "source": format!("{registry}/bottlerocket-admin:v0.12.4"),
                "superpowered": true
            },
            "control": {
                "enabled": true,
                "source": format!("{registry}/bottlerocket-control:v0.8.10"),
                "superpowered": false
            }
        },
        "ntp": {"time-servers": ["169.254.169.123", "2.amazon.pool.ntp.org"]},
        "updates": {"ignore-waves": false, "seed": 1297, "version-lock": "latest"},
        "metrics": {"send-metrics": false, "service-checks": ["apiserver", "chronyd", "containerd", "host-containerd", "kubelet"]},
        "oci-defaults": {"resource-limits": {"max-open-files": {"soft-limit": 65536, "hard-limit": 1048576}}}
    })
}
