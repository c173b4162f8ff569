//! Caps under load: the sum of spent, held and lost never passes them, and they are used up to less than one hold.

use crate::campaign::bench::{self, EVAL};
use crate::campaign::books::Books;
use crate::workbench::{Output, finish, picos};

const CASES: usize = 150;

/// Who shares the cap.
#[derive(Debug, Clone, Copy)]
enum Sharing {
    /// One process with `--budget`.
    Run,
    /// Two processes with a cap of the day.
    Day,
}

fn round(sharing: Sharing, concurrency: &str, cap: &str, seed: u64) {
    let what = format!("{sharing:?}, {concurrency} at a time, ${cap}, seed {seed}");
    let server = bench::server(seed);
    let (more, processes) = match sharing {
        Sharing::Run => (String::new(), 1),
        Sharing::Day => (format!("[budget]\nday = \"{cap}\"\n"), 2),
    };
    let bench = bench::workspace(&server.url(), CASES, &more);
    let mut arguments = [&EVAL[..], &["--no-cache", "--concurrency", concurrency]].concat();
    if matches!(sharing, Sharing::Run) {
        arguments.extend(["--budget", cap]);
    }
    let children: Vec<_> = (0..processes).map(|_| bench.spawn(&arguments)).collect();
    let outputs: Vec<Output> = children.into_iter().map(finish).collect();
    let books = Books::of(&bench);
    books.demand_order();
    let (cap, (most, last)) = (picos(cap), books.sums());
    assert!(
        most <= cap,
        "{what}: overshoot of {} picodollars",
        most - cap
    );
    assert!(
        last > cap - books.dearest_hold(),
        "{what}: {last} of {cap} used, a hold is {}",
        books.dearest_hold()
    );
    for output in outputs {
        assert_eq!(output.code, 4, "{what}\n{output}");
    }
    let settled = books.attempts("settle").len();
    assert_eq!(
        settled,
        server.requests().len(),
        "{what}: all that was sent is paid"
    );
}

#[test]
fn a_cap_is_used_up_and_never_passed() {
    round(Sharing::Run, "1", "0.0012", 1);
    round(Sharing::Run, "16", "0.004", 2);
    round(Sharing::Run, "64", "0.004", 3);
    round(Sharing::Day, "16", "0.006", 4);
}

#[test]
#[expect(clippy::print_stderr, reason = "its output is what it is run for")]
fn caps_hold_in_a_long_campaign() {
    if !super::is_asked_for() {
        return;
    }
    let mut rounds = 0;
    for seed in 100..110 {
        for concurrency in ["1", "16", "64"] {
            for (sharing, cap) in [(Sharing::Run, "0.005"), (Sharing::Day, "0.007")] {
                round(sharing, concurrency, cap, seed);
                rounds += 1;
            }
        }
    }
    eprintln!("caps: {rounds} rounds, overshoot 0");
}
