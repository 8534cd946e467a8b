//! A script of the runbook's own. A look should only read, and nothing confines it: it is asked only
//! where the caller allows it. Its exit code is an answer; what it prints is taken as text, or in
//! parts by regular expressions.

mod change;
mod extract;
mod wrap;

use std::time::Duration;

use super::answer::{garbled, lines};
use super::text::Slot;
use super::{Action, Change, Filling, Impact, Look, LookText, Rung, Source, Target, parameters};
use crate::frame::{Place, Reply};
use crate::syntax::limits::{SCRIPT, SCRIPT_OUTPUT_BYTES};
use crate::syntax::{Faults, Fields, Key, Rule, Shape, Spanned, Tree, Where, Word, nearest};
use crate::value::{Kind, Value, Why};
use extract::Extract;

/// How long it may take.
const LIMIT: Duration = Duration::from_secs(30);
/// Where it can run.
const PLACES: [(Word, Place); 3] = [
    (
        ("control", "the control container; it has a shell"),
        Place::Control,
    ),
    (
        ("admin", "the admin container; it has a shell"),
        Place::Admin,
    ),
    (("host", "the host, which has no shell"), Place::Host),
];

const KEYS: &[Key] = &[
    Key::required("at", Shape::Word(places), "Where it runs"),
    Key::optional(
        "script",
        Shape::Template,
        "What runs in a container, as POSIX sh; each `{{ }}` becomes one word",
    )
    .ruled(&[
        Rule::Only(Where::Is("at", &["control", "admin"])),
        Rule::Needed(Where::Is("at", &["control", "admin"])),
    ]),
    Key::optional(
        "argv",
        Shape::List {
            of: &Shape::Template,
            least: 1,
        },
        "What runs on the host: a program and its arguments",
    )
    .ruled(&[
        Rule::Only(Where::Is("at", &["host"])),
        Rule::Needed(Where::Is("at", &["host"])),
    ]),
    Key::optional(
        "extract",
        Shape::Entries(&extract::EXTRACTS),
        "Parts of what it prints, by names that expressions use",
    ),
];

fn places() -> Vec<Word> {
    PLACES.iter().map(|(word, _)| *word).collect()
}

#[derive(Debug)]
pub(super) struct Run;

impl Action for Run {
    fn name(&self) -> &'static str {
        "run"
    }

    fn summary(&self) -> &'static str {
        "A script of the runbook's own, or one program of the host; a look is asked only with `--unconfined`"
    }

    fn look_shape(&self) -> Option<Shape> {
        Some(Shape::Keys(KEYS))
    }

    fn change_shape(&self) -> Option<Shape> {
        Some(Shape::Keys(change::KEYS))
    }

    fn change(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Change>> {
        change::read(parameters, faults)
    }

    fn look(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Look>> {
        let fields = parameters::fields(self.name(), parameters, KEYS, faults)?;
        let mut texts = Vec::new();
        let program = program(&fields, &mut texts, faults);
        let extracts = match fields.get("extract") {
            Some(tree) => extract::read(tree, faults),
            None => Some(Vec::new()),
        };
        Some(Box::new(RunLook {
            program: program?,
            texts,
            extracts: extracts?,
        }))
    }
}

/// What is run.
#[derive(Debug)]
enum Program {
    /// A script of POSIX sh, and where.
    Script(Place, Slot),
    /// A program of the host and its arguments: there is no shell.
    Argv(Vec<Slot>),
}

fn program(fields: &Fields<'_>, texts: &mut Vec<LookText>, faults: &mut Faults) -> Option<Program> {
    let at = fields
        .require("at", "a `run` look", faults)?
        .expect_text("`at`", faults)?;
    let place = place(at, faults)?;
    let (script, argv) = (fields.get("script"), fields.get("argv"));
    match (place, script, argv) {
        (Place::Host, None, Some(argv)) => self::argv(argv, texts, faults),
        (Place::Host, Some(script), _) => {
            faults
                .error(
                    "no-shell",
                    script.span(),
                    "the host has no shell that could run a script",
                )
                .label(at.span, "here it would run")
                .help(
                    "name one of its programs: `argv: [PROGRAM, ARGUMENT]`; or write `at: admin`",
                );
            None
        }
        (Place::Control | Place::Admin, _, Some(argv)) => {
            faults
                .error(
                    "not-for-a-shell",
                    argv.span(),
                    "`argv` names a program of the host",
                )
                .label(at.span, "there is a shell here")
                .help("write it as `script:`; or write `at: host`");
            None
        }
        (Place::Host, None, None) => {
            fields.require("argv", "a `run` look on the host", faults);
            None
        }
        (_, script, None) => {
            script.or_else(|| fields.require("script", "a `run` look", faults))?;
            let script = fields.text("script", faults)?;
            check_length(script, faults)?;
            let slot = Slot::of(script, Filling::Words, texts);
            Some(Program::Script(place, slot))
        }
    }
}

fn place(at: &Spanned<String>, faults: &mut Faults) -> Option<Place> {
    let found = PLACES.iter().find(|((name, _), _)| *name == at.value);
    if found.is_none() {
        let near = nearest(&at.value, places().into_iter().map(|(name, _)| name));
        faults
            .error(
                "unknown-hop",
                at.span,
                format!("a node has no place `{}`", at.value),
            )
            .help("places: control, admin, host")
            .did_you_mean(near);
    }
    found.map(|(_, place)| *place)
}

fn check_length(script: &Spanned<String>, faults: &mut Faults) -> Option<()> {
    let (code, title, help) = if script.value.trim().is_empty() {
        let title = "the script is empty".to_owned();
        ("not-a-script", title, "write what it runs")
    } else if script.value.contains('\0') {
        let title = "the script holds a NUL".to_owned();
        ("not-a-script", title, "write it as text")
    } else if script.value.len() > SCRIPT.most {
        let title = format!("the script is longer than {} bytes", SCRIPT.most);
        (SCRIPT.code, title, "make several looks of it")
    } else {
        return Some(());
    };
    faults.error(code, script.span, title).help(help);
    None
}

fn argv(tree: &Tree, texts: &mut Vec<LookText>, faults: &mut Faults) -> Option<Program> {
    let items = tree.expect_list("`argv`", faults)?;
    let mut words = Vec::new();
    for item in items {
        let word = item.expect_text("a word of `argv`", faults)?;
        words.push(Slot::of(word, Filling::Plain, texts));
    }
    // chroot would take an option for its own.
    let named = items.first().and_then(Tree::as_text);
    if named.is_none_or(|name| name.value.is_empty() || name.value.starts_with('-')) {
        faults
            .error("missing-key", tree.span(), "`argv` names no program")
            .help("write `argv: [PROGRAM, ARGUMENT]`");
        return None;
    }
    Some(Program::Argv(words))
}

#[derive(Debug)]
struct RunLook {
    program: Program,
    texts: Vec<LookText>,
    extracts: Vec<Extract>,
}

impl Look for RunLook {
    fn kind(&self) -> Kind {
        let own = [
            ("exit", Kind::Integer, "its exit code"),
            (
                "text",
                Kind::Text,
                "what it printed, without the end of the last line",
            ),
            ("lines", Kind::Integer, "how many lines that is"),
        ];
        let extracts = self.extracts.iter().map(|extract| {
            (
                extract.name.as_str(),
                extract.kind.clone(),
                "a part of what it printed; absent where the pattern does not match",
            )
        });
        Kind::record(own.into_iter().chain(extracts))
    }

    fn impact(&self) -> Impact {
        Impact::Unconfined
    }

    fn texts(&self) -> &[LookText] {
        &self.texts
    }

    fn source(&self, target: &Target) -> Result<Source, Why> {
        let (place, needs, script) = match &self.program {
            Program::Script(place, slot) => (*place, "", wrap::script(slot.get(target))),
            Program::Argv(words) => {
                let words: Vec<&str> = words.iter().map(|word| word.get(target)).collect();
                if words.first().is_none_or(|word| word.starts_with('-')) {
                    return Err(Why::Unusable("its first word is no program".into()));
                }
                (Place::Host, "such program on the host", wrap::argv(&words))
            }
        };
        Ok(Source::Node(vec![Rung {
            place,
            only_where: None,
            needs,
            script,
            limit: LIMIT,
            // One byte more than is taken, and the exit code behind it.
            most_bytes: SCRIPT_OUTPUT_BYTES + 16,
        }]))
    }

    fn read(&self, reply: &Reply, _: &Target) -> Result<Value, Why> {
        let answer = lines(reply)?;
        let (text, exit) = answer
            .strip_suffix('\n')
            .and_then(|answer| answer.rsplit_once('\n'))
            .ok_or_else(|| garbled("it ends without an exit code"))?;
        let exit: i64 = exit
            .parse()
            .map_err(|_| garbled(format!("`{exit}` is no exit code")))?;
        let printed = reply
            .stdout
            .len()
            .saturating_sub(exit.to_string().len() + 2);
        if printed > SCRIPT_OUTPUT_BYTES {
            return Err(Why::Truncated);
        }
        let text = text.trim_end_matches('\n');
        let count = i64::try_from(text.lines().count()).unwrap_or(i64::MAX);
        let own = [
            ("exit", Value::Integer(exit)),
            ("text", Value::text(text)),
            ("lines", Value::Integer(count)),
        ];
        let extracts = self.extracts.iter().map(|extract| {
            let value = extract.take(text, &reply.look);
            (extract.name.as_str(), value)
        });
        Ok(Value::record(own.into_iter().chain(extracts)))
    }
}
