//! A machine of one's own: its busy seconds are shared among the calls in flight, and cost what was declared.

use std::time::{Duration, Instant};

use crate::fault_server::{Behaviour, FaultServer, Step, WHOLE};
use crate::workbench::{Workbench, picos};

/// How long the server works on an answer.
const WORK: Duration = Duration::from_millis(250);

/// A tenth of a cent a second: 360 W at a dollar a kWh are $0.0001, $3.24 an hour are $0.0009.
const MACHINE: &str = "watts = 360\nusd_per_kwh = \"1\"\nusd_per_hour = \"3.24\"\n";

/// Picodollars of a second.
const SECOND: f64 = 1e9;

const CASES: usize = 8;

/// A server that works on each request for a while.
fn slow() -> FaultServer {
    FaultServer::start(|_| {
        let Behaviour(mut steps) = Behaviour::json(WHOLE);
        steps.insert(1, Step::Pause(WORK));
        Behaviour(steps)
    })
}

fn workspace(server: &FaultServer, price: &str, in_flight: usize) -> Workbench {
    let settings = format!(
        "[defaults]\nmodel = \"local/m\"\nconcurrency = {in_flight}\n[endpoints.local]\nkind = \"openai\"\nbase_url = \"{}\"\n\
         {MACHINE}[prices.\"local/m\"]\n{price}\n",
        server.url()
    );
    let cases: Vec<String> = (0..CASES)
        .map(|n| format!("  - {{ id: c{n}, vars: {{ city: City {n} }} }}\n"))
        .collect();
    Workbench::cities()
        .file("pw.toml", settings)
        .file("evals/city.yaml", format!("tests:\n{}", cases.concat()))
}

/// The seconds in which the server surely worked: each request from its arrival on, those at one time once.
fn worked(server: &FaultServer) -> f64 {
    let mut spans: Vec<(Instant, Instant)> = (server.requests().iter())
        .filter(|seen| seen.method == "POST")
        .map(|seen| (seen.at, seen.at + WORK))
        .collect();
    assert_eq!(spans.len(), CASES);
    spans.sort();
    let (mut sum, mut end) = (Duration::ZERO, spans[0].0);
    for (from, to) in spans {
        sum += to.saturating_duration_since(from.max(end));
        end = end.max(to);
    }
    sum.as_secs_f64()
}

/// Runs with so many calls in flight, and returns the run and the seconds that it took in all.
fn run(server: &FaultServer, price: &str, in_flight: usize) -> (Workbench, serde_json::Value, f64) {
    let bench = workspace(server, price, in_flight);
    let began = Instant::now();
    let report = bench.pw(&["eval", "city", "--format", "json"]).code(0);
    let took = began.elapsed().as_secs_f64();
    let run = report.json()["runs"][0].clone();
    assert_eq!(run["results"].as_array().unwrap().len(), CASES);
    (bench, run, took)
}

fn amount(value: &serde_json::Value) -> i128 {
    picos(value.as_str().unwrap())
}

#[test]
#[expect(clippy::cast_precision_loss, reason = "cents")]
fn shares_add_up_to_the_busy_seconds_however_many_are_in_flight() {
    for in_flight in [1, 4] {
        let server = slow();
        let (_bench, run, took) = run(&server, "price = \"free\"", in_flight);
        let total = amount(&run["totals"]["imputed_usd"]);
        let shares = run["results"].as_array().unwrap().iter();
        let sum: i128 = shares.map(|row| amount(&row["imputed_usd"])).sum();
        assert_eq!(sum, total, "{in_flight} in flight");
        let seconds = total as f64 / SECOND;
        // Not less than the server worked, and not more than there was time, however loaded the machine is. Counted once
        // for each call, {CASES} answers of {WORK} with four in flight would take longer than the whole run.
        let worked = worked(&server);
        assert!(
            worked <= seconds + 1e-6 && seconds <= took,
            "{in_flight} in flight: {worked} s worked, {seconds} s imputed, {took} s in all"
        );
        assert_eq!(amount(&run["totals"]["billed_usd"]), 0);
    }
}

#[test]
fn what_is_billed_and_what_is_imputed_stand_apart() {
    let server = slow();
    let (bench, run, _) = run(&server, "input = \"1\"\noutput = \"2\"", 4);
    // 9 tokens in at a dollar a million, 3 out at two.
    let billed = 15_000_000 * CASES as i128;
    let imputed = amount(&run["totals"]["imputed_usd"]);
    assert!(imputed > 0);
    assert_eq!(amount(&run["totals"]["billed_usd"]), billed);
    let cost = bench.pw(&["cost", "--format", "json"]).code(0).json();
    assert_eq!(amount(&cost["total"]["billed_usd"]), billed);
    assert_eq!(amount(&cost["total"]["imputed_usd"]), imputed);
    let shown = bench.pw(&["show"]).code(0).stdout;
    assert!(
        shown.contains("billed $0.00012") && shown.contains("imputed $"),
        "{shown}"
    );
    // A cap counts what is billed: two seconds of the machine cost more than this one, and nothing is stopped.
    let bench = workspace(&server, "input = \"1\"\noutput = \"2\"", 1);
    let flags = [
        "--max-tokens",
        "8",
        "--budget",
        "0.0006",
        "--format",
        "json",
    ];
    let capped = bench.pw(&[&["eval", "city"], &flags[..]].concat()).code(0);
    let totals = capped.json()["runs"][0]["totals"].clone();
    assert_eq!(amount(&totals["billed_usd"]), billed);
    assert!(amount(&totals["imputed_usd"]) > picos("0.0006"), "{totals}");
}
