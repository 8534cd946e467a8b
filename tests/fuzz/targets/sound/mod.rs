//! Type soundness: a runbook that the checker lets through gives no type error when it is judged,
//! whatever the looks answer, and a missing answer never turns a verdict.

mod choices;
mod expressions;
mod looks;
mod page;
mod values;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use heeler_core::action;
use heeler_core::event::{NodeTarget, PodTarget, RunId, Verdict};
use heeler_core::expr::{self, Template};
use heeler_core::find::{Judged, View, judged};
use heeler_core::frame::Ident;
use heeler_core::runbook::{Runbook, Scope, load};
use heeler_core::syntax::{Source, render};
use heeler_core::value::{Unseen, Value, Why};
use uuid::Uuid;

pub use choices::Choices;
pub use page::page;
use values::{value, with_holes};

/// What verdicts came to, so that a test can tell whether it has tried anything.
#[derive(Debug, Default)]
pub struct Tally {
    /// Findings that hold.
    pub holds: AtomicUsize,
    /// Findings that are ruled out.
    pub ruled_out: AtomicUsize,
    /// Findings that were not seen where everything was answered, because an answer is absent.
    pub absent: AtomicUsize,
    /// Findings that were not seen where answers are missing.
    pub not_seen: AtomicUsize,
}

/// A runbook made of these bytes.
pub fn runbook(bytes: &[u8]) -> Runbook {
    let source = Source {
        name: "sound.yaml".into(),
        text: page(&mut Choices::new(bytes)),
    };
    match load(source.clone(), action::all()) {
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
        .map(|input| (input.name.clone(), value(&input.kind, false, choices)))
        .collect();
    let whole = views(runbook, absent, choices);
    let partial: Vec<View> = whole.iter().map(|view| lossy(view, choices)).collect();
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
    for view in whole.iter().chain(&partial) {
        render_all(runbook, view, &inputs, run);
    }
}

/// What was told without an answer is told with it too. With it, another finding may stand for one
/// that holds, or a different one than without it.
fn agree(whole: &Verdict, partial: &Verdict) -> bool {
    match partial {
        Verdict::Holds(_) => matches!(whole, Verdict::Holds(_) | Verdict::Superseded(_)),
        Verdict::Superseded(_) => matches!(whole, Verdict::Superseded(_)),
        Verdict::RuledOut => *whole == Verdict::RuledOut,
        Verdict::NotSeen(_) => true,
    }
}

/// Nothing may be missing because of its kind. Where everything was answered only a calculation
/// without a result is missing.
fn check_reasons(runbook: &Runbook, judged: &Judged<'_>, incomplete: bool) {
    let Verdict::NotSeen(reasons) = &judged.verdict else {
        return;
    };
    for Unseen { why, look } in reasons {
        let type_error = matches!(why, Why::Garbled(what) if what == expr::UNFIT);
        let no_result = matches!(why, Why::NotThere(what) if !what.starts_with('`'));
        assert!(
            !type_error && (incomplete || no_result),
            "`{}` misses {look}: {why:?}\n{}",
            judged.rule.name,
            runbook.source.text
        );
    }
}

fn count(before: &Judged<'_>, after: &Judged<'_>, tally: &Tally) {
    let counter = match (&before.verdict, &after.verdict) {
        (Verdict::Holds(_), Verdict::Holds(_)) => &tally.holds,
        (Verdict::RuledOut, Verdict::RuledOut) => &tally.ruled_out,
        (Verdict::NotSeen(_), _) => &tally.absent,
        _ => &tally.not_seen,
    };
    counter.fetch_add(1, Ordering::Relaxed);
}

/// One to three nodes that have answered.
fn views(runbook: &Runbook, absent: bool, choices: &mut Choices<'_>) -> Vec<View> {
    let of_run: BTreeMap<String, Value> = runbook
        .looks
        .iter()
        .filter(|step| step.scope == Scope::Run)
        .map(|step| (step.name.clone(), value(&step.kind(), absent, choices)))
        .collect();
    let count = 1 + choices.below(3);
    let view = |number| {
        let instance = format!("i-{number:08x}").parse().expect("it is an id");
        let mut view = View::new(NodeTarget {
            node: Some(format!("node-{number}")),
            instance,
            pod: Some(PodTarget {
                namespace: "shop".into(),
                name: "checkout".into(),
                uid: "0a".into(),
                host_network: false,
            }),
            boot: None,
            os_version: None,
            cpus: None,
            cluster_verified: Some(true),
        });
        view.ident = Some(Ident {
            boot_id: "b".into(),
            cluster: None,
            os_version: "1.50.0".into(),
            cpus: 8,
            uptime_s: 5,
        });
        view.looks = of_run.clone();
        for step in runbook
            .looks
            .iter()
            .filter(|step| step.scope == Scope::Node)
        {
            let value = value(&step.kind(), absent, choices);
            view.looks.insert(step.name.clone(), value);
        }
        view
    };
    (0..count).map(view).collect()
}

/// The same node, with answers missing.
fn lossy(view: &View, choices: &mut Choices<'_>) -> View {
    let mut lossy = View::new(view.target.clone());
    lossy.ident = view.ident.clone();
    lossy.looks = view
        .looks
        .iter()
        .map(|(name, value)| (name.clone(), with_holes(value, name, choices)))
        .collect();
    lossy
}

/// Every text, whether its finding holds or not.
fn render_all(runbook: &Runbook, view: &View, inputs: &BTreeMap<String, Value>, run: RunId) {
    let world = view.world(runbook, inputs, run);
    let told = runbook.findings.iter().flat_map(|rule| {
        let others = rule.because.iter().chain(&rule.lasting);
        [&rule.says].into_iter().chain(&rule.details).chain(others)
    });
    let effects = runbook.fixes.iter().filter_map(|fix| fix.effect.as_ref());
    for text in told.chain(effects) {
        check_text(text.render(&world).unseen, text);
    }
    for step in &runbook.looks {
        let _ = step.fill(&world);
    }
    for fix in &runbook.fixes {
        for (change, wanted) in fix.changes.iter().zip(&fix.wanted) {
            let _ = change.wanted(&wanted.value(&world));
        }
        let _ = fix.verify.that.holds(&world);
    }
}

fn check_text(unseen: Vec<Unseen>, text: &Template) {
    let type_error =
        |unseen: &Unseen| matches!(&unseen.why, Why::Garbled(what) if what == expr::UNFIT);
    assert!(
        !unseen.iter().any(type_error),
        "a type error in {}",
        text.text()
    );
}

/// Both, for a fuzzer: the first half of the bytes makes the runbook, the other one the world.
pub fn check(bytes: &[u8]) {
    let (page, world) = bytes.split_at(bytes.len() / 2);
    judge(&runbook(page), world, &Tally::default());
}
