//! What is told of a way back of which each change has an end.

use std::slice;

use super::outcome::{Caller, Outcome, failed, found, read_back};
use crate::event::{ChangePlan, Direction, Event};
use crate::plan::{ChangeFault, Undone};

/// The code of a way back that is refused: what is there is somebody else's by now.
const SET_SINCE: &str = "set-since";

/// Each change is judged by itself. `by_hand` gives the commands that are left to a person for what
/// still stands.
pub(super) fn judged(
    changes: &[ChangePlan],
    undone: &[Undone],
    (caller, reason): (Caller, &str),
    by_hand: impl FnOnce(&[ChangePlan]) -> Vec<String>,
) -> Outcome {
    let mut events = undone_so_far(changes, undone);
    let mut left = Vec::new();
    // Beside why it is taken back: of what is back without us, and of what is not.
    let (mut others, mut reasons) = (Vec::new(), Vec::new());
    let (mut theirs, mut is_part_set) = (0, false);
    for (change, end) in changes.iter().zip(undone) {
        match end {
            Undone::Back(_) => is_part_set = true,
            Undone::WasBack(_) | Undone::ByNode(_) | Undone::Gone => others.push(told(change, end)),
            Undone::Moved(_) | Undone::Theirs { .. } | Undone::Failed { .. } => {
                theirs += usize::from(!matches!(end, Undone::Failed { .. }));
                left.push(change.clone());
                reasons.push(told(change, end));
            }
        }
    }
    others.dedup();
    // A node's lock stays where a part was back already, and has to be told.
    let is_locked = changes.iter().any(|change| change.object.is_none());
    let is_all_theirs = match is_locked {
        true => theirs == changes.len(),
        false => theirs == left.len() && !is_part_set,
    };
    let because = |why: &[String]| [&[reason.to_owned()], why].concat().join("; ");
    events.push(if left.is_empty() {
        Event::FixReverted {
            reason: because(&others),
        }
    } else if caller == Caller::Person && is_all_theirs {
        Event::FixRefused {
            reason: reasons.join("; "),
            ways: by_hand(&left),
            code: Some(SET_SINCE.to_owned()),
        }
    } else {
        Event::FixStuck {
            reason: because(&reasons),
            commands: by_hand(&left),
        }
    });
    Outcome {
        events,
        trouble: None,
    }
}

/// Whether it is the value that the way back sets, or the one before the fix.
fn is_old(back: &ChangePlan, value: &str) -> bool {
    back.to == value || back.back.as_deref() == Some(value)
}

/// What became of a change. Of what is there only that is told which was read.
fn told(change: &ChangePlan, end: &Undone) -> String {
    let subject = &change.subject;
    match end {
        Undone::Back(value) => format!("{subject} is `{value}` again"),
        Undone::WasBack(_) => "the old value was there already".to_owned(),
        Undone::ByNode(Some(present)) if !is_old(change, present) => format!(
            "{}; {subject} is `{present}` now, which is not its doing",
            ChangeFault::NodeUndid
        ),
        Undone::ByNode(_) => ChangeFault::NodeUndid.to_string(),
        Undone::Moved(present) => {
            format!("{subject} is `{present}` now, which is neither the old nor the new value")
        }
        Undone::Theirs { present, whose } => {
            format!("{subject} is `{present}`, as the fix has set it, but {whose}")
        }
        Undone::Gone => {
            let object = change.object.as_ref().map(ToString::to_string);
            let object = object.as_ref().unwrap_or(subject);
            format!("{object} is gone, and the change with it")
        }
        Undone::Failed {
            present: Some(present),
            text,
        } => format!("{subject} stays at `{present}`: {text}"),
        Undone::Failed {
            present: None,
            text,
        } => format!("{subject} was not taken back, and can't be read: {text}"),
    }
}

/// What is recorded of the first changes of a way back, of which the ends are known.
pub fn undone_so_far(changes: &[ChangePlan], undone: &[Undone]) -> Vec<Event> {
    let each = changes.iter().zip(undone);
    each.flat_map(|(change, end)| {
        let one = slice::from_ref(change);
        match end {
            Undone::Back(value) => read_back(one, slice::from_ref(value), Direction::Revert),
            Undone::WasBack(value) => vec![found(change, value)],
            Undone::ByNode(Some(value)) if is_old(change, value) => vec![found(change, value)],
            _ => failed(one, &told(change, end), Direction::Revert),
        }
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::PinnedObject;

    fn change(field: &str) -> ChangePlan {
        ChangePlan {
            instance: "i-0abc1234def567890".parse().expect("an id"),
            subject: field.to_owned(),
            from: "new".to_owned(),
            to: "old".to_owned(),
            diff: String::new(),
            back: None,
            effects: Vec::new(),
            object: Some(PinnedObject {
                api: "api/v1".to_owned(),
                resource: "configmaps".to_owned(),
                namespace: Some("shop".to_owned()),
                name: "limits".to_owned(),
                uid: "u1".to_owned(),
            }),
            commands: None,
        }
    }

    /// The end of fields `a`, `b` … that somebody wants back, with the fields left to them.
    fn end(caller: Caller, undone: &[Undone]) -> String {
        let names = ["a", "b", "c"];
        let changes: Vec<ChangePlan> = names.into_iter().map(change).collect();
        let changes = changes.get(..undone.len()).expect("few");
        let subjects = |left: &[ChangePlan]| {
            let subjects = left.iter().map(|change| change.subject.clone());
            subjects.collect::<Vec<_>>()
        };
        let outcome = judged(changes, undone, (caller, "asked"), subjects);
        assert_eq!(outcome.events.len(), undone.len() + 1);
        match outcome.events.last() {
            Some(Event::FixReverted { reason }) => format!("reverted: {reason}"),
            Some(Event::FixRefused { reason, ways, code }) => {
                assert_eq!(code.as_deref(), Some("set-since"));
                format!("refused: {reason} [{}]", ways.join(" "))
            }
            Some(Event::FixStuck { reason, commands }) => {
                format!("stuck: {reason} [{}]", commands.join(" "))
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_left_is_told_change_by_change() {
        use Caller::{Fix, Person};
        let back = || Undone::Back("old".to_owned());
        let was_back = || Undone::WasBack("old".to_owned());
        let moved = || Undone::Moved("7".to_owned());
        let theirs = || Undone::Theirs {
            present: "new".to_owned(),
            whose: "`bob` has set it since".to_owned(),
        };
        let failed = |present: Option<&str>| Undone::Failed {
            present: present.map(str::to_owned),
            text: "no".to_owned(),
        };
        let is_moved = "is `7` now, which is neither the old nor the new value";
        let is_theirs = "is `new`, as the fix has set it, but `bob` has set it since";
        for (caller, undone, wanted) in [
            (Person, vec![back(), back()], "reverted: asked".to_owned()),
            (
                Person,
                vec![was_back(), was_back(), back()],
                "reverted: asked; the old value was there already".to_owned(),
            ),
            (
                Person,
                vec![Undone::Gone, Undone::Gone],
                "reverted: asked; configmaps shop/limits is gone, and the change with it"
                    .to_owned(),
            ),
            (
                Person,
                vec![moved(), theirs()],
                format!("refused: a {is_moved}; b {is_theirs} [a b]"),
            ),
            (
                Person,
                vec![was_back(), theirs()],
                format!("refused: b {is_theirs} [b]"),
            ),
            (
                Person,
                vec![back(), moved()],
                format!("stuck: asked; b {is_moved} [b]"),
            ),
            (
                Fix,
                vec![theirs()],
                format!("stuck: asked; a {is_theirs} [a]"),
            ),
            (
                Person,
                vec![theirs(), failed(Some("new")), failed(None)],
                format!(
                    "stuck: asked; a {is_theirs}; b stays at `new`: no; c was not taken back, and \
                     can't be read: no [a b c]"
                ),
            ),
        ] {
            assert_eq!(end(caller, &undone), wanted);
        }
    }

    #[test]
    fn a_lock_that_is_left_is_told() {
        let mut changes = [change("a"), change("b")];
        for change in &mut changes {
            change.object = None;
        }
        let undone = [
            Undone::WasBack("old".to_owned()),
            Undone::Moved("7".to_owned()),
        ];
        let asked = (Caller::Person, "asked");
        let outcome = judged(&changes, &undone, asked, |_| Vec::new());
        let last = outcome.events.last();
        assert!(matches!(last, Some(Event::FixStuck { .. })), "{last:?}");
    }
}
