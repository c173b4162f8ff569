//! A comparison's numbers and its word: `+54 [33, 72] ADOPT`.

use anstyle::Style;

use crate::report::number::points;
use crate::report::style::{BAD, DOUBT, GOOD, PLAIN, Piece};
use crate::report::text::Lang;
use crate::summary::{Comparison, Verdict};

/// The parts of it, apart, so that a table can align them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Delta {
    pub(crate) difference: String,
    pub(crate) interval: String,
    pub(crate) word: &'static str,
    pub(crate) style: Style,
}

impl Delta {
    /// Makes the parts of a comparison; `None` without pairs.
    pub(crate) fn of(comparison: &Comparison, lang: Lang) -> Option<Self> {
        let mut numbers = vec![comparison.difference?];
        numbers.extend(comparison.interval.iter().flat_map(|i| [i.low, i.high]));
        let shown = points(&numbers);
        let sign = if numbers[0] > 0.0 { "+" } else { "" };
        let metric = if comparison.metric == "pass" {
            ""
        } else {
            comparison.metric
        };
        let difference = format!("{metric} {sign}{}", shown[0])
            .trim_start()
            .to_owned();
        let interval = match shown.as_slice() {
            [_, low, high] => format!("[{low}, {high}]"),
            _ => String::new(),
        };
        let (style, word) = match comparison.verdict {
            Some(Verdict::Adopt) => (GOOD, lang.adopt()),
            Some(Verdict::Reject) => (BAD, lang.reject()),
            Some(Verdict::Inconclusive) => (DOUBT, lang.inconclusive()),
            None => (PLAIN, ""),
        };
        Some(Self {
            difference,
            interval,
            word,
            style,
        })
    }

    /// Returns the parts as one text in the verdict's colour.
    pub(crate) fn piece(&self) -> Piece {
        let text = [self.difference.as_str(), &self.interval, self.word].join(" ");
        Piece::new(self.style, text.replace("  ", " ").trim_end())
    }
}
