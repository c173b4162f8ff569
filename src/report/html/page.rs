//! The page around a report, and the parts that reports are made of.

use crate::report::html::{Markup, tag};
use crate::report::svg::colour;
use crate::report::text::Lang;

/// Makes a whole file. The policy in its head forbids a browser to load or to run anything.
pub(crate) fn page(lang: Lang, title: &str, body: impl IntoIterator<Item = Markup>) -> String {
    let meta = |name: &'static str, key: &'static str, content: &'static str| {
        tag("meta").set(name, key).set("content", content).empty()
    };
    let head = tag("head").hold([
        tag("meta").set("charset", "utf-8").empty(),
        meta("name", "viewport", "width=device-width, initial-scale=1"),
        meta("name", "color-scheme", "light dark"),
        meta(
            "http-equiv",
            "Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'",
        ),
        tag("title").text(title),
        Markup::style_sheet(include_str!("style.css")),
    ]);
    let heading = tag("h1").text(title);
    let main = tag("main").hold(std::iter::once(heading).chain(body));
    let footer = tag("footer").text(concat!("pw ", env!("CARGO_PKG_VERSION")));
    let html = tag("html")
        .set("lang", lang.tag())
        .hold([head, tag("body").hold([main, footer])]);
    format!("<!DOCTYPE html>\n{}\n", html.into_string())
}

/// A part under a heading of its own.
pub(crate) fn section(title: &str, body: impl IntoIterator<Item = Markup>) -> Markup {
    let heading = tag("h2").text(title);
    tag("section").hold(std::iter::once(heading).chain(body))
}

/// A sentence.
pub(crate) fn paragraph(text: &str) -> Markup {
    tag("p").text(text)
}

/// The few numbers that matter, each under its name.
pub(crate) fn facts(facts: &[(String, String)]) -> Markup {
    let fact = |(name, value): &(String, String)| {
        tag("div").hold([tag("dt").text(name), tag("dd").text(value)])
    };
    tag("dl").set("class", "facts").hold(facts.iter().map(fact))
}

/// A chart under its caption, over the names of its colours. One name needs no legend.
pub(crate) fn figure(caption: &str, names: &[String], chart: Markup) -> Markup {
    let entry = |(at, name): (usize, &String)| {
        let swatch = tag("span").set("class", &format!("swatch {}", colour(at)));
        tag("li").hold([swatch.hold([]), Markup::text(name)])
    };
    let mut parts = vec![tag("figcaption").text(caption), chart];
    if names.len() > 1 {
        let names = names.iter().enumerate().map(entry);
        parts.push(tag("ul").set("class", "legend").hold(names));
    }
    tag("figure").hold(parts)
}

impl Lang {
    /// Its tag by BCP 47.
    fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh-Hans",
        }
    }
}
