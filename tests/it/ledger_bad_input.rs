//! What may be wrong around a ledger: the clock, a copy, a count. One clear error, and nothing sent or changed.
//!
//! | what is wrong | the test |
//! |---|---|
//! | a clock that jumps, back or forth | `ledger_bad_input.rs::a_clock_that_went_back_stops_what_is_capped_and_nothing_else` |
//! | the turn of a month | `ledger_bad_input.rs::a_month_ends_at_midnight_in_utc_and_its_cap_with_it` |
//! | usage that is absent, null, negative or contradicts itself | `fault_table.rs::every_row_of_the_fault_table_ends_as_it_must_on_the_wire_in_the_report_and_in_the_ledger`, rows F40 |
//! | usage larger than the hold | `ledger_bad_input.rs::an_answer_dearer_than_its_hold_is_booked_whole_and_is_the_last` |
//! | a body of another provider than named | `prices_families.rs::bad_bodies_get_one_clear_error_each` |
//! | a ledger copied without its WAL | `ledger_bad_input.rs::a_ledger_copied_without_its_wal_is_refused_by_all_and_stays_as_it_is`, `ledger_life.rs::the_audit_says_what_was_found_and_what_to_do` |
//! | a ledger of a newer version, one's own, one that was changed, to import | `ledger_life.rs::an_import_that_cannot_be_trusted_changes_nothing` |
//! | an export that is none | `ledger_life.rs::what_is_no_ledger_and_no_export_is_said_to_be_none` |
//! | a bill that is none | `reconcile.rs::an_export_that_is_none_changes_nothing` |

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use crate::campaign::bench::{self, EVAL, answer};
use crate::campaign::books::Books;
use crate::fault_server::FaultServer;
use crate::workbench::{NOW, Workbench, finish};

#[test]
fn each_kind_of_bad_input_has_its_test() {
    let table = include_str!("ledger_bad_input.rs");
    assert!(crate::peers::named_tests(table).len() >= 9);
}

/// Evaluates anew at a time.
fn at(bench: Workbench, time: &str) -> (Workbench, crate::workbench::Output) {
    let bench = bench.env("PW_TEST_CLOCK", time);
    let output = bench.pw(&[&EVAL[..], &["--no-cache"]].concat());
    (bench, output)
}

#[test]
fn a_clock_that_went_back_stops_what_is_capped_and_nothing_else() {
    let server = FaultServer::start(|_| answer(1, Duration::ZERO));
    let capped = bench::workspace(&server.url(), 2, "[budget]\nday = \"1\"\n");
    let (capped, output) = at(capped, NOW);
    output.code(0);
    let before = Books::of(&capped).lines;
    // A day and a second back, a year back, and 1970: which day's cap holds is not known.
    let mut bench = capped;
    for time in [
        "2026-11-23T07:59:59.000Z",
        "2025-11-24T08:00:00.000Z",
        "1970-01-01T00:00:00.000Z",
    ] {
        let output;
        (bench, output) = at(bench, time);
        output.code(1).says("the clock says").says("2026-11-24");
        assert_eq!(server.requests().len(), 2, "{time}");
        assert_eq!(Books::of(&bench).lines, before, "{time}");
    }
    // A little back and far ahead there is nothing to doubt.
    for (time, requests) in [
        ("2026-11-24T07:00:00.000Z", 4),
        ("2036-11-24T08:00:00.000Z", 6),
    ] {
        let output;
        (bench, output) = at(bench, time);
        output.code(0);
        assert_eq!(server.requests().len(), requests, "{time}");
    }
    // Without a cap the time is a label.
    let settings = fs::read_to_string(bench.path("pw.toml")).expect("settings");
    bench.write("pw.toml", settings.replace("[budget]\nday = \"1\"\n", ""));
    let (bench, output) = at(bench, NOW);
    output.code(0);
    assert_eq!(Books::of(&bench).of_kind("settle").count(), 8);
}

#[test]
fn a_month_ends_at_midnight_in_utc_and_its_cap_with_it() {
    let server = FaultServer::start(|_| answer(64, Duration::ZERO));
    // Room for one hold and two answers.
    let cap = "[budget]\nmonth = \"0.0006\"\n";
    let bench = bench::workspace(&server.url(), 1, cap).env("TZ", "Asia/Shanghai");
    let (bench, output) = at(bench, "2026-11-30T16:00:00.000Z");
    output.code(0);
    let (bench, output) = at(bench, "2026-11-30T23:59:59.999Z");
    output.code(0);
    let (bench, output) = at(bench, "2026-11-30T23:59:59.999Z");
    output.code(4).says("the month's budget");
    let (bench, output) = at(bench, "2026-12-01T00:00:00.000Z");
    output.code(0);
    assert_eq!(server.requests().len(), 3);
    let by_month = ["cost", "--by", "month", "--format", "json"];
    let cost = bench.pw(&by_month).code(0).json();
    let groups = cost["groups"].as_array().expect("a list").iter();
    let groups = groups.map(|group| (group["name"].clone(), group["billed_usd"].clone()));
    let expected = [("2026-11", "0.000274000000"), ("2026-12", "0.000137000000")];
    let expected = expected.map(|(name, usd)| (name.into(), usd.into()));
    assert_eq!(groups.collect::<Vec<_>>(), expected);
    assert_eq!(Books::of(&bench).attempts("settle").len(), 3);
}

#[test]
fn an_answer_dearer_than_its_hold_is_booked_whole_and_is_the_last() {
    // 64 tokens at most were asked for; a hundred times as many came.
    let server = FaultServer::start(|_| answer(6_400, Duration::ZERO));
    let bench = bench::workspace(&server.url(), 5, "[budget]\nday = \"0.01\"\n");
    let eval = [&EVAL[..], &["--concurrency", "1", "--no-cache"]].concat();
    bench
        .pw(&eval)
        .code(1)
        .says("answered for $0.012809")
        .says("at most $0.0004");
    assert_eq!(server.requests().len(), 1);
    let (most, last) = Books::of(&bench).sums();
    assert_eq!((most, last), (12_809_000_000, 12_809_000_000));
    // The day has more than its cap on its books, so nothing further fits.
    bench.pw(&eval).code(4).says("the day's budget");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_ledger_copied_without_its_wal_is_refused_by_all_and_stays_as_it_is() {
    let server = FaultServer::start(|_| answer(1, Duration::from_millis(5)));
    let bench = bench::workspace(&server.url(), 60, "");
    bench.pw(&[&EVAL[..], &["--sample", "1"]].concat()).code(0);
    let mut child = bench.spawn(&EVAL);
    let begun = Instant::now();
    while server.requests().len() < 30 && begun.elapsed() < Duration::from_secs(30) {
        thread::sleep(Duration::from_millis(1));
    }
    child.kill().expect("a kill");
    finish(child).code(137);
    // The database and all that lies beside it, but for its log.
    let copy = bench::workspace(&server.url(), 60, "");
    for name in ["ledger.db", "ledger.anchor"] {
        let bytes = fs::read(bench.path(".pw").join(name)).expect("a file");
        copy.write(&format!(".pw/{name}"), bytes);
    }
    let before = fs::read(copy.path(".pw/ledger.db")).expect("a ledger");
    let requests = server.requests().len();
    for command in [&EVAL[..], &["resume"], &["ledger", "reconcile"]] {
        copy.pw(command)
            .code(1)
            .says("`-wal` file is missing")
            .says("hint: put the missing `-wal` file back");
    }
    let found = copy.pw(&["ledger", "check"]).code(1).stdout;
    assert!(
        found.contains("put the missing `-wal` file back"),
        "{found}"
    );
    assert_eq!(server.requests().len(), requests);
    let after = fs::read(copy.path(".pw/ledger.db")).expect("a ledger");
    assert!(before == after, "the copy was written to");
    // With the log it is whole.
    let log = fs::read(bench.path(".pw/ledger.db-wal")).expect("a log");
    copy.write(".pw/ledger.db-wal", log);
    copy.pw(&EVAL).code(0);
    assert_eq!(Books::of(&copy).answered().len(), 60);
}
