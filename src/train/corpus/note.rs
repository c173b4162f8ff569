//! Facts, written down: as a line of items, a list, a sentence or JSON.

use crate::train::corpus::Tongue;
use crate::train::corpus::condition::{happening, opening};
use crate::train::corpus::dice::Dice;
use crate::train::corpus::facts::Facts;
use crate::train::corpus::figure::Span;
use crate::train::corpus::grammar::Grammar;

/// How the notes of one prompt are laid out, so that several places may look alike.
#[derive(Debug, Clone, Copy)]
pub(super) enum Layout {
    /// Place, then items in any order.
    Items,
    /// A label before each fact.
    Labels,
    /// A sentence of the grammar.
    Sentence,
    /// An object.
    Json,
}

impl Layout {
    /// Picks one.
    pub(super) fn new(dice: &mut Dice) -> Self {
        [Self::Items, Self::Labels, Self::Sentence, Self::Json][dice.weighted(&[48, 16, 28, 8])]
    }
}

/// Writes notes.
pub(super) struct Writer<'g> {
    /// Wordings.
    pub(super) grammar: &'g Grammar,
    /// Their language.
    pub(super) tongue: Tongue,
    /// Without anything beside the facts.
    pub(super) easy: bool,
    /// What "today" is called, where it is another day.
    pub(super) day: Option<&'static str>,
}

impl Writer<'_> {
    /// Writes the facts of one place.
    pub(super) fn note(&self, facts: &Facts, layout: Layout, dice: &mut Dice) -> String {
        let complete = facts.condition.is_some() && facts.span.is_some();
        let note = match layout {
            Layout::Json => json(facts, self.tongue, dice),
            Layout::Labels => self.labels(facts, dice),
            Layout::Sentence if complete => self.sentence(facts, dice),
            _ => self.items(facts, dice),
        };
        match (self.day, self.tongue) {
            (Some(day), Tongue::Zh) => note.replace("今天", day).replace("今日", day),
            (Some(day), Tongue::En) => note.replace("today", day),
            (None, _) => note,
        }
    }

    fn say(&self, rule: &str, facts: &Facts, dice: &mut Dice) -> String {
        let (low, high, bare, range) = match &facts.span {
            Some(span) => (
                span.shown(&span.low),
                span.shown(&span.high),
                span.low.written.clone(),
                self.range(span, dice),
            ),
            None => Default::default(),
        };
        let verb = facts
            .condition
            .as_deref()
            .map_or_else(String::new, happening);
        let words = Self::range_words(facts, &range, dice);
        let bound = [
            ("place", facts.place.as_str()),
            ("cond", facts.condition.as_deref().unwrap_or("")),
            ("cond.verb", &verb),
            ("is", opening(facts.condition.as_deref().unwrap_or(""))),
            ("low", &low),
            ("high", &high),
            ("low.bare", &bare),
            ("range", &range),
            ("range.words", &words),
        ];
        self.grammar.say(rule, &bound, dice)
    }

    /// Writes both figures as one item; sometimes the highest comes first.
    fn range(&self, span: &Span, dice: &mut Dice) -> String {
        let (mut first, mut second) = (&span.low, &span.high);
        if dice.percent(18) {
            std::mem::swap(&mut first, &mut second);
        }
        let negative = first.number.starts_with('-') || second.number.starts_with('-');
        let between = match self.tongue {
            Tongue::Zh if negative => dice.word(&["~", "到", "至", "～", "/", " ~ ", "到", " 到 "]),
            Tongue::Zh => dice.word(&["~", "到", "至", "～", "-", "/", "–", " ~ ", "—", " - "]),
            Tongue::En if negative => dice.word(&[" to ", " to ", "~", "/", " ~ ", " / "]),
            Tongue::En => dice.word(&[" to ", " to ", "-", "~", "/", " - ", "–", " – "]),
        };
        let unit = if dice.percent(25) { span.unit } else { "" };
        format!("{}{unit}{between}{}", first.written, span.shown(second))
    }

    fn range_words(facts: &Facts, range: &str, dice: &mut Dice) -> String {
        let Some(span) = &facts.span else {
            return String::new();
        };
        let (low, high) = (&span.low.written, span.shown(&span.high));
        match dice.below(4) {
            0 => format!("from {low} to {high}"),
            1 => format!("between {low} and {high}"),
            2 => format!("low {}, high {high}", span.shown(&span.low)),
            _ => range.to_owned(),
        }
    }

    fn sentence(&self, facts: &Facts, dice: &mut Dice) -> String {
        let mut note = self.say("note.sentence", facts, dice);
        if !self.easy && dice.percent(25) {
            let noise = self.say("item.noise", facts, dice);
            note = match self.tongue {
                Tongue::Zh => format!("{note}，{noise}"),
                Tongue::En => format!("{note}, {noise}"),
            };
        }
        note
    }

    fn items(&self, facts: &Facts, dice: &mut Dice) -> String {
        let mut rules = Vec::new();
        if facts.condition.is_some() {
            rules.push("item.cond");
        }
        if facts.span.is_some() {
            if dice.percent(35) {
                rules.push("item.range");
            } else {
                rules.extend(["item.low", "item.high"]);
            }
        }
        if !self.easy && dice.percent(50) {
            rules.extend(vec!["item.noise"; 1 + dice.below(3)]);
        }
        dice.shuffle(&mut rules);
        let items: Vec<String> = rules
            .iter()
            .map(|rule| self.say(rule, facts, dice))
            .collect();
        let between = match self.tongue {
            Tongue::Zh => dice.word(&[
                "，", "，", "，", "，", "；", " ", "、", ",", "\n", "/", " | ", "，\n",
            ]),
            Tongue::En => dice.word(&[
                ", ", ", ", ", ", ", ", "; ", " ", "\n", " / ", " | ", ",", ". ",
            ]),
        };
        let items = items.join(between);
        // A place at the end is rarer, but must be found there too.
        if dice.percent(7) {
            format!("{items}{between}{}", facts.place)
        } else {
            format!("{}{items}", self.say("note.head", facts, dice))
        }
    }

    fn labels(&self, facts: &Facts, dice: &mut Dice) -> String {
        let colon = self.say("colon", facts, dice);
        let mut pairs = vec![("label.city", facts.place.clone())];
        if let Some(condition) = &facts.condition {
            pairs.push(("label.cond", condition.clone()));
        }
        if let Some(span) = &facts.span {
            if dice.percent(25) {
                pairs.push(("label.range", self.range(span, dice)));
            } else {
                pairs.push(("label.high", span.shown(&span.high)));
                pairs.push(("label.low", span.shown(&span.low)));
            }
        }
        if dice.percent(40) {
            dice.shuffle(&mut pairs);
        }
        let bullet = dice.word(&["", "", "", "- ", "* ", "· ", "1."]);
        let between = match self.tongue {
            _ if !bullet.is_empty() => "\n",
            Tongue::Zh => dice.word(&["\n", "\n", "，", "；", " "]),
            Tongue::En => dice.word(&["\n", "\n", ", ", "; "]),
        };
        let lines: Vec<String> = pairs
            .into_iter()
            .enumerate()
            .map(|(number, (rule, value))| {
                let bullet = if bullet == "1." {
                    format!("{}. ", number + 1)
                } else {
                    bullet.to_owned()
                };
                format!("{bullet}{}{colon}{value}", self.say(rule, facts, dice))
            })
            .collect();
        lines.join(between)
    }
}

fn json(facts: &Facts, tongue: Tongue, dice: &mut Dice) -> String {
    let english = tongue == Tongue::En || dice.percent(50);
    let keys: [&[&str]; 4] = if english {
        [
            &["city", "place", "location", "name"],
            &["weather", "condition", "conditions", "sky"],
            &["high", "max", "highest", "temp_max"],
            &["low", "min", "lowest", "temp_min"],
        ]
    } else {
        [
            &["城市", "地点", "地区"],
            &["天气", "状况", "天气状况"],
            &["最高", "最高气温", "最高温度"],
            &["最低", "最低气温", "最低温度"],
        ]
    };
    let quote = if dice.percent(30) { "\"" } else { "" };
    let figure = |span: &Span, figure| format!("{quote}{}{quote}", span.shown(figure));
    let mut pairs = vec![(dice.word(keys[0]), format!("\"{}\"", facts.place))];
    if let Some(condition) = &facts.condition {
        pairs.push((dice.word(keys[1]), format!("\"{condition}\"")));
    }
    if let Some(span) = &facts.span {
        pairs.push((dice.word(keys[2]), figure(span, &span.high)));
        pairs.push((dice.word(keys[3]), figure(span, &span.low)));
    }
    if dice.percent(50) {
        dice.shuffle(&mut pairs);
    }
    let space = dice.word(&[" ", " ", ""]);
    let pairs: Vec<String> = pairs
        .into_iter()
        .map(|(key, value)| format!("\"{key}\":{space}{value}"))
        .collect();
    format!("{{{}}}", pairs.join(&format!(",{space}")))
}
