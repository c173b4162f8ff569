//! Reasons in few words: what was expected, and where in the answer.

/// Most characters of a reason.
const REASON: usize = 300;
/// Most characters of an answer's excerpt, its marks of omission included.
const EXCERPT: usize = 60;
/// Most characters of an expected text.
const NEEDLE: usize = 80;

/// Cuts a reason to its greatest length.
pub(super) fn bounded(reason: String) -> String {
    if reason.chars().nth(REASON).is_none() {
        return reason;
    }
    cut(reason.chars(), REASON)
}

/// Writes an expected text in backticks.
pub(super) fn quoted(needle: &str) -> String {
    format!("`{}`", cut(plain(needle), NEEDLE))
}

/// Writes the start of an answer in quotation marks.
pub(super) fn excerpt(text: &str) -> String {
    format!("“{}”", cut(plain(text), EXCERPT))
}

/// Writes the part of an answer around a byte position.
pub(super) fn excerpt_at(text: &str, position: usize) -> String {
    let (before, after) = text.split_at_checked(position).unwrap_or((text, ""));
    let lead = before
        .chars()
        .rev()
        .take(EXCERPT / 3)
        .map(char::len_utf8)
        .sum::<usize>();
    let start = before.len() - lead;
    if start == 0 {
        return excerpt(text);
    }
    let shown = plain(&before[start..]).chain(plain(after));
    format!("“…{}”", cut(shown, EXCERPT - 1))
}

/// One line: control characters become spaces.
fn plain(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().map(|c| if c.is_control() { ' ' } else { c })
}

fn cut(chars: impl Iterator<Item = char>, most: usize) -> String {
    let mut taken: Vec<char> = chars.take(most + 1).collect();
    if taken.len() > most {
        taken.truncate(most - 1);
        taken.push('…');
    }
    taken.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_has_at_most_sixty_characters_whatever_the_script() {
        assert_eq!(excerpt("今天\n晴"), "“今天 晴”");
        let long = "晴".repeat(61);
        assert_eq!(excerpt(&long), format!("“{}…”", "晴".repeat(59)));
        assert_eq!(excerpt(&"晴".repeat(60)), format!("“{}”", "晴".repeat(60)));
    }

    #[test]
    fn an_excerpt_around_a_position_shows_what_stands_there() {
        let text = format!("{}最低{}", "晴".repeat(100), "雨".repeat(100));
        let shown = excerpt_at(&text, 300);
        assert_eq!(
            shown,
            format!("“…{}最低{}…”", "晴".repeat(20), "雨".repeat(36))
        );
        assert_eq!(excerpt_at("最低3", 0), "“最低3”");
        assert_eq!(
            excerpt_at("晴", 1),
            "“晴”",
            "a position inside a character is none"
        );
    }

    #[test]
    fn a_reason_is_bounded() {
        assert_eq!(bounded("x".repeat(1_000)).chars().count(), 300);
        assert_eq!(bounded("x".repeat(300)), "x".repeat(300));
    }
}
