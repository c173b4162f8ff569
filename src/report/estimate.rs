//! `pw estimate`: what a run would cost, on the screen and as JSON.

use serde::Serialize;
use std::time::Duration;

use crate::domain::Usd;
use crate::report::cost::CapLeft;
use crate::report::json::pretty;
use crate::report::layout::{Fill, fill};
use crate::report::money::dollars;
use crate::report::number::{count, duration, many};
use crate::report::safe;
use crate::report::style::{BAD, BOLD, DIM, DOUBT, PLAIN, Piece};
use crate::report::terminal::paragraphs;
use crate::report::text::Lang;
use crate::report::view::View;
use crate::summary::{Estimate, EstimatePart, Fit, Forecast};

/// What a cap can be over.
const PERIODS: [&str; 3] = ["run", "day", "month"];

/// A cap with what is left of it, beside planned runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapFit {
    /// The cap.
    pub cap: CapLeft,
    /// Whether what is left is enough for the runs.
    pub fit: Fit,
}

/// Writes estimates for a terminal, a paragraph a prompt, then what is left of each cap and whether it is enough.
pub fn estimate(estimates: &[Estimate], caps: &[CapFit], concurrency: u32, view: &View) -> String {
    let lang = view.lang;
    let line = |pieces: &[Piece]| fill(pieces, Fill::dotted(view));
    let (mut groups, mut limits) = (Vec::new(), Vec::new());
    for one in estimates {
        let mut lines = Vec::new();
        for part in &one.parts {
            lines.extend(line(&pieces(one, part, concurrency, view)));
        }
        groups.push(lines);
    }
    for cap in caps {
        limits.extend(line(&limit(cap, lang)));
    }
    let without = PERIODS
        .iter()
        .filter(|period| caps.iter().all(|cap| cap.cap.period != **period));
    let without: Vec<&str> = without.map(|period| lang.period(period)).collect();
    if caps.is_empty() {
        limits.extend(line(&[Piece::new(DOUBT, lang.no_cap())]));
    } else if !without.is_empty() {
        let text = lang.no_cap_on(&without.join(lang.comma()));
        limits.extend(line(&[Piece::new(DIM, text)]));
    }
    groups.push(limits);
    paragraphs(&groups)
}

/// A cap, what is left of it, and whether that is enough.
fn limit(cap: &CapFit, lang: Lang) -> [Piece; 2] {
    let CapLeft {
        period,
        cap: all,
        left,
    } = cap.cap;
    let period = lang.period(period);
    let text = format!("{period} {}", lang.left_of(&dollars(left), &dollars(all)));
    let (style, fit) = match cap.fit {
        Fit::Surely => (PLAIN, lang.fits()),
        Fit::Likely => (PLAIN, lang.fits_likely()),
        Fit::Unsure => (DOUBT, lang.fits_unsure()),
        Fit::No => (BAD, lang.fits_not()),
    };
    [text.into(), Piece::new(style, fit)]
}

fn pieces(one: &Estimate, part: &EstimatePart, concurrency: u32, view: &View) -> Vec<Piece> {
    let lang = view.lang;
    let calls = usize::try_from(part.calls).unwrap_or(usize::MAX);
    let mut pieces = vec![
        Piece::new(BOLD, safe::line(&one.prompt.0)),
        safe::line(&part.model.to_string()).into(),
        lang.calls(calls).into(),
    ];
    if let Some(forecast) = part.forecast {
        let side_by_side = crate::stats::real(calls.clamp(1, concurrency.max(1) as usize));
        let time =
            Duration::try_from_secs_f64(forecast.seconds / side_by_side).unwrap_or(Duration::MAX);
        if !part.worst.is_zero() {
            pieces.push(about_usd(&forecast, lang).into());
        }
        pieces.push(lang.about_tokens(&count(forecast.tokens)).into());
        pieces.push(lang.about_time(&duration(time, lang)).into());
        pieces.push(Piece::new(DIM, lang.by_calls(&many(forecast.from))));
    } else {
        pieces.push(Piece::new(DOUBT, lang.no_history()));
    }
    pieces.push(if part.worst.is_zero() {
        lang.free().into()
    } else {
        lang.at_worst(&dollars(part.worst)).into()
    });
    pieces
}

fn about_usd(forecast: &Forecast, lang: Lang) -> String {
    let [half, most] = [forecast.p50, forecast.p90].map(dollars);
    if half == most {
        lang.about(&half)
    } else {
        lang.about_usd(&half, &most)
    }
}

#[derive(Serialize)]
struct Report<'a> {
    schema: &'static str,
    estimates: Vec<Line<'a>>,
    run_cap_usd: Option<Usd>,
    caps: Vec<CapLine<'a>>,
}

#[derive(Serialize)]
struct CapLine<'a> {
    #[serde(flatten)]
    cap: &'a CapLeft,
    fits: &'static str,
}

#[derive(Serialize)]
struct Line<'a> {
    prompt: &'a str,
    model: String,
    calls: u64,
    worst_usd: Usd,
    p50_usd: Option<Usd>,
    p90_usd: Option<Usd>,
    tokens: Option<u64>,
    seconds_one_at_a_time: Option<f64>,
    from_calls: Option<usize>,
}

/// Writes estimates as `pw.estimate/v1`; what no record tells is `null`.
pub fn estimate_json(estimates: &[Estimate], caps: &[CapFit]) -> String {
    let lines = estimates.iter().flat_map(|one| {
        one.parts.iter().map(move |part| Line {
            prompt: &one.prompt.0,
            model: part.model.to_string(),
            calls: part.calls,
            worst_usd: part.worst,
            p50_usd: part.forecast.map(|forecast| forecast.p50),
            p90_usd: part.forecast.map(|forecast| forecast.p90),
            tokens: part.forecast.map(|forecast| forecast.tokens),
            seconds_one_at_a_time: part.forecast.map(|forecast| forecast.seconds),
            from_calls: part.forecast.map(|forecast| forecast.from),
        })
    });
    pretty(&Report {
        schema: "pw.estimate/v1",
        estimates: lines.collect(),
        run_cap_usd: estimates.iter().find_map(|one| one.budget),
        caps: caps
            .iter()
            .map(|cap| CapLine {
                cap: &cap.cap,
                fits: cap.fit.word(),
            })
            .collect(),
    })
}
