//! The table of `pw models`: endpoints, their models, whether they answer, and what they cost.

use crate::domain::{Rate, Usd};
use crate::report::money::digits;
use crate::report::number::{count, millis};
use crate::report::safe;
use crate::report::style::{BAD, DIM, DOUBT, GOOD, PLAIN, Piece};
use crate::report::table::{Align, Table};
use crate::report::text::Lang;
use crate::report::view::View;

/// One model of an endpoint, or an endpoint that names none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelLine {
    /// The endpoint.
    pub endpoint: String,
    /// The model; `None` where the endpoint names none.
    pub model: Option<String>,
    /// Whether it answers.
    pub reach: Reach,
    /// Whether its key is there.
    pub key: KeyState,
    /// Tokens of context, where known.
    pub context: Option<u64>,
    /// Requests it serves at once, where known.
    pub slots: Option<u32>,
    /// What its tokens cost.
    pub price: Price,
    /// The date from which the price holds, or of the book.
    pub price_date: Option<String>,
}

/// Whether an endpoint answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// Nobody asked.
    NotAsked,
    /// It answered, after so many milliseconds where that was measured.
    Reachable(Option<u64>),
    /// It runs in this process.
    Inside {
        /// Parameters of its model.
        parameters: u64,
        /// True for the model that ships with `pw`, which knows weather only.
        weather: bool,
    },
    /// It did not answer, and why.
    Unreachable(String),
}

/// Whether the key of an endpoint is there; never the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyState {
    /// It needs none.
    NotNeeded,
    /// This variable holds it.
    Present(String),
    /// This variable should hold it.
    Missing(String),
}

/// What tokens cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Price {
    /// Declared free.
    Free,
    /// Cost of a machine, imputed.
    Imputed,
    /// Price of a token read and of a token written.
    PerToken {
        /// Read.
        input: Rate,
        /// Written.
        output: Rate,
    },
    /// No book names it.
    Unknown,
}

/// Lays out models in the order given; the endpoint's name stands once.
pub fn models(lines: &[ModelLine], view: &View) -> String {
    let lang = view.lang;
    if lines.is_empty() {
        return format!("{}\n", lang.no_endpoints());
    }
    let mut table = Table::new([
        (lang.endpoint(), Align::Left),
        (lang.model(), Align::Left),
        (lang.state(), Align::Left),
        (lang.price(), Align::Right),
        (lang.key(), Align::Left),
        (lang.context(), Align::Right),
        (lang.slots(), Align::Right),
        (lang.price_date(), Align::Left),
    ])
    .yields(1, 16);
    let mut last = None;
    for line in lines {
        let endpoint = if last == Some(&line.endpoint) {
            ""
        } else {
            &line.endpoint
        };
        last = Some(&line.endpoint);
        table.row(vec![
            safe::line(endpoint).into(),
            line.model
                .as_deref()
                .map_or_else(|| "-".to_owned(), safe::line)
                .into(),
            reach(&line.reach, lang),
            price(line.price, lang),
            key(&line.key, lang),
            line.context.map_or_else(|| "-".to_owned(), count).into(),
            line.slots
                .map_or_else(|| "-".to_owned(), |slots| count(slots.into()))
                .into(),
            Piece::new(
                DIM,
                line.price_date
                    .as_deref()
                    .map_or_else(|| "-".to_owned(), safe::line),
            ),
        ]);
    }
    let mut text = table.lay(view.width, view.styled).lines.join("\n");
    text.push('\n');
    text
}

fn reach(reach: &Reach, lang: Lang) -> Piece {
    match reach {
        Reach::NotAsked => Piece::new(DIM, lang.not_asked()),
        Reach::Reachable(None) => Piece::new(GOOD, lang.reachable()),
        Reach::Reachable(Some(ms)) => Piece::new(GOOD, lang.reachable_in(&millis(*ms))),
        Reach::Inside {
            parameters,
            weather,
        } => {
            let millions = millions(*parameters);
            let text = if *weather {
                lang.inside_weather(&millions)
            } else {
                lang.inside(&millions)
            };
            Piece::new(GOOD, text)
        }
        Reach::Unreachable(why) => Piece::new(BAD, lang.unreachable(&safe::line(why))),
    }
}

/// Writes a number of parameters: `2.0 M`.
fn millions(parameters: u64) -> String {
    let tenths = (parameters + 50_000) / 100_000;
    format!("{}.{} M", tenths / 10, tenths % 10)
}

/// A rate in attodollars a token is the same number in picodollars for a million tokens.
fn price(price: Price, lang: Lang) -> Piece {
    let million = |rate: Rate| digits(Usd::from_picos(rate.attos()));
    match price {
        Price::Free => Piece::new(PLAIN, lang.free()),
        Price::Imputed => Piece::new(PLAIN, lang.imputed_price()),
        Price::PerToken { input, output } => {
            format!("{}, {}", million(input), million(output)).into()
        }
        Price::Unknown => Piece::new(DOUBT, lang.unknown()),
    }
}

fn key(key: &KeyState, lang: Lang) -> Piece {
    match key {
        KeyState::NotNeeded => Piece::new(DIM, lang.no_key_needed()),
        KeyState::Present(name) => Piece::new(PLAIN, safe::line(name)),
        KeyState::Missing(name) => Piece::new(BAD, lang.key_missing(&safe::line(name))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<ModelLine> {
        let line = |endpoint: &str, model: &str| ModelLine {
            endpoint: endpoint.to_owned(),
            model: Some(model.to_owned()),
            reach: Reach::NotAsked,
            key: KeyState::Present("OPENAI_API_KEY".to_owned()),
            context: Some(400_000),
            slots: None,
            price: Price::PerToken {
                input: Rate::from_attos(250_000_000_000),
                output: Rate::from_attos(2_000_000_000_000),
            },
            price_date: Some("2026-10-01".to_owned()),
        };
        vec![
            line("openai", "gpt-5-mini"),
            ModelLine {
                price: Price::Unknown,
                price_date: None,
                ..line("openai", "我的-部署")
            },
            ModelLine {
                reach: Reach::Reachable(Some(12)),
                key: KeyState::NotNeeded,
                context: Some(8_192),
                slots: Some(4),
                price: Price::Free,
                price_date: None,
                ..line("local", "qwen3-8b")
            },
            ModelLine {
                reach: Reach::Inside {
                    parameters: 1_967_808,
                    weather: true,
                },
                key: KeyState::NotNeeded,
                context: Some(512),
                slots: Some(2),
                price: Price::Free,
                price_date: None,
                ..line("embedded", "weather")
            },
        ]
    }

    #[test]
    fn models_stand_under_their_endpoint_with_prices_a_million() {
        insta::assert_snapshot!(models(&sample(), &View { width: 132, ..View::plain() }), @r"
        endpoint   model        state                            $ / 1M in, out   key              context   slots   price of
        openai     gpt-5-mini   not asked                            0.25, 2.00   OPENAI_API_KEY   400,000       -   2026-10-01
                   我的-部署    not asked                               unknown   OPENAI_API_KEY   400,000       -   -
        local      qwen3-8b     reachable, 12 ms                           free   none needed        8,192       4   -
        embedded   weather      2.0 M parameters, weather only             free   none needed          512       2   -
        ");
        insta::assert_snapshot!(models(&sample(), &View { lang: Lang::Zh, ..View::plain() }), @r"
        端点      模型        状态                $/百万 token 入，出  密钥
        openai    gpt-5-mini  未探测                       0.25, 2.00  OPENAI_API_KEY
                  我的-部署   未探测                             未知  OPENAI_API_KEY
        local     qwen3-8b    可达，12 ms                        免费  无需
        embedded  weather     2.0 M 参数，仅天气                 免费  无需
        ");
    }

    #[test]
    fn no_endpoint_is_said() {
        assert_eq!(models(&[], &View::plain()), "no endpoints\n");
    }
}
