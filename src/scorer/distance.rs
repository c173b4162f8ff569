//! `levenshtein`: how many characters must change; at most 5 unless `threshold` says otherwise.
//!
//! A character is an extended grapheme cluster in NFC, so that 👍🏽 and 👍 differ by one (promptfoo counts UTF-16 units).

use unicode_segmentation::UnicodeSegmentation as _;

use crate::domain::Assertion;
use crate::scorer::Refusal;
use crate::scorer::check::{Check, Finding};
use crate::scorer::phrase::{excerpt, quoted};
use crate::scorer::seen::{Seen, nfc};
use crate::scorer::text::text;

/// promptfoo's default.
const DEFAULT: usize = 5;
/// The largest threshold: the work grows with its square.
const MOST: f64 = 10_000.0;
/// Products of lengths up to which the distance is always exact, for the reason.
const EXACT: usize = 1_000_000;

/// Compiles a distance.
pub(super) fn compile(assertion: &Assertion) -> Result<Box<dyn Check>, Refusal> {
    let expected = nfc(text(&assertion.value)?).into_owned();
    let most = assertion.threshold.map_or(Ok(DEFAULT), whole)?;
    Ok(Box::new(Levenshtein { expected, most }))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the range is checked before"
)]
fn whole(threshold: f64) -> Result<usize, Refusal> {
    if (0.0..=MOST).contains(&threshold) {
        Ok(threshold.floor() as usize)
    } else {
        Err(Refusal::Threshold {
            found: threshold.to_string(),
            expected: "a number from 0 to 10000",
        })
    }
}

#[derive(Debug)]
struct Levenshtein {
    expected: String,
    most: usize,
}

impl Check for Levenshtein {
    fn look(&self, seen: &Seen<'_>, negated: bool) -> Finding {
        let expected: Vec<&str> = self.expected.graphemes(true).collect();
        // One more than the longest text that could be near enough tells that this one is too long.
        let least_work = EXACT / expected.len().max(1);
        let longest = (expected.len() + self.most).max(least_work);
        let found: Vec<&str> = seen.text().graphemes(true).take(longest + 1).collect();
        let exact = found.len() <= longest && found.len().saturating_mul(expected.len()) <= EXACT;
        let band = if exact {
            found.len().max(expected.len())
        } else {
            self.most
        };
        let distance = within(&expected, &found, band);
        let holds = distance.is_some_and(|distance| distance <= self.most);
        let words = distance.map_or_else(
            || format!("more than {}", self.most),
            |distance| distance.to_string(),
        );
        let reason = match (holds, negated) {
            (true, false) | (false, true) => {
                format!("distance {words} from {}", quoted(&self.expected))
            }
            (false, false) => format!(
                "expected a distance of at most {} from {}, found {words}: {}",
                self.most,
                quoted(&self.expected),
                excerpt(seen.text())
            ),
            (true, true) => format!(
                "expected a distance of more than {} from {}, found {words}: {}",
                self.most,
                quoted(&self.expected),
                excerpt(seen.text())
            ),
        };
        Finding::new(holds, reason)
    }
}

/// Returns the Levenshtein distance if it is at most `band`, looking only at the diagonals that can hold it.
///
/// Source: Ukkonen (1985), "Algorithms for approximate string matching", Information and Control 64.
fn within(a: &[&str], b: &[&str], band: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > band {
        return None;
    }
    let far = band + 1;
    let mut row: Vec<usize> = (0..=b.len()).map(|j| j.min(far)).collect();
    for (i, x) in a.iter().enumerate() {
        let (first, last) = ((i + 1).saturating_sub(band), (i + 1 + band).min(b.len()));
        let mut diagonal = if first == 0 { row[0] } else { row[first - 1] };
        if first == 0 {
            row[0] = (i + 1).min(far);
        } else {
            row[first - 1] = far;
        }
        for j in first.max(1)..=last {
            let substituted = diagonal + usize::from(*x != b[j - 1]);
            diagonal = row[j];
            row[j] = substituted.min(row[j] + 1).min(row[j - 1] + 1).min(far);
        }
        // The next row's band begins one further; what lies beyond this one's end was never reached.
        if let Some(beyond) = row.get_mut(last + 1) {
            *beyond = far;
        }
    }
    Some(row[b.len()]).filter(|distance| *distance <= band)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::levenshtein;

    fn letters(text: &str) -> Vec<&str> {
        text.graphemes(true).collect()
    }

    #[test]
    fn the_textbook_distances() {
        for (a, b, distance) in [
            ("kitten", "sitting", 3),
            ("", "晴天", 2),
            ("flaw", "lawn", 2),
            ("晴", "晴", 0),
        ] {
            assert_eq!(
                within(&letters(a), &letters(b), 9),
                Some(distance),
                "{a} {b}"
            );
        }
        assert_eq!(within(&letters("kitten"), &letters("sitting"), 2), None);
    }

    proptest! {
        #[test]
        fn a_band_finds_what_the_whole_table_finds(a in "[abc]{0,12}", b in "[abc]{0,12}", band in 0_usize..14) {
            let whole = levenshtein(&a, &b);
            prop_assert_eq!(within(&letters(&a), &letters(&b), band), Some(whole).filter(|whole| *whole <= band));
        }
    }
}
