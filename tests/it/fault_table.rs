//! The fault table end to end: the real binary, a server that does wrong, and what the ledger says of every request.
//!
//! The rows are those of `provider_faults`: their one line of what comes of one attempt decides here what must come of a
//! whole run of three trials, attempt by attempt. The server's own log is the oracle of what left the machine. Waits between
//! attempts are scaled to nothing; how long they are is the policy's own test.
//!
//! Left out: F46, since durations are monotonic and no answer shows the wall clock, and F49, whose server must first pass the
//! questions of a llama.cpp server; both stand in `provider_faults`.

mod expected;
mod postings;
mod special;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use expected::{Want, want};
use pw::domain::Endpoint;

use crate::fault_server::{Behaviour, FaultServer, Seen};
use crate::provider_faults::{self, Row};
use crate::workbench::Workbench;

/// Trials of every run.
const TRIALS: usize = 3;

/// Runs at a time; most of their time is waiting for a process or a socket.
const WORKERS: usize = 6;

/// Which requests meet the fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Where {
    /// The first request alone: what may be tried again comes right.
    Once,
    /// All attempts of the first call.
    First,
    /// All attempts of the last call.
    Last,
    /// Every request.
    Every,
}

const WHERE: [Where; 4] = [Where::Once, Where::First, Where::Last, Where::Every];

/// A run and what it is checked against.
struct Case {
    name: String,
    settings: String,
    want: Want,
}

#[test]
fn every_row_of_the_fault_table_ends_as_it_must_on_the_wire_in_the_report_and_in_the_ledger() {
    let begun = Instant::now();
    let mut work: Vec<(Row, Where)> = Vec::new();
    for row in provider_faults::rows() {
        work.extend(WHERE.map(|place| (row.clone(), place)));
    }
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some((row, place)) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(error) = plain(row, *place) {
                        wrong.lock().unwrap().push(error);
                    }
                }
            });
        }
    });
    let mut wrong = wrong.into_inner().unwrap();
    let special = special::special(&mut wrong);
    let total = work.len() + special;
    println!(
        "faults end to end: passed {} of {total} in {:.1} s",
        total - wrong.len(),
        begun.elapsed().as_secs_f64()
    );
    wrong.sort();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Runs a row of a plain server.
fn plain(row: &Row, place: Where) -> Result<(), String> {
    let name = format!(
        "F{} {} streamed={} {place:?}",
        row.code, row.name, row.streamed
    );
    let want = want(row, place);
    let (behaviour, streamed) = (row.behaviour.clone(), row.streamed);
    let faulty = want.faulty.clone();
    let server = FaultServer::start(move |number| {
        if faulty.contains(&number) {
            behaviour.clone()
        } else {
            Behaviour::ok_for(streamed)
        }
    });
    let mut endpoint = provider_faults::endpoint(&server.url(), row.streamed);
    (row.limits)(&mut endpoint);
    let case = Case {
        name,
        settings: settings(&endpoint),
        want,
    };
    run(&case, || server.requests())
}

/// Writes the settings of an endpoint.
fn settings(endpoint: &Endpoint) -> String {
    let mut text = format!(
        "kind = \"openai\"\nbase_url = \"{}\"\nstream = {}\nno_charge_on_error = {}\n",
        endpoint.base_url, endpoint.stream, endpoint.no_charge_on_error
    );
    for (key, time) in [
        ("timeout", endpoint.timeout),
        ("idle_timeout", endpoint.idle_timeout),
        ("connect_timeout", endpoint.connect_timeout),
    ] {
        writeln!(text, "{key} = \"{}ms\"", time.as_millis()).unwrap();
    }
    if let Some(proxy) = &endpoint.proxy {
        writeln!(text, "proxy = \"{proxy}\"").unwrap();
    }
    text
}

/// Runs the binary and compares everything that it left.
fn run(case: &Case, seen: impl FnOnce() -> Vec<Seen>) -> Result<(), String> {
    let bench = Workbench::new()
        .env("PW_TEST_WAIT_SCALE", "0")
        .file("pw.toml", format!("{}{}", SETTINGS, case.settings))
        .file("prompts/weather.hbs", "{{city}}天气?")
        .file("evals/weather.yaml", SUITE);
    let output = bench.pw(&["eval", "weather", "--format", "json"]);
    let seen = seen();
    let fail = |what: &str, expected: &dyn std::fmt::Debug, found: &dyn std::fmt::Debug| {
        Err(format!(
            "{}: {what}: expected {expected:?}, found {found:?}\n{}",
            case.name, output.stderr
        ))
    };
    if output.code != case.want.exit {
        return fail("exit code", &case.want.exit, &output.code);
    }
    let Ok(report) = serde_json::from_str::<serde_json::Value>(&output.stdout) else {
        return fail("report", &"JSON", &output.stdout);
    };
    let trials = postings::trials(&report);
    if !case.want.trials_are(&trials) {
        return fail("trials", &case.want.trials, &trials);
    }
    let export = bench.pw(&["ledger", "export", "--format", "jsonl"]);
    let attempts = postings::attempts(&export.stdout);
    if !case.want.attempts_are(&attempts) {
        return fail("postings", &case.want.attempts, &attempts);
    }
    let booked: BTreeSet<&str> = attempts.iter().map(|attempt| attempt.id.as_str()).collect();
    let sent: Vec<&str> = seen
        .iter()
        .filter_map(|seen| seen.attempt.as_deref())
        .collect();
    if case.want.reaches {
        let distinct: BTreeSet<&str> = sent.iter().copied().collect();
        if sent.len() != attempts.len() || distinct != booked {
            return fail("requests", &booked, &sent);
        }
    } else if !sent.is_empty() {
        return fail("requests", &"none", &sent);
    }
    let check = bench.pw(&["ledger", "check"]);
    if (check.code, check.stdout.as_str(), check.stderr.as_str()) != (0, "", "") {
        return fail("ledger check", &"silence", &check);
    }
    Ok(())
}

const SETTINGS: &str = r#"[defaults]
model = "f/m"
concurrency = 1
max_tokens = 16

[prices."f/m"]
input = "1"
output = "100"

[prices."f/x-large"]
input = "2"
output = "200"

[endpoints.f]
"#;

const SUITE: &str = r"tests:
  - vars: { city: 北京 }
    assert: [{ type: contains, value: 北京晴 }]
  - vars: { city: 上海 }
    assert: [{ type: contains, value: 北京晴 }]
  - vars: { city: 广州 }
    assert: [{ type: contains, value: 北京晴 }]
";
