//! The suite's hash: two suites with the same hash score the same answers alike.

use serde_json::{Value, json};

use crate::domain::{Assertion, Case, Sha256Hex, canonical_json, sha256_hex};

/// Hashes what decides scores and their statistics: ids, vars, turns, clusters, holdout, thresholds, assertions, in order.
///
/// Labels, places, descriptions and metadata stay out: moving a line or renaming a file changes no score.
pub(super) fn of(cases: &[Case]) -> Sha256Hex {
    let hashes: String = cases
        .iter()
        .map(|case| sha256_hex(canonical_json(&case_value(case)).as_bytes()))
        .collect();
    sha256_hex(hashes.as_bytes())
}

fn case_value(case: &Case) -> Value {
    json!({
        "id": case.id,
        "vars": case.vars,
        "turns": case.turns,
        "assert": case.asserts.iter().map(assertion_value).collect::<Vec<_>>(),
        "threshold": case.threshold,
        "cluster": case.cluster,
        "holdout": case.holdout,
    })
}

fn assertion_value(assertion: &Assertion) -> Value {
    json!({
        "type": assertion.kind.name(),
        "not": assertion.negated,
        "value": assertion.value,
        "threshold": assertion.threshold,
        "weight": assertion.weight,
        "metric": assertion.metric,
        "assert": assertion.children.iter().map(assertion_value).collect::<Vec<_>>(),
    })
}
