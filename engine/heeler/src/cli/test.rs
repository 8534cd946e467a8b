//! `heeler test`: every case of a runbook, and every mutation of it, without a node.

use std::fmt::Write as _;

use heeler_core::case::{self, Case, Checked, Coverage, covered};
use heeler_core::runbook::Runbook;
use heeler_core::syntax::{self, Diagnostic, Source};
use serde_json::{Value as Json, json};

use super::args::{Output, TestArgs};
use super::{said, told};
use crate::cases::{self, CaseText, Suite};
use crate::failure::Failure;
use crate::library::Library;

const SIDES: told::Sides = ["expected", "came"];

/// Tests runbooks. Exits with 0 where everything came as the cases say, else with 1.
///
/// # Errors
/// `no-runbooks` and `unknown-case`; everything else is a result.
pub(super) fn test(library: &Library, args: &TestArgs, output: Output) -> Result<u8, Failure> {
    let mut suites = Vec::new();
    for wanted in &args.wanted {
        suites.extend(cases::find(library, wanted)?);
    }
    if args.wanted.is_empty() {
        suites = cases::all(library)?;
    }
    choose(&mut suites, &args.case)?;
    let tested: Vec<Tested> = suites
        .into_iter()
        .map(|suite| {
            let whole = suite.whole && args.case.is_empty();
            Tested::of(suite, whole)
        })
        .collect();
    let passed = tested.iter().all(Tested::passed);
    match output {
        Output::Text => {
            let texts: Vec<String> = tested.iter().map(Tested::text).collect();
            said::say_lines(&texts.concat());
        }
        Output::Json | Output::Sarif => {
            let runbooks: Vec<Json> = tested.iter().map(Tested::wire).collect();
            let all = json!({ "format": 1, "passed": passed, "runbooks": runbooks });
            said::say(&format!("{all:#}\n"));
        }
    }
    Ok(u8::from(!passed))
}

/// Leaves the cases that were named, and the runbooks that have one of them.
fn choose(suites: &mut Vec<Suite>, wanted: &[String]) -> Result<(), Failure> {
    for name in wanted {
        let known = |suite: &Suite| suite.cases.iter().any(|case| case.name == *name);
        if !suites.iter().any(known) {
            let help = match cases::nearest(suites, name) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`heeler test` without --case runs them all".to_owned(),
            };
            return Err(Failure::usage(
                "unknown-case",
                format!("there is no case `{}`", name.escape_debug()),
                "the command line",
                help,
            ));
        }
    }
    if !wanted.is_empty() {
        for suite in suites.iter_mut() {
            suite.cases.retain(|case| wanted.contains(&case.name));
        }
        suites.retain(|suite| !suite.cases.is_empty());
    }
    Ok(())
}

/// What became of a runbook's cases.
struct Tested {
    name: String,
    /// What can't be read, the runbook itself among it.
    faults: Vec<Failure>,
    cases: Vec<TestedCase>,
    /// `None` where only some cases were run.
    coverage: Option<Coverage>,
}

/// What became of a case.
struct TestedCase {
    name: String,
    source: Source,
    result: Result<Checked, Vec<Diagnostic>>,
}

impl Tested {
    fn of(suite: Suite, whole: bool) -> Tested {
        let mut tested = Tested {
            name: suite.name,
            faults: suite.faults,
            cases: Vec::new(),
            coverage: None,
        };
        let entry = match suite.entry {
            Ok(entry) => entry,
            Err(failure) => {
                tested.faults.push(failure);
                return tested;
            }
        };
        let runbook = &entry.runbook;
        tested.name.clone_from(&runbook.name);
        let mut coverage = Coverage::of(runbook);
        for text in suite.cases {
            tested.cases.push(run(runbook, text, &mut coverage));
        }
        tested.coverage = Some(coverage).filter(|_| whole && !tested.cases.is_empty());
        tested
    }

    fn passed(&self) -> bool {
        self.faults.is_empty() && self.cases.iter().all(TestedCase::passed)
    }

    fn text(&self) -> String {
        let mut out = format!("{}\n", self.name);
        for failure in &self.faults {
            let _ = writeln!(out, "{failure}");
        }
        for case in self.cases.iter().filter(|case| !case.passed()) {
            out.push_str(&case.text());
        }
        let failed = self.cases.iter().filter(|case| !case.passed()).count();
        let checked = || {
            self.cases
                .iter()
                .filter_map(|case| case.result.as_ref().ok())
        };
        let mutations: usize = checked().map(|checked| checked.mutations).sum();
        let wrong: usize = checked().map(|checked| checked.mutations_failed()).sum();
        let _ = match (self.cases.len(), failed) {
            (0, _) if !self.faults.is_empty() => Ok(()),
            (0, _) => writeln!(out, "  no cases"),
            (1, 0) => writeln!(out, "  1 case holds, and {mutations} mutations of it"),
            (all, 0) => writeln!(out, "  {all} cases hold, and {mutations} mutations of them"),
            (all, failed) => writeln!(
                out,
                "  failed: {failed} of {all} cases, and {wrong} of {mutations} mutations"
            ),
        };
        if let Some(coverage) = &self.coverage {
            let _ = writeln!(
                out,
                "  verdicts {} of {}, conditions {} of {}",
                covered(&coverage.findings),
                coverage.findings.len(),
                covered(&coverage.branches),
                coverage.branches.len(),
            );
            for missed in coverage.missed() {
                let _ = writeln!(out, "    no case where {}: {}", missed.place, missed.what);
            }
        }
        out
    }

    fn wire(&self) -> Json {
        let coverage = self.coverage.as_ref().map(|coverage| {
            let count =
                |rows: &[case::Covered]| json!({ "covered": covered(rows), "all": rows.len() });
            let missed = coverage
                .missed()
                .map(|row| json!({ "place": row.place, "what": row.what }));
            json!({
                "verdicts": count(&coverage.findings),
                "conditions": count(&coverage.branches),
                "missed": missed.collect::<Vec<_>>(),
            })
        });
        let faults = self.faults.iter().map(|failure| {
            json!({
                "code": failure.code, "what": failure.what,
                "place": failure.place, "help": failure.help,
            })
        });
        json!({
            "runbook": self.name,
            "passed": self.passed(),
            "faults": faults.collect::<Vec<_>>(),
            "cases": self.cases.iter().map(TestedCase::wire).collect::<Vec<_>>(),
            "coverage": coverage,
        })
    }
}

fn run(runbook: &Runbook, text: CaseText, coverage: &mut Coverage) -> TestedCase {
    let read = case::read(&text.name, text.source.clone(), runbook);
    let result = read.map(|case: Case| {
        let checked = case::check(runbook, &case);
        coverage.add(runbook, &case, &checked.outcome);
        checked
    });
    TestedCase {
        name: text.name,
        source: text.source,
        result,
    }
}

impl TestedCase {
    fn passed(&self) -> bool {
        self.result.as_ref().is_ok_and(Checked::passed)
    }

    fn text(&self) -> String {
        let mut out = format!("  FAILED {}\n", self.name);
        let checked = match &self.result {
            Ok(checked) => checked,
            Err(faults) => {
                let _ = writeln!(out, "{}\n", syntax::render(&self.source, faults, false));
                return out;
            }
        };
        for difference in &checked.differences {
            let line = self.line(difference.span.start);
            let _ = writeln!(out, "    --> {}:{line}", self.source.name);
            out.push_str(&told::text(difference, None, SIDES));
        }
        for wrong in &checked.wrong {
            let text = told::text(&wrong.difference, Some(&wrong.mutation), SIDES);
            out.push_str(&text);
        }
        out
    }

    fn wire(&self) -> Json {
        let mut json = json!({
            "name": self.name,
            "file": self.source.name,
            "passed": self.passed(),
        });
        let Some(fields) = json.as_object_mut() else {
            return json;
        };
        let mut put = |name: &str, value: Json| fields.insert(name.to_owned(), value);
        match &self.result {
            Ok(checked) => {
                let differences = checked.differences.iter().map(|difference| {
                    let mut json = told::wire(difference, None);
                    if let Some(fields) = json.as_object_mut() {
                        let line = self.line(difference.span.start);
                        fields.insert("line".to_owned(), line.into());
                    }
                    json
                });
                let wrong = checked
                    .wrong
                    .iter()
                    .map(|wrong| told::wire(&wrong.difference, Some(&wrong.mutation)));
                put("mutations", checked.mutations.into());
                put("differences", differences.collect());
                put("wrong", wrong.collect());
            }
            Err(faults) => {
                let faults = faults.iter().map(|fault| {
                    let place = fault.labels.first().map(|(span, _)| span.start);
                    json!({
                        "code": fault.code, "title": fault.title, "help": fault.help,
                        "line": self.line(place.unwrap_or_default()),
                    })
                });
                put("faults", faults.collect());
            }
        }
        json
    }

    /// The line of an offset, counted from 1.
    fn line(&self, offset: usize) -> usize {
        let before = self.source.text.get(..offset).unwrap_or_default();
        before.matches('\n').count() + 1
    }
}
