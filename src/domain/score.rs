//! What one assertion says of one answer.

use serde::{Deserialize, Serialize};

/// The verdict of one assertion; *unscored* (`pass` is `None`) when it could not judge, which is never 0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// The assertion's type as the suite wrote it, `not-` included.
    #[serde(rename = "type")]
    pub kind: String,
    /// The metric it counts towards.
    pub metric: Option<String>,
    /// Its weight in the case's score.
    pub weight: f64,
    /// Pass, fail, or unscored.
    pub pass: Option<bool>,
    /// A value in [0, 1]; none when unscored.
    pub score: Option<f64>,
    /// Why, for a person; bounded in length.
    pub reason: String,
}
