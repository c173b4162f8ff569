//! At which value of one number both paths cost the same.

use crate::economics::keys::{self, Key};
use crate::economics::world::{Schedules, World};
use crate::stats::edge;

/// Why there is no such value.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(crate) enum NoSolution {
    /// No such number.
    #[error("no number `{key}`{}", .nearest.as_ref().map_or_else(String::new, |name| format!("; did you mean `{name}`?")))]
    Unknown {
        key: String,
        nearest: Option<String>,
    },
    /// A number that jumps.
    #[error(
        "`{key}` takes whole values only, so that no value of it makes both paths cost exactly the same"
    )]
    Whole { key: &'static str },
    /// It takes no part.
    #[error("`{key}` does not change by how much the paths differ in this file")]
    Idle { key: &'static str },
    /// It would have to leave its range.
    #[error(
        "no value of `{key}` makes both paths cost the same: it is {expected}, and the sign of the gain is the same in all of that"
    )]
    OutOfRange {
        key: &'static str,
        expected: &'static str,
    },
}

/// Returns the value of a key at which the gain is 0, all else as it is.
///
/// A number on which the gain depends as a line is solved in closed form; others by bisection, in the sign change that lies
/// nearest to the present value.
pub(crate) fn solve(name: &str, world: &World, schedules: &Schedules) -> Result<f64, NoSolution> {
    let key = keys::find(name).ok_or_else(|| NoSolution::Unknown {
        key: name.to_owned(),
        nearest: crate::domain::nearest(name, keys::all().map(|key| key.name)).map(str::to_owned),
    })?;
    solve_key(key, world, schedules)
}

/// Does the same for a key that is known.
pub(crate) fn solve_key(
    key: &'static Key,
    world: &World,
    schedules: &Schedules,
) -> Result<f64, NoSolution> {
    if key.range.whole {
        return Err(NoSolution::Whole { key: key.name });
    }
    let gain = |value: f64| {
        let mut world = *world;
        (key.set)(&mut world, value);
        world.gain(schedules)
    };
    // A quality that was left to the prior stands where the prior's mean puts it.
    let now = (key.get)(world).unwrap_or_else(|| match key.name {
        "finetune.quality" => world.finetune.quality(world.prompt.quality),
        _ => 0.0,
    });
    let size = scale(world, schedules);
    let range = &key.range;
    if let Some(value) = on_a_line(&gain, now, size, range.low, range.high)
        && (range.low..=range.high).contains(&value)
        && gain(value).abs() <= 1e-9 * size
    {
        return Ok(value);
    }
    let grid = grid(range.low, range.high, now);
    let gains: Vec<f64> = grid.iter().map(|value| gain(*value)).collect();
    let spread = |pick: fn(f64, f64) -> f64| gains.iter().copied().reduce(pick).unwrap_or(0.0);
    if spread(f64::max) - spread(f64::min) <= 1e-12 * size {
        return Err(NoSolution::Idle { key: key.name });
    }
    let crossings = grid.windows(2).zip(gains.windows(2));
    crossings
        .filter(|(_, gains)| (gains[0] > 0.0) != (gains[1] > 0.0))
        .map(|(at, gains)| {
            let held = gains[0] > 0.0;
            edge(at[0], at[1], |value| (gain(value) > 0.0) == held)
        })
        // A jump over 0 is no solution.
        .filter(|value| gain(*value).abs() <= 1e-6 * size)
        .min_by(|a, b| (a - now).abs().total_cmp(&(b - now).abs()))
        .ok_or(NoSolution::OutOfRange {
            key: key.name,
            expected: range.expected,
        })
}

/// Returns the size of what is compared, in US dollars: what a gain of nothing is measured against.
fn scale(world: &World, schedules: &Schedules) -> f64 {
    let (prompt, finetune) = world.values(schedules);
    prompt
        .total_usd()
        .abs()
        .max(finetune.total_usd().abs())
        .max(1e-9)
}

/// Returns where the line through two values near `now` meets 0, if a third lies on it.
fn on_a_line(gain: &impl Fn(f64) -> f64, now: f64, size: f64, low: f64, high: f64) -> Option<f64> {
    let step = 0.25 * now.abs().max(1e-3 * (high - low).min(1.0));
    let ahead = if now + 2.0 * step <= high {
        step
    } else if now - 2.0 * step >= low {
        -step
    } else {
        return None;
    };
    let at = [0.0, 1.0, 2.0].map(|steps| gain(now + steps * ahead));
    let slope = (at[1] - at[0]) / ahead;
    let bent = (at[2] - at[0] - 2.0 * (at[1] - at[0])).abs();
    let straight = bent <= 1e-10 * size;
    let steep = (at[2] - at[0]).abs() > 1e-12 * size;
    (straight && steep).then(|| now - at[0] / slope)
}

/// Returns values over a range, closer together near 0 where it is wide.
fn grid(low: f64, high: f64, now: f64) -> Vec<f64> {
    let even = (0..=200_u32).map(|i| low + (high - low) * f64::from(i) / 200.0);
    let sizes = (0..=240_u32).map(|i| 10_f64.powf(-12.0 + f64::from(i) / 10.0));
    let near = (1..=40_u32).map(|i| now * f64::from(i) / 20.0);
    let mut grid: Vec<f64> = even.chain(sizes).chain(near).chain([now]).collect();
    grid.retain(|value| (low..=high).contains(value));
    grid.sort_by(f64::total_cmp);
    grid.dedup();
    grid
}
