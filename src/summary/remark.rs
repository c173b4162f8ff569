//! What is said beside the numbers of a comparison; constants, so that reports can translate them.

/// Fewer than ten clusters: the clustered t test is too sure of itself.
pub const TOO_FEW_CLUSTERS: &str = "too few clusters";
/// Rows without a verdict, counted against the candidate, would undo an ADOPT: no ADOPT is given.
pub const MISSING_COULD_OVERTURN: &str = "missing rows could overturn it";
/// All differences are the same number: the interval allows for the share of cases that so many would not have shown.
pub const ALL_EQUAL: &str = "all differences are equal";
/// The exact test and the interval disagree; p follows.
const DISAGREE: &str = "the exact test and the interval disagree";

/// Says that the exact test and the interval disagree, with the test's p.
pub(super) fn disagree(p: f64) -> String {
    format!("{DISAGREE}: p = {p:.4}")
}

/// Says at which confidence the interval is, when Holm's procedure asked for more than 95 %.
pub(super) fn holm_interval(alpha: f64, candidates: usize) -> String {
    let confidence = 100.0 * (1.0 - alpha);
    format!("interval at {confidence:.1} % (Holm, {candidates} candidates)")
}
