//! Inputs from the command line, of every type: what is taken, and what is refused before anything
//! is asked.

use anyhow::{Result, ensure};

use super::desk::Desk;
use crate::harness::{Case, Context, Need};

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new(
        "live_language::inputs_of_every_type_arrive",
        &[Need::Nodes],
        good,
    ),
    Case::new(
        "live_language::values_of_no_type_are_refused",
        &[Need::Nodes],
        bad,
    ),
];

const RUNBOOK: &str = "inputs:
  word: { type: text, pattern: '[a-z]+', default: abc, help: a word }
  number: { type: integer, minimum: -5, maximum: 7, default: \"3\", help: a number }
  switch: { type: boolean, default: \"false\", help: a switch }
  time: { type: duration, minimum: 1s, maximum: 1h, default: 60s, help: a time }
  size: { type: quantity, minimum: 1Ki, maximum: 1Ti, default: 512Mi, help: a size }
  colour: { type: enum, values: [red, green], default: red, help: a colour }
  numbers: { type: list, of: integer, default: [1, 2], help: numbers }
  times: { type: list, of: duration, default: 1s, help: times }
  sizes: { type: list, of: quantity, default: 1Gi, help: sizes }
  host: { type: node, default: node-1, help: a node }
  mate: { type: pod, default: shop/cart, help: a pod }
look:
  system: { sysctl: { name: kernel.ostype } }
find:
  all:
    when: system.name == \"Linux\"
    severity: note
    says: \"{{ inputs.word }} {{ inputs.number }} {{ inputs.switch }} {{ inputs.time }} {{ inputs.size }} {{ inputs.colour }} {{ count(inputs.numbers, each > 1) }} {{ any(inputs.times, each > '1m') }} {{ any(inputs.sizes, each > '1GiB') }} {{ inputs.host }} {{ inputs.mate.namespace }} {{ inputs.mate.name }}\"
";

fn good(context: &Context) -> Result<()> {
    let desk = Desk::open(context, false)?;
    desk.write("typed", RUNBOOK)?;
    let given = [
        "word=xyz",
        "number=-5",
        "switch=true",
        "time=1m30s",
        "size=2Gi",
        "colour=green",
        "numbers=0, 5,7",
        "times=1s,2m",
        "sizes=1G,2Gi",
        "host=ip-10-0-1-23.eu-west-1.compute.internal",
        "mate=kube-system/x.y",
    ];
    let arguments: Vec<&str> = given.iter().flat_map(|pair| ["-i", pair]).collect();
    for (arguments, wanted) in [
        (
            &[][..],
            "abc 3 no 60 s 512.0 MiB red 1 no no node-1 shop cart",
        ),
        (
            &arguments,
            "xyz -5 yes 90 s 2.0 GiB green 2 yes yes ip-10-0-1-23.eu-west-1.compute.internal kube-system x.y",
        ),
    ] {
        let seen = desk.see("typed", arguments, 3)?;
        let says = seen.finding("all")?["says"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let plain = says.replace("true", "yes").replace("false", "no");
        ensure!(plain == wanted, "{says}\n{wanted}\n{}", seen.ended);
    }
    Ok(())
}

fn bad(context: &Context) -> Result<()> {
    let desk = Desk::open(context, false)?;
    desk.write("typed", RUNBOOK)?;
    for (given, wanted) in [
        ("word=ABC", "`ABC` does not match `[a-z]+`"),
        ("word=abc\nd", "does not match"),
        ("word=", "`` does not match"),
        ("number=8", "`8` is above the maximum of 7"),
        ("number=-6", "`-6` is below the minimum of -5"),
        ("number=1.5", "`1.5` is no whole number"),
        (
            "number=99999999999999999999",
            "is no whole number that fits 64 bits",
        ),
        ("switch=yes", "`yes` is neither true nor false"),
        ("time=90", "90"),
        ("time=2h", "is above the maximum of"),
        ("time=-1s", "-1s"),
        ("size=1", "is below the minimum of"),
        ("size=5 apples", "5 apples"),
        ("colour=gren", "did you mean `green`?"),
        ("colour=RED", "`RED` is none of red, green"),
        ("numbers=1,,2", "item 2 is empty"),
        ("numbers=1,x", "`x` is no whole number"),
        ("times=1s,soon", "soon"),
        ("sizes=1Gi,lots", "lots"),
        ("host=Node_1", "`Node_1` is no node's name"),
        ("host=x/../y", "is no node's name"),
        ("mate=cart", "write it as NAMESPACE/NAME"),
        ("mate=shop/../x", "is no pod"),
        ("wrod=abc", "did you mean `word`?"),
        ("word", "an input has no `=`"),
    ] {
        let ended = desk.run("typed", &["-i", given])?.expect_exit(2)?;
        ended.expect_stderr("error[wrong-input]")?;
        ended.expect_stderr(wanted)?;
        ensure!(ended.stdout.is_empty(), "{ended}");
        let lines = ended.stderr.lines().count();
        ensure!(lines <= 4, "{lines} lines\n{ended}");
    }
    let twice = desk
        .run("typed", &["-i", "word=a", "-i", "word=b"])?
        .expect_exit(2)?;
    twice.expect_stderr("`word` is given twice")?;
    let calls = desk.lab.aws().calls();
    ensure!(calls.is_empty(), "somebody was asked: {calls:#?}");
    Ok(())
}
