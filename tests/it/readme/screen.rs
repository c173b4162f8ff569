//! The screens of the READMEs: drawn from a run, and a fresh run must still look so.
//!
//! `PW_BLESS=1 cargo test --test it readme::screen` draws them again; with `PW_BINARY=target/release/pw` they show the times of
//! a release build, which are those that a reader will see.

use std::path::Path;

use anstyle::{AnsiColor, Color, RgbColor};
use anstyle_svg::Term;
use regex::{Captures, Regex};
use unicode_width::UnicodeWidthStr as _;

use crate::readme::{ROOT, shipped};

/// What is typed on the screens, after `pw`.
const TYPED: [&str; 2] = ["eval", "prompts/weather.hbs"];

/// A column of `anstyle_svg`, and where its first one begins, in pixels.
const COLUMN: f64 = 8.4;
const MARGIN: f64 = 10.0;
/// 80 columns.
const WIDTH: usize = 672;

#[test]
fn the_english_screen_is_what_a_run_shows() {
    holds("tests/screen.svg", "en");
}

#[test]
fn the_chinese_screen_is_what_a_run_shows() {
    holds("tests/screen.zh-CN.svg", "zh");
}

#[test]
fn a_wide_character_takes_two_columns() {
    let drawn = r#"    <tspan x="10px" y="28px"><tspan class="bold">变体 &amp;</tspan><tspan>  a b</tspan>"#;
    assert_eq!(
        on_a_grid(drawn),
        concat!(
            r#"    <tspan x="10px" y="28px"><tspan class="bold"><tspan x="10.0 26.8">变体</tspan>"#,
            r#"<tspan x="43.6"> </tspan><tspan x="52.0">&amp;</tspan></tspan>"#,
            r#"<tspan><tspan x="60.4">  </tspan><tspan x="77.2">a </tspan><tspan x="94.0">b</tspan></tspan>"#
        )
    );
}

/// Demands that a stored screen says in the same colours what a fresh run says, or stores the fresh one when asked to.
fn holds(file: &str, lang: &str) {
    let path = Path::new(ROOT).join(file);
    let fresh = drawn(&screen(lang));
    if std::env::var_os("PW_BLESS").is_some() {
        std::fs::write(&path, &fresh).unwrap();
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        without_times(&stored),
        without_times(&fresh),
        "{file} is not what a run shows; draw it again: PW_BLESS=1 cargo test --test it readme::screen"
    );
}

/// Runs the first command in a fresh copy of the repository's workspace and returns what it leaves on a screen.
fn screen(lang: &str) -> String {
    let bench = shipped();
    let flags = ["--lang", lang, "--color", "always"];
    let output = bench.pw(&[&TYPED[..], &flags].concat()).code(0);
    format!(
        "\u{1b}[2m$\u{1b}[0m pw {}\n{}",
        TYPED.join(" "),
        output.stdout
    )
}

/// Draws a screen on a dark ground, which reads well on a light page too.
fn drawn(screen: &str) -> String {
    let mut palette = anstyle_svg::VGA;
    for (colour, seen) in [
        (AnsiColor::Red, RgbColor(0xff, 0x7b, 0x72)),
        (AnsiColor::Green, RgbColor(0x56, 0xd3, 0x64)),
        (AnsiColor::Yellow, RgbColor(0xe3, 0xb3, 0x41)),
    ] {
        palette.0[colour as usize] = seen;
    }
    let svg = Term::new()
        .palette(palette)
        .bg_color(Color::Rgb(RgbColor(0x0d, 0x11, 0x17)))
        .fg_color(Color::Rgb(RgbColor(0xe6, 0xed, 0xf3)))
        .min_width_px(WIDTH)
        .render_svg(screen.trim_end())
        // The font is the text's, or each part within a part would take the bold from it; and dim is not illegible.
        .replace("    tspan {", "    text {")
        .replace("opacity: 0.4", "opacity: 0.65");
    svg.lines().map(|line| on_a_grid(line) + "\n").collect()
}

/// Gives each word of a drawn line, and each wide character, the place of its column. A drawn line lets texts follow one
/// another, and no font makes a Chinese character exactly as wide as two Latin ones.
fn on_a_grid(line: &str) -> String {
    if !line.trim_start().starts_with("<tspan") {
        return line.to_owned();
    }
    let mut column = 0;
    let texts = Regex::new(">([^<]+)<").unwrap();
    let line = texts.replace_all(line, |text: &Captures<'_>| {
        let words = words(&text[1]);
        let placed: String = words.iter().map(|word| place(word, &mut column)).collect();
        format!(">{placed}<")
    });
    line.into_owned()
}

/// Splits a text into words with the blanks behind them, and those where narrow and wide characters meet.
fn words(text: &str) -> Vec<Vec<&str>> {
    let characters = Regex::new(r"&\w+;|.").unwrap();
    let mut words: Vec<Vec<&str>> = Vec::new();
    for character in characters.find_iter(text).map(|found| found.as_str()) {
        match words.last_mut() {
            Some(word) if !parts(word[word.len() - 1], character) => word.push(character),
            _ => words.push(vec![character]),
        }
    }
    words
}

fn parts(before: &str, after: &str) -> bool {
    (before == " " && after != " ") || columns(before) != columns(after)
}

/// Returns the columns of a character, which may be written as `&amp;`.
fn columns(character: &str) -> usize {
    if character.starts_with('&') {
        1
    } else {
        character.width()
    }
}

fn place(word: &[&str], column: &mut usize) -> String {
    let mut places = Vec::new();
    for character in word {
        #[expect(clippy::cast_precision_loss, reason = "a screen has few columns")]
        let x = MARGIN + COLUMN * (*column as f64);
        places.push(format!("{x:.1}"));
        *column += columns(character);
    }
    // A narrow word is let run on from its first place.
    let narrow = word.iter().all(|character| columns(character) == 1);
    places.truncate(if narrow { 1 } else { word.len() });
    format!(
        "<tspan x=\"{}\">{}</tspan>",
        places.join(" "),
        word.concat()
    )
}

/// Returns a drawn screen without what differs from run to run: times, and the places and blanks that hang on their width.
fn without_times(svg: &str) -> String {
    let svg = Regex::new(r#"<tspan( x="[^"]*")?( y="[^"]*")?>|</tspan>"#)
        .unwrap()
        .replace_all(svg, "");
    let svg = Regex::new(" +").unwrap().replace_all(&svg, " ");
    Regex::new(r"\b[0-9.]+ m?s\b")
        .unwrap()
        .replace_all(&svg, "0 ms")
        .into_owned()
}
