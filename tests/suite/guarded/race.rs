//! Two operators who want to change the same thing on the same node at the same moment.

use anyhow::{Context as _, Result, ensure};
use heeler_tests::scene::Person;

use super::course::LONGER;
use super::fixture::ONE_PARAMETER;
use super::ward::{SOON, Ward};
use crate::harness::{Context, Finished, Surroundings};

/// What the second one wants.
pub(crate) const OTHER: &str = "50";

/// Two operators with a plan each; the plans stay good as long as the node has its old value.
pub(crate) struct Race<'c> {
    ward: Ward<'c>,
    _bob: Person,
    bobs: Surroundings,
    /// Words of the fix of each.
    words: [String; 2],
}

/// Who won.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Winner {
    /// The first one.
    Alice,
    /// The second one.
    Bob,
}

impl<'c> Race<'c> {
    /// Both look and plan.
    pub(crate) fn prepare(context: &'c Context) -> Result<Self> {
        let ward = Ward::with(context, &ONE_PARAMETER, &[LONGER])?;
        let bob = ward.operator.lab.colleague("bob")?;
        let bobs = Surroundings::of_person(&bob)?;
        let inputs = format!("-i to={OTHER}s");
        let alices_run = ward.look(&ward.operator.around)?;
        let bobs_run = ward.look(&bobs)?;
        let alices = ward.digest_for(&ward.operator.around, &alices_run, "")?;
        let digest = ward.digest_for(&bobs, &bobs_run, &inputs)?;
        let words = [
            format!("fix {alices_run} adjust --yes {alices}"),
            format!("fix {bobs_run} adjust --yes {digest} {inputs}"),
        ];
        Ok(Self {
            ward,
            _bob: bob,
            bobs,
            words,
        })
    }

    /// Both change it at once: one does, the other is told who it is. The winner takes it back, and
    /// the node has its old value again.
    pub(crate) fn run(&self) -> Result<Winner> {
        let [alices, bobs] = &self.words;
        let first = self.ward.heeler(alices)?.start()?;
        let second = self.ward.program(&self.bobs, bobs)?.start()?;
        let (alice, bob) = (first.finish(SOON)?, second.finish(SOON)?);
        let winner = self.winner(&alice, &bob);
        winner.with_context(|| format!("two at once:\n{alice}\n{bob}"))
    }

    fn winner(&self, alice: &Finished, bob: &Finished) -> Result<Winner> {
        let (winner, loser, value, around) = match (alice.status.code(), bob.status.code()) {
            (Some(0), Some(5)) => (Winner::Alice, bob, "60", &self.ward.operator.around),
            (Some(5), Some(0)) => (Winner::Bob, alice, OTHER, &self.bobs),
            both => anyhow::bail!("they ended with {both:?}"),
        };
        let other = match winner {
            Winner::Alice => "alice",
            Winner::Bob => "bob",
        };
        let told = [other, "something has moved since"];
        ensure!(
            told.iter().any(|words| loser.stdout.contains(words)),
            "the loser is not told why"
        );
        loser.expect_stdout("nothing changed")?;
        self.ward.expect_value(value)?;
        ensure!(
            self.ward.traces()?.is_empty(),
            "there is {:?}",
            self.ward.traces()?
        );
        let run = self.ward.latest_of(around)?;
        let back = self.ward.program(around, &format!("revert {run}"))?;
        back.expect_exit(6)?.expect_stdout("taken back")?;
        self.ward.expect_clean(self.ward.fixture.old)?;
        Ok(winner)
    }
}
