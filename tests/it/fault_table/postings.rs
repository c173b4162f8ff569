//! The report and the export, as far as the table looks at them.

use serde_json::Value;

/// A trial of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trial {
    pub(super) outcome: String,
    pub(super) fault: Option<String>,
    pub(super) attempts: usize,
}

impl Trial {
    pub(super) fn new(outcome: &str, fault: Option<String>, attempts: usize) -> Self {
        Self {
            outcome: outcome.to_owned(),
            fault,
            attempts,
        }
    }
}

/// A posting's kind, then held, lost, spent and overrun in picodollars.
pub(super) type Posting = (String, [i64; 4]);

/// An attempt of the export.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Attempt {
    pub(super) id: String,
    pub(super) number: i64,
    pub(super) postings: Vec<Posting>,
}

/// Reads the trials of a report.
pub(super) fn trials(report: &Value) -> Vec<Trial> {
    let runs = report["runs"].as_array().into_iter().flatten();
    runs.flat_map(|run| run["results"].as_array().into_iter().flatten())
        .map(|result| {
            let fault = result["error"]["fault"].as_str().map(str::to_owned);
            let attempts = usize::try_from(result["attempts"].as_u64().unwrap()).unwrap();
            Trial::new(result["outcome"].as_str().unwrap(), fault, attempts)
        })
        .collect()
}

/// Reads the attempts of an export, in the order of their holds.
pub(super) fn attempts(export: &str) -> Vec<Attempt> {
    let mut attempts: Vec<Attempt> = Vec::new();
    for line in export.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let entry = &line["entry"];
        let id = entry["attempt"].as_str().unwrap();
        let amounts = ["held", "lost", "spent", "overrun"].map(|name| picos(&entry[name]));
        let posting = (entry["kind"].as_str().unwrap().to_owned(), amounts);
        match attempts.iter_mut().find(|attempt| attempt.id == id) {
            Some(attempt) => attempt.postings.push(posting),
            None => attempts.push(Attempt {
                id: id.to_owned(),
                number: entry["number"].as_i64().unwrap_or(0),
                postings: vec![posting],
            }),
        }
    }
    attempts
}

/// Reads a decimal string of dollars with 12 places.
fn picos(amount: &Value) -> i64 {
    let text = amount.as_str().unwrap();
    let (_, places) = text.split_once('.').unwrap();
    assert_eq!(places.len(), 12, "{text}");
    text.replace('.', "").parse().unwrap()
}
