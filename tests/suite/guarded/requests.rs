//! Each request of a fix in the Kubernetes API fails in turn, or is carried out and its answer breaks off.
//! However that ends: what the program says is what is there.

use anyhow::{Context as _, Result, bail, ensure};

use super::cluster::Site;
use super::step::Wrong;
use super::ward::SOON;

/// More requests than any of these fixes has.
const MOST: usize = 100;

/// Compares what is there with the new value, or with the old one.
pub(crate) type Expect = fn(&Site<'_>, bool) -> Result<()>;

/// Gives the number of requests tried.
pub(crate) fn each(site: &Site<'_>, expect: Expect, wrong: Wrong) -> Result<usize> {
    for number in 1..MOST {
        let one = one(site, expect, (number, wrong));
        if !one.with_context(|| format!("request {number}, {wrong:?}"))? {
            return Ok(number - 1);
        }
    }
    bail!("the fix has no end")
}

/// Whether the fix had so many requests. The old value is there again when this returns.
fn one(site: &Site<'_>, expect: Expect, (number, wrong): (usize, Wrong)) -> Result<bool> {
    let kube = site.operator.lab.kube();
    let fix = site.approved("")?;
    kube.forget_calls();
    match wrong {
        Wrong::Failed => kube.faults().fail_after(number - 1, 500),
        Wrong::Repeated => kube.faults().drop_after(number - 1),
    }
    let ended = fix.limit(SOON * 3).finish()?;
    let had = kube.calls().len() >= number;
    kube.faults().clear();
    let is_new = expect(site, true).is_ok();
    if !is_new {
        expect(site, false)?;
    }
    let true_word = match ended.status.code() {
        Some(0) => is_new,
        Some(5 | 6) => !is_new,
        // What it does not know it calls in doubt, or never began.
        Some(1) => !is_new || ended.stdout.contains("in-doubt"),
        // What it could not take back it leaves with the patch.
        Some(7) => is_new && ended.stdout.contains("--type merge --patch"),
        _ => false,
    };
    ensure!(true_word, "is it new: {is_new}\n{ended}");
    if is_new {
        site.revert(6)?;
    }
    expect(site, false)?;
    Ok(had)
}
