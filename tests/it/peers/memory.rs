//! Memory of a run of many results. Linux only: elsewhere it is not told in `/proc`.
#![cfg(target_os = "linux")]

use std::thread;
use std::time::Duration;

use crate::workbench::{Workbench, finish};

/// An answer's text: 2 kB.
const REPLY: usize = 2_000;

/// Runs so many cases and returns the most memory that the process had, in bytes.
fn most_memory(cases: usize) -> usize {
    let rules = format!(
        "rules:\n  - reply: \"{}\"\n    usage: {{ input_tokens: 10, output_tokens: 500 }}\n",
        "sunny ".repeat(REPLY / 6)
    );
    let rows: Vec<String> = (0..cases).map(|n| format!("city {n}")).collect();
    let suite =
        "defaultTest:\n  assert: [{ type: contains, value: sunny }]\ntests: file://city.csv\n";
    let bench = Workbench::cities()
        .scripted(&rules)
        .file("evals/city.csv", format!("city\n{}\n", rows.join("\n")))
        .file("evals/city.yaml", suite);
    let flags = ["--quiet", "--concurrency", "64"];
    let child = bench.spawn(&[&["eval", "city"], &flags[..]].concat());
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    // A process that has ended and is not waited for has a status without memory.
    while let Some(now) = high_water(&status) {
        most = most.max(now);
        thread::sleep(Duration::from_millis(2));
    }
    finish(child).code(0);
    most
}

/// Reads the most resident memory that a process has had.
fn high_water(status: &str) -> Option<usize> {
    let text = std::fs::read_to_string(status).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: usize = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kib * 1024)
}

/// Memory does grow with results, since the report needs every row of its run; it must not grow as fast as promptfoo's, which
/// took 581 to 870 MB for ten thousand short ones and ended at twenty to forty thousand.
#[test]
fn b19_promptfoo_1419_ten_thousand_results_fit_in_two_hundred_megabytes() {
    let most = most_memory(10_000);
    assert!(most > REPLY * 1_000, "nothing was measured: {most}");
    assert!(most < 200_000_000, "{most}");
}
