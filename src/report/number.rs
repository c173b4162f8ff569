//! Counts, rates, points and times for people.

use std::time::Duration;

use crate::report::text::Lang;

/// Writes a count with its thousands apart: `2,310`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Writes a count of things in memory.
pub(crate) fn many(number: usize) -> String {
    count(u64::try_from(number).unwrap_or(u64::MAX))
}

/// Writes a rate as whole per cent; `>99` and `<1` where rounding would claim all or none.
pub(crate) fn percent(rate: f64) -> String {
    if (0.995..1.0).contains(&rate) {
        ">99".to_owned()
    } else if rate > 0.0 && rate < 0.005 {
        "<1".to_owned()
    } else {
        unsigned_zero(format!("{:.0}", rate * 100.0))
    }
}

/// Writes two rates as per cent with as many decimals as tell them apart, three at most.
///
/// A gate that is missed by a hair must not read `90 % found, 90 % required`.
pub(crate) fn percents_apart(a: f64, b: f64) -> (String, String) {
    let write = |rate: f64, places: usize| format!("{:.places$}", rate * 100.0);
    let places = (0..3)
        .find(|places| write(a, *places) != write(b, *places))
        .unwrap_or(if (a - b).abs() < f64::EPSILON { 0 } else { 3 });
    (write(a, places), write(b, places))
}

/// Writes a difference and its bounds in percentage points: `+54`, `33`, `72`.
///
/// All three have one decimal where one of them would round to zero without being zero.
pub(crate) fn points(numbers: &[f64]) -> Vec<String> {
    let fades = |x: &f64| *x != 0.0 && x.abs() < 0.005;
    let places = usize::from(numbers.iter().any(fades));
    numbers
        .iter()
        .map(|x| unsigned_zero(format!("{:.places$}", x * 100.0)))
        .collect()
}

pub(crate) fn unsigned_zero(text: String) -> String {
    match text.strip_prefix('-') {
        Some(rest) if !rest.contains(|c: char| ('1'..='9').contains(&c)) => rest.to_owned(),
        _ => text,
    }
}

/// Writes a p-value: `0.063`, `0.00024`, `< 0.0001`.
pub(crate) fn probability(p: f64) -> String {
    if p > 0.9995 {
        "1".to_owned()
    } else if p >= 0.001 {
        format!("{p:.3}")
    } else if p >= 0.0001 {
        format!("{p:.5}")
    } else {
        "< 0.0001".to_owned()
    }
}

/// Writes a latency: `8 ms`, `1.2 s`, `75 s`.
pub fn millis(milliseconds: u64) -> String {
    match milliseconds {
        0..1_000 => format!("{milliseconds} ms"),
        1_000..9_950 => {
            let tenths = (milliseconds + 50) / 100;
            format!("{}.{} s", tenths / 10, tenths % 10)
        }
        _ => format!("{} s", count((milliseconds + 500) / 1_000)),
    }
}

/// Writes how long people or machines were busy, in its two largest units: `45 s`, `26 min`, `1 h 5 min`, `3 d 4 h`.
pub fn duration(time: Duration, lang: Lang) -> String {
    let seconds = time.as_secs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    let two = |large: String, small: u64, name: fn(Lang, &str) -> String| {
        if small == 0 {
            large
        } else {
            format!("{large} {}", name(lang, &small.to_string()))
        }
    };
    if seconds < 60 {
        lang.seconds(&seconds.to_string())
    } else if minutes < 60 {
        lang.minutes(&minutes.to_string())
    } else if hours < 24 {
        two(lang.hours(&hours.to_string()), minutes % 60, Lang::minutes)
    } else {
        two(lang.days(&count(days)), hours % 24, Lang::hours)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_group_their_thousands() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (2_310, "2,310"),
            (1_234_567, "1,234,567"),
            (u64::MAX, "18,446,744,073,709,551,615"),
        ] {
            assert_eq!(count(number), text);
        }
    }

    #[test]
    fn rates_claim_neither_all_nor_none_by_rounding() {
        for (rate, text) in [
            (0.0, "0"),
            (0.001, "<1"),
            (0.458, "46"),
            (0.994, "99"),
            (0.999, ">99"),
            (1.0, "100"),
        ] {
            assert_eq!(percent(rate), text);
        }
    }

    #[test]
    fn a_gate_missed_by_a_hair_shows_the_hair() {
        let apart = |a, b| {
            let (a, b) = percents_apart(a, b);
            format!("{a} {b}")
        };
        assert_eq!(apart(0.458, 0.9), "46 90");
        assert_eq!(apart(0.8996, 0.9), "89.96 90.00");
        assert_eq!(apart(0.9, 0.9), "90 90");
        assert_eq!(apart(0.899_999_9, 0.9), "90.000 90.000");
    }

    #[test]
    fn points_never_round_a_bound_to_zero() {
        assert_eq!(points(&[0.542, 0.329, 0.721]), ["54", "33", "72"]);
        assert_eq!(points(&[0.08, 0.004, 0.15]), ["8.0", "0.4", "15.0"]);
        assert_eq!(points(&[0.0, -0.12, 0.12]), ["0", "-12", "12"]);
        assert_eq!(points(&[-0.000_1]), ["0.0"]);
    }

    #[test]
    fn probabilities_keep_what_matters() {
        assert_eq!(probability(1.0), "1");
        assert_eq!(probability(0.063_2), "0.063");
        assert_eq!(probability(0.000_244), "0.00024");
        assert_eq!(probability(1e-9), "< 0.0001");
    }

    #[test]
    fn times_read_in_their_own_unit() {
        for (ms, text) in [
            (0, "0 ms"),
            (999, "999 ms"),
            (1_234, "1.2 s"),
            (9_949, "9.9 s"),
            (9_950, "10 s"),
            (3_600_000, "3,600 s"),
        ] {
            assert_eq!(millis(ms), text);
        }
        for (seconds, en, zh) in [
            (45, "45 s", "45 秒"),
            (1_560, "26 min", "26 分钟"),
            (3_900, "1 h 5 min", "1 小时 5 分钟"),
            (7_200, "2 h", "2 小时"),
            (273_600, "3 d 4 h", "3 天 4 小时"),
        ] {
            let time = Duration::from_secs(seconds);
            assert_eq!(duration(time, Lang::En), en);
            assert_eq!(duration(time, Lang::Zh), zh);
        }
    }
}
