//! Whole processes against a loopback server, the ledger durable: `cargo bench --bench eval`.
//!
//! Each row is one `pw eval` of a fresh workspace: wall clock, CPU seconds and peak memory as the kernel counted them
//! (Linux only: `/proc`). `bare client` sends the same requests over the same connections and does nothing else: what
//! is left between the two is `pw`. The machines are noisy, so the two are run in turns and each shows its best of
//! [`ROUNDS`] and its median.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench prints its figures and stops where its own machinery fails"
)]

mod loopback;
mod process;

use std::path::Path;
use std::time::{Duration, Instant};

use process::{Figures, print};

/// Runs of each row.
const ROUNDS: usize = 7;

/// Cases, delay of each answer, answers in flight; goals in seconds and MiB.
struct Row {
    cases: usize,
    delay: Duration,
    concurrency: usize,
    goal: &'static str,
}

const ROWS: [Row; 4] = [
    Row {
        cases: 256,
        delay: Duration::from_millis(20),
        concurrency: 16,
        goal: "0.333 s",
    },
    Row {
        cases: 1_000,
        delay: Duration::ZERO,
        concurrency: 16,
        goal: "0.35 s, 60 MiB",
    },
    Row {
        cases: 1_000,
        delay: Duration::ZERO,
        concurrency: 64,
        goal: "0.35 s, 60 MiB",
    },
    Row {
        cases: 10_000,
        delay: Duration::ZERO,
        concurrency: 64,
        goal: "3.5 s, 100 MiB",
    },
];

fn main() {
    // An error means that one was installed before, which is as good.
    drop(rustls::crypto::ring::default_provider().install_default());
    let pw = Path::new(env!("CARGO_BIN_EXE_pw"));
    process::print_heads();
    let version: Vec<Figures> = (0..ROUNDS)
        .map(|_| process::run(pw, &["--version"], Path::new(".")))
        .collect();
    print("pw --version", &version, "0.005 s");
    for row in &ROWS {
        measure(pw, row);
    }
}

/// The bare client and `pw` in turns, so that both meet the same weather on the machine.
fn measure(pw: &Path, row: &Row) {
    let (mut bare, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let server = loopback::Server::start(row.delay);
        let started = Instant::now();
        loopback::bare_client(&server, row.cases, row.concurrency);
        bare.push(Figures {
            wall: started.elapsed(),
            ..Figures::default()
        });

        let home =
            tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder on a real disk");
        loopback::workspace(home.path(), &server, row.cases);
        let concurrency = row.concurrency.to_string();
        ours.push(process::run(
            pw,
            &["eval", "p", "--no-cache", "--concurrency", &concurrency],
            home.path(),
        ));
        assert_eq!(
            server.answered(),
            2 * row.cases,
            "every case was asked once by each"
        );
    }
    let name = format!(
        "{} x {} ms at {}",
        row.cases,
        row.delay.as_millis(),
        row.concurrency
    );
    print(&format!("{name}, bare client"), &bare, "");
    print(&format!("{name}, pw eval"), &ours, row.goal);
}
