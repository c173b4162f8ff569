//! Tables that a screen reader can follow: a caption, a scope for each heading.

use crate::report::html::{Markup, tag};
use crate::report::table::Align;

/// A column: its title and where its texts stand.
pub(crate) type Column<'a> = (&'a str, Align);

/// A cell.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    text: String,
    class: &'static str,
}

impl Cell {
    /// Makes a cell of a class of the style sheet: `good`, `bad`, `doubt`, `dim`, or none.
    pub(crate) fn new(class: &'static str, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            class,
        }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::new("", text)
    }
}

/// Makes a table. The first cell of a row names the row.
pub(crate) fn table(caption: &str, columns: &[Column<'_>], rows: &[Vec<Cell>]) -> Markup {
    let titles = columns.iter().map(|(title, align)| {
        let heading = tag("th").set("scope", "col").set("class", side(*align));
        heading.text(title)
    });
    let row = |cells: &Vec<Cell>| {
        let cells = cells.iter().zip(columns).enumerate();
        tag("tr").hold(cells.map(|(at, (cell, (_, align)))| {
            let class = format!("{} {}", side(*align), cell.class);
            let named = match at {
                0 => tag("th").set("scope", "row"),
                _ => tag("td"),
            };
            named.set("class", class.trim_end()).text(&cell.text)
        }))
    };
    let table = tag("table").hold([
        tag("caption").text(caption),
        tag("thead").hold([tag("tr").hold(titles)]),
        tag("tbody").hold(rows.iter().map(row)),
    ]);
    // Wide tables scroll by themselves; the page does not.
    tag("div").set("class", "scroll").hold([table])
}

const fn side(align: Align) -> &'static str {
    match align {
        Align::Left => "left",
        Align::Right => "right",
    }
}
