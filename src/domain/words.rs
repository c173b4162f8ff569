//! Words of messages: plurals, lists, the nearest known name.

/// Writes a count with its noun: `1 case`, `2 cases`.
pub fn count(number: usize, noun: &str) -> String {
    if number == 1 {
        format!("1 {noun}")
    } else {
        format!("{number} {noun}s")
    }
}

/// Writes names in backticks as a list of at most `most`: `` `a`, `b` and 3 more ``.
pub fn and_list<T: std::fmt::Display>(names: &[T], most: usize) -> String {
    let quoted: Vec<String> = names
        .iter()
        .take(most)
        .map(|name| format!("`{name}`"))
        .collect();
    match (quoted.as_slice(), names.len().saturating_sub(most)) {
        ([one], 0) => one.clone(),
        ([init @ .., last], 0) => format!("{} and {last}", init.join(", ")),
        (all, more) => format!("{} and {more} more", all.join(", ")),
    }
}

/// Returns the known name nearest to a mistyped one, if one is near enough to be meant.
///
/// Near: at most a third of the longer name's characters differ (optimal string alignment would be finer; Levenshtein is
/// what compilers use for this).
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let far = |candidate: &str| {
        name.chars()
            .count()
            .max(candidate.chars().count())
            .div_ceil(3)
    };
    known
        .into_iter()
        .map(|candidate| (levenshtein(name, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= far(candidate))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Returns the Levenshtein distance in characters (Wagner and Fischer 1974, two rows).
pub(crate) fn levenshtein(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substitute = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = substitute.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_counts_read_like_a_sentence() {
        assert_eq!(count(1, "case"), "1 case");
        assert_eq!(count(2, "case"), "2 cases");
        assert_eq!(and_list(&["a"], 3), "`a`");
        assert_eq!(and_list(&["a", "b"], 3), "`a` and `b`");
        assert_eq!(
            and_list(&["a", "b", "c", "d", "e"], 2),
            "`a`, `b` and 3 more"
        );
    }

    #[test]
    fn nearest_finds_typing_errors_and_no_strangers() {
        assert_eq!(
            nearest("contians", ["contains", "equals"]),
            Some("contains")
        );
        assert_eq!(nearest("城巿", ["城市"]), Some("城市"));
        assert_eq!(nearest("banana", ["contains", "equals"]), None);
    }

    #[test]
    fn levenshtein_counts_characters() {
        assert_eq!(levenshtein("kitten", "sitting"), 3);
        assert_eq!(levenshtein("", "晴天"), 2);
    }
}
