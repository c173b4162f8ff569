//! A ledger that cannot be written while answers come in, and one that is given an answer twice.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rusqlite::Connection;

use crate::campaign::bench::{self, EVAL};
use crate::campaign::meter::{Does, Meter};
use crate::workbench::{Output, Workbench, binary, finish};

const CASES: usize = 12;

/// The request whose arrival breaks the ledger.
const BREAKS: usize = 3;

/// How the ledger breaks.
#[derive(Debug, Clone, Copy)]
enum Break {
    /// No file grows any more, as on a full disk; for this process only.
    Disk,
    /// No hold is taken, whoever asks.
    Holds,
}

/// A workspace whose ledger broke while eight calls were in flight.
struct Broken {
    meter: Meter,
    bench: Arc<OnceLock<Workbench>>,
    output: Output,
}

impl Broken {
    /// Evaluates until the fourth request breaks the ledger.
    fn run(how: Break) -> Self {
        let bench: Arc<OnceLock<Workbench>> = Arc::default();
        let pid: Arc<OnceLock<u32>> = Arc::default();
        let (broken, of_process) = (Arc::clone(&bench), Arc::clone(&pid));
        let meter = Meter::start(move |number| {
            if number == BREAKS {
                how.happen(broken.get().expect("a workspace"), &of_process);
            }
            Does::Sells(1 + number as u64, Duration::from_millis(30))
        });
        let there = bench.get_or_init(|| bench::workspace(&meter.server.url(), CASES, ""));
        // A process that writes beyond its limit is told by a signal first, and dies of it unless that is ignored.
        let script = "trap '' XFSZ; exec \"$0\" \"$@\"";
        let program = binary().display().to_string();
        let arguments = [
            &["-c", script, &program],
            &EVAL[..],
            &["--concurrency", "8"],
        ];
        let mut shell = there.program(Path::new("/bin/sh"), &arguments.concat());
        let child = shell.spawn().expect("a shell");
        pid.set(child.id()).expect("set once");
        let output = finish(child);
        Self {
            meter,
            bench,
            output,
        }
    }

    fn bench(&self) -> &Workbench {
        self.bench.get().expect("a workspace")
    }

    fn spill(&self) -> PathBuf {
        self.bench().path(".pw/spill")
    }

    /// Counts the answers that lie beside the ledger, each a line; what follows the last line is no answer.
    fn waiting(&self) -> usize {
        let text = std::fs::read_to_string(self.spill()).expect("a spill file");
        text.matches('\n').count()
    }

    /// Goes on with the run; demands that nothing was bought twice and that the books are whole.
    #[track_caller]
    fn go_on(&self) {
        self.bench().pw(&["resume", "--quiet"]).code(0);
        assert_eq!(self.meter.server.requests().len(), CASES, "bought twice");
        let books = self.meter.demand(self.bench());
        assert_eq!(books.attempts("settle").len(), CASES);
        assert_eq!(books.attempts("lost").len(), 0);
        assert_eq!(self.waiting(), 0);
    }
}

impl Break {
    fn happen(self, bench: &Workbench, pid: &OnceLock<u32>) {
        match self {
            Self::Disk => {
                let log = bench.path(".pw/ledger.db-wal");
                let most = std::fs::metadata(log).expect("a log").len();
                let pid = *pid.wait();
                let limit = [format!("--pid={pid}"), format!("--fsize={most}")];
                let limited = Command::new("prlimit").args(limit).status();
                assert!(limited.expect("prlimit of util-linux").success());
            }
            Self::Holds => meddle(
                bench,
                "CREATE TRIGGER broken BEFORE INSERT ON postings WHEN NEW.kind = 'hold' \
                 BEGIN SELECT RAISE(ABORT, 'no'); END",
            ),
        }
    }
}

/// Runs SQL on the ledger while `pw` has it open.
fn meddle(bench: &Workbench, sql: &str) {
    let conn = Connection::open(bench.path(".pw/ledger.db")).expect("a ledger");
    conn.busy_timeout(Duration::from_secs(10)).expect("set");
    conn.execute_batch(sql).expect(sql);
}

#[test]
fn b1_litellm_33873_a_write_that_fails_loses_no_answer() {
    let broken = Broken::run(Break::Disk);
    let output = broken.output.clone().code(1);
    let output = output
        .says("an earlier write failed")
        .says("are kept beside it and booked at the next start");
    assert!(broken.waiting() > 0, "{output}");
    broken.go_on();
}

#[test]
fn b8_litellm_40572_15740_an_answer_that_is_handed_in_twice_counts_once() {
    let broken = Broken::run(Break::Disk);
    let spilled = std::fs::read(broken.spill()).expect("a spill file");
    assert!(broken.waiting() > 0);
    broken.go_on();
    let before = broken.meter.demand(broken.bench());
    // As after a crash between the booking of what was spilled and the emptying of the file.
    std::fs::write(broken.spill(), spilled).expect("written");
    broken.bench().pw(&EVAL).code(0);
    assert_eq!(broken.waiting(), 0, "the file was read");
    let after = broken.meter.demand(broken.bench());
    assert_eq!(after.lines, before.lines);
}

#[test]
fn b18_langfuse_6380_13592_nothing_is_sent_while_the_ledger_takes_no_hold() {
    let broken = Broken::run(Break::Holds);
    broken.output.clone().code(1).says("ledger");
    let books = broken.meter.demand(broken.bench());
    let sent = broken.meter.server.requests().len();
    assert!(sent < CASES, "all were sent");
    assert_eq!(books.attempts("hold").len(), sent);
    assert_eq!(books.attempts("settle").len(), sent);
    // A second start sends nothing either.
    broken.bench().pw(&EVAL).code(1);
    assert_eq!(broken.meter.server.requests().len(), sent);
    meddle(broken.bench(), "DROP TRIGGER broken");
    broken.go_on();
}
