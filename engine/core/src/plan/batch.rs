//! Which looks share a command: all of them, unless the script or the answer would not fit.

use super::fault::PlanFault;
use super::fuse::fuse;
use crate::action::Rung;
use crate::frame::Nonce;

/// Most bytes of a script. SSM takes 64 KB with everything around it, and the script travels in
/// base64.
const MOST_SCRIPT: usize = 44_000;
/// Most bytes that all looks of a command may print at worst: what `GetCommandInvocation` gives back
/// of one node (24,000 characters of base64), less the heads of the records.
const MOST_ANSWER: usize = 17_000;

/// Looks with their ladders.
pub type Asked = Vec<(String, Vec<Rung>)>;

/// How looks are shared out.
#[derive(Debug, Default, PartialEq)]
pub struct Batches {
    /// One command each.
    pub batches: Vec<Asked>,
    /// Looks that fit no command, and why.
    pub unfit: Vec<(String, PlanFault)>,
}

/// Shares looks out over as few commands as their order allows. One that would not even fit alone
/// costs no other its answer.
pub fn batches(looks: &Asked) -> Batches {
    if looks.is_empty() {
        return Batches::default();
    }
    if fits(looks).is_ok() {
        return Batches {
            batches: vec![looks.clone()],
            unfit: Vec::new(),
        };
    }
    let mut shared = Batches::default();
    let mut open: Asked = Vec::new();
    for look in looks {
        if let Err(fault) = script(std::slice::from_ref(look)) {
            shared.unfit.push((look.0.clone(), fault));
            continue;
        }
        open.push(look.clone());
        if open.len() > 1 && fits(&open).is_err() {
            open.pop();
            shared
                .batches
                .push(std::mem::replace(&mut open, vec![look.clone()]));
        }
    }
    if !open.is_empty() {
        shared.batches.push(open);
    }
    shared
}

fn fits(looks: &[(String, Vec<Rung>)]) -> Result<(), PlanFault> {
    let longest = |rungs: &Vec<Rung>| rungs.iter().map(|rung| rung.most_bytes).max();
    let answer: usize = looks.iter().filter_map(|(_, rungs)| longest(rungs)).sum();
    if answer > MOST_ANSWER {
        return Err(PlanFault::Answer {
            size: answer,
            most: MOST_ANSWER,
        });
    }
    script(looks)
}

fn script(looks: &[(String, Vec<Rung>)]) -> Result<(), PlanFault> {
    // Any nonce is as long as any other.
    let size = fuse(looks, &Nonce::new([0; 8]))?.len();
    if size > MOST_SCRIPT {
        return Err(PlanFault::Script {
            size,
            most: MOST_SCRIPT,
        });
    }
    Ok(())
}
