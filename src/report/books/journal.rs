//! Double entry: which accounts a posting moves, in words that hledger and beancount both take.

use crate::domain::{Usd, sha256_hex};
use crate::report::safe;
use crate::summary::BookedPosting;

/// What a journal's head says of its accounts.
pub(super) const ACCOUNTS: [&str; 6] = [
    "The ledger of pw in US dollars, exact to 12 decimals. Dates are those of the holds (UTC), to which amounts are booked.",
    "Expenses:LLM and Liabilities are what providers are owed. All under Equity is memory and sums to zero:",
    "Equity:Held is in flight at its worst case, Equity:Lost perhaps billed at its worst case, Equity:Imputed the cost of",
    "one's own machines; each stands against its own account under Equity:Memo.",
    "A name that is no account name ends in the beginning of its hash; the name itself stands beside the transaction.",
    "Postings that move no amount are left out.",
];

/// One side of a transaction: an account and an amount as text.
pub(super) type Leg = (String, String);

/// Returns the legs of a posting, in pairs that sum to zero; none if it moves nothing.
pub(super) fn legs(posting: &BookedPosting) -> Vec<Leg> {
    let purpose = component(&posting.source.purpose);
    let endpoint = component(&posting.source.model.endpoint);
    let pairs = [
        (
            posting.spent,
            format!("Expenses:LLM:{purpose}"),
            format!("Liabilities:{endpoint}"),
        ),
        (
            posting.held,
            format!("Equity:Held:{endpoint}"),
            "Equity:Memo:Held".to_owned(),
        ),
        (
            posting.lost,
            format!("Equity:Lost:{endpoint}"),
            "Equity:Memo:Lost".to_owned(),
        ),
        (
            posting.imputed,
            format!("Equity:Imputed:{purpose}"),
            "Equity:Memo:Imputed".to_owned(),
        ),
    ];
    pairs
        .into_iter()
        .filter(|(amount, ..)| !amount.is_zero())
        .flat_map(|(amount, to, from)| [(to, amount.to_string()), (from, opposite(amount))])
        .collect()
}

/// Negates the text: the least amount has no opposite among integers.
fn opposite(amount: Usd) -> String {
    let text = amount.to_string();
    text.strip_prefix('-')
        .map_or_else(|| format!("-{text}"), str::to_owned)
}

/// Makes a part of an account's name: an ASCII capital or digit, then ASCII letters, digits and `-`.
///
/// beancount takes no more than that of ASCII, and its lexer and validator disagree on the rest: see "Accounts" in
/// <https://beancount.github.io/docs/beancount_language_syntax.html>. A name of lower-case letters and digits only gets a
/// capital; any other one also the beginning of its hash, so that two names never share an account.
pub(super) fn component(name: &str) -> String {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let mut kept: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    kept = kept.trim_matches('-').to_owned();
    if let Some(first) = kept.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    if !name.is_empty() && name.chars().all(plain) {
        return kept;
    }
    if kept.is_empty() {
        kept.push('X');
    }
    let hash = sha256_hex(name.as_bytes());
    format!("{kept}-{}", hash.get(..8).unwrap_or_default())
}

/// What is known of a posting beside its amounts: a key and a text of one line, free of control characters.
pub(super) fn facts(posting: &BookedPosting) -> Vec<(&'static str, String)> {
    let source = &posting.source;
    let all = [
        ("time", Some(posting.time.to_string())),
        ("call", Some(posting.call.to_string())),
        ("attempt", Some(posting.attempt.to_string())),
        ("endpoint", Some(source.model.endpoint.clone())),
        ("model", Some(source.model.model.clone())),
        ("workspace", Some(source.workspace.clone())),
        ("prompt", source.prompt.as_ref().map(ToString::to_string)),
        ("variant", source.variant.0.clone()),
        ("run", source.run.map(|run| run.to_string())),
        ("case", posting.case.clone()),
    ];
    all.into_iter()
        .filter_map(|(key, value)| Some((key, safe::line(&value?))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_accounts_and_no_two_the_same() {
        assert_eq!(component("openai"), "Openai");
        assert_eq!(component("7b"), "7b");
        let odd = [
            "OpenAI", "Openai", "my shop", "my-shop", "本地", "北京", "", "-", "a:b",
        ];
        let made: std::collections::BTreeSet<_> = odd.iter().map(|name| component(name)).collect();
        assert_eq!(made.len(), odd.len(), "{made:?}");
        for one in made {
            assert!(one.starts_with(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit()));
            assert!(
                one.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'),
                "{one}"
            );
        }
    }

    #[test]
    fn every_amount_has_its_opposite() {
        assert_eq!(opposite(Usd::from_picos(1)), "-0.000000000001");
        assert_eq!(opposite(Usd::from_picos(i64::MIN)), "9223372.036854775808");
    }
}
