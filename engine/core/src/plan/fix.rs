//! What a fix and its way back have in common: one rung, lines that tell what was done, and the
//! reasons for which a node does nothing at all.

use std::time::Duration;

use crate::action::{Fits, NodeChange, Rung, shell_quote};
use crate::frame::{Answer, Held, NO_ROOM, Nonce, Place, Reply};
use crate::value::Why;

use super::fault::{ChangeFault, PlanFault};
use super::fuse::fuse;

/// The name under which a change's answer travels.
const NAME: &str = "change";
/// What a command with changes may take beyond them: an `apiclient exec`, and the frame.
pub(super) const MARGIN: Duration = Duration::from_secs(30);
/// What locking the node, and arming or claiming its switch, may take.
pub(super) const ARMING: Duration = Duration::from_secs(15);
/// Room for the values of some dozen changes.
const MOST_BYTES: usize = 4096;
/// `fix.sh`: the node was started anew since the plan.
const OTHER_BOOT: i32 = 66;
/// `change.sh`: a present value can't be read.
const NOT_READ: i32 = 67;
/// `fix.sh`: no record could be kept.
const NO_RECORD: i32 = 68;
/// `change.sh`: the time for starting is over.
const TOO_LATE: i32 = 70;
/// `lock.sh`: another change is under way.
const HELD: i32 = 71;
/// `change.sh`: the change was given up before it came.
const GIVEN_UP: i32 = 72;
/// `change.sh`: the switch can't be armed.
const NOT_ARMED: i32 = 73;
/// `keep.sh`, `undo.sh`: the switch has been faster.
const NODE_UNDID: i32 = 74;
/// `undo.sh`: the change never began.
const NEVER_BEGAN: i32 = 76;
/// `keep.sh`: nothing is known of the change.
const NOT_HELD: i32 = 75;
/// `recall.sh`, `keep.sh`: it is still being carried out, or taken back.
const UNDER_WAY: i32 = 78;
/// `recall.sh`: there is no record, and one may have been removed.
const REMOVED: i32 = 79;

/// One change with the values that its plan was made for.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// What is changed.
    pub change: &'a dyn NodeChange,
    /// The value that must be there.
    pub from: &'a str,
    /// The value that is set.
    pub to: &'a str,
    /// The value that the way back sets: mostly `from`. In a way back that can't set what was there
    /// before the fix: that value, else `from`.
    pub back: &'a str,
}

impl Step<'_> {
    /// The way back of this step.
    pub(super) fn back(&self) -> Self {
        Step {
            change: self.change,
            from: self.to,
            to: self.back,
            back: match self.back == self.from {
                true => self.to,
                false => self.from,
            },
        }
    }

    /// What was there before the fix, in a way back.
    pub(super) fn before(&self) -> &str {
        match self.back == self.from {
            true => self.to,
            false => self.back,
        }
    }

    /// Makes `present` the function that prints the present value.
    pub(super) fn define_present(&self) -> String {
        format!("present() {{\n{}}}\n", self.change.present())
    }

    /// Makes `apply` the function that sets the value, and prints the one read back.
    pub(super) fn define_apply(&self) -> String {
        let apply = self.change.apply(self.from, self.to);
        let fits = self.fits().map_or_else(String::new, |fits| {
            let leave = format!("(\n{})\nexit 1", self.change.present());
            fits.script(Fits::PATIENCE, &leave)
        });
        format!("{}apply() {{\n{fits}{apply}}}\n", self.mark())
    }

    /// What has to be so before it is set.
    pub(super) fn fits(&self) -> Option<Fits> {
        self.change.fits(self.from, self.to)
    }

    /// Says under which name it is kept that the step has begun. Only a job in the control container
    /// has to know.
    fn mark(&self) -> String {
        match self.change.place() {
            Place::Control if self.change.has_way_back() => {
                format!("mark={}\n", self.change.mark().unwrap_or_default())
            }
            _ => String::new(),
        }
    }

    /// Makes `holds` the function that ends well where the node is as the value of the step says;
    /// `None`: the value is all there is.
    pub(super) fn define_holds(&self) -> Option<String> {
        let holds = self.change.holds(self.to)?;
        Some(format!("holds() {{\n{holds}}}\n"))
    }

    /// Makes `withdraw` the function that sets what was there again where neither `from` nor `to` is
    /// there, and prints what is there then.
    pub(super) fn define_withdraw(&self) -> String {
        match self.change.withdraw(self.from) {
            Some(withdraw) => {
                let [from, to] = [self.from, self.to].map(shell_quote);
                format!("from={from}\nto={to}\nwithdraw() {{\n{withdraw}}}\n")
            }
            None => "from=\nto=\nwithdraw() { printf '%s\\n' \"$v\"; }\n".to_owned(),
        }
    }

    /// Makes `restore` the function that sets the value of the way back, for a step that the host's
    /// timer may have missed.
    pub(super) fn define_restore(&self) -> String {
        let apply = self.change.apply(self.to, self.back);
        format!("restore() {{\n{apply}}}\n")
    }
}

/// The one place where all changes of a fix are carried out.
pub(super) fn one_place<'a>(
    changes: impl IntoIterator<Item = &'a dyn NodeChange>,
) -> Result<Place, PlanFault> {
    let mut places = changes.into_iter().map(NodeChange::place);
    let place = places.next().ok_or(PlanFault::NothingToChange)?;
    match places.any(|other| other != place) {
        true => Err(PlanFault::SeveralPlaces),
        false => Ok(place),
    }
}

/// The one rung of a fix.
pub(super) fn one_rung(
    place: Place,
    limit: Duration,
    script: String,
    nonce: &Nonce,
) -> Result<String, PlanFault> {
    let rung = Rung {
        place,
        only_where: None,
        needs: "",
        script,
        limit,
        most_bytes: MOST_BYTES,
    };
    fuse(&[(NAME.to_owned(), vec![rung])], nonce)
}

/// How long changes may take on the node, one after the other.
pub(super) fn limit<'a>(changes: impl IntoIterator<Item = &'a dyn NodeChange>) -> Duration {
    changes.into_iter().map(NodeChange::limit).sum()
}

/// How long to wait for the end of a command that reads, sets or takes back these changes.
pub fn patience<'a>(changes: impl IntoIterator<Item = &'a dyn NodeChange>) -> Duration {
    ARMING + limit(changes) + MARGIN
}

/// What the rung answered.
pub(super) fn reply(answer: &Answer) -> Result<&Reply, Why> {
    answer.reply(NAME)
}

/// What the rung of a fix answered, where that is not a reason for which nothing was done.
pub(super) fn carried_out(answer: &Answer) -> Result<(&Reply, Vec<Line<'_>>), ChangeFault> {
    let reply = reply(answer).map_err(|why| match why {
        Why::AdminOff => ChangeFault::AdminOff,
        Why::Failed(text) if text == NO_ROOM => ChangeFault::NoRoom,
        why => ChangeFault::InDoubt(why),
    })?;
    let lines = lines(reply).ok_or_else(in_doubt)?;
    match refusal(reply, &lines) {
        Some(fault) => Err(fault),
        None => Ok((reply, lines)),
    }
}

fn refusal(reply: &Reply, lines: &[Line<'_>]) -> Option<ChangeFault> {
    match (reply.exit, lines) {
        (HELD, [("%", held)]) => {
            return Some(match Held::read(held) {
                Some(held) => ChangeFault::Held(Box::new(held)),
                None => ChangeFault::Unreadable,
            });
        }
        // What was carried out before the switch came has been taken back.
        (NODE_UNDID, _) => return Some(ChangeFault::NodeUndid),
        (HELD, []) => return Some(ChangeFault::NotYet),
        (NOT_ARMED, [(":", text)]) => return Some(ChangeFault::NotArmed((*text).to_owned())),
        (_, []) => {}
        _ => return None,
    }
    match reply.exit {
        GIVEN_UP => Some(ChangeFault::GivenUp),
        NODE_UNDID => Some(ChangeFault::NodeUndid),
        NEVER_BEGAN => Some(ChangeFault::NeverBegan),
        NOT_HELD => Some(ChangeFault::NotHeld),
        UNDER_WAY => Some(ChangeFault::UnderWay),
        REMOVED => Some(ChangeFault::Removed),
        OTHER_BOOT => Some(ChangeFault::OtherBoot),
        NO_RECORD => Some(ChangeFault::NoRoom),
        TOO_LATE => Some(ChangeFault::TooLate),
        NOT_READ => Some(ChangeFault::NotRead {
            text: stderr(reply),
        }),
        _ => None,
    }
}

/// A sign and a value.
pub(super) type Line<'a> = (&'a str, &'a str);

/// The lines that a script printed; `None` where not all of them are there.
pub(super) fn lines(reply: &Reply) -> Option<Vec<Line<'_>>> {
    let text = std::str::from_utf8(&reply.stdout).ok()?;
    let lines = text.lines().map(|line| line.split_at_checked(1));
    lines.collect::<Option<_>>().filter(|_| !reply.cut)
}

/// The values, where each line is one that was read back.
pub(super) fn values(lines: &[Line<'_>]) -> Option<Vec<String>> {
    let value = |(sign, value): &Line<'_>| (*sign == "=").then(|| (*value).to_owned());
    lines.iter().map(value).collect()
}

/// The last line that the script wrote about its failure.
pub(super) fn stderr(reply: &Reply) -> String {
    let text = String::from_utf8_lossy(&reply.stderr);
    text.lines().last().unwrap_or("without a word").to_owned()
}

pub(super) fn in_doubt() -> ChangeFault {
    ChangeFault::InDoubt(Why::Garbled("the node did not print what it did".into()))
}
