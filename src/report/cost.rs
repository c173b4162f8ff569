//! `pw cost`: where the money went, on the screen; [`lines`] has it as JSON and as CSV.

mod lines;
mod page;
mod repriced;
mod trend;

use serde::Serialize;

use crate::domain::Usd;
use crate::report::layout::{Fill, fill};
use crate::report::money::{digits, dollars};
use crate::report::number::count;
use crate::report::safe;
use crate::report::style::{BAD, DIM, DOUBT, Piece};
use crate::report::table::{Align, Table};
use crate::report::terminal::paragraphs;
use crate::report::text::Lang;
use crate::report::view::View;
use crate::summary::{Spend, SpendBy, SpendCourse, SpendSums};

pub use lines::{cost_csv, cost_json};
pub use page::cost_html;
pub use repriced::{repriced, repriced_csv, repriced_json};

/// A cap over a period and what is left of it, for the whole ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CapLeft {
    /// `run`, `day` or `month`.
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

/// Lays spend out for a terminal: a row a group with a bar of what was billed (where nothing was, of what is imputed), how it
/// moves, then what is in flight, lost and saved, then the caps.
pub fn cost(spend: &Spend, course: &SpendCourse, caps: &[CapLeft], view: &View) -> String {
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
        fill(&title, Fill::dotted(view)),
        table(spend, view),
        trend::trend(course, view),
        footer(spend, caps, view),
    ])
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
        let bar = Piece::new(DIM, bar(measure(&group.sums), longest, view.ascii));
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
fn bar(amount: Usd, longest: Usd, ascii: bool) -> String {
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
    if ascii {
        return "#".repeat(eighths.div_ceil(8));
    }
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
    if total.carried > 0 {
        pieces.push(lang.carried(&count(total.carried)).into());
    }
    for cap in caps {
        let left = lang.left_of(&dollars(cap.left), &dollars(cap.cap));
        pieces.push(format!("{} {left}", lang.period(cap.period)).into());
    }
    if caps.is_empty() {
        pieces.push(Piece::new(DIM, lang.no_period_cap()));
    }
    fill(&pieces, Fill::dotted(view))
}

impl Lang {
    /// Names what spend is grouped by.
    fn spend_group(self, by: SpendBy) -> &'static str {
        match (self, by) {
            (Self::En, by) => by.word(),
            (Self::Zh, SpendBy::Prompt) => "提示",
            (Self::Zh, SpendBy::Variant) => "变体",
            (Self::Zh, SpendBy::Model) => "模型",
            (Self::Zh, SpendBy::Endpoint) => "端点",
            (Self::Zh, SpendBy::Purpose) => "用途",
            (Self::Zh, SpendBy::Day) => "日期",
            (Self::Zh, SpendBy::Week) => "周",
            (Self::Zh, SpendBy::Month) => "月份",
            (Self::Zh, SpendBy::Run) => "运行",
            (Self::Zh, SpendBy::Tag) => "标签",
            (Self::Zh, SpendBy::Workspace) => "工作区",
        }
    }

    /// Names several entries of a course.
    fn periods(self, by: SpendBy) -> &'static str {
        match (self, by) {
            (Self::Zh, SpendBy::Week) => "周",
            (Self::Zh, SpendBy::Month) => "个月",
            (Self::Zh, _) => "天",
            (Self::En, SpendBy::Week) => "weeks",
            (Self::En, SpendBy::Month) => "months",
            (Self::En, _) => "days",
        }
    }

    pub(crate) fn period(self, period: &'static str) -> &'static str {
        match (self, period) {
            (Self::Zh, "run") => "本次运行",
            (Self::En, "run") => "this run",
            (Self::Zh, "day") => "今日",
            (Self::Zh, _) => "本月",
            (Self::En, "day") => "today",
            (Self::En, _) => "this month",
        }
    }
}

#[cfg(test)]
mod tests;
