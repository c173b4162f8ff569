//! Lists for spreadsheets.

use serde::Serialize;

/// Writes a header and rows, quoted where they must be; lines end in a line feed.
#[expect(
    clippy::expect_used,
    reason = "rows are structs of plain fields, and writing to memory cannot fail"
)]
pub(crate) fn csv<T: Serialize>(columns: &[&str], rows: impl Iterator<Item = T>) -> String {
    let mut writer = csv::WriterBuilder::new()
        .has_headers(false)
        .from_writer(Vec::new());
    writer.write_record(columns).expect("a header is text");
    for row in rows {
        writer.serialize(row).expect("a row is plain");
    }
    let bytes = writer.into_inner().expect("memory takes everything");
    String::from_utf8(bytes).expect("every cell is text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be_and_no_rows_leave_a_header() {
        let rows = [("a,b", 1), ("\"晴\"\n", 2)];
        assert_eq!(
            csv(&["name", "n"], rows.into_iter()),
            "name,n\n\"a,b\",1\n\"\"\"晴\"\"\n\",2\n"
        );
        assert_eq!(csv(&["name"], std::iter::empty::<(u8,)>()), "name\n");
    }
}
