//! Learning curves: how errors fall with iterations or labels, and when to stop.

/// Answers judged after some iterations, or with some labels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    /// Iterations or labels.
    pub(crate) effort: f64,
    pub(crate) passed: f64,
    pub(crate) cases: f64,
}

/// What effort is counted in: a prompt has a score before its first iteration, weights have none before their first label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effort {
    Iterations,
    Labels,
}

impl Effort {
    /// The base of the power: `n + 1` iterations, `N` labels.
    fn base(self, effort: f64) -> f64 {
        match self {
            Self::Iterations => effort + 1.0,
            Self::Labels => effort,
        }
    }

    fn effort(self, base: f64) -> f64 {
        match self {
            Self::Iterations => base - 1.0,
            Self::Labels => base,
        }
    }
}

/// `err(n) = a + b·base(n)^-c`, fitted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Curve {
    pub(crate) effort: Effort,
    pub(crate) a: f64,
    pub(crate) b: f64,
    pub(crate) c: f64,
    /// Σ weight·residual².
    pub(crate) chi2: f64,
    /// The same of the best constant.
    pub(crate) flat_chi2: f64,
    pub(crate) points: usize,
    /// The largest effort that was seen.
    pub(crate) seen: f64,
}

/// The fewest points from which anything is extrapolated.
const ENOUGH_POINTS: usize = 5;
/// By how much a curve must beat the constant.
const ENOUGH_CHI2: f64 = 4.0;
/// How far beyond what was seen a curve is believed.
const FAR: f64 = 3.0;

impl Curve {
    /// Fits a curve: for each c of 0.05, 0.06 … 3.00 the weighted least squares of a and b, neither negative; weights
    /// `n / (e(1-e))`. `None` without points.
    pub(crate) fn fit(points: &[Point], effort: Effort) -> Option<Self> {
        let seen = points.iter().map(|point| point.effort).reduce(f64::max)?;
        let rows: Vec<Row> = points.iter().map(|point| Row::of(point, effort)).collect();
        let flat = flat(&rows);
        let fits = (5..=300_u32).map(|hundredths| {
            let c = f64::from(hundredths) / 100.0;
            let (a, b, chi2) = line(&rows, c);
            Self {
                effort,
                a,
                b,
                c,
                chi2,
                flat_chi2: flat.1,
                points: points.len(),
                seen,
            }
        });
        fits.min_by(|x, y| x.chi2.total_cmp(&y.chi2))
    }

    /// Returns the share of wrong answers after an effort.
    pub(crate) fn error(&self, effort: f64) -> f64 {
        self.a + self.b * self.effort.base(effort).powf(-self.c)
    }

    /// Tells whether there are points enough, and slope enough, to say anything about what was not seen.
    pub(crate) fn extrapolates(&self) -> bool {
        self.points >= ENOUGH_POINTS && self.flat_chi2 - self.chi2 >= ENOUGH_CHI2
    }

    /// Tells whether an effort lies so far out that it is to be doubted.
    pub(crate) fn is_far(&self, effort: f64) -> bool {
        effort > FAR * self.seen
    }

    /// Returns the effort at which errors fall to `target`, whole: `ceil((b/(e*-a))^(1/c) - 1)` iterations; `None` where
    /// they never do.
    pub(crate) fn effort_to(&self, target: f64) -> Option<f64> {
        let above = target - self.a;
        if above <= 0.0 {
            return None;
        }
        let effort = self.effort.effort((self.b / above).powf(1.0 / self.c));
        Some((effort - 1e-9).ceil().max(0.0))
    }

    /// Returns the effort after which one more step no longer pays, where a wrong answer in all that is to come costs
    /// `errors_usd` and a step costs `step_usd`: `(c·b·VL/c_step)^(1/(c+1))`, less 1 for iterations.
    pub(crate) fn optimum(&self, errors_usd: f64, step_usd: f64) -> f64 {
        let base = (self.c * self.b * errors_usd / step_usd).powf(1.0 / (self.c + 1.0));
        self.effort.effort(base).max(0.0)
    }

    /// Tells whether the step after an effort costs more than it saves: `VL·(err(n) - err(n+1)) < c_step`.
    pub(crate) fn should_stop(&self, effort: f64, errors_usd: f64, step_usd: f64) -> bool {
        errors_usd * (self.error(effort) - self.error(effort + 1.0)) < step_usd
    }
}

/// A point as least squares sees it.
struct Row {
    base: f64,
    error: f64,
    weight: f64,
}

impl Row {
    fn of(point: &Point, effort: Effort) -> Self {
        let error = 1.0 - point.passed / point.cases;
        // At no error, or nothing but errors, half a case stands in for the variance that was not seen.
        let half = 0.5 / point.cases;
        let seen = error.clamp(half, 1.0 - half);
        Self {
            base: effort.base(point.effort),
            error,
            weight: point.cases / (seen * (1.0 - seen)),
        }
    }
}

/// Returns the best constant and its χ².
fn flat(rows: &[Row]) -> (f64, f64) {
    let weight: f64 = rows.iter().map(|row| row.weight).sum();
    let mean = rows.iter().map(|row| row.weight * row.error).sum::<f64>() / weight;
    let chi2 = rows
        .iter()
        .map(|row| row.weight * (row.error - mean).powi(2));
    (mean, chi2.sum())
}

/// Returns the best a and b, neither negative, for one c, and their χ².
fn line(rows: &[Row], c: f64) -> (f64, f64, f64) {
    let chi2 = |a: f64, b: f64| -> f64 {
        rows.iter()
            .map(|row| row.weight * (row.error - a - b * row.base.powf(-c)).powi(2))
            .sum()
    };
    let (mut w, mut wx, mut wxx, mut wy, mut wxy) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for row in rows {
        let x = row.base.powf(-c);
        w += row.weight;
        wx += row.weight * x;
        wxx += row.weight * x * x;
        wy += row.weight * row.error;
        wxy += row.weight * x * row.error;
    }
    let spread = w * wxx - wx * wx;
    // The optimum within a, b ≥ 0 is the free one where that lies inside, else the better edge.
    if spread > 1e-12 * w * wxx && rows.len() > 1 {
        let b = (w * wxy - wx * wy) / spread;
        let a = (wy - b * wx) / w;
        if a >= 0.0 && b >= 0.0 {
            return (a, b, chi2(a, b));
        }
    }
    let edges = [(wy / w, 0.0), (0.0, (wxy / wxx).max(0.0))];
    let of = |(a, b): (f64, f64)| (a, b, chi2(a, b));
    let [constant, through_zero] = edges.map(of);
    if constant.2 <= through_zero.2 {
        constant
    } else {
        through_zero
    }
}

/// Returns a share of right answers that the last points show, where no curve may be believed.
pub(crate) fn last_quality(points: &[Point]) -> Option<f64> {
    let last = points.iter().max_by(|x, y| x.effort.total_cmp(&y.effort))?;
    Some(last.passed / last.cases)
}
