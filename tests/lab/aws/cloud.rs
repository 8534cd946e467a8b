//! The state of the lab's account, which all endpoints and agents share.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::agent::Worker;
use super::authorization::{Caller, Credential, Denials};
use super::call::Call;
use super::clock::Clock;
use super::config::{AwsConfig, EXPIRED_ACCESS_KEY, OPERATOR_ACCESS_KEY};
use super::instance::Instance;
use super::s3::Buckets;
use super::session::Sessions;
use super::shared::Shared;
use super::ssm::record::{Command, Commands};
use crate::fault::Faults;
use crate::latency::Latency;

/// One account in one Region.
pub(super) struct Cloud {
    pub account: String,
    pub region: String,
    pub caller_arn: String,
    pub instances: Shared<BTreeMap<String, Instance>>,
    pub credentials: Shared<HashMap<String, Credential>>,
    pub denials: Shared<Denials>,
    pub calls: Shared<Vec<Call>>,
    pub clock: Clock,
    pub commands: Commands,
    pub buckets: Buckets,
    pub sessions: Sessions,
    pub latency: Shared<Latency>,
    pub faults: Faults,
    workers: Shared<HashMap<String, Arc<Worker>>>,
}

impl Cloud {
    /// The account as configured.
    pub(super) fn new(config: AwsConfig) -> Self {
        let instances = config.instances.into_iter();
        Self {
            account: config.account,
            region: config.region,
            caller_arn: config.caller_arn,
            instances: Shared::new(instances.map(|i| (i.id.clone(), i)).collect()),
            credentials: Shared::new(HashMap::from([
                (OPERATOR_ACCESS_KEY.to_owned(), Credential::Valid),
                (EXPIRED_ACCESS_KEY.to_owned(), Credential::Expired),
            ])),
            denials: Shared::default(),
            calls: Shared::default(),
            clock: Clock::default(),
            commands: Commands::default(),
            buckets: Buckets::default(),
            sessions: Sessions::default(),
            latency: Shared::new(config.latency),
            faults: config.faults,
            workers: Shared::default(),
        }
    }

    /// Adds or replaces an instance.
    pub(super) fn add(&self, instance: Instance) {
        self.instances
            .with(|instances| instances.insert(instance.id.clone(), instance));
    }

    /// The instances that a caller can see: all of them in the own account and Region, else none.
    pub(super) fn visible_instances(&self, caller: &Caller) -> Vec<Instance> {
        if self.is_home_of(caller) {
            self.instances
                .with(|instances| instances.values().cloned().collect())
        } else {
            Vec::new()
        }
    }

    /// The commands that a caller can see, the newest first.
    pub(super) fn visible_commands(&self, caller: &Caller) -> Vec<Arc<Command>> {
        if self.is_home_of(caller) {
            self.commands.visible()
        } else {
            Vec::new()
        }
    }

    /// Whether the caller's account and Region are the ones that the lab has.
    pub(super) fn is_home_of(&self, caller: &Caller) -> bool {
        caller.account == self.account && caller.region == self.region
    }

    /// One instance, as it is now.
    pub(super) fn instance(&self, id: &str) -> Option<Instance> {
        self.instances.with(|instances| instances.get(id).cloned())
    }

    /// The workers of an instance's agent, which live as long as the account.
    pub(super) fn worker(&self, instance: &str) -> Arc<Worker> {
        self.workers.with(|workers| {
            let worker = workers.entry(instance.to_owned()).or_default();
            Arc::clone(worker)
        })
    }
}
