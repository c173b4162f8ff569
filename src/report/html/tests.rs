use proptest::prelude::*;

use super::testing::read;
use super::*;
use crate::report::safe;
use crate::report::table::Align;
use crate::report::text::Lang;

/// The page without its style sheet, which holds no text of others.
fn whole(title: &str, cell: &str) -> String {
    let rows = [vec![Cell::from(cell), Cell::new("bad", cell)]];
    let body = [
        facts(&[(title.to_owned(), cell.to_owned())]),
        figure(
            cell,
            &[title.to_owned(), cell.to_owned()],
            Markup::default(),
        ),
        table(title, &[("a", Align::Left), (cell, Align::Right)], &rows),
        section(cell, [paragraph(title)]),
    ];
    let page = page(Lang::En, title, body);
    let page = page.strip_prefix("<!DOCTYPE html>\n").unwrap();
    let (head, rest) = page.split_once("<style>").unwrap();
    let (_, rest) = rest.split_once("</style>").unwrap();
    format!("{head}{rest}")
}

#[test]
fn a_page_loads_nothing_and_names_its_language() {
    let page = page(Lang::Zh, "花费", []);
    let before_style = page.split_once("<style>").unwrap().0;
    insta::assert_snapshot!(before_style, @r#"
    <!DOCTYPE html>
    <html lang="zh-Hans"><head><meta charset="utf-8"/><meta name="viewport" content="width=device-width, initial-scale=1"/><meta name="color-scheme" content="light dark"/><meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;"/><title>花费</title>
    "#);
    for outside in [
        "http://", "https://", "url(", "@import", "<script", "src=", "href=",
    ] {
        assert!(!page.contains(outside), "{outside}");
    }
}

#[test]
fn a_table_names_its_columns_and_its_rows() {
    let rows = [vec![Cell::from("天气"), Cell::new("good", "1 < 2")]];
    let markup = table(
        "spend",
        &[("prompt", Align::Left), ("$", Align::Right)],
        &rows,
    );
    insta::assert_snapshot!(markup.into_string(), @r#"<div class="scroll"><table><caption>spend</caption><thead><tr><th scope="col" class="left">prompt</th><th scope="col" class="right">$</th></tr></thead><tbody><tr><th scope="row" class="left">天气</th><td class="right good">1 &lt; 2</td></tr></tbody></table></div>"#);
}

#[test]
fn hostile_texts_stay_texts() {
    for hostile in [
        "</script><script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onload='x",
        "&lt;b&gt;",
        "\u{202e}txt.exe\u{2066}",
        "]]><!--",
        "\u{1b}[31m\0\u{ffff}",
    ] {
        let names: Vec<String> = read(&whole(hostile, hostile))
            .into_iter()
            .map(|element| element.name)
            .collect();
        let harmless: Vec<String> = read(&whole("a", "a"))
            .into_iter()
            .map(|element| element.name)
            .collect();
        assert_eq!(names, harmless, "{hostile:?}");
    }
    assert_eq!(
        Markup::text("<a href='x'>&\"\u{202e}").into_string(),
        "&lt;a href=&#39;x&#39;&gt;&amp;&quot;"
    );
}

#[test]
fn coordinates_are_short_and_always_numbers() {
    for (value, text) in [
        (1.0, "1"),
        (0.125, "0.12"),
        (-0.001, "0"),
        (f64::NAN, "0"),
        (f64::INFINITY, "0"),
        (100.0, "100"),
        (12.5, "12.5"),
    ] {
        assert_eq!(number(value), text);
    }
}

proptest! {
    #[test]
    fn any_text_leaves_a_page_of_the_same_elements(title in "\\PC{0,30}", cell in "[<>&'\"/=a晴\u{202e}\u{1b}\\s-]{0,30}") {
        let count = read(&whole("a", "a")).len();
        let page = whole(&title, &cell);
        prop_assert_eq!(read(&page).len(), count);
        prop_assert!(!page.chars().any(safe::is_hostile));
    }
}
