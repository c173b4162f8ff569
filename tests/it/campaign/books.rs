//! The exported ledger, read independently of the program.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::workbench::{Workbench, picos};

/// One posting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Posting {
    pub(crate) kind: String,
    pub(crate) attempt: String,
    /// Of a hold only.
    pub(crate) run: Option<String>,
    case: Option<String>,
    pub(crate) spent: i128,
    pub(crate) held: i128,
    pub(crate) lost: i128,
    /// Tokens in and out that the provider counted.
    tokens: u64,
}

/// All postings, in the order of the chain.
#[derive(Debug, Clone, Default)]
pub(crate) struct Books {
    /// The lines as they were exported.
    pub(crate) lines: Vec<String>,
    pub(crate) postings: Vec<Posting>,
}

impl Books {
    /// Audits the ledger, demanding silence, and exports it; a workspace without one has empty books.
    #[track_caller]
    pub(crate) fn of(bench: &Workbench) -> Self {
        if !bench.path(".pw/ledger.db").exists() {
            return Self::default();
        }
        let check = bench.pw(&["ledger", "check"]).code(0);
        assert!(
            check.stdout.is_empty() && check.stderr.is_empty(),
            "{check}"
        );
        Self::export(bench)
    }

    /// Exports the ledger.
    #[track_caller]
    pub(crate) fn export(bench: &Workbench) -> Self {
        let text = bench
            .pw(&["ledger", "export", "--format", "jsonl"])
            .code(0)
            .stdout;
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let postings = lines.iter().map(|line| posting(line)).collect();
        Self { lines, postings }
    }

    /// Returns the attempts with a posting of a kind.
    pub(crate) fn attempts(&self, kind: &str) -> BTreeSet<String> {
        self.of_kind(kind).map(|p| p.attempt.clone()).collect()
    }

    pub(crate) fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Posting> {
        self.postings.iter().filter(move |p| p.kind == kind)
    }

    /// Returns the cases that have an answer.
    pub(crate) fn answered(&self) -> BTreeSet<String> {
        let cases: BTreeMap<&str, &str> = self
            .of_kind("hold")
            .filter_map(|p| Some((p.attempt.as_str(), p.case.as_deref()?)))
            .collect();
        self.of_kind("settle")
            .map(|p| cases[p.attempt.as_str()].to_owned())
            .collect()
    }

    /// Returns the greatest sum of spent, held and lost that any prefix of the chain has, and the last sum.
    pub(crate) fn sums(&self) -> (i128, i128) {
        let (mut most, mut sum) = (0, 0);
        for posting in &self.postings {
            sum += posting.spent + posting.held + posting.lost;
            most = most.max(sum);
        }
        (most, sum)
    }

    /// Returns the tokens of all settled attempts.
    pub(crate) fn tokens(&self) -> u64 {
        self.of_kind("settle").map(|p| p.tokens).sum()
    }

    /// Returns the dearest hold.
    pub(crate) fn dearest_hold(&self) -> i128 {
        self.of_kind("hold").map(|p| p.held).max().unwrap_or(0)
    }

    /// Demands that each attempt was held once and ended at most once.
    #[track_caller]
    pub(crate) fn demand_order(&self) {
        let holds = self.of_kind("hold").count();
        assert_eq!(self.attempts("hold").len(), holds, "an attempt held twice");
        let settles = self.of_kind("settle").count();
        assert_eq!(self.attempts("settle").len(), settles, "settled twice");
        let voids = self.attempts("void");
        assert!(voids.is_disjoint(&self.attempts("settle")), "void and paid");
    }
}

fn posting(line: &str) -> Posting {
    let line: Value = serde_json::from_str(line).expect("a line of JSON");
    let entry = &line["entry"];
    let text = |name: &str| entry[name].as_str().map(str::to_owned);
    let amount = |name: &str| picos(entry[name].as_str().expect("an amount"));
    Posting {
        kind: text("kind").expect("a kind"),
        attempt: text("attempt").expect("an attempt"),
        run: text("run"),
        case: text("case"),
        spent: amount("spent"),
        held: amount("held"),
        lost: amount("lost"),
        tokens: ["input_tokens", "output_tokens"]
            .iter()
            .filter_map(|unit| entry["usage"][unit].as_u64())
            .sum(),
    }
}
