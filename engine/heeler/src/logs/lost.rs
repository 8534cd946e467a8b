//! What the names of a container's files, and the times of its starts, say of lines that are gone.
//!
//! The kubelet keeps so many files of a start (`containerLogMaxFiles`, the one that is written to included),
//! and removes the oldest before it rotates the next one. Source: kubernetes 1.36,
//! `pkg/kubelet/logs/container_log_manager.go`.

use std::collections::BTreeMap;

use heeler_core::logs::{Moment, SegmentName};

use super::span::Span;
use super::told::Why;
use crate::world::resolve::Container;

/// The files of a container as they were listed first.
#[derive(Debug, Default)]
pub(super) struct Lost {
    /// How many files were rotated away, by start.
    rotated: BTreeMap<u32, u32>,
    /// One is being packed: the oldest was removed before, and the next one is not rotated yet.
    is_packing: bool,
}

/// A time in which lines may be missing, at its ends as far as they are known.
pub(super) type Window = (Option<Moment>, Option<Moment>);

impl Lost {
    pub(super) fn of(names: &[SegmentName], is_packing: bool) -> Self {
        let mut rotated = BTreeMap::new();
        for (index, name) in names.iter().enumerate() {
            let is_twice = names.iter().take(index).any(|other| other.is_same(name));
            let count: &mut u32 = rotated.entry(name.restart).or_default();
            *count += u32::from(name.rotated.is_some() && !is_twice);
        }
        Lost {
            rotated,
            is_packing,
        }
    }

    /// The starts of which no file is left, before all that are.
    pub(super) fn starts(&self, container: &Container) -> Option<(Window, Why)> {
        // A pod that Kubernetes has forgotten is known by its files alone.
        let present = container
            .restarts
            .or_else(|| self.rotated.keys().last().copied())?;
        let first = self.rotated.keys().next().copied().unwrap_or(present);
        let gone = match first.min(present) {
            0 => return None,
            1 => "the log of its first start".to_owned(),
            gone => format!("the logs of its first {gone} starts"),
        };
        let why = format!(
            "{gone}: the kubelet keeps the log of one container that has ended, and removes it with the container"
        );
        Some((
            (container.starts.first, began(container, first)),
            Why::Gone(why),
        ))
    }

    /// What was rotated away of a start before the first file that is left, which begins at this time.
    pub(super) fn before(
        &self,
        container: &Container,
        (start, at): (u32, Option<Moment>),
        (keeps, span): (Option<u32>, Span),
    ) -> Option<(Window, Why)> {
        let rotated = self
            .rotated
            .get(&start)
            .copied()
            .filter(|rotated| *rotated > 0)?;
        let began = began(container, start);
        let is_later = began.is_some_and(|began| began > span.until);
        if is_later || at.is_some_and(|at| at <= span.since || Some(at) <= began) {
            return None;
        }
        let at = at.map(|at| at.min(span.until));
        let why = match keeps {
            Some(keeps) => {
                let left = rotated + 1 + u32::from(self.is_packing);
                let why = format!(
                    "the kubelet keeps {keeps} files of a start and there are {}: what was rotated away before is not there any more",
                    rotated + 1
                );
                (left >= keeps).then_some(why)?
            }
            None => "files may have been rotated away before: how many of them its kubelet keeps it does not say"
                .to_owned(),
        };
        let since = Some(span.since).filter(|since| *since > Span::ALL.since);
        Some(((began.max(since), at), Why::Perhaps(why)))
    }
}

/// When a start of the container began.
fn began(container: &Container, start: u32) -> Option<Moment> {
    match container.restarts?.checked_sub(start)? {
        0 => container.starts.present,
        1 => container.starts.former,
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::resolve::Starts;

    const ALL: Span = Span::ALL;

    fn container(restarts: u32) -> Container {
        let moment = |at| Some(Moment(at));
        Container {
            name: "app".to_owned(),
            restarts: Some(restarts),
            is_running: true,
            has_begun: true,
            starts: Starts {
                first: moment(10),
                former: moment(20),
                present: moment(30),
            },
            ids: BTreeMap::new(),
        }
    }

    fn lost(names: &[&str]) -> Lost {
        let names: Vec<_> = names
            .iter()
            .map(|name| SegmentName::read(name).expect("a name"))
            .collect();
        Lost::of(&names, false)
    }

    #[test]
    fn starts_without_a_file_are_gone() {
        let gone = |names: &[&str], restarts| {
            lost(names)
                .starts(&container(restarts))
                .map(|(window, _)| window)
        };
        let moment = |at| Some(Moment(at));
        assert_eq!(gone(&["0.log"], 0), None);
        assert_eq!(gone(&["0.log", "1.log"], 1), None);
        assert_eq!(gone(&["2.log", "3.log"], 3), Some((moment(10), moment(20))));
        assert_eq!(gone(&["3.log"], 3), Some((moment(10), moment(30))));
        assert_eq!(gone(&[], 3), Some((moment(10), moment(30))));
    }

    #[test]
    fn a_start_with_as_many_files_as_are_kept_may_have_had_more() {
        let names = ["0.log.20261120-100000.gz", "0.log.20261120-100500", "0.log"];
        let window = |keeps, at, span| {
            let before = lost(&names).before(&container(0), (0, Some(Moment(at))), (keeps, span));
            before.map(|((since, until), _)| (since.map(|at| at.0), until.map(|at| at.0)))
        };
        assert_eq!(window(Some(3), 35, ALL), Some((Some(30), Some(35))));
        assert_eq!(window(Some(4), 35, ALL), None);
        assert_eq!(window(None, 35, ALL), Some((Some(30), Some(35))));
        // Of the time that is wanted alone.
        let since = |at| Span {
            since: Moment(at),
            ..ALL
        };
        assert_eq!(window(Some(3), 35, since(33)), Some((Some(33), Some(35))));
        assert_eq!(window(Some(3), 35, since(35)), None);
        // Nor of what is later than that.
        let until = |at| Span {
            until: Moment(at),
            ..ALL
        };
        assert_eq!(window(Some(3), 35, until(32)), Some((Some(30), Some(32))));
        assert_eq!(window(Some(3), 35, until(29)), None);
        // Never rotated, there was nothing before.
        assert!(
            lost(&["0.log"])
                .before(&container(0), (0, Some(Moment(35))), (None, ALL))
                .is_none()
        );
        // While one is packed the oldest is removed already.
        let mut packing = lost(&names);
        packing.is_packing = true;
        assert!(
            packing
                .before(&container(0), (0, Some(Moment(35))), (Some(4), ALL))
                .is_some()
        );
        // A file that is there packed and plain is one.
        let twice = lost(&["0.log.20261120-100000.gz", "0.log.20261120-100000", "0.log"]);
        assert!(
            twice
                .before(&container(0), (0, Some(Moment(35))), (Some(3), ALL))
                .is_none()
        );
    }
}
