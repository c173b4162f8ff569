//! One table layout for every list: columns by display width, dropped from the right where there is no room.

use crate::report::layout::{cut, padding, width};
use crate::report::style::{DIM, Piece};

/// Where a cell's text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// A table before it is laid out. Texts must be harmless and of one line.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    columns: Vec<(String, Align)>,
    rows: Vec<Vec<Piece>>,
    /// The column that gives way before others are dropped, and the least width it keeps.
    yielding: (usize, usize),
}

/// A table's lines and how many of its columns they hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Laid {
    pub(crate) lines: Vec<String>,
    pub(crate) columns: usize,
}

const INDENT: usize = 1;

impl Table {
    /// Makes an empty table whose first column gives way down to 12 columns.
    pub(crate) fn new<const N: usize>(columns: [(&str, Align); N]) -> Self {
        Self {
            columns: columns
                .map(|(title, align)| (title.to_owned(), align))
                .into(),
            rows: Vec::new(),
            yielding: (0, 12),
        }
    }

    /// Names the column that gives way first, and the least width it keeps.
    pub(crate) fn yields(mut self, column: usize, least: usize) -> Self {
        self.yielding = (column, least);
        self
    }

    /// Takes a column out, in all rows.
    pub(crate) fn without(mut self, column: usize) -> Self {
        self.columns.remove(column);
        for row in &mut self.rows {
            row.remove(column);
        }
        self
    }

    /// Adds a row; it has a cell for each column.
    pub(crate) fn row(&mut self, cells: Vec<Piece>) {
        debug_assert_eq!(cells.len(), self.columns.len(), "a cell for each column");
        self.rows.push(cells);
    }

    /// Lays the table out: three spaces between columns where they fit, else two; then one column yields down to its least
    /// width; then columns go from the right. No line is wider than `most`.
    pub(crate) fn lay(&self, most: usize, styled: bool) -> Laid {
        let natural = self.widths();
        let gap = if total(&natural, 3) <= most { 3 } else { 2 };
        let (column, least) = self.yielding;
        let mut widths = natural;
        while widths.len() > 1 && total(&squeezed(&widths, column, least), gap) > most {
            widths.pop();
        }
        let spare = most.saturating_sub(total(&squeezed(&widths, column, 0), gap));
        if let Some(wide) = widths.get_mut(column) {
            *wide = (*wide).min(spare);
        }
        let titles: Vec<Piece> = self
            .columns
            .iter()
            .map(|(title, _)| Piece::new(DIM, title.as_str()))
            .collect();
        let lines = std::iter::once(&titles)
            .chain(&self.rows)
            .map(|cells| self.line(cells, &widths, gap, styled))
            .collect();
        Laid {
            lines,
            columns: widths.len(),
        }
    }

    fn widths(&self) -> Vec<usize> {
        let widest = |column: usize, title: &str| {
            self.rows
                .iter()
                .filter_map(|row| row.get(column))
                .map(|cell| width(&cell.text))
                .fold(width(title), usize::max)
        };
        self.columns
            .iter()
            .enumerate()
            .map(|(i, (title, _))| widest(i, title))
            .collect()
    }

    fn line(&self, cells: &[Piece], widths: &[usize], gap: usize, styled: bool) -> String {
        let mut line = " ".repeat(INDENT);
        let mut owed = String::new();
        for (i, (cell, wide)) in cells.iter().zip(widths).enumerate() {
            let fitting = Piece::new(cell.style, cut(&cell.text, *wide));
            let space = padding(&fitting.text, *wide);
            let align = self.columns.get(i).map_or(Align::Left, |column| column.1);
            if align == Align::Right {
                owed.push_str(&space);
            }
            if !fitting.text.is_empty() {
                line.push_str(&std::mem::take(&mut owed));
                line.push_str(&fitting.paint(styled));
            }
            if align == Align::Left {
                owed.push_str(&space);
            }
            owed.push_str(&" ".repeat(gap));
        }
        line
    }
}

fn total(widths: &[usize], gap: usize) -> usize {
    INDENT + widths.iter().sum::<usize>() + gap * widths.len().saturating_sub(1)
}

/// Returns the widths with one of them at its least.
fn squeezed(widths: &[usize], column: usize, least: usize) -> Vec<usize> {
    let mut widths = widths.to_vec();
    if let Some(wide) = widths.get_mut(column) {
        *wide = (*wide).min(least);
    }
    widths
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::style::GOOD;

    fn sample() -> Table {
        let mut table = Table::new([
            ("变体", Align::Left),
            ("pass", Align::Right),
            ("difference", Align::Left),
        ]);
        table.row(vec!["(默认)".into(), "11/24".into(), "".into()]);
        table.row(vec![
            "详细-detailed".into(),
            "8/24".into(),
            Piece::new(GOOD, "ADOPT"),
        ]);
        table
    }

    #[test]
    fn wide_characters_align_and_no_line_ends_in_spaces() {
        assert_eq!(
            sample().lay(80, false).lines,
            [
                " 变体             pass   difference",
                " (默认)          11/24",
                " 详细-detailed    8/24   ADOPT",
            ]
        );
        assert!(sample().lay(80, true).lines[2].ends_with("\u{1b}[32mADOPT\u{1b}[0m"));
    }

    #[test]
    fn one_column_yields_then_columns_go_from_the_right() {
        let laid = sample().lay(32, false);
        assert_eq!(
            (laid.columns, laid.lines[2].as_str()),
            (3, " 详细-detail…   8/24  ADOPT")
        );
        let laid = sample().lay(24, false);
        assert_eq!(
            (laid.columns, laid.lines[2].as_str()),
            (2, " 详细-detailed   8/24")
        );
        let laid = sample().lay(8, false);
        assert_eq!((laid.columns, laid.lines[2].as_str()), (1, " 详细-d…"));
    }

    #[test]
    fn a_column_can_be_taken_out() {
        assert_eq!(
            sample().without(1).lay(80, false).lines[2],
            " 详细-detailed   ADOPT"
        );
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_the_terminal(cells in proptest::collection::vec("\\PC{0,12}", 9), most in 3_usize..60) {
            let mut table = Table::new([("a", Align::Left), ("b", Align::Right), ("c", Align::Left)]);
            for row in cells.chunks(3) {
                table.row(row.iter().map(|cell| Piece::from(cell.as_str())).collect());
            }
            for line in table.lay(most, false).lines {
                prop_assert!(width(&line) <= most, "{:?}", line);
            }
        }
    }
}
