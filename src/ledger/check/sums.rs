//! Balances and sums of spend, added up again.

use std::collections::BTreeMap;

use rusqlite::Connection;

use crate::domain::Usd;
use crate::ledger::LedgerError;
use crate::ledger::page::Scope;
use crate::ledger::walk::Walked;

/// Wide sums: postings of a damaged ledger may add up to anything.
type Wide = [i128; 4];

/// What the postings add up to.
#[derive(Debug, Default)]
pub(super) struct Tally {
    balances: BTreeMap<Scope, Wide>,
    /// By day and context: billed, imputed, answers.
    spend: BTreeMap<(i64, i64), [i128; 3]>,
}

impl Tally {
    pub(super) fn see(&mut self, posting: &Walked) {
        let change = posting.change;
        for scope in Scope::of(posting.run, posting.day) {
            let sums = self.balances.entry(scope).or_default();
            for (sum, change) in
                sums.iter_mut()
                    .zip([change.spent, change.held, change.lost, change.overrun])
            {
                *sum += i128::from(change);
            }
        }
        if matches!(posting.kind.as_str(), "settle" | "reconcile") {
            let sums = self
                .spend
                .entry((posting.day, posting.context))
                .or_default();
            sums[0] += i128::from(change.spent);
            sums[1] += i128::from(posting.imputed);
            sums[2] += 1;
        }
    }

    /// Returns what differs from the stored sums.
    pub(super) fn compare(mut self, conn: &Connection) -> Result<Vec<String>, LedgerError> {
        let mut found = Vec::new();
        let mut statement =
            conn.prepare("SELECT scope, period, spent, held, lost, overrun FROM balances")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let period = row.get(1)?;
            let scope = match row.get::<_, String>(0)?.as_str() {
                "run" => Scope::Run(period),
                "day" => Scope::Day(period),
                _ => Scope::Month(period),
            };
            let stored = [row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?].map(i64_wide);
            let sums = self.balances.remove(&scope).unwrap_or_default();
            differing(&mut found, scope, &stored, &sums);
        }
        for (scope, sums) in &self.balances {
            differing(&mut found, *scope, &Wide::default(), sums);
        }
        self.compare_spend(conn, &mut found)?;
        Ok(found)
    }

    fn compare_spend(
        &mut self,
        conn: &Connection,
        found: &mut Vec<String>,
    ) -> Result<(), LedgerError> {
        let mut statement =
            conn.prepare("SELECT day, context, billed, imputed, answers FROM spend")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let key: (i64, i64) = (row.get(0)?, row.get(1)?);
            let stored = [row.get(2)?, row.get(3)?, row.get(4)?].map(i64_wide);
            if self.spend.remove(&key).unwrap_or_default() != stored {
                found.push(format!(
                    "the spend of day {}, context {} is not the sum of its postings",
                    key.0, key.1
                ));
            }
        }
        for (day, context) in self.spend.keys() {
            found.push(format!(
                "the spend of day {day}, context {context} is missing"
            ));
        }
        Ok(())
    }
}

fn i64_wide(number: i64) -> i128 {
    i128::from(number)
}

fn differing(found: &mut Vec<String>, scope: Scope, stored: &Wide, sums: &Wide) {
    let (word, period) = scope.key();
    for ((name, stored), sum) in ["spent", "held", "lost", "overrun"]
        .iter()
        .zip(stored)
        .zip(sums)
    {
        if stored != sum {
            found.push(format!(
                "the balance of {word} {period} says {name} ${}, but its postings add up to ${}",
                dollars(*stored),
                dollars(*sum)
            ));
        }
    }
}

fn dollars(picos: i128) -> String {
    match i64::try_from(picos) {
        Ok(picos) => Usd::from_picos(picos).to_string(),
        Err(_) => format!("{picos}e-12"),
    }
}
