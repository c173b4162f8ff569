//! Budgets that several requests look at at once, that are absent, and that are nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::campaign::bench::{self, EVAL};
use crate::campaign::books::Books;
use crate::fault_server::FaultServer;
use crate::workbench::{Output, Workbench, finish};

/// Cases of a process.
const CASES: usize = 3;

/// Picodollars as the settings write dollars.
fn usd(picos: i128) -> String {
    format!("0.{picos:012}")
}

#[test]
fn b9_litellm_34732_26672_40095_a_cap_with_room_for_one_lets_one_through_at_a_time() {
    const PROCESSES: usize = 4;
    let server = FaultServer::start(|_| bench::answer(1, Duration::from_millis(20)));
    let bench = bench::workspace(&server.url(), CASES, "");
    bench.pw(&[&EVAL[..], &["--sample", "1"]].concat()).code(0);
    let books = Books::of(&bench);
    let (hold, spent) = (books.dearest_hold(), books.sums().1);
    // Room for one hold and for every answer, but never for a second hold beside the first.
    let answers = spent * i128::try_from(PROCESSES * CASES).expect("few");
    assert!(answers < hold, "{answers} of {hold}");
    let cap = spent + answers + hold;
    let settings = std::fs::read_to_string(bench.path("pw.toml")).expect("settings");
    bench.write(
        "pw.toml",
        format!("{settings}[budget]\nday = \"{}\"\n", usd(cap)),
    );
    let eval = [&EVAL[..], &["--no-cache", "--concurrency", "3"]].concat();
    let children: Vec<_> = (0..PROCESSES).map(|_| bench.spawn(&eval)).collect();
    for output in children.into_iter().map(finish).collect::<Vec<_>>() {
        output.code(0);
    }
    let books = Books::of(&bench);
    books.demand_order();
    assert!(books.sums().0 <= cap, "{:?} of {cap}", books.sums());
    assert_eq!(server.requests().len(), 1 + PROCESSES * CASES);
    let mut open = 0;
    for posting in &books.postings {
        open += i32::from(posting.held > 0) - i32::from(posting.held < 0);
        assert!(open <= 1, "two holds at once: {posting:?}");
    }
}

/// A workspace of three cases; returns how many requests came.
fn with(more: &str, price: &str, flags: &[&str]) -> (usize, Output, Workbench) {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let server = FaultServer::start(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
        bench::answer(1, Duration::ZERO)
    });
    let bench = bench::workspace(&server.url(), CASES, more);
    let settings = std::fs::read_to_string(bench.path("pw.toml")).expect("settings");
    bench.write(
        "pw.toml",
        settings.replace("input = \"1\"\noutput = \"2\"", price),
    );
    let output = bench.pw(&[&["eval", "a"], flags].concat());
    (count.load(Ordering::Relaxed), output, bench)
}

#[test]
fn b10_litellm_22726_10973_absent_and_zero_caps_mean_what_they_say() {
    const PRICED: &str = "input = \"1\"\noutput = \"2\"";
    // No cap: everything runs, and the report says that nothing bounds it.
    let (requests, output, _) = with("", PRICED, &[]);
    let output = output.code(0);
    assert_eq!(requests, CASES);
    assert!(output.stdout.contains("no cap"), "{output}");
    // Nothing is a cap, of a run as of a day: what costs is not sent, what is free runs.
    for (more, flags) in [
        ("", &["--budget", "0"][..]),
        ("[budget]\nrun = \"0\"\n", &[]),
        ("[budget]\nday = \"0\"\n", &[]),
        ("[budget]\nmonth = \"0\"\n", &[]),
    ] {
        let (requests, output, _) = with(more, PRICED, flags);
        output.code(4).says("budget");
        assert_eq!(requests, 0, "{more}{flags:?}");
        let (requests, output, bench) = with(more, "price = \"free\"", flags);
        output.code(0);
        assert_eq!(requests, CASES, "{more}{flags:?}");
        assert_eq!(Books::of(&bench).sums(), (0, 0));
    }
    // What is no amount is neither none nor everything.
    for run in ["\"\"", "\"null\"", "\"-1\"", "[]"] {
        let (requests, output, _) = with(&format!("[budget]\nrun = {run}\n"), PRICED, &[]);
        output.code(2).says("budget.run");
        assert_eq!(requests, 0, "{run}");
    }
}
