//! Each request of a fix in the Kubernetes API fails in turn, or is carried out and its answer breaks off.
//! However that ends: what the program says is what is there.

use anyhow::{Context as _, Result, ensure};

use super::cluster::Site;
use super::step::{Asked, Wrong, in_turn};

/// Compares what is there with the new value, or with the old one.
pub(crate) type Expect = fn(&Site<'_>, bool) -> Result<()>;

/// Gives the number of requests tried.
pub(crate) fn each(site: &Site<'_>, expect: Expect, wrong: Wrong) -> Result<usize> {
    let tried = in_turn(|number| one(site, expect, (number, wrong)));
    tried.with_context(|| format!("{wrong:?}"))
}

/// Whether the fix had so many requests. The old value is there again when this returns.
fn one(site: &Site<'_>, expect: Expect, wrong: (usize, Wrong)) -> Result<bool> {
    let fix = site.offer.approved("")?;
    let (ended, had) = Asked::Kubernetes.going_wrong(&site.offer.operator, fix, wrong)?;
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
    ensure!(had || ended.status.success(), "{ended}");
    if is_new {
        site.revert(6)?;
    }
    expect(site, false)?;
    Ok(had)
}
