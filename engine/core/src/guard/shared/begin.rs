//! May a change begin, by what others do?

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::board::{Board, Start};
use super::hindrance::Hindrance;
use super::lease::NodeLease;
use super::member::Membership;
use crate::event::{InstanceId, RunId};
use crate::guard::policy::{Group, GroupNodes, Limits, Load};

/// A change that is about to begin.
#[derive(Debug, Clone, Copy)]
pub struct Beginning<'a> {
    /// The run.
    pub run: RunId,
    /// The run about all nodes, where this is the run of one of several.
    pub ramp: Option<RunId>,
    /// The node.
    pub instance: &'a InstanceId,
    /// How much may be changed at once, and how often.
    pub limits: &'a Limits,
    /// The groups that the node is of.
    pub groups: &'a [Membership],
    /// Nodes that this run is changing beside this one.
    pub own_changing: u32,
    /// Nodes on which this run's fix was verified.
    pub own_verified: u32,
}

impl Beginning<'_> {
    /// Somebody else who holds the node.
    pub fn other<'l>(&self, leases: &'l [NodeLease], now: Timestamp) -> Option<&'l NodeLease> {
        leases.iter().find(|lease| {
            lease.instance == *self.instance && lease.run != self.run && lease.is_live(now)
        })
    }

    /// The board on which the change has begun. It counts the changes that were let in and whose
    /// Leases last: who has a Lease and is not on the board yet has to write the same board, and
    /// finds this change there.
    ///
    /// # Errors
    /// What stands against it.
    pub fn on(
        &self,
        board: &Board,
        leases: &[NodeLease],
        now: Timestamp,
    ) -> Result<Board, Hindrance> {
        if let Some(cord) = &board.cord {
            return Err(Hindrance::Stopped(cord.clone()));
        }
        // The answer to the same question was lost on its way.
        if board.has_started(self.run, self.instance) {
            return Ok(board.clone());
        }
        let changing: Vec<&InstanceId> = leases
            .iter()
            .filter(|lease| lease.is_live(now) && board.has_started(lease.run, &lease.instance))
            .map(|lease| &lease.instance)
            .filter(|instance| *instance != self.instance)
            .collect();
        let mut first: BTreeMap<RunId, Timestamp> = BTreeMap::new();
        let own = self.ramp.unwrap_or(self.run);
        for start in board.started.iter().filter(|start| start.fix() != own) {
            let at = first.entry(start.fix()).or_insert(start.at);
            *at = start.at.min(*at);
        }
        let started: Vec<Timestamp> = first.into_values().collect();
        let groups: Vec<Group<'_>> = self
            .groups
            .iter()
            .map(|group| group.seen(&changing))
            .collect();
        let load = Load {
            changing: Some(number(changing.len())),
            started: Some(&started),
            groups: &groups,
            own_changing: self.own_changing,
            own_verified: self.own_verified,
        };
        self.limits.one_more(&load, now).map_err(Hindrance::Full)?;
        let start = Start {
            run: self.run,
            ramp: self.ramp,
            instance: self.instance.clone(),
            at: now,
        };
        Ok(board.starting(start, leases))
    }
}

impl Membership {
    fn seen(&self, changing: &[&InstanceId]) -> Group<'_> {
        let nodes = self.members.as_ref().map(|members| {
            let inside = changing.iter().filter(|node| members.contains(*node));
            GroupNodes {
                all: number(members.len()),
                changing: number(inside.count()),
            }
        });
        Group {
            kind: self.kind,
            name: &self.name,
            nodes,
        }
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
