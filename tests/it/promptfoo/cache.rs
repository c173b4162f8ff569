//! Section 5: what is answered from the ledger, and what each command is charged.

use std::time::Duration;

use crate::campaign::bench::{self, EVAL};
use crate::campaign::meter::Meter;
use crate::workbench::picos;

/// One step of the table: flags, requests that it sends, trials that it answers from the ledger.
type StepOf = (&'static [&'static str], usize, usize);

/// Three cases, of which two ask the same.
const STEPS: [StepOf; 5] = [
    (&[], 2, 1),
    (&[], 0, 3),
    (&["--repeat", "3"], 4, 5),
    (&["--repeat", "3"], 0, 9),
    (&["--repeat", "3", "--no-cache"], 9, 0),
];

#[test]
fn each_step_is_charged_what_its_own_requests_cost() {
    let meter = Meter::selling(Duration::ZERO);
    let bench =
        bench::workspace(&meter.server.url(), 3, "").file("evals/a.csv", "x\nsame\nsame\nother\n");
    let (mut sent, mut spent) = (0, 0);
    for (flags, requests, recorded) in STEPS {
        let common = ["--concurrency", "1", "--format", "json"];
        let output = bench.pw(&[&EVAL[..], &common, flags].concat()).code(0);
        assert_eq!(meter.server.requests().len() - sent, requests, "{flags:?}");
        sent += requests;
        let books = meter.demand(&bench);
        let run = &output.json()["runs"][0];
        let totals = &run["totals"];
        assert_eq!(totals["calls"], requests, "{flags:?}");
        assert_eq!(totals["cached"], recorded, "{flags:?}");
        let billed = picos(totals["billed_usd"].as_str().expect("an amount"));
        assert_eq!(billed, books.sums().1 - spent, "{flags:?}");
        spent = books.sums().1;
        // The trials add up to the run: no answer is charged to two of them.
        let results = run["results"].as_array().expect("a list").iter();
        let amounts =
            results.map(|result| picos(result["billed_usd"].as_str().expect("an amount")));
        assert_eq!(amounts.sum::<i128>(), billed, "{flags:?}");
    }
}
