//! A distribution as `compare.toml` writes it, and whether it fits.

use crate::domain::{and_list, nearest};
use crate::economics::dist::Dist;
use crate::economics::keys::Range;

/// A value in the table of a distribution.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Field {
    Word(String),
    Number(f64),
    Numbers(Vec<f64>),
    /// Anything else, by its type.
    Other(&'static str),
}

/// Each distribution with what it takes.
const KINDS: [(&str, &[&str]); 7] = [
    ("fixed", &["value"]),
    ("normal", &["mean", "sd"]),
    ("lognormal", &["p5", "p95"]),
    ("beta", &["passed", "cases"]),
    ("pert", &["low", "mode", "high"]),
    ("uniform", &["low", "high"]),
    ("discrete", &["values", "weights"]),
];

/// How much of a distribution without ends may lie outside of a key's range; that much is cut off when drawing.
const MOST_OUTSIDE: f64 = 0.05;

/// What was found, and what was expected.
pub(super) type Misfit = (String, String);

/// A number that is known, or a distribution.
pub(super) enum Read {
    Fixed(f64),
    Unsure(Dist),
}

/// Reads the table of a distribution.
pub(super) fn read(fields: &[(String, Field)], range: &Range) -> Result<Read, Misfit> {
    let kinds: Vec<&str> = KINDS.iter().map(|(kind, _)| *kind).collect();
    let named = fields.iter().find(|(name, _)| name == "dist");
    let Some((_, Field::Word(kind))) = named else {
        let found = "a table without `dist`".to_owned();
        return Err((
            found,
            format!("a number, or `dist` of {}", and_list(&kinds, 9)),
        ));
    };
    let Some((_, parameters)) = KINDS.iter().find(|(known, _)| known == kind) else {
        let meant = nearest(kind, kinds.iter().copied());
        let meant = meant.map_or_else(
            || format!("one of {}", and_list(&kinds, 9)),
            |name| format!("`{name}`"),
        );
        return Err((format!("the distribution `{kind}`"), meant));
    };
    let strangers: Vec<&String> = fields
        .iter()
        .map(|(name, _)| name)
        .filter(|name| *name != "dist" && !parameters.contains(&name.as_str()))
        .collect();
    let takes = || format!("`{kind}` with {}", and_list(parameters, 9));
    if !strangers.is_empty() {
        let found = format!("`{kind}` with {}", and_list(&strangers, 9));
        return Err((found, takes()));
    }
    let given = |name: &str| fields.iter().find(|(known, _)| known == name);
    let number = |name: &str| match given(name) {
        Some((_, Field::Number(x))) => Ok(*x),
        Some((_, other)) => Err((
            format!("`{kind}` whose `{name}` is {}", type_of(other)),
            takes(),
        )),
        None => Err((format!("`{kind}` without `{name}`"), takes())),
    };
    let numbers = |name: &str| match given(name) {
        Some((_, Field::Numbers(all))) => Ok(all.clone()),
        Some((_, other)) => Err((
            format!("`{kind}` whose `{name}` is {}", type_of(other)),
            takes(),
        )),
        None => Err((format!("`{kind}` without `{name}`"), takes())),
    };
    let dist = match kind.as_str() {
        "fixed" => return Ok(Read::Fixed(number("value")?)),
        "normal" => normal(number("mean")?, number("sd")?)?,
        "lognormal" => lognormal(number("p5")?, number("p95")?)?,
        "beta" => beta(number("passed")?, number("cases")?)?,
        "pert" => pert(number("low")?, number("mode")?, number("high")?)?,
        "uniform" => uniform(number("low")?, number("high")?)?,
        _ => discrete(numbers("values")?, numbers("weights")?)?,
    };
    fits(dist, range).map(Read::Unsure)
}

fn type_of(field: &Field) -> &'static str {
    match field {
        Field::Word(_) => "a string",
        Field::Number(_) => "a number",
        Field::Numbers(_) => "a list of numbers",
        Field::Other(kind) => kind,
    }
}

fn misfit<T>(found: String, expected: &str) -> Result<T, Misfit> {
    Err((found, expected.to_owned()))
}

fn normal(mean: f64, sd: f64) -> Result<Dist, Misfit> {
    if sd > 0.0 {
        return Ok(Dist::Normal { mean, sd });
    }
    misfit(format!("`normal` with sd = {sd}"), "sd above 0")
}

fn lognormal(p5: f64, p95: f64) -> Result<Dist, Misfit> {
    if 0.0 < p5 && p5 < p95 {
        return Ok(Dist::Lognormal { p5, p95 });
    }
    misfit(
        format!("`lognormal` with p5 = {p5} and p95 = {p95}"),
        "0 < p5 < p95",
    )
}

fn beta(passed: f64, cases: f64) -> Result<Dist, Misfit> {
    if 0.0 <= passed && passed <= cases && cases > 0.0 {
        return Ok(Dist::Beta { passed, cases });
    }
    misfit(
        format!("`beta` with passed = {passed} of cases = {cases}"),
        "0 <= passed <= cases, and cases above 0",
    )
}

fn pert(low: f64, mode: f64, high: f64) -> Result<Dist, Misfit> {
    if low <= mode && mode <= high && low < high {
        return Ok(Dist::Pert { low, mode, high });
    }
    misfit(
        format!("`pert` with low = {low}, mode = {mode} and high = {high}"),
        "low <= mode <= high, and low below high",
    )
}

fn uniform(low: f64, high: f64) -> Result<Dist, Misfit> {
    if low < high {
        return Ok(Dist::Uniform { low, high });
    }
    misfit(
        format!("`uniform` with low = {low} and high = {high}"),
        "low below high",
    )
}

fn discrete(values: Vec<f64>, mut weights: Vec<f64>) -> Result<Dist, Misfit> {
    let sum: f64 = weights.iter().sum();
    if values.is_empty() || values.len() != weights.len() {
        return misfit(
            format!(
                "`discrete` with {} values and {} weights",
                values.len(),
                weights.len()
            ),
            "a weight for each value, and one value at least",
        );
    }
    if weights.iter().any(|weight| *weight < 0.0) || sum <= 0.0 {
        return misfit(
            format!("`discrete` with weights that sum to {sum}"),
            "weights from 0 on, of which one is above 0",
        );
    }
    for weight in &mut weights {
        *weight /= sum;
    }
    Ok(Dist::Discrete { values, weights })
}

fn fits(dist: Dist, range: &Range) -> Result<Dist, Misfit> {
    let outside = dist.outside(range.low, range.high);
    let broken = |values: &[f64]| values.iter().any(|x| x.fract() != 0.0);
    let whole = match &dist {
        Dist::Discrete { values, .. } => !broken(values),
        _ => false,
    };
    if outside > MOST_OUTSIDE {
        let found = match &dist {
            Dist::Normal { .. } | Dist::Lognormal { .. } => format!(
                "`{}` with {:.0} % of it outside the bounds of this key",
                dist.word(),
                outside * 100.0
            ),
            _ => format!("`{}` beyond the bounds of this key", dist.word()),
        };
        return misfit(found, range.expected);
    }
    if range.whole && !whole {
        return misfit(
            format!("`{}` of a number that is whole", dist.word()),
            "a whole number, or `discrete` with whole values",
        );
    }
    Ok(dist)
}
