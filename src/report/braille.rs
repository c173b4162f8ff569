//! Small charts of text, drawn in dots.
//!
//! Braille patterns, because their width is never in doubt: blocks and box drawing are *ambiguous* by Unicode's annex 11,
//! and a terminal set for Chinese may draw them two columns wide. Where only ASCII can be shown, a cell is `*` or a space.

use crate::stats::real;

/// Cells of two columns and four rows of dots.
#[derive(Debug, Clone)]
struct Canvas {
    cells: Vec<Vec<u8>>,
}

/// Bits of a braille pattern by row and column (Unicode, chapter 21).
const BITS: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];

impl Canvas {
    fn new(columns: usize, rows: usize) -> Self {
        Self {
            cells: vec![vec![0; columns]; rows],
        }
    }

    /// Sets a dot; one outside is none.
    fn set(&mut self, x: usize, y: usize) {
        if let Some(cell) = self.cells.get_mut(y / 4).and_then(|row| row.get_mut(x / 2)) {
            *cell |= BITS[y % 4][x % 2];
        }
    }

    fn write(&self, ascii: bool) -> Vec<String> {
        let character = |bits: &u8| match (ascii, bits) {
            (_, 0) => ' ',
            (true, _) => '*',
            (false, bits) => char::from_u32(0x2800 + u32::from(*bits)).unwrap_or(' '),
        };
        let row = |row: &Vec<u8>| row.iter().map(character).collect::<String>();
        self.cells.iter().map(row).collect()
    }
}

/// Draws values from 0 (below) to 1 (above) as a line; a gap is `None`. As many lines as `rows`, each of `columns` characters.
pub(crate) fn curve(
    values: &[Option<f64>],
    columns: usize,
    rows: usize,
    ascii: bool,
) -> Vec<String> {
    let mut canvas = Canvas::new(columns, rows);
    let (wide, high) = (columns * 2, rows * 4);
    let last = values.len().saturating_sub(1).max(1);
    let mut before: Option<(usize, usize)> = None;
    for (at, value) in values.iter().enumerate() {
        let Some(value) = value.filter(|value| value.is_finite()) else {
            before = None;
            continue;
        };
        let here = (
            at * wide.saturating_sub(1) / last,
            dot(1.0 - value, high.saturating_sub(1)),
        );
        for (x, y) in steps(before.unwrap_or(here), here) {
            canvas.set(x, y);
        }
        before = Some(here);
    }
    canvas.write(ascii)
}

/// Draws amounts as bars of half a character each, in one line; every amount that is not nothing has a dot at least.
pub(crate) fn spark(amounts: &[f64], ascii: bool) -> String {
    let most = amounts.iter().copied().fold(0.0, f64::max);
    if ascii {
        let level = |amount: &f64| ['_', '.', '-', '=', '#'][level(*amount, most)];
        return amounts.iter().map(level).collect();
    }
    let mut canvas = Canvas::new(amounts.len().div_ceil(2), 1);
    for (x, amount) in amounts.iter().enumerate() {
        for up in 0..level(*amount, most) {
            canvas.set(x, 3 - up);
        }
    }
    // A blank pattern keeps its place where a space would be trimmed.
    canvas.write(false).concat().replace(' ', "\u{2800}")
}

/// Returns how many of four dots an amount has.
fn level(amount: f64, most: f64) -> usize {
    if amount > 0.0 {
        dot(amount / most, 4).max(1)
    } else {
        0
    }
}

/// Dots of a line from one place to another, both included.
fn steps(from: (usize, usize), to: (usize, usize)) -> impl Iterator<Item = (usize, usize)> {
    let count = from.0.abs_diff(to.0).max(from.1.abs_diff(to.1)).max(1);
    let between = move |a: usize, b: usize, at: usize| {
        if b >= a {
            a + ((b - a) * at + count / 2) / count
        } else {
            a - ((a - b) * at + count / 2) / count
        }
    };
    (0..=count).map(move |at| (between(from.0, to.0, at), between(from.1, to.1, at)))
}

/// Returns the dot, from 0 to `most`, that a share falls on.
fn dot(share: f64, most: usize) -> usize {
    (1..=most)
        .filter(|dot| share * real(most) >= real(*dot) - 0.5)
        .count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::layout::width;

    #[test]
    fn a_curve_rises_from_below_to_above() {
        let values = [0.0, 0.5, 1.0].map(Some);
        assert_eq!(curve(&values, 4, 2, false), ["  ⡠⠊", "⡠⠊  "]);
        assert_eq!(curve(&values, 4, 2, true), ["  **", "**  "]);
        assert_eq!(curve(&[Some(1.0), None, Some(0.0)], 3, 1, false), ["⠁ ⢀"]);
    }

    #[test]
    fn every_amount_has_a_dot() {
        assert_eq!(spark(&[0.0, 1.0, 50.0, 100.0], false), "⢀⣼");
        assert_eq!(spark(&[0.0, 1.0, 50.0, 100.0], true), "_.-#");
        assert_eq!(spark(&[0.0, 0.0], false), "\u{2800}");
    }

    proptest! {
        #[test]
        fn a_chart_is_as_wide_as_it_was_asked_to_be(
            values in proptest::collection::vec(proptest::option::of(any::<f64>()), 0..80),
            columns in 0_usize..60,
            rows in 0_usize..6,
            ascii in any::<bool>(),
        ) {
            let lines = curve(&values, columns, rows, ascii);
            prop_assert_eq!(lines.len(), rows);
            for line in lines {
                prop_assert_eq!(width(&line), columns);
            }
            let amounts: Vec<f64> = values.into_iter().flatten().collect();
            let columns = if ascii { amounts.len() } else { amounts.len().div_ceil(2) };
            prop_assert_eq!(width(&spark(&amounts, ascii)), columns);
        }
    }
}
