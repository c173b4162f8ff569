//! Files as people write them: what is filled in, what is refused.

use jiff::civil::date;

use super::{EXAMPLE, TODAY, example, inputs, near, no_book};
use crate::economics::comparison::Comparison;
use crate::economics::inputs::{InputLine, Inputs, Provenance, Shown, read};

/// The least that has to be said.
const LEAST: &str = "volume = 1000\n[prompt]\nrequest_usd = 0.001\nquality = 0.9\n[finetune]\nrequest_usd = 0.0005\n\
                     tokens_per_example = 500\ntraining_usd_per_mtok = 3\n";

#[track_caller]
fn refused(text: &str) -> String {
    match read(text, "compare.toml", TODAY, &no_book) {
        Ok(_) => panic!("accepted:\n{text}"),
        Err(error) => error.to_string(),
    }
}

#[track_caller]
fn changed(line: &str, instead: &str) -> String {
    assert_eq!(EXAMPLE.matches(line).count(), 1, "`{line}` once");
    refused(&EXAMPLE.replace(line, instead))
}

fn line<'a>(inputs: &'a Inputs, key: &str) -> &'a InputLine {
    let mut lines = inputs.lines.iter();
    lines.find(|line| line.key == key).expect("a line")
}

#[test]
fn what_is_left_out_has_its_default_and_says_so() {
    let inputs = inputs(LEAST);
    let found = |key: &str| {
        let line = line(&inputs, key);
        let Shown::Number(value) = line.value else {
            panic!("{key} is no number")
        };
        (value, line.provenance)
    };
    for (key, value, provenance) in [
        ("volume", 1000.0, Provenance::Yours),
        ("horizon_months", 12.0, Provenance::Derived),
        ("discount_annual", 0.1, Provenance::Default),
        ("engineer_usd_per_hour", 92.0, Provenance::Default),
        ("growth_monthly", 0.0, Provenance::Nothing),
        ("prompt.retry", 0.01, Provenance::Assumed),
        ("prompt.hours_per_iteration", 0.24, Provenance::Default),
        ("prompt.price_drift_annual", 0.0, Provenance::Nothing),
        ("finetune.labels.count", 500.0, Provenance::Default),
        ("finetune.labels.human_usd", 0.8, Provenance::Assumed),
        ("finetune.epochs", 3.0, Provenance::Default),
        ("finetune.life_left_months", 18.0, Provenance::Derived),
        ("finetune.quality_gain", 0.0, Provenance::Assumed),
        ("draws", 10_000.0, Provenance::Assumed),
    ] {
        assert_eq!(found(key), (value, provenance), "{key}");
    }
    assert_eq!(line(&inputs, "volume").source, "compare.toml:1");
    assert_eq!(
        line(&inputs, "discount_annual").date.as_deref(),
        Some("2026-01")
    );
    assert_eq!(inputs.as_of, TODAY);
    // Nothing measured: the gain in quality is the prior.
    assert_eq!(inputs.uncertain.len(), 1);
    near(inputs.world.finetune.quality(0.9), 0.9);
}

/// The number of passes follows the number of labels, in every world.
#[test]
fn epochs_follow_the_labels() {
    let few = LEAST.to_owned() + "labels = { count = 20 }\n";
    let world = inputs(&few).world;
    near(
        world.finetune.training.billed_tokens(20.0),
        5.0 * 20.0 * 500.0,
    );
    near(
        world.finetune.training.billed_tokens(500.0),
        3.0 * 500.0 * 500.0,
    );
}

#[test]
fn a_tuned_request_has_the_prompts_tokens_unless_it_says_otherwise() {
    let text = EXAMPLE.replace(
        "input_tokens = 350",
        "input_tokens = { dist = \"uniform\", low = 300, high = 400 }",
    );
    let inputs = inputs(&text);
    near(inputs.world.finetune.request.input_tokens, 350.0);
    let mut world = inputs.world;
    inputs.uncertain[0].set(&mut world, 310.0);
    near(world.prompt.request.input_tokens, 310.0);
    near(world.finetune.request.input_tokens, 310.0);
    near(world.finetune.request.static_tokens, 100.0);
}

/// A line of the example, what is written in its place, and what is said of it.
const MISTAKES: [(&str, &str, &str); 32] = [
    (
        "volume = 300_000",
        "volme = 300_000",
        "unknown key `volme` at `compare.toml:5`, did you mean `volume`?",
    ),
    (
        "volume = 300_000",
        "volume = -5",
        "`volume` at `compare.toml:5` is `-5`, expected requests from 1 to 1e12",
    ),
    ("volume = 300_000", "volume = 3e99", "is `3000"),
    (
        "volume = 300_000",
        "volume = nan",
        "is a float, expected requests from 1 to 1e12, or a table with `dist`",
    ),
    (
        "volume = 300_000",
        "volume = \"many\"",
        "is a string, expected requests",
    ),
    (
        "quality = 0.89",
        "quality = 1.2",
        "`prompt.quality` at `compare.toml:27` is `1.2`, expected a share from 0 to 1",
    ),
    (
        "quality = 0.89",
        "quality = 89",
        "is `89`, expected a share from 0 to 1",
    ),
    (
        "cache_hit = 0.85",
        "cachehit = 0.85",
        "did you mean `cache_hit`?",
    ),
    (
        "horizon_months = 12",
        "horizon_months = 12.5",
        "is `12.5`, expected whole months from 1 to 240",
    ),
    (
        "horizon_months = 12",
        "horizon_months = 0",
        "expected whole months from 1 to 240",
    ),
    (
        "basis = \"forward\"",
        "basis = \"forwards\"",
        "is `forwards`, expected one of `forward` and `total`",
    ),
    (
        "as_of = 2026-11-24",
        "as_of = \"soon\"",
        "is `soon`, expected a day such as 2026-11-24",
    ),
    (
        "draws = 10_000",
        "draws = 3",
        "is `3`, expected a whole number from 100 to 1000000",
    ),
    (
        "retry = 0.02",
        "retry = { dist = \"gauss\", mean = 0, sd = 1 }",
        "is the distribution `gauss`, expected one of",
    ),
    (
        "retry = 0.02",
        "retry = { dist = \"norml\", mean = 0, sd = 1 }",
        "is the distribution `norml`, expected `normal`",
    ),
    (
        "retry = 0.02",
        "retry = { mean = 0, sd = 1 }",
        "is a table without `dist`",
    ),
    (
        "retry = 0.02",
        "retry = { dist = \"normal\", mean = 0.5, std = 0.1 }",
        "is `normal` with `std`, expected `normal` with `mean` and `sd`",
    ),
    (
        "retry = 0.02",
        "retry = { dist = \"normal\", mean = 0.5 }",
        "is `normal` without `sd`",
    ),
    (
        "retry = 0.02",
        "retry = { dist = \"normal\", mean = 0.5, sd = -1 }",
        "is `normal` with sd = -1, expected sd above 0",
    ),
    (
        "retry = 0.02",
        "retry = { dist = \"beta\", passed = 12, cases = 10 }",
        "passed = 12 of cases = 10",
    ),
    (
        "retry = 0.02",
        "retry = { dist = \"pert\", low = 0.3, mode = 0.2, high = 0.4 }",
        "expected low <= mode <= high",
    ),
    (
        "retry = 0.02",
        "retry = { dist = \"uniform\", low = 0.5, high = 0.2 }",
        "expected low below high",
    ),
    (
        "retry = 0.02",
        "retry = { dist = \"uniform\", low = 0.5, high = 1.5 }",
        "is `uniform` beyond the bounds of this key, expected a share from 0 to 1",
    ),
    (
        "retry = 0.02",
        "retry = { dist = \"discrete\", values = [0.1, 0.2], weights = [1] }",
        "2 values and 1 weights",
    ),
    (
        "retry = 0.02",
        "retry = { dist = \"discrete\", values = [0.1, 7], weights = [1, 1] }",
        "is `discrete` beyond the bounds",
    ),
    (
        "retry = 0.02",
        "retry = { dist = \"lognormal\", p5 = 0.4, p95 = 0.2 }",
        "expected 0 < p5 < p95",
    ),
    (
        "quality = 0.89",
        "quality = { dist = \"normal\", mean = 0.95, sd = 0.2 }",
        "40 % of it outside the bounds of this key",
    ),
    (
        "max_retries = 2",
        "max_retries = { dist = \"uniform\", low = 1, high = 3 }",
        "of a number that is whole",
    ),
    (
        "maintain_usd = 0.0",
        "maintain_usd = 0.0\ncurve = [[0, 140, 200], [1, 300, 200]]",
        "the row [1.0, 300.0, 200.0]",
    ),
    (
        "maintain_usd = 0.0",
        "maintain_usd = 0.0\ncurve = [[0, 140]]",
        "rows of three numbers",
    ),
    (
        "labels = {",
        "labels = { human = 1,",
        "unknown key `finetune.labels.human`",
    ),
    ("replicas = 1", "replicas = 1 1", "is not TOML"),
];

#[test]
fn mistakes_are_named_with_their_line_and_what_was_meant() {
    for (line, instead, says) in MISTAKES {
        let found = changed(line, instead);
        assert!(found.contains(says), "{instead}\n{found}");
    }
}

#[test]
fn everything_that_is_missing_is_asked_for_at_once() {
    let found = refused("[prompt]\nprice = { input = 1 }\n");
    for key in [
        "volume",
        "prompt.price.output",
        "prompt.input_tokens",
        "prompt.output_tokens",
        "prompt.quality",
        "finetune.price.input",
        "finetune.tokens_per_example",
        "finetune.training_usd_per_mtok",
    ] {
        assert!(found.contains(&format!("`{key}`")), "{key}\n{found}");
    }
    let found = refused(&LEAST.replace(
        "request_usd = 0.001",
        "model = \"openai/nothing\"\ninput_tokens = 1\noutput_tokens = 1",
    ));
    assert_eq!(
        found,
        "`prompt.model` at `compare.toml:3`: no price of `openai/nothing`"
    );
}

#[test]
fn all_mistakes_are_told_together() {
    let found = refused(
        &EXAMPLE
            .replace("quality = 0.89", "quality = 2")
            .replace("replicas = 1", "replica = 1"),
    );
    assert!(
        found.starts_with("found 2 mistakes\n  `prompt.quality`"),
        "{found}"
    );
}

#[test]
fn a_book_gives_prices_with_their_steps() {
    let book = |model: &str, day| {
        let at = jiff::tz::Offset::UTC
            .to_timestamp(jiff::civil::Date::at(day, 0, 0, 0, 0))
            .map_err(|error| error.to_string())?;
        crate::pricing::offer(model, at)
            .map(|offer| offer.price)
            .map_err(|gap| gap.to_string())
    };
    let text = |as_of: &str| {
        EXAMPLE
            .replace("as_of = 2026-11-24", as_of)
            .replace("price_drift_annual = 0.0\n", "")
            .replace(
                "price = { input = 0.4, cached_input = 0.1, cache_write = 0.4, output = 1.6, reasoning = 1.6 }",
                "model = \"anthropic/claude-sonnet-5\"",
            )
    };
    let inputs = read(&text("as_of = 2026-07-15"), "c.toml", TODAY, &book).expect("priced");
    let price = &inputs.world.prompt.request.price;
    near(price.input, 2.0);
    near(price.output, 10.0);
    // $3 and $15 from 2026-09-01: in force at the start of the third month, counted from 15 July.
    let (month, later) = inputs.schedules.prompt[0];
    near(month, 3.0);
    near(later.input, 3.0);
    near(later.output, 15.0);
    assert_eq!(
        line(&inputs, "prompt.price.input").provenance,
        Provenance::Book
    );
    near(inputs.world.prompt.request.price_drift_annual, -0.04);
    let before = inputs
        .world
        .prompt_path(&inputs.schedules)
        .value(&inputs.world.market);
    let flat = inputs
        .world
        .prompt_path(&super::none())
        .value(&inputs.world.market);
    assert!(before.tokens_usd > flat.tokens_usd);
}

#[test]
fn gates_are_judged_before_any_number() {
    let gates = |changes: &[(&str, &str)]| {
        let inputs = example(changes);
        let comparison = Comparison::of(&inputs);
        let judged: Vec<(&str, Option<bool>)> = comparison
            .gates
            .iter()
            .map(|gate| (gate.kind.word(), gate.met))
            .collect();
        (
            judged,
            comparison.is_hypothetical(),
            comparison.recommends_finetune(),
        )
    };
    let (met, hypothetical, _) = gates(&[]);
    assert_eq!(
        met,
        [
            ("minimum_examples", Some(true)),
            ("context", None),
            ("capacity", None)
        ]
    );
    assert!(!hypothetical);
    let windows = "retrain_usd = 0.0\navailable_until = 2027-01-06\nbase_model_until = 2027-01-14";
    let (met, hypothetical, recommended) = gates(&[
        ("retrain_usd = 0.0", windows),
        ("volume = 300_000", "volume = 7_000_000"),
        ("replicas = 1", "replicas = 1\ntokens_per_second = 4000"),
    ]);
    assert_eq!(
        met,
        [
            ("jobs_accepted", Some(true)),
            ("base_model", Some(false)),
            ("horizon", Some(false)),
            ("minimum_examples", Some(true)),
            ("context", None),
            ("capacity", Some(true))
        ]
    );
    assert!(hypothetical && !recommended);
    let (met, ..) = gates(&[
        ("as_of = 2026-11-24", "as_of = 2027-01-06"),
        (
            "retrain_usd = 0.0",
            "retrain_usd = 0.0\navailable_until = 2027-01-06\ncontext_tokens = 500",
        ),
        ("labels = { count = 2000", "labels = { count = 9"),
        ("replicas = 1", "replicas = 1\ntokens_per_second = 100"),
    ]);
    assert_eq!(
        met,
        [
            ("jobs_accepted", Some(false)),
            ("minimum_examples", Some(false)),
            ("context", Some(false)),
            ("capacity", Some(false))
        ]
    );
    let own = "own_training = { params = 70e9, method = \"full\", gpus = 4 }";
    let (met, ..) = gates(&[("training_usd_per_mtok = 0.50", own)]);
    assert!(met.contains(&("memory", Some(false))));
}

/// A base model that goes within the horizon shortens the one that nobody gave, and forces renewals of one that was.
#[test]
fn the_horizon_ends_with_the_base_model_unless_it_was_given() {
    let until = (
        "retrain_usd = 0.0",
        "retrain_usd = 700\nbase_model_until = 2027-05-24",
    );
    let shortened = example(&[until, ("horizon_months = 12\n", "")]);
    near(shortened.world.market.horizon_months, 5.0);
    let given = example(&[until]);
    let value = given
        .world
        .finetune_path(&super::none())
        .value(&given.world.market);
    near(value.maintenance_usd, 700.0 * 1.1_f64.powf(-6.0 / 12.0));
    assert_eq!(given.base_model_until, Some(date(2027, 5, 24)));
}

/// A quality that was not given is read off the learning curve, if that may be believed.
#[test]
fn a_curve_stands_for_a_quality() {
    let curve =
        "curve = [[0, 280, 400], [1, 313, 400], [3, 339, 400], [7, 357, 400], [15, 368, 400]]";
    let learned = example(&[("quality = 0.89\n", &format!("{curve}\n"))]);
    let quality = learned.world.prompt.quality;
    assert!((0.93..0.96).contains(&quality), "{quality}");
    let comparison = Comparison::of(&learned);
    let learning = comparison.prompt_curve.expect("a curve");
    assert!(learning.curve.extrapolates() && learning.optimum.is_some());
    let short = example(&[(
        "quality = 0.89\n",
        "curve = [[0, 140, 200], [1, 158, 200]]\n",
    )]);
    near(short.world.prompt.quality, 0.79);
}
