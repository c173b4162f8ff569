//! What an edit changed in a text.

use similar::{ChangeTag, TextDiff};

/// The lines that two texts differ in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Change {
    /// Lines that came.
    pub added: usize,
    /// Lines that went.
    pub removed: usize,
    /// Both, in order, each behind `+` or `-`; unchanged lines are left out.
    pub lines: Vec<String>,
}

impl Change {
    /// Compares line by line (Myers' algorithm, by the crate `similar`).
    pub fn between(old: &str, new: &str) -> Self {
        let mut change = Self::default();
        for one in TextDiff::from_lines(old, new).iter_all_changes() {
            let sign = match one.tag() {
                ChangeTag::Equal => continue,
                ChangeTag::Delete => {
                    change.removed += 1;
                    '-'
                }
                ChangeTag::Insert => {
                    change.added += 1;
                    '+'
                }
            };
            let text = one.value().trim_end_matches(['\r', '\n']);
            change.lines.push(format!("{sign}{text}"));
        }
        change
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_came_and_went_are_counted() {
        let change = Change::between("a\n请回答天气\nz\n", "a\n请回答最高温度\n只用一句话\nz");
        assert_eq!((change.added, change.removed), (3, 2));
        assert_eq!(
            change.lines,
            ["-请回答天气", "-z", "+请回答最高温度", "+只用一句话", "+z"]
        );
        assert_eq!(Change::between("a\n", "a\n"), Change::default());
    }
}
