//! `pw cost`: where the money went, on the screen, as JSON and as CSV.

use std::borrow::Cow;

use serde::Serialize;

use crate::domain::Usd;
use crate::report::csv::csv;
use crate::report::layout::{Fill, fill};
use crate::report::money::{digits, dollars};
use crate::report::number::count;
use crate::report::safe;
use crate::report::style::{BAD, DIM, DOUBT, Piece};
use crate::report::table::{Align, Table};
use crate::report::terminal::paragraphs;
use crate::report::text::Lang;
use crate::report::view::View;
use crate::summary::{Spend, SpendBy, SpendSums};

/// A cap over a period and what is left of it, for the whole ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CapLeft {
    /// `day` or `month`.
    pub period: &'static str,
    /// The cap.
    #[serde(rename = "cap_usd")]
    pub cap: Usd,
    /// What is left of it.
    #[serde(rename = "left_usd")]
    pub left: Usd,
}

/// Cells of the longest bar.
const BAR: u64 = 16;

/// Lays spend out for a terminal: a row a group with a bar of what was billed (where nothing was, of what is imputed), then
/// what is in flight, lost and saved, then the caps.
pub fn cost(spend: &Spend, caps: &[CapLeft], view: &View) -> String {
    let lang = view.lang;
    if spend.groups.is_empty() {
        return format!("{}\n", lang.nothing_spent());
    }
    let mut title = vec![Piece::from(lang.spend_by(lang.spend_group(spend.by)))];
    title.extend(
        spend
            .days
            .map(|(first, last)| Piece::new(DIM, format!("{first} – {last}"))),
    );
    paragraphs(&[
        fill(&title, line(view, 0)),
        table(spend, view),
        footer(spend, caps, view),
    ])
}

fn line(view: &View, indent: usize) -> Fill<'static> {
    Fill {
        between: " · ",
        indent,
        hanging: 1,
        width: view.width,
        styled: view.styled,
    }
}

fn table(spend: &Spend, view: &View) -> Vec<String> {
    let lang = view.lang;
    let total = &spend.total;
    let imputed = !total.imputed.is_zero();
    let mut table = Table::new([
        (lang.spend_group(spend.by), Align::Left),
        (lang.billed_usd(), Align::Right),
        ("", Align::Left),
        (lang.answers(), Align::Right),
        (lang.taken_again(), Align::Right),
        (lang.imputed_usd(), Align::Right),
    ]);
    let measure = |sums: &SpendSums| {
        if total.billed.is_zero() {
            sums.imputed
        } else {
            sums.billed
        }
    };
    let longest = spend
        .groups
        .iter()
        .map(|group| measure(&group.sums))
        .max()
        .unwrap_or(Usd::ZERO);
    let sums = |sums: &SpendSums, bar: Piece| {
        [
            digits(sums.billed).into(),
            bar,
            count(sums.answers).into(),
            count(sums.cached).into(),
            digits(sums.imputed).into(),
        ]
    };
    for group in &spend.groups {
        let name = match &group.name {
            Some(name) => Piece::from(safe::line(name)),
            None => Piece::new(DIM, lang.none()),
        };
        let bar = Piece::new(DIM, bar(measure(&group.sums), longest));
        table.row(
            std::iter::once(name)
                .chain(sums(&group.sums, bar))
                .collect(),
        );
    }
    if spend.groups.len() > 1 {
        let name = Piece::from(lang.total());
        table.row(
            std::iter::once(name)
                .chain(sums(total, "".into()))
                .collect(),
        );
    }
    let table = if imputed { table } else { table.without(5) };
    let table = if total.cached > 0 {
        table
    } else {
        table.without(4)
    };
    table.lay(view.width, view.styled).lines
}

/// A bar in eighths of a cell; anything that is not nothing has at least an eighth.
fn bar(amount: Usd, longest: Usd) -> String {
    const PARTS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let (amount, longest) = (
        amount.picos().unsigned_abs(),
        longest.picos().unsigned_abs(),
    );
    if amount == 0 || longest == 0 {
        return String::new();
    }
    let eighths = u128::from(amount) * u128::from(BAR * 8) / u128::from(longest);
    let eighths = usize::try_from(eighths.max(1)).unwrap_or(0);
    "█".repeat(eighths / 8) + PARTS[eighths % 8]
}

fn footer(spend: &Spend, caps: &[CapLeft], view: &View) -> Vec<String> {
    let (lang, total) = (view.lang, &spend.total);
    let whole = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    let mut pieces = vec![Piece::from(lang.billed(&dollars(total.billed)))];
    if !total.lost.is_zero() || total.losses > 0 {
        let calls = lang.attempts(whole(total.losses));
        pieces.push(Piece::new(
            BAD,
            format!("{} ({calls})", lang.lost(&dollars(total.lost))),
        ));
    }
    if total.open > 0 {
        let calls = lang.attempts(whole(total.open));
        pieces.push(Piece::new(
            DOUBT,
            format!("{} ({calls})", lang.held(&dollars(total.held))),
        ));
    }
    if total.cached > 0 {
        pieces.push(
            lang.cache_saved(&count(total.cached), &dollars(total.saved))
                .into(),
        );
    }
    for cap in caps {
        let left = lang.left_of(&dollars(cap.left), &dollars(cap.cap));
        pieces.push(format!("{} {left}", lang.period(cap.period)).into());
    }
    if caps.is_empty() {
        pieces.push(Piece::new(DIM, lang.no_cap()));
    }
    fill(&pieces, line(view, 0))
}

impl Lang {
    /// Names what spend is grouped by.
    pub(crate) const fn spend_group(self, by: SpendBy) -> &'static str {
        let (en, zh) = match by {
            SpendBy::Prompt => ("prompt", "提示"),
            SpendBy::Variant => ("variant", "变体"),
            SpendBy::Model => ("model", "模型"),
            SpendBy::Endpoint => ("endpoint", "端点"),
            SpendBy::Purpose => ("purpose", "用途"),
            SpendBy::Day => ("day", "日期"),
            SpendBy::Week => ("week", "周"),
            SpendBy::Month => ("month", "月份"),
            SpendBy::Run => ("run", "运行"),
            SpendBy::Tag => ("tag", "标签"),
            SpendBy::Workspace => ("workspace", "工作区"),
        };
        match self {
            Self::En => en,
            Self::Zh => zh,
        }
    }

    pub(crate) fn period(self, period: &'static str) -> &'static str {
        match (self, period) {
            (Self::Zh, "day") => "今日",
            (Self::Zh, _) => "本月",
            (Self::En, "day") => "today",
            (Self::En, _) => "this month",
        }
    }
}

#[derive(Serialize)]
struct Report<'a> {
    schema: &'static str,
    by: &'static str,
    first_day: Option<String>,
    last_day: Option<String>,
    groups: Vec<Line<'a>>,
    total: Line<'a>,
    caps: &'a [CapLeft],
}

const COLUMNS: [&str; 10] = [
    "name",
    "billed_usd",
    "imputed_usd",
    "held_usd",
    "lost_usd",
    "saved_usd",
    "answers",
    "cached",
    "open",
    "lost",
];

/// One group; the fields are those of [`COLUMNS`].
#[derive(Serialize)]
struct Line<'a> {
    name: Option<Cow<'a, str>>,
    billed_usd: Usd,
    imputed_usd: Usd,
    held_usd: Usd,
    lost_usd: Usd,
    saved_usd: Usd,
    answers: u64,
    cached: u64,
    open: u64,
    lost: u64,
}

impl<'a> Line<'a> {
    fn of(name: Option<&'a str>, sums: &SpendSums) -> Self {
        Self {
            name: name.map(Cow::Borrowed),
            billed_usd: sums.billed,
            imputed_usd: sums.imputed,
            held_usd: sums.held,
            lost_usd: sums.lost,
            saved_usd: sums.saved,
            answers: sums.answers,
            cached: sums.cached,
            open: sums.open,
            lost: sums.losses,
        }
    }
}

fn lines(spend: &Spend) -> Vec<Line<'_>> {
    spend
        .groups
        .iter()
        .map(|group| Line::of(group.name.as_deref(), &group.sums))
        .collect()
}

/// Writes spend as `pw.cost/v1`: amounts exact, as decimal strings of 12 places.
pub fn cost_json(spend: &Spend, caps: &[CapLeft]) -> String {
    let report = Report {
        schema: "pw.cost/v1",
        by: Lang::En.spend_group(spend.by),
        first_day: spend.days.map(|days| days.0.to_string()),
        last_day: spend.days.map(|days| days.1.to_string()),
        groups: lines(spend),
        total: Line::of(None, &spend.total),
        caps,
    };
    crate::report::json::pretty(&report)
}

/// Writes spend as CSV with a header, one group a line, no total; a name that a spreadsheet would run is disarmed.
pub fn cost_csv(spend: &Spend) -> String {
    let rows = lines(spend).into_iter().map(|line| Line {
        name: line.name.map(safe::cell),
        ..line
    });
    csv(&COLUMNS, rows)
}

#[cfg(test)]
mod tests;
