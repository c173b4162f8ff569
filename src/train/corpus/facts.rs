//! The facts of one place, and what is answered about them: one wording for each question and language.

use crate::train::corpus::condition::{condition, opening};
use crate::train::corpus::dice::Dice;
use crate::train::corpus::figure::{Figure, Span};
use crate::train::corpus::place::place;
use crate::train::corpus::{Kind, Tongue};

/// A place and what a note says about it.
#[derive(Debug, Clone)]
pub(super) struct Facts {
    /// As the note writes it.
    pub(super) place: String,
    /// `None`: the note does not say.
    pub(super) condition: Option<String>,
    /// `None`: the note does not say.
    pub(super) span: Option<Span>,
}

impl Facts {
    /// Makes up a place and its facts; some notes leave the condition or the temperatures out.
    pub(super) fn new(tongue: Tongue, dice: &mut Dice) -> Self {
        let mut facts = Self {
            place: place(tongue, dice),
            condition: Some(condition(tongue, dice)),
            span: Some(Span::new(tongue, dice)),
        };
        match dice.below(100) {
            0 | 1 => facts.condition = None,
            2..=4 => facts.span = None,
            _ => {}
        }
        facts
    }

    /// Takes units and words off the figures, for a note in JSON.
    pub(super) fn plain(&mut self) {
        if let Some(span) = &mut self.span {
            span.unit = "";
            for figure in [&mut span.low, &mut span.high] {
                figure.written.clone_from(&figure.number);
            }
        }
    }

    /// Returns names, figures and conditions.
    pub(super) fn copied(&self) -> impl Iterator<Item = String> + '_ {
        let figures = self.span.iter().flat_map(|span| [&span.low, &span.high]);
        let figures = figures.flat_map(|figure| [figure.written.clone(), figure.number.clone()]);
        [self.place.clone()]
            .into_iter()
            .chain(self.condition.clone())
            .chain(figures)
    }

    /// Returns place, condition, lowest and highest.
    pub(super) fn key(&self) -> [String; 4] {
        let figure = |of: fn(&Span) -> &Figure| {
            self.span
                .as_ref()
                .map_or_else(String::new, |span| of(span).number.clone())
        };
        [
            self.place.clone(),
            self.condition.clone().unwrap_or_default(),
            figure(|span| &span.low),
            figure(|span| &span.high),
        ]
    }

    /// Answers a question about `place` on `day`; `None` where the note does not say it.
    pub(super) fn answer(
        &self,
        kind: Kind,
        tongue: Tongue,
        place: &str,
        day: &str,
    ) -> Option<String> {
        let condition = self.condition.as_deref();
        let zh = tongue == Tongue::Zh;
        Some(match kind {
            Kind::Json => self.json(place),
            Kind::Bare => condition?.to_owned(),
            Kind::Plain if zh => format!("{place}{day}{}。", condition?),
            Kind::Plain => format!("{} {} in {place} {day}.", opening(condition?), condition?),
            Kind::Both | Kind::All => {
                let (condition, span) = (condition?, self.span.as_ref()?);
                let (low, high) = (span.shown(&span.low), span.shown(&span.high));
                if zh {
                    format!("{place}{day}{condition}，最高温度{high}，最低温度{low}。")
                } else {
                    let opening = opening(condition);
                    format!(
                        "{opening} {condition} in {place} {day}, with a high of {high} and a low of {low}."
                    )
                }
            }
            _ => {
                let span = self.span.as_ref()?;
                let (low, high) = (span.shown(&span.low), span.shown(&span.high));
                match kind {
                    Kind::High if zh => format!("{place}{day}最高温度{high}。"),
                    Kind::Low if zh => format!("{place}{day}最低温度{low}。"),
                    Kind::High => format!("The high in {place} {day} is {high}."),
                    Kind::Low => format!("The low in {place} {day} is {low}."),
                    _ if zh => format!("{place}{day}气温{}到{high}。", span.low.written),
                    _ => format!(
                        "It is from {} to {high} in {place} {day}.",
                        span.low.written
                    ),
                }
            }
        })
    }

    fn json(&self, place: &str) -> String {
        let condition = self.condition.as_ref();
        let condition =
            condition.map_or_else(|| "null".to_owned(), |condition| format!("\"{condition}\""));
        let figure =
            |of: fn(&Span) -> &Figure| self.span.as_ref().map_or("null", |span| &of(span).number);
        let (high, low) = (figure(|span| &span.high), figure(|span| &span.low));
        format!(r#"{{"city": "{place}", "weather": {condition}, "high": {high}, "low": {low}}}"#)
    }
}

impl Span {
    /// Writes a figure with its unit.
    pub(super) fn shown(&self, figure: &Figure) -> String {
        format!("{}{}", figure.written, self.unit)
    }
}

/// Says that the facts are not there; of no place: that of no place.
pub(super) fn unknown(kind: Kind, tongue: Tongue, place: &str, day: &str) -> String {
    let nothing = Facts {
        place: String::new(),
        condition: None,
        span: None,
    };
    match tongue {
        _ if kind == Kind::Json && !place.is_empty() => nothing.json(place),
        Tongue::Zh => format!("我不知道{place}{day}的天气。"),
        Tongue::En if place.is_empty() => format!("I do not know the weather {day}."),
        Tongue::En => format!("I do not know the weather in {place} {day}."),
    }
}
