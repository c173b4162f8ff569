//! Child processes, measured by what the kernel kept about them, and the table of their figures.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// What one run took.
#[derive(Default)]
pub(crate) struct Figures {
    pub(crate) wall: Duration,
    /// User and system time of all threads.
    pub(crate) cpu: Duration,
    /// The greatest resident set seen.
    pub(crate) peak_kib: u64,
}

/// Prints the heads of a table.
pub(crate) fn print_heads() {
    println!(
        "{:<34} {:>8} {:>8} {:>8} {:>9}  goal",
        "", "best s", "median s", "CPU s", "peak MiB"
    );
}

/// Prints the runs of one thing as a row of that table.
pub(crate) fn print(name: &str, runs: &[Figures], goal: &str) {
    let mut walls: Vec<f64> = runs.iter().map(|run| run.wall.as_secs_f64()).collect();
    walls.sort_by(f64::total_cmp);
    let cpu = runs
        .iter()
        .map(|run| run.cpu.as_secs_f64())
        .fold(f64::INFINITY, f64::min);
    let peak = runs.iter().map(|run| run.peak_kib).max().unwrap_or(0) / 1024;
    println!(
        "{name:<34} {:>8.3} {:>8.3} {cpu:>8.2} {peak:>9}  {goal}",
        walls[0],
        walls[walls.len() / 2]
    );
}

/// Ticks of `/proc/PID/stat`: `sysconf(_SC_CLK_TCK)` is 100 on every Linux that Rust runs on.
const TICKS: u64 = 100;

/// Runs `program` in `folder` to its end; an exit other than 0 or 1 (a verdict or gate) stops the bench.
pub(crate) fn run(program: &Path, arguments: &[&str], folder: &Path) -> Figures {
    let started = Instant::now();
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .env("XDG_STATE_HOME", folder.join("state"))
        .env("XDG_CONFIG_HOME", folder.join("config"))
        .env("FAKE_API_KEY", "k")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("pw starts");
    let mut figures = Figures::default();
    // A finished child stays readable until it is waited for: its CPU time is then complete.
    while let Some(peak) = peak_kib(child.id()) {
        figures.peak_kib = figures.peak_kib.max(peak);
        thread::sleep(Duration::from_micros(500));
    }
    figures.wall = started.elapsed();
    figures.cpu = cpu(child.id());
    let status = child.wait().expect("pw ends");
    let said = child.stderr.take().map(std::io::read_to_string);
    assert!(
        matches!(status.code(), Some(0 | 1)),
        "{arguments:?} ended with {status}: {said:?}"
    );
    figures
}

/// `None` once the process has ended.
fn peak_kib(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    peak.trim().trim_end_matches("kB").trim().parse().ok()
}

fn cpu(pid: u32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // Fields count from behind the name in brackets; utime and stime are the 14th and 15th of the whole line.
    let fields = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace();
    let ticks: u64 = fields
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<u64>().ok())
        .sum();
    Duration::from_millis(ticks * 1_000 / TICKS)
}
