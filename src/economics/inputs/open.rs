//! Numbers without a default of their own: from the price book, from other numbers, from learning curves, or to be asked for.

use crate::economics::curve::{Curve, Effort, last_quality};
use crate::economics::dist::Dist;
use crate::economics::inputs::Provenance;
use crate::economics::inputs::book::{self, Quote};
use crate::economics::inputs::resolve::{NOTHING, Resolver};
use crate::economics::keys::{self, UnlessGiven};
use crate::economics::training::openai_epochs;

/// Days of an average month.
const DAYS_OF_A_MONTH: f64 = 365.25 / 12.0;
/// The horizon where none is given and the base model lives long enough.
pub(super) const HORIZON: f64 = 12.0;
/// δ of a pinned model: list prices of OpenAI and Anthropic, 2024-01 to 2025-09.
const DRIFT: f64 = -0.04;
/// Where a number that was left open comes from.
pub(super) enum Open {
    /// Not there, and not shown.
    Absent,
    Value(f64, Provenance, String, Option<String>),
    Unsure(Dist, String),
    /// It follows another key, whatever that is.
    Follows(&'static str),
    Missing,
}

fn derived(value: f64, source: impl Into<String>) -> Open {
    Open::Value(value, Provenance::Derived, source.into(), None)
}

impl Resolver<'_> {
    /// Says where a number comes from that has no default of its own.
    pub(super) fn open(&self, name: &str) -> Open {
        if let Some((table, field)) = name.split_once('.') {
            if let Some(price) = field.strip_prefix("price.") {
                return self.price(table, price);
            }
            if let Some(open) = self.of_request(table, field) {
                return open;
            }
        }
        match name {
            "horizon_months" => {
                let life = self.life().0.floor();
                derived(
                    HORIZON.min(life).max(1.0),
                    "12, or less where the base model goes before",
                )
            }
            "prompt.quality" => self
                .learned("prompt.curve", Effort::Iterations)
                .unwrap_or(Open::Missing),
            "finetune.quality" => self
                .learned("finetune.curve", Effort::Labels)
                .unwrap_or(Open::Absent),
            "finetune.quality_gain" => self.prior(),
            "finetune.tokens_per_example" => self.unless_invested(),
            "finetune.training_usd_per_mtok" => {
                if self.has_table("finetune.own_training")
                    || self.has_table("finetune.reinforcement")
                {
                    Open::Absent
                } else {
                    self.unless_invested()
                }
            }
            "finetune.epochs" => {
                let labels = keys::find("finetune.labels.count")
                    .and_then(|key| (key.get)(&self.inputs.world))
                    .unwrap_or(0.0);
                self.epochs(labels)
            }
            "finetune.life_left_months" => {
                let (life, source) = self.life();
                derived(life, source)
            }
            "finetune.context_tokens" => match self.quotes[1].as_ref() {
                Some(Quote {
                    context_tokens: Some(tokens),
                    source,
                    date,
                    ..
                }) => Open::Value(
                    book::real(*tokens),
                    Provenance::Book,
                    source.clone(),
                    date.clone(),
                ),
                _ => Open::Absent,
            },
            "volume" | "finetune.own_training.params" | "finetune.reinforcement.hours" => {
                Open::Missing
            }
            _ => Open::Absent,
        }
    }

    /// The number of passes stays open in the world, so that it follows the number of labels; it is shown all the same.
    fn epochs(&self, labels: f64) -> Open {
        if self.has("finetune.investment_usd") || self.has_table("finetune.reinforcement") {
            return Open::Absent;
        }
        let epochs = openai_epochs(labels);
        let source = "OpenAI's rule: 3, more below 34 examples, fewer above 8,333".to_owned();
        Open::Value(
            epochs,
            Provenance::Default,
            source,
            Some("2026-11".to_owned()),
        )
    }

    fn price(&self, table: &str, class: &str) -> Open {
        let tuned = table == "finetune";
        let Some(quote) = &self.quotes[usize::from(tuned)] else {
            let needed = matches!(class, "input" | "output")
                && !self.has(&format!("{table}.request_usd"))
                && !(tuned && self.is_dedicated());
            // One line for a model that has no price is enough.
            let told =
                self.has(&format!("{table}.model")) && !self.has(&format!("{table}.price.input"));
            return if needed && !told {
                Open::Missing
            } else {
                Open::Absent
            };
        };
        let now = &quote.now;
        let price = match class {
            "input" => Some(now.input),
            "output" => Some(now.output),
            "cached_input" => now.cached_input,
            "cache_write" => now.cache_write,
            _ => now.reasoning,
        };
        price.map_or(Open::Absent, |price| {
            Open::Value(
                price,
                Provenance::Book,
                quote.source.clone(),
                quote.date.clone(),
            )
        })
    }

    /// What both paths say of a request.
    fn of_request(&self, table: &str, field: &str) -> Option<Open> {
        let tuned = table == "finetune";
        let none = || Open::Value(0.0, Provenance::Nothing, NOTHING.to_owned(), None);
        Some(match field {
            "price_drift_annual" if self.quotes[usize::from(tuned)].is_some() => Open::Value(
                DRIFT,
                Provenance::Default,
                "list prices of OpenAI and Anthropic, 2024-01 to 2025-09".to_owned(),
                Some("2025-09".to_owned()),
            ),
            "input_tokens" if tuned => Open::Follows("prompt.input_tokens"),
            "output_tokens" if tuned => Open::Follows("prompt.output_tokens"),
            "reasoning_tokens" if tuned => Open::Follows("prompt.reasoning_tokens"),
            "price_drift_annual" | "reasoning_tokens" => none(),
            "input_tokens" | "output_tokens" if self.has("prompt.request_usd") => none(),
            "input_tokens" | "output_tokens" => Open::Missing,
            _ => return None,
        })
    }

    fn unless_invested(&self) -> Open {
        if self.has("finetune.investment_usd") || self.has_table("finetune.reinforcement") {
            Open::Absent
        } else {
            Open::Missing
        }
    }

    /// Returns a quality that a learning curve shows.
    fn learned(&self, key: &str, effort: Effort) -> Option<Open> {
        let points = self.points(key);
        let curve = Curve::fit(&points, effort)?;
        if !curve.extrapolates() {
            return Some(derived(
                last_quality(&points)?,
                format!("last point of `{key}`"),
            ));
        }
        let ahead = match effort {
            Effort::Iterations => curve.seen + self.mean("prompt.iterations").unwrap_or(0.0),
            Effort::Labels => self.mean("finetune.labels.count").unwrap_or(curve.seen),
        };
        let quality = (1.0 - curve.error(ahead)).clamp(0.0, 1.0);
        Some(derived(quality, format!("the curve through `{key}`")))
    }

    /// Returns what is believed of the fine-tuned quality where nothing is measured.
    fn prior(&self) -> Open {
        if self.has("finetune.quality") || self.has("finetune.curve") {
            return Open::Absent;
        }
        let (mean, sd, task) = match self.text("finetune.task") {
            Some("classification") => (0.06, 0.06, "classification"),
            Some("agent") => (-0.03, 0.07, "agents"),
            _ => (0.0, 0.06, "free-form answers"),
        };
        Open::Unsure(
            Dist::Normal { mean, sd },
            format!("assumption for {task}, of low confidence"),
        )
    }

    /// Returns the months that the base model is still served, and how that is known.
    fn life(&self) -> (f64, String) {
        if let Some(months) = self.mean("finetune.life_left_months") {
            return (months, String::new());
        }
        if let Some(until) = self.inputs.base_model_until {
            let days = (until - self.inputs.as_of).get_days();
            return (
                (f64::from(days) / DAYS_OF_A_MONTH).max(0.0),
                "`finetune.base_model_until`".to_owned(),
            );
        }
        let model = keys::find("finetune.model_life_months");
        let default = match model.map(|key| key.unless_given) {
            Some(UnlessGiven::Found(months, ..)) => months,
            _ => HORIZON,
        };
        (
            self.mean("finetune.model_life_months").unwrap_or(default),
            "`finetune.model_life_months`".to_owned(),
        )
    }
}
