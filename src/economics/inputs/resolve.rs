//! What a file leaves out: defaults, the price book, numbers that follow from others, and what has to be asked for.

use jiff::civil::Date;

use crate::domain::Place;
use crate::economics::curve::{Curve, Effort, Point, last_quality};
use crate::economics::dist::Dist;
use crate::economics::draws::Uncertain;
use crate::economics::gpu::Method;
use crate::economics::inputs::book::{self, Prices, Quote};
use crate::economics::inputs::document::{self, Document, Given};
use crate::economics::inputs::error::{Flaw, InputsError};
use crate::economics::inputs::{InputLine, Inputs, Provenance, Shown};
use crate::economics::keys::{self, Key, UnlessGiven};
use crate::economics::training::openai_epochs;
use crate::economics::world::World;

/// Days of an average month.
const DAYS_OF_A_MONTH: f64 = 365.25 / 12.0;
/// The horizon where none is given and the base model lives long enough.
const HORIZON: f64 = 12.0;
/// δ of a pinned model: list prices of OpenAI and Anthropic, 2024-01 to 2025-09.
const DRIFT: f64 = -0.04;
const DRAWS: u64 = 10_000;
const SEED: u64 = 1;

/// Reads a file and fills what it leaves out. `today` stands for an `as_of` that is not given.
pub(crate) fn read(
    text: &str,
    file: &str,
    today: Date,
    prices: &Prices<'_>,
) -> Result<Inputs, InputsError> {
    let mut document = document::read(text, file);
    let flaws = std::mem::take(&mut document.flaws);
    let mut resolver = Resolver {
        file,
        document,
        flaws,
        missing: Vec::new(),
        inputs: Inputs {
            as_of: today,
            seed: SEED,
            draws: 0,
            world: World::default(),
            schedules: crate::economics::world::Schedules::default(),
            uncertain: Vec::new(),
            available_until: None,
            base_model_until: None,
            prompt_points: Vec::new(),
            finetune_points: Vec::new(),
            lines: Vec::new(),
        },
        quotes: [None, None],
    };
    resolver.words();
    resolver.quotes(prices);
    for key in keys::all() {
        resolver.number(key);
    }
    resolver.end()
}

struct Resolver<'a> {
    file: &'a str,
    document: Document,
    flaws: Vec<Flaw>,
    missing: Vec<String>,
    inputs: Inputs,
    /// What the book says of the prompt's model and of the tuned one.
    quotes: [Option<Quote>; 2],
}

/// Where a number that was left open comes from.
enum Open {
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

const NOTHING: &str = "not given, so none";
const ASSUMED: &str = "assumption";

impl Resolver<'_> {
    fn given(&self, key: &str) -> Option<&Given> {
        self.document.given.get(key).map(|(_, given)| given)
    }

    fn has(&self, key: &str) -> bool {
        self.document.given.contains_key(key)
    }

    fn has_table(&self, table: &str) -> bool {
        let keys = self.document.given.keys();
        keys.map(String::as_str).any(|key| {
            key.strip_prefix(table)
                .is_some_and(|rest| rest.starts_with('.'))
        })
    }

    /// Returns a number, or the mean of what it may be.
    fn mean(&self, key: &str) -> Option<f64> {
        match self.given(key)? {
            Given::Number(number) => Some(*number),
            Given::Unsure(dist) => Some(dist.mean()),
            _ => None,
        }
    }

    fn place(&self, key: &str) -> Place {
        Place {
            file: self.file.to_owned(),
            line: self.document.given.get(key).map_or(1, |(line, _)| *line),
        }
    }

    fn text(&self, key: &str) -> Option<&str> {
        match self.given(key)? {
            Given::Text(text) => Some(text),
            _ => None,
        }
    }

    fn day(&self, key: &str) -> Option<Date> {
        match self.given(key)? {
            Given::Day(day) => Some(*day),
            _ => None,
        }
    }

    fn points(&self, key: &str) -> Vec<Point> {
        match self.given(key) {
            Some(Given::Points(points)) => points.clone(),
            _ => Vec::new(),
        }
    }

    fn whole(&mut self, key: &str, default: u64) -> u64 {
        let (value, provenance, source) = match self.given(key) {
            Some(Given::Whole(value)) => (*value, Provenance::Yours, self.place(key).to_string()),
            _ => (default, Provenance::Assumed, ASSUMED.to_owned()),
        };
        self.line(key, Shown::Number(book::real(value)), provenance, source);
        value
    }

    fn line(&mut self, key: &str, value: Shown, provenance: Provenance, source: String) {
        self.inputs.lines.push(InputLine {
            key: key.to_owned(),
            value,
            dist: None,
            provenance,
            source,
            date: None,
        });
    }

    fn words(&mut self) {
        let inputs = &mut self.inputs;
        inputs.as_of = match self.document.given.get("as_of") {
            Some((_, Given::Day(day))) => *day,
            _ => inputs.as_of,
        };
        for (key, shown) in self.shown_words() {
            let source = self.place(&key).to_string();
            self.line(&key, Shown::Text(shown), Provenance::Yours, source);
        }
        let as_of = self.inputs.as_of.to_string();
        if !self.has("as_of") {
            let source = "today".to_owned();
            self.line("as_of", Shown::Text(as_of), Provenance::Default, source);
        }
        let draws = self.whole("draws", DRAWS);
        self.inputs.draws = usize::try_from(draws).unwrap_or(usize::MAX);
        self.inputs.seed = self.whole("seed", SEED);
        self.inputs.available_until = self.day("finetune.available_until");
        self.inputs.base_model_until = self.day("finetune.base_model_until");
        self.inputs.prompt_points = self.points("prompt.curve");
        self.inputs.finetune_points = self.points("finetune.curve");
        let on = |key: &str| matches!(self.given(key), Some(Given::Switch(true)));
        let reference = self.text("finetune.own_training.objective") == Some("dpo");
        let checkpointing = on("finetune.own_training.checkpointing");
        let packing = !matches!(self.given("finetune.packing"), Some(Given::Switch(false)));
        let method = self.text("finetune.own_training.method");
        let method = Method::WORDS
            .iter()
            .find(|(word, _)| Some(*word) == method)
            .map_or(Method::Lora, |(_, method)| *method);
        let with_sunk = self.text("basis") == Some("total");
        let own = self.has_table("finetune.own_training");
        let world = &mut self.inputs.world;
        world.market.with_sunk = with_sunk;
        world.finetune.training.packing = packing;
        if own {
            let own = world.finetune.training.own.get_or_insert_default();
            own.method = method;
            own.reference = reference;
            own.checkpointing = checkpointing;
        }
    }

    fn shown_words(&self) -> Vec<(String, String)> {
        let shown = |given: &Given| match given {
            Given::Text(text) => Some(text.clone()),
            Given::Day(day) => Some(day.to_string()),
            Given::Switch(on) => Some(on.to_string()),
            Given::Points(points) => Some(crate::domain::count(points.len(), "point")),
            Given::Number(_) | Given::Unsure(_) | Given::Whole(_) => None,
        };
        let given = self.document.given.iter();
        given
            .filter_map(|(key, (_, given))| Some((key.clone(), shown(given)?)))
            .collect()
    }

    /// Asks the book for the models that are named and not priced.
    fn quotes(&mut self, prices: &Prices<'_>) {
        let months = match self.given("horizon_months") {
            Some(Given::Unsure(dist)) => dist.quantile(1.0),
            _ => self.mean("horizon_months").unwrap_or(HORIZON),
        };
        for (i, table) in ["prompt", "finetune"].into_iter().enumerate() {
            let key = format!("{table}.model");
            let needless = self.has(&format!("{table}.price.input"))
                || self.has(&format!("{table}.request_usd"))
                || (i == 1 && self.is_dedicated());
            let Some(model) = self.text(&key).filter(|_| !needless) else {
                continue;
            };
            let tokens = ["static_tokens", "input_tokens"]
                .map(|name| self.mean(&format!("{table}.{name}")).unwrap_or(0.0));
            let as_of = self.inputs.as_of;
            match book::quote(prices, model, as_of, months, tokens.iter().sum()) {
                Ok(quote) => self.quotes[i] = Some(quote),
                Err(why) => {
                    let place = self.place(&key);
                    self.flaws.push(Flaw::NoPrice { key, place, why });
                }
            }
        }
    }

    fn is_dedicated(&self) -> bool {
        self.mean("finetune.hosting_usd_per_hour")
            .is_some_and(|usd| usd > 0.0)
    }

    fn number(&mut self, key: &'static Key) {
        let table = key.name.rsplit_once('.').map_or("", |(table, _)| table);
        let optional = ["finetune.own_training", "finetune.reinforcement"];
        if optional.contains(&table) && !self.has_table(table) {
            return;
        }
        match self.given(key.name).cloned() {
            Some(Given::Number(value)) => self.set(key, value, Provenance::Yours, None, None),
            Some(Given::Unsure(dist)) => {
                self.set(key, dist.mean(), Provenance::Yours, None, None);
                self.unsure(key, dist);
            }
            _ => self.fill(key),
        }
    }

    fn fill(&mut self, key: &'static Key) {
        let open = match key.unless_given {
            UnlessGiven::Found(value, source, date) => Open::Value(
                value,
                Provenance::Default,
                source.to_owned(),
                Some(date.to_owned()).filter(|date| date != "-"),
            ),
            UnlessGiven::Assumed(value) => {
                Open::Value(value, Provenance::Assumed, ASSUMED.to_owned(), None)
            }
            UnlessGiven::Nothing(value) => {
                Open::Value(value, Provenance::Nothing, NOTHING.to_owned(), None)
            }
            UnlessGiven::Open => self.open(key.name),
        };
        match open {
            Open::Absent => {}
            Open::Value(value, provenance, source, date) => {
                self.set(key, value, provenance, Some(source), date);
            }
            Open::Unsure(dist, source) => {
                let mean = dist.mean();
                self.set(key, mean, Provenance::Assumed, Some(source), None);
                self.unsure(key, dist);
            }
            Open::Follows(name) => self.follow(key, name),
            Open::Missing => self.missing.push(key.name.to_owned()),
        }
    }

    fn set(
        &mut self,
        key: &Key,
        value: f64,
        provenance: Provenance,
        source: Option<String>,
        date: Option<String>,
    ) {
        (key.set)(&mut self.inputs.world, value);
        let source = source.unwrap_or_else(|| self.place(key.name).to_string());
        self.inputs.lines.push(InputLine {
            key: key.name.to_owned(),
            value: Shown::Number(value),
            dist: None,
            provenance,
            source,
            date,
        });
    }

    fn unsure(&mut self, key: &'static Key, dist: Dist) {
        if let Some(line) = self.inputs.lines.last_mut() {
            line.dist = Some(dist.clone());
        }
        self.inputs.uncertain.push(Uncertain {
            key,
            dist,
            follower: None,
        });
    }

    fn follow(&mut self, key: &'static Key, name: &str) {
        let value = keys::find(name).and_then(|leader| (leader.get)(&self.inputs.world));
        let source = format!("as `{name}`");
        let value = value.unwrap_or(0.0);
        self.set(key, value, Provenance::Derived, Some(source), None);
        let mut uncertain = self.inputs.uncertain.iter_mut();
        if let Some(leader) = uncertain.find(|one| one.key.name == name) {
            leader.follower = Some(key);
        }
    }

    /// Says where a number comes from that has no default of its own.
    fn open(&self, name: &str) -> Open {
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
            "price_drift_annual" => none(),
            "input_tokens" if tuned => Open::Follows("prompt.input_tokens"),
            "output_tokens" if tuned => Open::Follows("prompt.output_tokens"),
            "reasoning_tokens" if tuned => Open::Follows("prompt.reasoning_tokens"),
            "reasoning_tokens" => none(),
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

    fn end(mut self) -> Result<Inputs, InputsError> {
        let mistyped = |key: &String| self.flaws.iter().any(|flaw| flaw.is_about(key));
        let mut missing = std::mem::take(&mut self.missing);
        missing.retain(|key| !mistyped(key));
        if !missing.is_empty() {
            self.flaws.push(Flaw::Missing {
                file: self.file.to_owned(),
                keys: missing,
            });
        }
        if !self.flaws.is_empty() {
            return Err(InputsError { flaws: self.flaws });
        }
        if !self.has("finetune.epochs") {
            self.inputs.world.finetune.training.epochs = None;
        }
        let [prompt, finetune] = self.quotes;
        self.inputs.schedules.prompt = prompt.map(|quote| quote.steps).unwrap_or_default();
        self.inputs.schedules.finetune = finetune.map(|quote| quote.steps).unwrap_or_default();
        Ok(self.inputs)
    }
}
