//! A process that is really killed, in the middle of its work.

use std::collections::HashSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::ledger::testing::*;
use crate::ledger::{Caps, HoldOutcome, Ledger, check};

/// Marks a folder as one in which the child is to work.
const MARK: &str = "kill-me";

/// The child: holds and settles until it is killed, and says what the ledger has acknowledged. Without its mark it does
/// nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    if !Path::new(MARK).exists() {
        return;
    }
    let ledger = open(Path::new("."));
    ledger.begin_run(run("r1")).await.unwrap();
    let tasks: Vec<_> = (0..16)
        .map(|_| tokio::spawn(work(ledger.clone())))
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

async fn work(ledger: Ledger) {
    loop {
        let request = hold_for(call(Some("r1")), 10, Caps::default());
        let attempt = request.attempt;
        assert_eq!(ledger.hold(request).await.unwrap(), HoldOutcome::Held);
        say("held", attempt);
        ledger.settle(settle(attempt, 7)).await.unwrap();
        say("settled", attempt);
    }
}

fn say(word: &str, attempt: uuid::Uuid) {
    // One write, so that lines of several tasks do not mix; and not the macro, whose output tests capture.
    let line = format!("{word} {attempt}\n");
    std::io::stdout().write_all(line.as_bytes()).unwrap();
}

/// Lets the child acknowledge some settles, kills it, and returns what it said.
fn killed_after(folder: &Path, settles: usize) -> (HashSet<String>, HashSet<String>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["ledger::tests::killed::child", "--exact", "--nocapture"])
        .current_dir(folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut held, mut settled) = (HashSet::new(), HashSet::new());
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for line in lines.map_while(Result::ok) {
        match line.split_once(' ') {
            Some(("held", attempt)) => drop(held.insert(attempt.to_owned())),
            Some(("settled", attempt)) => drop(settled.insert(attempt.to_owned())),
            _ => {}
        }
        if settled.len() == settles {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    (held, settled)
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_and_the_books_add_up() {
    for settles in [1, 37, 150] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(MARK), "").unwrap();
        let (held, settled) = killed_after(folder.path(), settles);
        assert!(settled.len() >= settles, "the child ended by itself");

        let ledger = open(folder.path());
        assert_eq!(ledger.recovered().writers, 1);
        let path = folder.path().join("ledger.db");
        assert_eq!(check(&path).unwrap().findings, []);
        let raw = raw(folder.path());
        let states: Vec<(String, String)> = raw
            .prepare("SELECT uuid, state FROM attempts")
            .unwrap()
            .query_map([], |row| {
                let id = uuid::Uuid::from_bytes(row.get(0)?);
                Ok((id.to_string(), row.get(1)?))
            })
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        let of = |wanted: &str| -> HashSet<String> {
            let states = states.iter().filter(|(_, state)| state == wanted);
            states.map(|(id, _)| id.clone()).collect()
        };
        assert!(settled.is_subset(&of("settled")));
        assert!(
            held.iter()
                .all(|id| states.iter().any(|(known, _)| known == id))
        );
        assert_eq!(of("open").len() + of("void").len(), 0);
        assert!(of("lost").len() <= 16, "no more than were in flight");
        let spent = i64::try_from(of("settled").len()).unwrap() * 7;
        assert_eq!(
            number(&raw, "SELECT spent FROM balances WHERE scope = 'run'"),
            spent
        );
        ledger.close().unwrap();
    }
}
