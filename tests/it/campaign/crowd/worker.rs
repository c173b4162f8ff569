//! One worker of the crowd: it starts processes one after another and kills most of them; and the server that they ask.

use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use rand::rngs::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};

use super::{CASES, Crowd, usd};
use crate::campaign::bench::{self, EVAL};
use crate::campaign::meter::{Does, Meter};
use crate::fault_server::{Behaviour, Step};
use crate::workbench::{Output, Workbench, finish};

/// Killed, as a shell shows it.
const KILLED: i32 = 137;

/// How long a call may take; the server now and then takes longer.
const TIMEOUT: Duration = Duration::from_secs(1);

/// Starts a server that sells two answers of three, at random lengths, and does wrong with the rest in every way that is known
/// to end otherwise: refused, lost, answered without a count, answered without a choice, and never answered.
pub(super) fn server(seed: u64) -> Meter {
    Meter::start(move |number| {
        let mut random = ChaCha8Rng::seed_from_u64(seed ^ ((number as u64) << 32));
        let pause = Duration::from_micros(random.random_range(0..15_000));
        let tokens = random.random_range(1..=64);
        match random.random_range(0..300) {
            0..200 => Does::Sells(tokens, pause),
            200..225 => {
                let body = br#"{"error":{"message":"slow down"}}"#;
                Does::Refuses(Behaviour::answer(429, "Retry-After: 1\r\n", body))
            }
            225..245 => Does::Refuses(Behaviour::status(500, r#"{"error":{"message":"oops"}}"#)),
            245..260 => Does::Asks(tokens, Behaviour::reset_after(b"HTTP/1.1 200 OK\r\n")),
            260..270 => {
                let begun = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"id\"".to_vec();
                Does::Asks(tokens, Behaviour::write(begun).then(Step::Close))
            }
            270..280 => {
                let uncounted =
                    r#"{"choices":[{"message":{"content":"ok"},"finish_reason":"stop"}]}"#;
                Does::Asks(tokens, Behaviour::json(uncounted))
            }
            280..290 => {
                let total = tokens + 9;
                let empty = format!(
                    r#"{{"choices":[],"usage":{{"prompt_tokens":9,"completion_tokens":{tokens},"total_tokens":{total}}}}}"#
                );
                Does::Asks(tokens, Behaviour::json(&empty))
            }
            290..297 => Does::Asks(tokens, bench::answer(tokens, TIMEOUT + TIMEOUT / 2)),
            _ => Does::Refuses(Behaviour::status(401, r#"{"error":{"message":"no"}}"#)),
        }
    })
}

/// Makes a workspace for each worker; all share the ledger of the first.
pub(super) fn workspaces(server: &Meter, workers: usize) -> Vec<Workbench> {
    let url = server.server.url();
    let make = |_| bench::workspace(&url, CASES, "").env("PW_TEST_WAIT_SCALE", "0.01");
    let benches: Vec<Workbench> = (0..workers).map(make).collect();
    let ledger = benches[0].path(".pw/ledger.db").display().to_string();
    for bench in &benches {
        let settings = std::fs::read_to_string(bench.path("pw.toml")).expect("settings");
        let kind = "kind = \"openai\"\n";
        let timeout = format!("{kind}timeout = \"{}ms\"\n", TIMEOUT.as_millis());
        let more = format!("[ledger]\npath = \"{ledger}\"\n\n[budget]\nday = \"0\"\n");
        bench.write("pw.toml", settings.replace(kind, &timeout) + &more);
    }
    benches
}

/// Starts processes until it is over, each under the cap of its moment.
pub(super) fn work(crowd: &Crowd, bench: &Workbench, seed: u64, is_over: &impl Fn() -> bool) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let settings = std::fs::read_to_string(bench.path("pw.toml")).expect("settings");
    while !is_over() {
        let cap = crowd.cap.load(Ordering::SeqCst);
        let day = usd(cap);
        bench.write(
            "pw.toml",
            settings.replace("day = \"0\"", &format!("day = \"{day}\"")),
        );
        let concurrency = ["1", "4", "16"][random.random_range(0..3)];
        let mut flags = vec!["--no-cache", "--concurrency", concurrency];
        let (of_day, run) = (
            format!("day={day}"),
            usd(random.random_range(500_000_000..8_000_000_000)),
        );
        let of_run = format!("run={run}");
        flags.extend(["--tag", &of_day]);
        if random.random_range(0..3) == 0 {
            flags.extend(["--budget", &run, "--tag", &of_run]);
        }
        let mut child = bench.spawn(&[&EVAL[..], &flags].concat());
        crowd.started.fetch_add(1, Ordering::Relaxed);
        if random.random_range(0..3) > 0 {
            thread::sleep(Duration::from_millis(random.random_range(0..400)));
            // It may have ended by itself.
            child.kill().ok();
        }
        ended(crowd, cap, &finish(child));
    }
}

/// Counts a process's end; one that no kill, no cap and no fault of the server explains is wrong.
fn ended(crowd: &Crowd, cap: i64, output: &Output) {
    let of_ledger = output.stderr.contains("ledger could not") || output.stderr.contains("panic");
    match output.code {
        KILLED => {
            crowd.killed.fetch_add(1, Ordering::Relaxed);
        }
        4 if output.stderr.contains("day's budget") => {
            crowd.stopped_by_day.fetch_add(1, Ordering::Relaxed);
            crowd.raise_above(cap);
        }
        4 => {
            crowd.stopped_by_run.fetch_add(1, Ordering::Relaxed);
        }
        0 | 1 if !of_ledger => {}
        _ => crowd.note(output.to_string()),
    }
}
