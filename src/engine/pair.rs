//! By what the rows of two sides are paired.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Value, json};

use crate::domain::{Case, canonical_json, sha256_hex};

/// Returns the cases' pairing keys, in their order: its id where the author gave one, else a hash of the variables that the templates of
/// either side read, so that correcting an expectation, or adding a variable nobody reads, keeps the pair.
pub fn pair_keys(cases: &[Case], read: &BTreeSet<String>) -> Vec<String> {
    let mut seen = HashMap::with_capacity(cases.len());
    cases
        .iter()
        .map(|case| unique(key(case, read), &mut seen))
        .collect()
}

fn key(case: &Case, read: &BTreeSet<String>) -> String {
    if case.named {
        return format!("id:{}", case.id);
    }
    let vars: serde_json::Map<String, Value> = case
        .vars
        .iter()
        .filter(|(name, _)| read.contains(*name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    sha256_hex(canonical_json(&json!({ "vars": vars, "turns": case.turns })).as_bytes())
}

fn unique(key: String, seen: &mut HashMap<String, usize>) -> String {
    let times = seen.entry(key.clone()).or_default();
    *times += 1;
    if *times == 1 {
        key
    } else {
        format!("{key}-{times}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{CaseId, Place};

    fn case(id: &str, named: bool, vars: &Value) -> Case {
        Case {
            id: CaseId(id.to_owned()),
            named,
            label: id.to_owned(),
            place: Place::default(),
            description: None,
            vars: vars.as_object().cloned().unwrap_or_default(),
            turns: Vec::new(),
            asserts: Vec::new(),
            threshold: None,
            cluster: None,
            holdout: false,
            metadata: serde_json::Map::new(),
        }
    }

    fn reads(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn variables_nobody_reads_keep_the_pair() {
        let old = pair_keys(
            &[case("a", false, &json!({"city": "北京", "expected": "晴"}))],
            &reads(&["city"]),
        );
        let new = pair_keys(
            &[case("b", false, &json!({"expected": "雨", "city": "北京"}))],
            &reads(&["city"]),
        );
        assert_eq!(old, new);
    }

    #[test]
    fn a_given_id_pairs_whatever_the_variables() {
        let old = pair_keys(
            &[case("a", true, &json!({"city": "北京"}))],
            &reads(&["city"]),
        );
        let new = pair_keys(
            &[case("a", true, &json!({"city": "上海"}))],
            &reads(&["city"]),
        );
        assert_eq!(old, new);
    }

    #[test]
    fn twins_get_keys_of_their_own() {
        let twins = [
            case("a", false, &json!({"city": "北京"})),
            case("b", false, &json!({"city": "北京"})),
        ];
        let keys: BTreeSet<String> = pair_keys(&twins, &reads(&["city"])).into_iter().collect();
        assert_eq!(keys.len(), 2);
    }
}
