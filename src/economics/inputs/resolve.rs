//! What a file leaves out: defaults, the price book, numbers that follow from others, and what has to be asked for.

use jiff::civil::Date;

use crate::domain::Place;
use crate::economics::curve::Point;
use crate::economics::dist::Dist;
use crate::economics::draws::Uncertain;
use crate::economics::gpu::Method;
use crate::economics::inputs::book::{self, Prices, Quote};
use crate::economics::inputs::document::{self, Document, Given};
use crate::economics::inputs::error::{Flaw, InputsError};
use crate::economics::inputs::open::{HORIZON, Open};
use crate::economics::inputs::{InputLine, Inputs, Provenance, Shown};
use crate::economics::keys::{self, Key, UnlessGiven};
use crate::economics::world::World;

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

pub(super) struct Resolver<'a> {
    file: &'a str,
    document: Document,
    flaws: Vec<Flaw>,
    missing: Vec<String>,
    pub(super) inputs: Inputs,
    /// What the book says of the prompt's model and of the tuned one.
    pub(super) quotes: [Option<Quote>; 2],
}

pub(super) const NOTHING: &str = "not given, so none";
const ASSUMED: &str = "assumption";

impl Resolver<'_> {
    fn given(&self, key: &str) -> Option<&Given> {
        self.document.given.get(key).map(|(_, given)| given)
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.document.given.contains_key(key)
    }

    pub(super) fn has_table(&self, table: &str) -> bool {
        let keys = self.document.given.keys();
        keys.map(String::as_str).any(|key| {
            key.strip_prefix(table)
                .is_some_and(|rest| rest.starts_with('.'))
        })
    }

    /// Returns a number, or the mean of what it may be.
    pub(super) fn mean(&self, key: &str) -> Option<f64> {
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

    pub(super) fn text(&self, key: &str) -> Option<&str> {
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

    pub(super) fn points(&self, key: &str) -> Vec<Point> {
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

    pub(super) fn is_dedicated(&self) -> bool {
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
