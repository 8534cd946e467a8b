//! What is tried, in pieces of a node each.

use std::fmt;
use std::time::Duration;

use anyhow::{Result, ensure};
use heeler_tests::fault::HoldPoint;

use super::beyond::{BEYOND, Beyond, Breaks};
use super::guarded::fixture::{ALL, CONTAINER, Fixture, ONE_PARAMETER, Switch};
use super::guarded::kill::{self, Ended, Killed, Ran};
use super::guarded::race::Race;
use super::guarded::step::{self, Asked, Wrong};
use super::guarded::ward::Ward;
use super::guarded::{course, loss, unwritten};
use super::harness::Context;

/// A fix has no more records than that: each sample of its verification has five.
pub(crate) const MOST_RECORDS: usize = 300;
/// Races on one node.
const RACES_EACH: usize = 20;

/// Something that is lost while a fix is under way.
pub(crate) struct Loss {
    /// What is lost, and what becomes of it.
    pub(crate) name: &'static str,
    /// Whether a fixture has it to lose.
    fits: fn(&Fixture) -> bool,
    /// Tries it.
    pub(crate) run: fn(&Context, &'static Fixture) -> Result<()>,
}

/// Everything that can be lost.
pub(crate) const LOSSES: &[Loss] = &[
    Loss {
        name: "the switch is refused: nothing is changed",
        // Nobody can refuse a job of the control container's own.
        fits: |fixture| fixture.switch == Switch::Host,
        run: course::not_armed,
    },
    Loss {
        name: "the switch is lost: the next contact settles it",
        fits: |_| true,
        run: loss::switch,
    },
    Loss {
        name: "the node restarts: back at once, or with the next contact",
        fits: |_| true,
        run: loss::restart,
    },
    Loss {
        name: "the node restarts while the program verifies: the old value",
        fits: |_| true,
        run: loss::restart_beside,
    },
    Loss {
        name: "the node restarts once the change is kept: as the plan says",
        fits: |_| true,
        run: loss::restart_after,
    },
    Loss {
        name: "SSM is out of reach: the node takes it back",
        fits: |_| true,
        run: loss::way,
    },
    Loss {
        name: "the node's agent is cut off: the node takes it back",
        fits: |_| true,
        run: loss::agent,
    },
    Loss {
        name: "the journal takes no more: nothing is sent, or it is taken back",
        fits: |_| true,
        run: unwritten::each,
    },
    Loss {
        name: "the Kubernetes API is out of reach from the change on: it is kept",
        fits: |_| true,
        run: loss::cluster,
    },
];

/// A fixture whose fix helps, or does not.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Course {
    pub(crate) fixture: &'static Fixture,
    pub(crate) cured: bool,
}

impl Course {
    fn inputs(self) -> &'static str {
        if self.cured { "" } else { "-i cured=false" }
    }
}

/// One piece.
#[derive(Clone, Copy)]
pub(crate) enum Job {
    /// The program is killed after each of its records, or after every so manyth.
    Kill(Course, usize),
    /// The same of a fix that has no switch of its own.
    Beyond(&'static Beyond, usize),
    /// Each request of such a fix goes wrong in turn.
    Turn(&'static str, Breaks, (Asked, Wrong)),
    /// Who is asked is out of reach in the middle of such a fix.
    Cut(&'static str, Breaks, Asked),
    /// The program is killed while the command of its change stands still.
    Hold(Course, HoldPoint),
    /// Something is lost.
    Lose(&'static Loss, &'static Fixture),
    /// Each command fails in turn, or comes twice.
    Step(Course, Wrong),
    /// So many races.
    Race(usize),
}

impl fmt::Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let course = |course: &Course| {
            let ends = if course.cured { "kept" } else { "taken back" };
            format!("{}, {ends}", course.fixture.name)
        };
        match self {
            Job::Kill(one, _) => write!(f, "{}: killed after a record", course(one)),
            Job::Beyond(one, _) => write!(f, "{}: killed after a record", one.name),
            Job::Turn(name, _, (asked, Wrong::Failed)) => {
                write!(f, "{name}: each request to {asked:?} fails")
            }
            Job::Turn(name, _, (asked, Wrong::Repeated)) => {
                write!(f, "{name}: each answer of {asked:?} is lost")
            }
            Job::Cut(name, _, asked) => write!(f, "{name}: {asked:?} is out of reach"),
            Job::Hold(one, HoldPoint::BeforeExecuting) => {
                write!(f, "{}: killed before the change comes", course(one))
            }
            Job::Hold(one, HoldPoint::BeforeReplying) => {
                write!(f, "{}: killed when the change has come", course(one))
            }
            Job::Lose(loss, fixture) => write!(f, "{}: {}", fixture.name, loss.name),
            Job::Step(one, Wrong::Failed) => write!(f, "{}: each command fails", course(one)),
            Job::Step(one, Wrong::Repeated) => {
                write!(f, "{}: each command comes twice", course(one))
            }
            Job::Race(races) => write!(f, "{races} races"),
        }
    }
}

/// Requests of fixes that went wrong, each in turn, by whom they asked.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    /// Commands of SSM that were never taken.
    pub(crate) refused_commands: usize,
    /// Those that were carried out, and whose reply was lost.
    pub(crate) repeated_commands: usize,
    /// Requests to the Kubernetes API that failed.
    pub(crate) failed: usize,
    /// Those that were carried out, and whose answer broke off.
    pub(crate) repeated: usize,
}

impl Requests {
    /// So many more have gone wrong.
    pub(crate) fn add(&mut self, asked: Asked, wrong: Wrong, tried: usize) {
        let count = match (asked, wrong) {
            (Asked::Ssm, Wrong::Failed) => &mut self.refused_commands,
            (Asked::Ssm, Wrong::Repeated) => &mut self.repeated_commands,
            (Asked::Kubernetes, Wrong::Failed) => &mut self.failed,
            (Asked::Kubernetes, Wrong::Repeated) => &mut self.repeated,
        };
        *count += tried;
    }

    /// All that another piece has tried, too.
    pub(crate) fn add_all(&mut self, others: &Self) {
        self.refused_commands += others.refused_commands;
        self.repeated_commands += others.repeated_commands;
        self.failed += others.failed;
        self.repeated += others.repeated;
    }
}

/// How often a fix met somebody out of reach.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Cuts {
    /// Until the program had given up.
    pub(crate) given_up: usize,
    /// For a while, in which the change stood.
    pub(crate) outlasted: usize,
}

/// What came of a piece.
#[derive(Debug, Default)]
pub(crate) struct Done {
    /// Kills, each with what must hold after it.
    pub(crate) kills: usize,
    /// After how many of them the new value stood, verified.
    pub(crate) kept: usize,
    /// The longest time from a kill until nothing was left on the node.
    pub(crate) longest: Duration,
    /// Requests in turn.
    pub(crate) requests: Requests,
    /// Who was out of reach in the middle of a fix, and how often.
    pub(crate) cuts: Cuts,
    /// Races.
    pub(crate) races: usize,
    /// What did not hold.
    pub(crate) violations: Vec<String>,
}

impl Done {
    fn add(&mut self, ended: Result<Ended>) -> Result<()> {
        self.kills += 1;
        let ended = ended?;
        self.kept += usize::from(ended.kept);
        self.longest = self.longest.max(ended.after);
        Ok(())
    }
}

/// Everything, or a part of it.
pub(crate) fn all(quick: bool, races: usize) -> Vec<Job> {
    let step = if quick { 6 } else { 1 };
    let wrongs = [Wrong::Failed, Wrong::Repeated];
    let mut jobs: Vec<Job> = BEYOND.iter().map(|one| Job::Beyond(one, step)).collect();
    let breaks = BEYOND
        .iter()
        .filter_map(|one| Some((one.name, one.breaks.filter(|_| !quick)?)));
    for (name, breaks) in breaks {
        for asked in breaks.asks {
            jobs.extend(wrongs.map(|wrong| Job::Turn(name, breaks, (*asked, wrong))));
            jobs.push(Job::Cut(name, breaks, *asked));
        }
    }
    let courses = [true, false].map(|cured| ALL.map(|fixture| Course { fixture, cured }));
    for course in courses.into_iter().flatten() {
        jobs.push(Job::Kill(course, step));
        let points = [HoldPoint::BeforeExecuting, HoldPoint::BeforeReplying];
        jobs.extend(points.map(|point| Job::Hold(course, point)));
        if !quick || course.fixture.name == ONE_PARAMETER.name {
            jobs.extend(wrongs.map(|wrong| Job::Step(course, wrong)));
        }
    }
    for loss in LOSSES {
        let fitting = ALL.into_iter().filter(|fixture| (loss.fits)(fixture));
        jobs.extend(fitting.map(|fixture| Job::Lose(loss, fixture)));
    }
    let races = if quick { RACES_EACH } else { races };
    jobs.extend((0..races.div_ceil(RACES_EACH)).map(|_| Job::Race(RACES_EACH)));
    // What takes longest comes first: at the end all others would wait for it alone.
    let is_longest =
        |job: &Job| matches!(job, Job::Kill(one, _) if one.fixture.name == CONTAINER.name);
    jobs.sort_by_key(|job| !is_longest(job));
    jobs
}

impl Job {
    /// Carries it out. What does not hold ends it: the node is in a state that nobody wants.
    pub(crate) fn carry_out(&self, context: &Context) -> Done {
        let mut done = Done::default();
        let held = match self {
            Job::Kill(course, step) => kills(context, *course, *step, &mut done),
            Job::Beyond(one, step) => (one.kill)(context, *step, &mut done),
            Job::Turn(_, breaks, (asked, wrong)) => {
                let tried = (breaks.turn)(context, *asked, *wrong);
                tried.map(|tried| done.requests.add(*asked, *wrong, tried))
            }
            Job::Cut(_, breaks, asked) => {
                (breaks.cut)(context, *asked).map(|cuts| done.cuts = cuts)
            }
            Job::Hold(course, point) => hold(context, *course, *point, &mut done),
            Job::Lose(loss, fixture) => (loss.run)(context, fixture),
            Job::Step(course, wrong) => {
                let tried = step::each(context, course.fixture, (*wrong, course.inputs()));
                tried.map(|tried| done.requests.add(Asked::Ssm, *wrong, tried))
            }
            Job::Race(races) => race(context, *races, &mut done),
        };
        if let Err(error) = held {
            done.violations.push(format!("{self}: {error:#}"));
        }
        done
    }
}

fn kills(context: &Context, course: Course, step: usize, done: &mut Done) -> Result<()> {
    let ward = Ward::start(context, course.fixture)?;
    let inputs = course.inputs();
    let mut records = 1;
    loop {
        ensure!(records < MOST_RECORDS, "the fix has no end");
        // The plan of a setting that was absent is another one once it was set.
        let digest = ward.digest(inputs)?;
        // Until the change stands a fix that does not help is like one that does.
        let differs = |events: &[String]| {
            course.cured || events.iter().any(|event| event == "change-applied")
        };
        let enough = |events: &[String]| events.len() >= records && differs(events);
        let killed = match kill::after(&ward, (&digest, inputs), enough)? {
            Ran::Killed(killed) => killed,
            Ran::Ended(ended) => {
                // On a busy machine the switch is faster than who would keep it.
                let whole = ended.has("fix-reverted") || course.cured && ended.has("fix-kept");
                ensure!(whole, "it has ended: {}", ended.shown());
                break;
            }
        };
        records = killed.events.len() + step;
        done.add(kill::check(&ward, &killed))?;
    }
    let run = ward.latest()?;
    if ward.settled()?.value == course.fixture.new {
        ward.take_back(&run)?;
    }
    ward.expect_clean(course.fixture.old)
}

fn hold(context: &Context, course: Course, point: HoldPoint, done: &mut Done) -> Result<()> {
    let ward = Ward::start(context, course.fixture)?;
    let digest = ward.digest(course.inputs())?;
    let killed: Killed = kill::at(&ward, (&digest, course.inputs()), point)?;
    done.add(kill::check(&ward, &killed))
}

fn race(context: &Context, races: usize, done: &mut Done) -> Result<()> {
    let race = Race::prepare(context)?;
    for _ in 0..races {
        done.races += 1;
        race.run()?;
    }
    Ok(())
}
