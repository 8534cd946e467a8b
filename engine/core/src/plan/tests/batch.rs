//! Looks that one command can't carry, or whose answers it can't bring back.

use super::{conntrack_looks, nonce, one, rung};
use crate::action::Rung;
use crate::frame::Place;
use crate::plan::{PlanFault, batches, fuse};

fn looks(count: usize, of: &Rung) -> Vec<(String, Vec<Rung>)> {
    (0..count)
        .map(|number| (format!("disk__{number}"), vec![of.clone()]))
        .collect()
}

#[test]
fn the_looks_of_a_runbook_are_one_command() {
    let looks = conntrack_looks();
    let shared = batches(&looks);
    assert_eq!(shared.batches, [looks]);
    assert_eq!(shared.unfit, []);
    assert_eq!(batches(&Vec::new()).batches.len(), 0);
}

#[test]
fn many_scripts_are_shared_out_in_order() {
    let script = "# padding\n".repeat(60);
    for place in [Place::Admin, Place::Host, Place::Control] {
        let looks = looks(50, &rung(place, &script));
        let shared = batches(&looks);
        assert!(shared.batches.len() > 1, "{place}");
        assert_eq!(shared.batches.concat(), looks);
        for batch in &shared.batches {
            let script = fuse(batch, &nonce()).expect("it fits");
            assert!(script.len() <= 44_000);
        }
    }
}

#[test]
fn answers_have_to_fit_too() {
    let long = Rung {
        most_bytes: 4_000,
        ..rung(Place::Control, "echo")
    };
    let shared = batches(&looks(9, &long));
    let sizes: Vec<usize> = shared.batches.iter().map(Vec::len).collect();
    assert_eq!(sizes, [4, 4, 1]);
    let longer = Rung {
        most_bytes: 100_000,
        ..long
    };
    let shared = batches(&looks(2, &longer));
    assert_eq!(shared.batches.len(), 2, "alone each may try");
}

#[test]
fn what_fits_nowhere_costs_no_other_its_answer() {
    let mut looks = one(vec![rung(Place::Admin, &"x".repeat(20_000))]);
    looks.extend(self::looks(2, &rung(Place::Admin, "echo")));
    let shared = batches(&looks);
    assert_eq!(shared.batches.concat(), looks[1..]);
    assert!(matches!(
        shared.unfit.as_slice(),
        [(name, PlanFault::TooLong { .. })] if name == "a"
    ));
}
