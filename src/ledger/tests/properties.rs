//! Any order of events: the books add up, and no cap is passed except by an overrun.

use proptest::prelude::*;
use uuid::Uuid;

use crate::ledger::testing::*;
use crate::ledger::{HoldOutcome, Ledger, check};

const CAP: i64 = 1_000;

/// What happens next: a hold of so much, or an end of one of the attempts so far.
#[derive(Debug, Clone)]
enum Step {
    Hold(i64),
    Settle(usize, i64),
    Void(usize),
    Lose(usize),
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let which = 0..30_usize;
    prop_oneof![
        6 => (0..400_i64).prop_map(Step::Hold),
        4 => (which.clone(), 0..450_i64).prop_map(|(at, cost)| Step::Settle(at, cost)),
        2 => which.clone().prop_map(Step::Void),
        2 => which.prop_map(Step::Lose),
        1 => Just(Step::Reopen),
    ]
}

/// The books, kept by hand.
#[derive(Debug, Default)]
struct Model {
    attempts: Vec<(Uuid, i64, &'static str)>,
    spent: i64,
    overrun: i64,
}

impl Model {
    fn sum(&self, state: &str) -> i64 {
        let of_state = self.attempts.iter().filter(|attempt| attempt.2 == state);
        of_state.map(|attempt| attempt.1).sum()
    }

    async fn apply(&mut self, ledger: &Ledger, step: &Step) {
        match *step {
            Step::Hold(amount) => {
                let request = hold(amount, Some(CAP));
                let attempt = request.attempt;
                let fits =
                    amount == 0 || self.spent + self.sum("open") + self.sum("lost") + amount <= CAP;
                let outcome = ledger.hold(request).await.unwrap();
                assert_eq!(outcome == HoldOutcome::Held, fits);
                if fits {
                    self.attempts.push((attempt, amount, "open"));
                }
            }
            Step::Settle(at, cost) => {
                let Some((id, worst, state)) = self.attempts.get(at).copied() else {
                    return;
                };
                let allowed = ["open", "lost"].contains(&state);
                assert_eq!(ledger.settle(settle(id, cost)).await.is_ok(), allowed);
                if allowed {
                    self.attempts[at].2 = "settled";
                    self.spent += cost;
                    self.overrun += (cost - worst).max(0);
                }
            }
            Step::Void(at) | Step::Lose(at) => {
                let Some((id, _, state)) = self.attempts.get(at).copied() else {
                    return;
                };
                let (done, word) = match step {
                    Step::Void(_) => (ledger.void(id, "why".to_owned(), None).await, "void"),
                    _ => (ledger.lose(id, "why".to_owned(), None, None).await, "lost"),
                };
                assert_eq!(done.is_ok(), state == "open");
                if state == "open" {
                    self.attempts[at].2 = word;
                }
            }
            Step::Reopen => {
                for attempt in self.attempts.iter_mut().filter(|a| a.2 == "open") {
                    attempt.2 = "lost";
                }
            }
        }
    }
}

async fn tried(steps: Vec<Step>) {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = open(folder.path());
    let mut model = Model::default();
    for (count, step) in steps.iter().enumerate() {
        if matches!(step, Step::Reopen) {
            if count % 2 == 0 {
                ledger.die();
            } else {
                ledger.close().unwrap();
            }
            ledger = open(folder.path());
        }
        model.apply(&ledger, step).await;
    }
    let mut expected = [
        model.spent,
        model.sum("open"),
        model.sum("lost"),
        model.overrun,
    ];
    let raw = raw(folder.path());
    for (column, expected) in ["spent", "held", "lost", "overrun"]
        .iter()
        .zip(&mut expected)
    {
        let sql = format!("SELECT coalesce(sum({column}), 0) FROM balances WHERE scope = 'day'");
        assert_eq!(number(&raw, &sql), *expected, "{column}");
        let sql = format!("SELECT coalesce(sum({column}), 0) FROM postings");
        assert_eq!(number(&raw, &sql), *expected, "{column}");
    }
    assert!(expected[0] + expected[1] + expected[2] - expected[3] <= CAP);
    assert_eq!(
        check(&folder.path().join("ledger.db")).unwrap().findings,
        []
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_books_add_up(steps in proptest::collection::vec(step(), 1..40)) {
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(tried(steps));
    }
}
