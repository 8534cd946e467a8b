//! The options that describe a lab, common to `up` and `exec`.

use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum};

use super::root::invoking_user;
use crate::kube::seed::Collector;
use crate::machine::nf_conntrack_max_at_rest;
use crate::node::ProcView;
use crate::scene::{Incident, Plan};

/// How many nodes there can be: real ones, on one machine.
const MOST_NODES: i64 = 20;

/// What the lab is to be like.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// What is wrong on the first node
    #[arg(long, value_enum, value_name = "NAME")]
    incident: Option<Incident>,
    /// Whether the admin containers run from the start
    #[arg(long, value_enum, default_value_t = Switch::Off)]
    admin: Switch,
    /// A log collector, and how it is
    #[arg(long, value_enum, value_name = "HOW")]
    collector: Option<Collector>,
    /// Repeats the delays of an earlier run
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Nodes with so many CPUs, and a line of statistics for each
    #[arg(long, value_name = "N", conflicts_with = "no_proc", value_parser = clap::value_parser!(u32).range(1..=512))]
    cpus: Option<u32>,
    /// Nodes whose kernel shows no connection tracking in /proc/net
    #[arg(long)]
    no_proc: bool,
    /// Control containers without gzip
    #[arg(long)]
    no_gzip: bool,
    /// How many nodes
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=MOST_NODES))]
    nodes: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Switch {
    On,
    Off,
}

impl Options {
    /// The plan of this lab, for the user who called.
    pub(super) fn plan(&self) -> Result<Plan> {
        let lab = std::env::current_exe().context("finding this program")?;
        let mut plan = Plan::new(lab)
            .nodes(self.nodes)
            .admin(self.admin == Switch::On)
            .gzip(!self.no_gzip)
            .owned_by(invoking_user());
        if let Some(cpus) = self.cpus {
            plan = plan.cpus(cpus);
        }
        if self.no_proc {
            plan = plan.proc(ProcView::Absent);
        }
        if let Some(seed) = self.seed {
            plan = plan.seed(seed);
        }
        if let Some(collector) = self.collector {
            plan = plan.collector(collector);
        }
        if let Some(incident) = self.incident {
            plan = plan.incident(incident);
        }
        Ok(plan)
    }

    /// What of the whole machine the lab will change, for people.
    pub(super) fn notice(&self) -> Result<String> {
        let present = nf_conntrack_max_at_rest()?;
        Ok(match self.incident {
            Some(incident) if incident.changes_the_machine() => format!(
                "changes one value of this machine, net.netfilter.nf_conntrack_max ({present}), \
                 and puts it back at the end, also when killed"
            ),
            _ => format!("changes no value of this machine (nf_conntrack_max stays {present})"),
        })
    }
}
