//! What became of the evictions of a node, as the events that say so. Of a pod whose end is not known
//! none is told.

use std::slice;

use super::outcome::{Outcome, failed};
use crate::event::{ChangePlan, Direction, Event};
use crate::plan::drain::{Course, Left};

/// A pod is gone; `found`: it went by itself, before any eviction was carried out.
pub fn evicted(change: &ChangePlan, found: bool) -> Event {
    Event::ChangeApplied {
        instance: change.instance.clone(),
        subject: change.subject.clone(),
        value: change.to.clone(),
        direction: Direction::Apply,
        found,
    }
}

/// After the last look: the pods that certainly were not evicted, and why the node is not empty.
pub fn after_evictions(changes: &[ChangePlan], course: &Course) -> Outcome {
    let stand = changes.iter().enumerate().filter_map(|(pod, change)| {
        let Left::Stands(why) = course.left(pod)? else {
            return None;
        };
        Some(failed(slice::from_ref(change), &why, Direction::Apply))
    });
    Outcome {
        events: stand.flatten().collect(),
        trouble: (!course.is_whole()).then(|| course.says()),
    }
}

/// What somebody is told who wants evictions to be taken back. `stand`: those whose pods were seen to
/// be there still, or why nobody can say it.
pub fn no_pod_comes_back(changes: &[ChangePlan], stand: Result<&[String], &str>) -> String {
    let came_to = match stand {
        Err(why) => why.to_owned(),
        Ok(stand) => {
            let gone = changes.len().saturating_sub(stand.len());
            let mut says = format!("{gone} of {} pods are gone", changes.len());
            if !stand.is_empty() {
                says.push_str(&format!(", and there are still {}", stand.join(", ")));
            }
            says
        }
    };
    format!("there is no way back from an eviction: {came_to}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{FixPlan, InstanceId};
    use crate::guard::{End, Next, Sight, Stage, Terms, next};

    fn eviction(name: &str) -> ChangePlan {
        let instance: InstanceId = "i-0abc1234def567890".parse().expect("an id");
        ChangePlan {
            instance,
            subject: format!("pods shop/{name}"),
            from: "there".into(),
            to: "gone".into(),
            diff: String::new(),
            back: None,
            effects: Vec::new(),
            object: None,
            commands: None,
        }
    }

    /// What comes next, where the pods had these ends: gone (and found so), or `None`: it stands.
    fn after(ends: &[Option<bool>]) -> Next {
        let names = ["a", "b"];
        let changes: Vec<ChangePlan> = names.map(eviction).into();
        let plan = FixPlan {
            fix: "empty".into(),
            proof: String::new(),
            effect: None,
            pins: Vec::new(),
            changes: changes.clone(),
            now: Vec::new(),
            undo: String::new(),
            switch: None,
            one_way: true,
            verify: String::new(),
            hold_s: 1,
            within_s: 11,
            inputs: Vec::new(),
            ruling: None,
            digest: String::new(),
        };
        let approved = Event::FixApproved {
            digest: String::new(),
            by: String::new(),
            how: String::new(),
            signed: Vec::new(),
        };
        let mut events = vec![Event::FixPlanned(plan), approved];
        events.extend(crate::guard::started(&changes, Direction::Apply));
        for (change, end) in changes.iter().zip(ends) {
            events.extend(match end {
                Some(found) => vec![evicted(change, *found)],
                None => failed(slice::from_ref(change), "a budget", Direction::Apply),
            });
        }
        let terms = Terms {
            hold: std::time::Duration::from_secs(1),
            within: std::time::Duration::from_secs(11),
            one_way: true,
        };
        let sight = Sight {
            trouble: ends.contains(&None).then(|| "not all".to_owned()),
            ..Sight::default()
        };
        let stage = Stage::of(&events);
        assert_ne!(stage, Stage::Ended(End::Refused));
        next(&stage, &terms, &sight)
    }

    #[test]
    fn only_where_no_pod_was_evicted_nothing_was_done() {
        let refused = Next::Refuse("not all".to_owned());
        assert_eq!(after(&[None, None]), refused);
        assert_eq!(after(&[Some(true), None]), refused);
        let stuck = Next::GiveUp("not all".to_owned());
        assert_eq!(after(&[Some(false), None]), stuck);
        // The end of the second one is not known.
        let unknown = "the change was sent, and its end is not known";
        assert_eq!(after(&[Some(false)]), Next::GiveUp(unknown.to_owned()));
        assert_eq!(after(&[Some(true)]), Next::GiveUp(unknown.to_owned()));
        for all in [[Some(true); 2], [Some(false); 2]] {
            assert!(matches!(after(&all), Next::Sample(_)));
        }
    }

    #[test]
    fn who_wants_it_back_is_told_what_stands() {
        let changes: Vec<ChangePlan> = ["a", "b"].map(eviction).into();
        let none: &[String] = &[];
        let said = |stand| no_pod_comes_back(&changes, stand);
        let begin = "there is no way back from an eviction: ";
        assert_eq!(said(Ok(none)), format!("{begin}2 of 2 pods are gone"));
        let one = ["shop/b".to_owned()];
        let still = "1 of 2 pods are gone, and there are still shop/b";
        assert_eq!(said(Ok(&one)), format!("{begin}{still}"));
        assert_eq!(said(Err("no answer")), format!("{begin}no answer"));
    }
}
