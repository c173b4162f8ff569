//! Conditions of the weather, and what kind of weather each is.

use crate::train::corpus::Tongue;
use crate::train::corpus::dice::Dice;

/// Kinds of weather, in the order of all lists by kind.
pub(super) const KINDS: [&str; 6] = ["sun", "rain", "cloud", "snow", "wind", "fog"];

const ZH: [&[&str]; 6] = [
    &["晴", "晴", "晴", "晴天", "晴朗", "晴间多云", "大部晴朗"],
    &[
        "小雨",
        "中雨",
        "大雨",
        "暴雨",
        "雷阵雨",
        "阵雨",
        "毛毛雨",
        "雨",
        "有雨",
        "大暴雨",
        "雷雨",
        "冻雨",
        "小到中雨",
        "中到大雨",
        "下雨",
        "雨天",
    ],
    &[
        "多云",
        "阴",
        "阴",
        "阴天",
        "阴转多云",
        "多云转阴",
        "多云",
        "局部多云",
        "少云",
    ],
    &[
        "小雪",
        "中雪",
        "大雪",
        "暴雪",
        "雪",
        "阵雪",
        "雨夹雪",
        "小到中雪",
        "下雪",
        "雪天",
    ],
    &[
        "大风",
        "大风",
        "沙尘暴",
        "扬沙",
        "台风",
        "强风",
        "狂风",
        "有风",
        "刮风",
    ],
    &["雾", "大雾", "浓雾", "雾天", "薄雾", "有雾", "轻雾"],
];
/// Conditions that are none of the six kinds.
const OTHERS_ZH: [&str; 6] = ["霾", "冰雹", "浮尘", "闷热", "寒冷", "霜冻"];

const EN: [&[&str]; 6] = [
    &[
        "sunny",
        "sunny",
        "clear",
        "mostly sunny",
        "fair",
        "bright",
        "fine",
        "sunny and dry",
    ],
    &[
        "light rain",
        "heavy rain",
        "rain",
        "rainy",
        "moderate rain",
        "thunderstorm",
        "thunderstorms",
        "showers",
        "drizzle",
        "scattered showers",
        "a thunderstorm",
        "freezing rain",
        "wet",
    ],
    &[
        "cloudy",
        "overcast",
        "partly cloudy",
        "mostly cloudy",
        "grey",
        "gray",
        "cloudy and mild",
        "dull",
    ],
    &[
        "snow",
        "light snow",
        "heavy snow",
        "snowy",
        "sleet",
        "a blizzard",
        "snow showers",
        "flurries",
        "blizzard",
    ],
    &[
        "windy",
        "windy",
        "very windy",
        "gale",
        "strong winds",
        "breezy",
        "gusty",
        "blustery",
        "a gale",
    ],
    &[
        "fog",
        "foggy",
        "mist",
        "misty",
        "dense fog",
        "thick fog",
        "hazy",
    ],
];
const OTHERS_EN: [&str; 6] = ["hail", "hot", "cold", "dusty", "humid", "smoky"];

/// Picks a condition.
pub(super) fn condition(tongue: Tongue, dice: &mut Dice) -> String {
    let kind = dice.below(KINDS.len());
    let any = if dice.percent(4) {
        dice.word(match tongue {
            Tongue::Zh => &OTHERS_ZH,
            Tongue::En => &OTHERS_EN,
        })
    } else {
        of_kind(tongue, kind, dice)
    };
    if dice.percent(8) {
        let then = dice.below(KINDS.len());
        let then = of_kind(tongue, then, dice);
        return match tongue {
            Tongue::Zh => format!("{any}转{then}"),
            Tongue::En => format!("{any} then {then}"),
        };
    }
    any.to_owned()
}

/// Picks a condition of a kind.
pub(super) fn of_kind(tongue: Tongue, kind: usize, dice: &mut Dice) -> &'static str {
    dice.word(match tongue {
        Tongue::Zh => ZH[kind],
        Tongue::En => EN[kind],
    })
}

/// Says how a Chinese sentence tells a condition as something that happens: 下着大雨, 刮着大风, 起了雾.
pub(super) fn happening(condition: &str) -> String {
    let before = match condition.chars().last() {
        _ if condition.contains(['转', '有', '下', '刮', '天']) => "",
        Some('雨' | '雪') if condition.chars().count() <= 3 => {
            ["下", "下着"][condition.len() / 3 % 2]
        }
        Some('风') => ["刮", "刮着"][condition.len() / 3 % 2],
        Some('雾') => "起了",
        _ => "",
    };
    format!("{before}{condition}")
}

/// Says how an English sentence brings a condition in: `It is sunny`, `There is light rain`, `There are showers`.
pub(super) fn opening(condition: &str) -> &'static str {
    const NOUNS: [&str; 10] = [
        "rain",
        "drizzle",
        "thunderstorm",
        "snow",
        "sleet",
        "blizzard",
        "gale",
        "fog",
        "mist",
        "hail",
    ];
    let first = condition.split(" then ").next().unwrap_or(condition);
    let last = first.rsplit(' ').next().unwrap_or(first);
    if NOUNS.contains(&last) {
        match last {
            // Countable ones need their article where the note has none.
            "thunderstorm" | "blizzard" | "gale" if !first.starts_with("a ") => "There is a",
            _ => "There is",
        }
    } else if last.ends_with('s') && !last.ends_with("ss") {
        "There are"
    } else {
        "It is"
    }
}
