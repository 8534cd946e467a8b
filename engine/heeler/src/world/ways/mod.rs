//! The ladder of ways to the files of nodes: the first one that is open is taken, and kept to. Which one that
//! was, and why not those before it, can be asked for.
//!
//! What a rung is barred by (a right) or failed with (a network, a certificate) holds for its node from then on,
//! so that it is not tried again for each file. Where no rung is left, what may pass is tried anew with
//! the next call: whoever asks again decides how often.

pub(super) mod commands;
mod sessions;
mod state;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use heeler_core::logs::LogPath;
use serde_json::Value;

use self::state::{Climb, Why};
use super::error::{CallError, Cause, Service};
use super::port::{Answer, KubeletPage, NodeLogs, OpenFile, Part, Rung};

pub use self::sessions::{Guide, InSessions};
pub use self::state::{Missed, Taken};

/// The ways, in the order in which they are tried.
pub struct Ways {
    rungs: Vec<Arc<dyn Rung>>,
    /// Where they lead to, for errors: the kubeconfig's context.
    place: String,
    climbs: Mutex<BTreeMap<String, Climb>>,
}

impl Ways {
    /// Those ways, in this order.
    pub fn new(place: &str, rungs: Vec<Arc<dyn Rung>>) -> Self {
        Ways {
            rungs,
            place: place.to_owned(),
            climbs: Mutex::default(),
        }
    }

    /// Whether some way is open to every node. No node is asked for that.
    ///
    /// # Errors
    /// When it can't be told.
    pub async fn are_open_to_all(&self) -> Result<bool, CallError> {
        for rung in &self.rungs {
            if rung.barred(None).await?.is_none() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Sees that some way is open to a node, as far as that can be told without asking it for anything.
    ///
    /// # Errors
    /// Why each of them is not.
    pub async fn may_reach(&self, node: &str) -> Result<(), CallError> {
        let mut whys = BTreeMap::new();
        for (number, rung) in self.rungs.iter().enumerate() {
            match bar(rung.as_ref(), node).await {
                Some(why) => whys.insert(number, why),
                None => return Ok(()),
            };
        }
        Err(self.no_way(node, &whys))
    }

    /// How long a folder's names may take of a node that is well: by the way that is taken to it, or by the slowest as
    /// long as none is.
    pub fn patience(&self, node: &str) -> Duration {
        let taken = self.climbs().get(node).and_then(|climb| climb.taken);
        let taken = taken.and_then(|taken| self.rungs.get(taken));
        let slowest = || self.rungs.iter().map(|rung| rung.patience()).max();
        let patience = taken.map(|rung| rung.patience()).or_else(slowest);
        patience.unwrap_or_default()
    }

    /// Takes back what was made to get to nodes. What may be left, in words.
    pub async fn tidy(&self) -> Vec<String> {
        let mut left = Vec::new();
        for rung in &self.rungs {
            left.extend(rung.tidy().await);
        }
        left
    }

    /// The way that was taken to a node; `None`: none was yet.
    pub fn taken(&self, node: &str) -> Option<Taken> {
        let climbs = self.climbs();
        self.told(climbs.get(node)?)
    }

    /// The ways that were taken, by the names of the nodes.
    pub fn all_taken(&self) -> Vec<(String, Taken)> {
        let climbs = self.climbs();
        let told = climbs.iter();
        told.filter_map(|(node, climb)| Some((node.clone(), self.told(climb)?)))
            .collect()
    }

    /// The way that was taken to a node is asked no more often than that.
    pub fn pace(&self, node: &str) -> Duration {
        let taken = self.climbs().get(node).and_then(|climb| climb.taken);
        let rung = taken.and_then(|taken| self.rungs.get(taken));
        rung.map_or(Duration::ZERO, |rung| rung.pace())
    }

    fn told(&self, climb: &Climb) -> Option<Taken> {
        let taken = climb.taken?;
        let missed = |(number, why): (&usize, &Why)| {
            let rung = self.rungs.get(*number).filter(|_| *number < taken)?;
            Some(Missed {
                way: rung.name(),
                why: why.words(),
            })
        };
        Some(Taken {
            way: self.rungs.get(taken)?.name(),
            not: climb.not.iter().filter_map(missed).collect(),
        })
    }

    /// Asks by the way that is taken to a node; as long as none is, by one after the other.
    async fn climb<'a, T>(
        &'a self,
        node: &'a str,
        call: impl Fn(&'a dyn NodeLogs) -> Answer<'a, T> + Send + Sync,
    ) -> Result<T, CallError> {
        let (mut tried, mut whys) = (BTreeSet::new(), BTreeMap::new());
        while let Some((number, rung)) = self.next(node, &tried) {
            tried.insert(number);
            let why = match bar(rung.as_ref(), node).await {
                Some(why) => why,
                None => match call(rung.as_ref()).await {
                    Ok(answer) => {
                        self.climbs()
                            .entry(node.to_owned())
                            .or_default()
                            .take(number);
                        return Ok(answer);
                    }
                    Err(error) => {
                        let is_kept = self
                            .climbs()
                            .get(node)
                            .is_some_and(|climb| climb.taken == Some(number));
                        if is_kept || !leads_on(&error) {
                            return Err(error);
                        }
                        Why::Failed(error)
                    }
                },
            };
            self.climbs()
                .entry(node.to_owned())
                .or_default()
                .miss(number, why.clone());
            whys.insert(number, why);
        }
        let mut climbs = self.climbs();
        let climb = climbs.entry(node.to_owned()).or_default();
        for (number, why) in &climb.not {
            whys.entry(*number).or_insert_with(|| why.clone());
        }
        climb.forget_passing();
        drop(climbs);
        Err(self.no_way(node, &whys))
    }

    /// A page before a way is taken. It is another right than that to logs: no answer to it says by which way these
    /// are to be had, or are not.
    async fn page_by_any(&self, node: &str, page: KubeletPage) -> Result<Option<Value>, CallError> {
        let (mut tried, mut whys) = (BTreeSet::new(), BTreeMap::new());
        while let Some((number, rung)) = self.next(node, &tried) {
            tried.insert(number);
            let why = match bar(rung.as_ref(), node).await {
                Some(why) => why,
                None => match rung.page(node, page).await {
                    Err(error) if leads_on(&error) => Why::Failed(error),
                    answer => return answer,
                },
            };
            whys.insert(number, why);
        }
        Err(self.no_way(node, &whys))
    }

    /// The rung that comes next for a node.
    fn next(&self, node: &str, tried: &BTreeSet<usize>) -> Option<(usize, &Arc<dyn Rung>)> {
        let climbs = self.climbs();
        let climb = climbs.get(node);
        let may = |number: usize| match climb {
            None => true,
            Some(climb) => match climb.taken {
                Some(taken) => taken == number,
                None => !climb.not.contains_key(&number),
            },
        };
        let mut rungs = self.rungs.iter().enumerate();
        rungs.find(|(number, _)| may(*number) && !tried.contains(number))
    }

    /// No way is open: the one that may open by itself leads, or else the last one that failed; what is said of
    /// the others comes behind.
    fn no_way(&self, node: &str, whys: &BTreeMap<usize, Why>) -> CallError {
        let failed = |why: &Why| match why {
            Why::Failed(error) => Some(error.clone()),
            Why::Barred(_) => None,
        };
        let all = || {
            whys.iter()
                .filter_map(|(number, why)| Some((*number, failed(why)?)))
        };
        let leads = all()
            .find(|(_, error)| error.is_passing())
            .or_else(|| all().next_back());
        let leader = leads.as_ref().map(|(number, _)| *number);
        let others = whys.iter().filter(|(number, _)| Some(**number) != leader);
        let others: Vec<String> = others
            .filter_map(|(number, why)| {
                let rung = self.rungs.get(*number)?;
                Some(format!("not the {}: {}", rung.name(), why.words()))
            })
            .collect();
        let others = others.join("; ");
        match leads {
            Some((_, error)) if others.is_empty() => error,
            Some((_, error)) => {
                let cause = error
                    .cause
                    .clone()
                    .reworded(|said| format!("{said}; {others}"));
                error.because(cause)
            }
            None => {
                let rights: Vec<&str> = self.rungs.iter().map(|rung| rung.right()).collect();
                let rights = rights.join(" or ");
                let cause = Cause::Forbidden(format!("{others}; nothing was asked of the node"));
                let operation = format!("{rights} {node}");
                CallError::new(
                    Service::Kubernetes,
                    operation.trim_end(),
                    &self.place,
                    cause,
                )
            }
        }
    }

    fn climbs(&self) -> MutexGuard<'_, BTreeMap<String, Climb>> {
        self.climbs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a rung does not lead to a node, as far as that can be told without asking it for anything.
async fn bar(rung: &dyn Rung, node: &str) -> Option<Why> {
    match rung.barred(Some(node)).await {
        Ok(None) => None,
        Ok(Some(why)) => Some(Why::Barred(why)),
        Err(error) => Some(Why::Failed(error)),
    }
}

/// Whether another way may lead on: of what the node itself has answered it would say the same by any.
fn leads_on(error: &CallError) -> bool {
    match &error.cause {
        Cause::Forbidden(_)
        | Cause::Tls(_)
        | Cause::NoCredentials(_)
        | Cause::ExpiredCredentials(_)
        | Cause::ForeignCredentials(_)
        | Cause::AdminOff(_) => true,
        // The kubelet serves no logs at all.
        Cause::Refused { code, .. } => code == "HTTP 405",
        _ => error.is_silence(),
    }
}

impl NodeLogs for Ways {
    fn page<'a>(&'a self, node: &'a str, page: KubeletPage) -> Answer<'a, Option<Value>> {
        // Who may read logs by a way need not be let know what the kubelet says of itself.
        let taken = self.climbs().get(node).and_then(|climb| climb.taken);
        match taken.and_then(|taken| self.rungs.get(taken)) {
            Some(rung) => rung.page(node, page),
            None => Box::pin(self.page_by_any(node, page)),
        }
    }

    fn list<'a>(&'a self, node: &'a str, folder: &'a LogPath) -> Answer<'a, Option<Vec<String>>> {
        Box::pin(self.climb(node, move |rung| rung.list(node, folder)))
    }

    fn open<'a>(
        &'a self,
        node: &'a str,
        file: &'a LogPath,
        part: Part,
    ) -> Answer<'a, Option<OpenFile>> {
        Box::pin(self.climb(node, move |rung| rung.open(node, file, part.clone())))
    }
}
