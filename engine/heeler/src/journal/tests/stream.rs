//! What is written comes back, in order, and nobody changes it.

use heeler_core::event::Event;

use super::super::{Chain, Found, Journal as _, chain};
use super::{Scratch, ended, noted, record, resolved, run, started, wait, write_run};

#[test]
fn records_come_back_as_they_were_written_also_later() {
    let scratch = Scratch::new();
    let written = write_run(&scratch.journal(), 1);
    let journal = scratch.journal();
    assert_eq!(wait(journal.records(run(1))).unwrap(), written);
    assert_eq!(
        wait(journal.verify(run(1))).unwrap(),
        Chain::Whole { records: 3 }
    );
    assert_eq!(wait(journal.records(run(2))).unwrap(), []);
}

#[test]
fn runs_are_listed_newest_first() {
    let scratch = Scratch::new();
    let journal = scratch.journal();
    for number in [2, 1, 3] {
        write_run(&journal, number);
    }
    let entries = wait(journal.runs(2)).unwrap();
    let listed: Vec<_> = entries.iter().map(|entry| entry.run).collect();
    assert_eq!(listed, [run(3), run(2)]);
    let report = entries[0].report.as_ref().unwrap();
    assert_eq!(report.exit_code(), Some(0));
    assert_eq!(
        report.order.as_ref().unwrap().runbook,
        "conntrack-exhaustion"
    );
}

#[test]
fn who_was_to_take_a_run_back_is_found() {
    let scratch = Scratch::new();
    let journal = scratch.journal();
    for (number, word, of) in [
        (1, "fix", 9),
        (2, "revert", 1),
        (3, "plan", 1),
        (4, "revert", 3),
        (5, "revert", 1),
    ] {
        let mut began = started();
        if let Event::RunStarted { command, about, .. } = &mut began {
            (*command, *about) = (word.to_owned(), Some(run(of)));
        }
        let records = vec![record(run(number), 1, began)];
        wait(journal.append(records)).unwrap();
    }
    assert_eq!(wait(journal.reverts(run(1))).unwrap(), [run(5), run(2)]);
    assert_eq!(wait(journal.reverts(run(9))).unwrap(), []);
}

#[test]
fn one_unreadable_run_does_not_hide_the_others() {
    let scratch = Scratch::new();
    let journal = scratch.journal();
    write_run(&journal, 1);
    write_run(&journal, 2);
    let outside = scratch.outside();
    outside
        .execute_batch("DROP TRIGGER record_no_UPDATE")
        .unwrap();
    let spoilt = r#"UPDATE record SET event = '{"of-next-year": {}}' WHERE run = ?1 AND seq = 2"#;
    outside
        .execute(spoilt, [run(2).uuid().to_string()])
        .unwrap();
    let entries = wait(journal.runs(10)).unwrap();
    let fault = entries[0].report.as_ref().unwrap_err();
    assert_eq!(fault.code(), "journal-unreadable");
    assert!(fault.to_string().contains("record 2"), "{fault}");
    assert!(entries[1].report.is_ok());
}

#[test]
fn all_records_of_one_append_are_written_or_none() {
    let scratch = Scratch::new();
    let journal = scratch.journal();
    let gap = vec![record(run(1), 1, started()), record(run(1), 3, ended())];
    let fault = wait(journal.append(gap)).unwrap_err();
    assert_eq!(fault.code(), "journal-out-of-order");
    assert_eq!(wait(journal.records(run(1))).unwrap(), []);
    assert_eq!(wait(journal.find(&run(1).letters())).unwrap(), Found::None);
}

#[test]
fn a_record_is_not_written_twice() {
    let scratch = Scratch::new();
    let journal = scratch.journal();
    write_run(&journal, 1);
    let again = wait(journal.append(vec![record(run(1), 3, ended())])).unwrap_err();
    assert_eq!(
        again.to_string(),
        format!("record 3 of run {} is not the next one, which is 4", run(1))
    );
}

#[test]
fn any_unique_prefix_finds_a_run() {
    let scratch = Scratch::new();
    let journal = scratch.journal();
    for number in 1..=40 {
        write_run(&journal, number);
    }
    for number in 1..=40 {
        let (run, letters) = (run(number), run(number).letters());
        assert_eq!(wait(journal.find(&letters)).unwrap(), Found::One(run));
        assert_eq!(
            wait(journal.find(&letters.to_uppercase())).unwrap(),
            Found::One(run)
        );
        assert_eq!(
            wait(journal.find(&run.uuid().to_string())).unwrap(),
            Found::One(run)
        );
    }
    let first = run(1).letters().chars().next().unwrap().to_string();
    let expected: Vec<_> = (1..=40)
        .rev()
        .map(run)
        .filter(|run| run.letters().starts_with(&first))
        .collect();
    assert!(expected.len() > 1);
    assert_eq!(
        wait(journal.find(&first)).unwrap(),
        Found::Several(expected)
    );
    for nothing in ["", "%", "_", "!", "' OR 1=1 --"] {
        assert_eq!(
            wait(journal.find(nothing)).unwrap(),
            Found::None,
            "{nothing}"
        );
    }
}

#[test]
fn the_last_placement_of_a_pod_is_known() {
    let scratch = Scratch::new();
    let journal = scratch.journal();
    let records = vec![
        record(run(1), 1, started()),
        record(run(1), 2, resolved("ip-old", "checkout")),
        record(run(1), 3, resolved("ip-new", "checkout")),
        record(run(1), 4, resolved("ip-else", "basket")),
    ];
    wait(journal.append(records.clone())).unwrap();
    let found = wait(journal.last_placement("shop", "checkout"))
        .unwrap()
        .unwrap();
    assert_eq!(found.node.as_deref(), Some("ip-new"));
    assert_eq!((found.at, found.run), (records[2].at, run(1)));
    assert_eq!(
        wait(journal.last_placement("other", "checkout")).unwrap(),
        None
    );
}

#[test]
fn records_can_be_neither_changed_nor_removed() {
    let scratch = Scratch::new();
    write_run(&scratch.journal(), 1);
    let outside = scratch.outside();
    for table in ["record", "run", "placement"] {
        if table == "placement" {
            let journal = scratch.journal();
            let more = vec![record(run(1), 4, resolved("ip-new", "checkout"))];
            wait(journal.append(more)).unwrap();
        }
        for statement in [
            format!("DELETE FROM {table}"),
            format!("UPDATE {table} SET rowid = 9"),
        ] {
            let error = outside.execute(&statement, ()).unwrap_err().to_string();
            assert!(error.contains("only ever added to"), "{statement}: {error}");
        }
    }
}

#[test]
fn the_chain_shows_what_was_changed_left_out_or_put_in() {
    let spoil = |statement: &str| {
        let scratch = Scratch::new();
        let journal = scratch.journal();
        write_run(&journal, 1);
        let more = (4..=6)
            .map(|seq| record(run(1), seq, noted("more")))
            .collect();
        wait(journal.append(more)).unwrap();
        let outside = scratch.outside();
        outside
            .execute_batch("DROP TRIGGER record_no_UPDATE; DROP TRIGGER record_no_DELETE")
            .unwrap();
        assert_eq!(outside.execute(statement, ()).unwrap(), 1, "{statement}");
        wait(journal.verify(run(1))).unwrap()
    };
    let broken_at = |statement: &str| match spoil(statement) {
        Chain::Broken { seq, .. } => seq,
        whole @ Chain::Whole { .. } => panic!("{statement}: {whole:?}"),
    };
    let changed = r#"UPDATE record SET event = '{"noted":{"code":"x","text":"y"}}' WHERE seq = 2"#;
    assert_eq!(broken_at(changed), 2);
    assert_eq!(
        broken_at("UPDATE record SET at = '2020-01-01T00:00:00Z' WHERE seq = 3"),
        3
    );
    assert_eq!(
        broken_at("UPDATE record SET digest = prev WHERE seq = 4"),
        4
    );
    assert_eq!(broken_at("DELETE FROM record WHERE seq = 5"), 5);
    assert_eq!(broken_at("DELETE FROM record WHERE seq = 1"), 1);
    let put_in =
        "INSERT INTO record SELECT run, 7, at, event, prev, digest FROM record WHERE seq = 6";
    assert_eq!(broken_at(put_in), 7);
}

#[test]
fn a_record_that_was_changed_with_its_digest_no_longer_carries_the_next() {
    let scratch = Scratch::new();
    let journal = scratch.journal();
    write_run(&journal, 1);
    let outside = scratch.outside();
    outside
        .execute_batch("DROP TRIGGER record_no_UPDATE")
        .unwrap();
    let id = run(1).uuid().to_string();
    let query = "SELECT prev, at FROM record WHERE seq = 2";
    let (prev, at): (String, String) = outside
        .query_row(query, (), |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    let forged = serde_json::to_string(&noted("forged")).unwrap();
    let digest = chain::digest(&prev, &id, 2, &at, &forged);
    let update = "UPDATE record SET event = ?1, digest = ?2 WHERE seq = 2";
    assert_eq!(outside.execute(update, [forged, digest]).unwrap(), 1);
    let why = "it does not follow from the record before it".to_owned();
    assert_eq!(
        wait(journal.verify(run(1))).unwrap(),
        Chain::Broken { seq: 3, why }
    );
}
