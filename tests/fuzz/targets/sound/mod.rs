//! Type soundness: a runbook that the checker lets through gives no type error when it is judged,
//! whatever the looks answer, and a missing answer never turns a verdict.

#![allow(
    clippy::indexing_slicing,
    reason = "what is out of range here is a fault of the generator"
)]

mod choices;
mod expressions;
mod inputs;
mod leaf;
mod looks;
mod operands;
mod others;
mod page;
mod values;
mod verdicts;
mod views;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use heeler_core::action::{self, Target};
use heeler_core::event::{RunId, Verdict};
use heeler_core::expr::{self, World};
use heeler_core::find::{Hold, Judged, View, judged};
use heeler_core::runbook::{LookStep, Runbook, load_among};
use heeler_core::syntax::{Source, render};
use heeler_core::value::{Unseen, Value, Why};
use uuid::Uuid;

pub use choices::Choices;
use inputs::SECRET;
use others::{Library, Other};

/// What verdicts came to, so that a test can tell whether it has tried anything.
#[derive(Debug, Default)]
pub struct Tally {
    /// Findings that hold.
    pub holds: AtomicUsize,
    /// Findings that are ruled out.
    pub ruled_out: AtomicUsize,
    /// Findings for which another one stands.
    pub superseded: AtomicUsize,
    /// Findings that were not seen where everything was answered, because an answer is absent.
    pub absent: AtomicUsize,
    /// Findings that were not seen where answers are missing.
    pub not_seen: AtomicUsize,
}

/// A runbook made of these bytes, which may use others made of them.
pub fn runbook(bytes: &[u8]) -> Runbook {
    let choices = &mut Choices::new(bytes);
    let target = *choices.pick(&["node", "node", "pod"]);
    let (mut library, mut others) = (Library::default(), Vec::new());
    for number in 0..choices.below(3) {
        let name = format!("inner-{number}");
        let text = page::page(&name, target, &others, choices);
        others.push(Other::of(loaded(&name, text.clone(), &library)));
        library.0.insert(name, text);
    }
    let text = page::page("sound", target, &others, choices);
    loaded("sound", text, &library)
}

fn loaded(name: &str, text: String, library: &Library) -> Runbook {
    let source = Source {
        name: name.into(),
        text,
    };
    match load_among(source.clone(), action::all(), library) {
        Ok(runbook) => runbook,
        Err(faults) => panic!("{}\n{}", source.text, render(&source, &faults, false)),
    }
}

/// Judges a runbook over a world made of these bytes, and over the same with answers missing.
pub fn judge(runbook: &Runbook, bytes: &[u8], tally: &Tally) {
    let choices = &mut Choices::new(bytes);
    let absent = choices.below(2) == 1;
    let inputs: BTreeMap<String, Value> = runbook
        .inputs
        .iter()
        .map(|input| (input.name.clone(), inputs::given(input, choices)))
        .collect();
    let whole = views::views(runbook, absent, choices);
    let partial = views::lossy(runbook, &whole, choices);
    let run = RunId::new(Uuid::nil());
    let before = judged(runbook, &inputs, run, &whole);
    let after = judged(runbook, &inputs, run, &partial);
    assert_eq!(before.len(), after.len(), "every finding is judged");
    for (before, after) in before.iter().zip(&after) {
        count(before, after, tally);
        check_reasons(runbook, before, absent);
        check_reasons(runbook, after, true);
        assert!(
            agree(&before.verdict, &after.verdict),
            "`{}` came to {:?}, and with answers missing to {:?}\n{}",
            before.rule.name,
            before.verdict,
            after.verdict,
            runbook.source.text
        );
    }
    for event in before
        .into_iter()
        .chain(after)
        .flat_map(Judged::into_events)
    {
        check_secret(&format!("{event:?}"));
    }
    for views in [whole, partial] {
        for view in &views {
            read_all(runbook, view, &inputs, run);
        }
        verify(runbook, views, &inputs, run);
    }
}

/// What was told without an answer is told with it too. With it, another finding may stand for one
/// that holds, or a different one than without it. What was not seen and stood for may be ruled out.
fn agree(whole: &Verdict, partial: &Verdict) -> bool {
    match partial {
        Verdict::Holds(_) => matches!(whole, Verdict::Holds(_) | Verdict::Superseded(_)),
        Verdict::Superseded(_) => matches!(whole, Verdict::Superseded(_) | Verdict::RuledOut),
        Verdict::RuledOut => *whole == Verdict::RuledOut,
        Verdict::NotSeen(_) => true,
    }
}

/// Nothing may be missing because of its kind. Where everything was answered only a calculation
/// without a result is missing, or what a runbook can't be given.
fn check_reasons(runbook: &Runbook, judged: &Judged<'_>, incomplete: bool) {
    let Verdict::NotSeen(reasons) = &judged.verdict else {
        return;
    };
    for reason in reasons {
        let no_result = match &reason.why {
            Why::NotThere(what) => !what.starts_with('`'),
            Why::Unusable(_) => true,
            _ => false,
        };
        assert!(
            !is_type_error(reason) && (incomplete || no_result),
            "`{}` misses {reason:?}\n{}",
            judged.rule.name,
            runbook.source.text
        );
    }
}

fn is_type_error(unseen: &Unseen) -> bool {
    matches!(&unseen.why, Why::Garbled(what) if what == expr::UNFIT)
}

fn count(before: &Judged<'_>, after: &Judged<'_>, tally: &Tally) {
    let counter = match (&before.verdict, &after.verdict) {
        (Verdict::Holds(_), Verdict::Holds(_)) => &tally.holds,
        (Verdict::RuledOut, Verdict::RuledOut) => &tally.ruled_out,
        (Verdict::Superseded(_), _) => &tally.superseded,
        (Verdict::NotSeen(_), _) => &tally.absent,
        _ => &tally.not_seen,
    };
    counter.fetch_add(1, Ordering::Relaxed);
}

/// Everything that a runbook says or asks, whether it is called for or not.
fn read_all(runbook: &Runbook, view: &View, inputs: &BTreeMap<String, Value>, run: RunId) {
    let worlds = view.worlds(runbook, inputs, run);
    for step in &runbook.looks {
        let _ = worlds.wants(step);
        let world = worlds.of(step);
        match step.for_each.as_ref().map(|each| each.list.worlds(world)) {
            Some(Ok(items)) => items.iter().for_each(|item| ask(step, view, item)),
            Some(Err(missing)) => assert!(!missing.iter().any(is_type_error), "{missing:?}"),
            None => ask(step, view, world),
        }
    }
    let world = worlds.into_own();
    let told = runbook
        .findings
        .iter()
        .filter(|rule| rule.for_each.is_none());
    let told = told.flat_map(|rule| {
        let others = rule.because.iter().chain(&rule.lasting);
        [&rule.says].into_iter().chain(&rule.details).chain(others)
    });
    let effects = runbook.fixes.iter().filter_map(|fix| fix.effect.as_ref());
    for text in told.chain(effects) {
        let rendered = text.render(&world);
        let wrong = rendered.unseen.iter().any(is_type_error);
        assert!(!wrong, "a type error in {}", text.text());
        check_secret(&rendered.text);
    }
    for fix in &runbook.fixes {
        let _ = fix.wanted(&world);
    }
}

/// The question of a look.
fn ask(step: &LookStep, view: &View, world: &World) {
    match step.fill(world) {
        Ok(texts) => {
            let facts = view.facts();
            let source = step.look.source(&Target { texts, ..facts });
            check_secret(&format!("{source:?}"));
        }
        Err(missing) => assert!(!missing.iter().any(is_type_error), "{missing:?}"),
    }
}

/// The condition under which a fix has worked, sampled twice.
fn verify(runbook: &Runbook, views: Vec<View>, inputs: &BTreeMap<String, Value>, run: RunId) {
    let mut holds: Vec<Hold> = runbook.fixes.iter().map(|_| Hold::default()).collect();
    for (second, view) in (0..).zip(views) {
        for (fix, hold) in runbook.fixes.iter().zip(&mut holds) {
            let mut same = View::new(view.target.clone());
            same.ident.clone_from(&view.ident);
            same.looks.clone_from(&view.looks);
            let at = Duration::from_secs(second);
            let sampled = hold.sample((runbook, &fix.verify), inputs, run, same, at);
            check_secret(&sampled.says);
        }
    }
}

/// No secret is told to anybody.
fn check_secret(text: &str) {
    assert!(!text.contains(SECRET), "a secret is told: {text}");
}

/// Both, for a fuzzer: the first half of the bytes makes the runbook, the other one the world.
pub fn check(bytes: &[u8]) {
    let (page, world) = bytes.split_at(bytes.len() / 2);
    judge(&runbook(page), world, &Tally::default());
}
