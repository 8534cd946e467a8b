//! What a node answers to the looks of runbooks while its bundle is made, so that a runbook of another day
//! can be judged by it.
//!
//! The looks of all runbooks go out together, wave by wave, each question once. Only what reads is asked.
//! What was not answered is said; a way to the node that fails is not tried again.

use std::collections::BTreeMap;
use std::time::Duration;

use heeler_core::action::Source;
use heeler_core::event::NodeTarget;
use heeler_core::plan::{self, Asked, Bounds};
use heeler_core::recording::{About, Course, Recording, Wave};
use heeler_core::redact::RedactionKey;
use heeler_core::runbook::Runbook;
use heeler_core::value::{Unseen, Value, Why};
use jiff::Timestamp;
use tokio::time::Instant;

use super::answers::{Kept, Open};
use crate::failure::Failure;
use crate::run::admit::misfit;
use crate::run::ask::{self, ask_groups};
use crate::run::objects::{self, Wanted};
use crate::run::session::Session;

/// The member that has the answers.
pub(super) const MEMBER: &str = "looks/answers.jsonl";
/// All looks together take no longer: a node that is ill may let each of them wait.
const MOST_TIME: Duration = Duration::from_secs(90);
/// Why nothing more is asked.
const INTERRUPTED: &str = "interrupted";
/// Looks are asked with a name of their own.
const NAME: &str = "look";

/// A runbook whose looks are asked.
#[derive(Debug)]
pub struct Book {
    /// The runbook.
    pub runbook: Runbook,
    /// It was named: what can't be asked of it is missing in the bundle.
    pub is_named: bool,
}

/// What came of asking.
pub(super) struct Looked {
    /// The member, where there is any answer.
    pub(super) member: Option<Vec<u8>>,
    /// What was taken out of it, by kind.
    pub(super) redacted: BTreeMap<String, u64>,
    /// What is missing, and why.
    pub(super) missing: Vec<(String, String)>,
}

/// Asks the node, and the Kubernetes API about it.
///
/// # Errors
/// The journal's own failures.
pub(super) async fn record(
    session: &mut Session,
    target: &NodeTarget,
    books: &[Book],
    key: &RedactionKey,
) -> Result<Looked, Failure> {
    let about = About {
        at: Timestamp::now(),
        heeler: env!("CARGO_PKG_VERSION").to_owned(),
        place: session.place.clone(),
        target: target.clone(),
    };
    let mut asking = Asking {
        kept: Kept::new(Recording::new(about), key),
        began: Instant::now(),
        silent: None,
        count: 0,
    };
    let run = session.recorder.run();
    let runbooks = books.iter().map(|book| &book.runbook);
    let mut courses: Vec<Course<'_>> = runbooks
        .map(|runbook| Course::new(runbook, given(runbook), run, target.clone()))
        .collect();
    loop {
        let waves: Vec<Option<Wave<'_>>> = courses.iter_mut().map(Course::next_wave).collect();
        if waves.iter().all(Option::is_none) {
            break;
        }
        let open = asking.kept.open(books, &waves);
        asking.ask(session, target, open).await?;
        asking.name(session, &waves).await?;
        for (course, wave) in courses.iter_mut().zip(waves) {
            course.take(wave.unwrap_or_default(), asking.kept.recording());
        }
    }
    Ok(asking.kept.looked())
}

/// What the inputs of a runbook are without anybody who gives them.
fn given(runbook: &Runbook) -> BTreeMap<String, Value> {
    let value = |name: &str| {
        let why = Why::Unusable(format!("the input `{name}` has no default"));
        let look = name.to_owned();
        Value::Unseen(vec![Unseen { look, why }])
    };
    let inputs = runbook.inputs.iter();
    let given = inputs.map(|input| {
        let default = input.default.clone().filter(|_| !input.secret);
        let value = default.unwrap_or_else(|| value(&input.name));
        (input.name.clone(), value)
    });
    given.collect()
}

/// Why nothing is asked after so long.
fn over() -> String {
    format!("{} s for all looks were over", MOST_TIME.as_secs())
}

/// Asking, under way.
struct Asking<'k> {
    kept: Kept<'k>,
    began: Instant,
    /// Why the node is not asked any more.
    silent: Option<String>,
    /// How many names were given.
    count: usize,
}

impl Asking<'_> {
    fn left(&self) -> Duration {
        MOST_TIME.saturating_sub(self.began.elapsed())
    }

    fn bounds(&self) -> Bounds {
        Bounds {
            unconfined: false,
            deadline: Some((MOST_TIME, self.began.elapsed())),
        }
    }

    async fn ask(
        &mut self,
        session: &mut Session,
        target: &NodeTarget,
        open: Vec<Open>,
    ) -> Result<(), Failure> {
        let (mut node, mut names) = (Asked::new(), BTreeMap::new());
        let mut objects: Vec<(Open, Wanted)> = Vec::new();
        for open in open {
            match &open.question.source {
                Source::Kube(get) => {
                    let wanted = Wanted {
                        get: get.clone(),
                        within: None,
                        retry: 0,
                    };
                    objects.push((open, wanted));
                }
                Source::Node(rungs) => {
                    self.count += 1;
                    let name = format!("{NAME}_{}", self.count);
                    node.push((name.clone(), rungs.clone()));
                    names.insert(name, open);
                }
            }
        }
        self.ask_kubernetes(session, objects).await;
        self.ask_node(session, target, (node, names)).await
    }

    async fn ask_kubernetes(&mut self, session: &Session, wanted: Vec<(Open, Wanted)>) {
        let cluster = session.cluster.clone();
        let bounds = self.bounds();
        let all = wanted.iter().map(|(_, wanted)| wanted.clone());
        let objects = tokio::select! {
            objects = objects::fetch(cluster.as_deref(), all, &bounds) => objects,
            () = session.cancel.cancelled() => {
                for (open, _) in wanted {
                    let why = Why::KubernetesDown(INTERRUPTED.to_owned());
                    self.kept.unanswered(&open, INTERRUPTED, why);
                }
                return;
            }
        };
        for (open, wanted) in wanted {
            let object = objects.get(&wanted).map(|object| object.cloned());
            self.kept.object(open, object);
        }
    }

    async fn ask_node(
        &mut self,
        session: &mut Session,
        target: &NodeTarget,
        (node, mut names): (Asked, BTreeMap<String, Open>),
    ) -> Result<(), Failure> {
        let shared = plan::batches(&node);
        for (name, fault) in shared.unfit {
            if let Some(open) = names.remove(&name) {
                self.kept.miss(&open, &fault.to_string());
            }
        }
        for batch in shared.batches {
            if self.left().is_zero() {
                self.silent.get_or_insert_with(over);
            }
            if session.cancel.is_cancelled() {
                self.silent.get_or_insert(INTERRUPTED.to_owned());
            }
            let asked: Vec<Open> = batch
                .iter()
                .filter_map(|(name, _)| names.remove(name))
                .collect();
            if let Some(why) = &self.silent {
                asked.iter().for_each(|open| self.kept.miss(open, why));
                continue;
            }
            let looks: Vec<String> = batch.iter().map(|(name, _)| name.clone()).collect();
            let question = ask::Question {
                looks: batch,
                targets: vec![target.clone()],
                again: false,
                secret: None,
            };
            let mut came = ask_groups(session, NAME, vec![question], Some(self.left())).await?;
            match came.answers.remove(&target.instance) {
                Some(Ok(answer)) => {
                    let cluster = session.place.cluster.as_deref();
                    if let Some(failure) = misfit(cluster, target, &answer.ident) {
                        session.recorder.record(failure.event()).await?;
                        // Whoever judges it sees the same.
                        self.kept.ident(&answer.ident);
                        asked
                            .iter()
                            .for_each(|open| self.kept.miss(open, &failure.what));
                        self.silent = Some(failure.what);
                        continue;
                    }
                    let each = asked.into_iter().zip(&looks);
                    each.for_each(|(open, name)| self.kept.reply(open, name, &answer));
                }
                other => {
                    let why = match other {
                        Some(Err(silence)) => silence.text,
                        _ => came
                            .trouble
                            .map_or_else(|| "nothing was sent".to_owned(), |trouble| trouble.what),
                    };
                    for open in &asked {
                        let unseen = Why::NoAnswer(why.clone());
                        self.kept.unanswered(open, &why, unseen);
                    }
                    self.silent = Some(why);
                }
            }
        }
        Ok(())
    }

    /// The names of pods and services, as they are now.
    async fn name(
        &mut self,
        session: &mut Session,
        waves: &[Option<Wave<'_>>],
    ) -> Result<(), Failure> {
        let addresses = waves
            .iter()
            .flatten()
            .flat_map(|wave| Course::addresses(wave, self.kept.recording()))
            .collect();
        let names = objects::names(session.cluster.as_deref(), addresses);
        let limited = tokio::time::timeout(self.left(), names);
        let trouble = tokio::select! {
            names = limited => match names {
                Ok(names) => {
                    self.kept.names(names.known);
                    names.trouble.map(|trouble| trouble.what())
                }
                Err(_) => Some(over()),
            },
            () = session.cancel.cancelled() => None,
        };
        let Some(trouble) = trouble else {
            return Ok(());
        };
        let text = objects::unnamed(&trouble);
        self.kept.unnamed(&text);
        match session.recorder.has_noted(objects::UNNAMED) {
            true => Ok(()),
            false => session.note(objects::UNNAMED, text).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use heeler_core::event::Where;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn all_looks_together_have_90_s() {
        let about = About {
            at: Timestamp::UNIX_EPOCH,
            heeler: "1".into(),
            place: Where::default(),
            target: NodeTarget::of("i-0abc1234def567823".parse().expect("an id")),
        };
        let key = RedactionKey::new([1; 32]);
        let asking = Asking {
            kept: Kept::new(Recording::new(about), &key),
            began: Instant::now(),
            silent: None,
            count: 0,
        };
        tokio::time::advance(Duration::from_secs(89)).await;
        assert_eq!(asking.left(), Duration::from_secs(1));
        assert_eq!(asking.bounds().passed(), None);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(asking.left().is_zero());
        assert_eq!(asking.bounds().passed(), Some(Why::Deadline(90)));
        assert_eq!(over(), "90 s for all looks were over");
    }
}
