//! What goes wrong on the way, and who stops it.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use heeler_tests::kube::Stopping;
use nix::sys::signal::Signal;

use super::{Journal, PAUSE, PODS, SOON, Site};
use crate::harness::Context;

pub(in crate::guarded) fn api_down(context: &Context) -> Result<()> {
    let site = Site::start(context)?;
    let kube = site.offer.operator.lab.kube();
    // For a moment: what was told to go is found gone.
    kube.set_stopping(Stopping::After(Duration::from_secs(1)));
    let fix = site.offer.begun("change-started", "")?;
    sleep(Duration::from_millis(300));
    kube.faults().api_down()?;
    sleep(Duration::from_secs(2));
    kube.faults().api_up()?;
    fix.finish(SOON)?.expect_exit(0)?.expect_stdout("kept ")?;
    site.expect_there(&[])?;
    // For good: nobody can say what stands.
    site.add(&PODS)?;
    kube.set_stopping(Stopping::After(Duration::from_secs(3)));
    let fix = site.offer.begun("change-started", "")?;
    sleep(Duration::from_millis(300));
    kube.faults().api_down()?;
    let stuck = fix.finish(SOON)?.expect_exit(7)?;
    kube.faults().api_up()?;
    stuck
        .expect_stdout("what stands now is not known")?
        .expect_stdout("nothing can take it back")?;
    site.no_way_back("2 of 2 pods are gone")
}

pub(in crate::guarded) fn answers_lost(context: &Context) -> Result<()> {
    let site = Site::start(context)?;
    let kube = site.offer.operator.lab.kube();
    let approved = site.offer.approved("")?;
    let journal = Journal::of(&site.offer.operator.lab.state_folder())?;
    let known = journal.count()?;
    let hold = kube.faults().hold("/eviction");
    let fix = approved.start()?;
    // The trial of the plan that is made again is let pass.
    let give_up = Instant::now() + SOON;
    while hold.caught() == 0 {
        ensure!(Instant::now() < give_up, "it never asks");
        sleep(PAUSE);
    }
    hold.release();
    while !journal
        .events_after(known)?
        .iter()
        .any(|one| one == "change-started")
    {
        ensure!(Instant::now() < give_up, "it never begins");
        sleep(Duration::from_millis(1));
    }
    kube.faults().drop_mid_body_next(3);
    fix.finish(SOON)?.expect_exit(0)?.expect_stdout("kept ")?;
    site.expect_there(&[])
}

pub(in crate::guarded) fn interrupted(context: &Context) -> Result<()> {
    let site = Site::start(context)?;
    let kube = site.offer.operator.lab.kube();
    site.budget("api", 1)?;
    kube.set_stopping(Stopping::After(Duration::from_secs(2)));
    let fix = site.offer.begun("change-started", "")?;
    let give_up = Instant::now() + SOON;
    while site.evictions() < 3 {
        ensure!(Instant::now() < give_up, "it does not go on");
        sleep(PAUSE);
    }
    fix.signal(Signal::SIGINT)?;
    let stuck = fix.finish(SOON)?.expect_exit(7)?;
    // What was told to go is waited for; no other one is.
    stuck.expect_stdout("2 of 3 pods are gone; it was interrupted")?;
    ensure!(site.evictions() == 3, "{} evictions", site.evictions());
    site.expect_there(&[PODS[1]])
}

pub(in crate::guarded) fn uncordoned(context: &Context) -> Result<()> {
    let site = Site::start(context)?;
    let kube = site.offer.operator.lab.kube();
    kube.set_stopping(Stopping::Never);
    let fix = site.offer.begun("change-started", "")?;
    let give_up = Instant::now() + SOON;
    while site.evictions() < 3 {
        ensure!(Instant::now() < give_up, "it does not go on");
        sleep(PAUSE);
    }
    site.cordon(false)?;
    let stuck = fix.finish(SOON)?.expect_exit(7)?;
    stuck
        .expect_stdout("0 of 3 pods are gone; the node is not cordoned any more")?
        .expect_stdout("it was told to go, and has not ended yet")?;
    site.no_way_back("0 of 3 pods are gone, and there are still shop/api-0 (told to go)")
}
