//! Tables of a comparison: costs, turning points, assumptions.

use crate::economics::{Comparison, InputLine, Inputs, Investment, Provenance, Shown, Value};
use crate::report::compare::amount::{plain, usd};
use crate::report::layout::{Fill, fill};
use crate::report::safe;
use crate::report::style::{BOLD, DIM, Piece, paint};
use crate::report::table::{Align, Table};
use crate::report::text::Lang;
use crate::report::view::View;

/// A row of costs: its name and how it reads off a path.
type Cost = (fn(Lang) -> &'static str, fn(&Value, &Investment) -> f64);

const COSTS: [Cost; 10] = [
    (Lang::people, |_, i| computed(i, i.people_usd)),
    (Lang::labelling, |_, i| computed(i, i.labels_usd)),
    (Lang::training, |_, i| computed(i, i.training_usd)),
    (Lang::evaluating, |_, i| computed(i, i.evaluation_usd)),
    (Lang::given_investment, |_, i| i.given_usd.unwrap_or(0.0)),
    (Lang::sunk, |_, i| i.sunk_usd),
    (Lang::of_tokens, |v, _| v.tokens_usd),
    (Lang::of_errors, |v, _| v.error_usd),
    (Lang::hosting, |v, _| v.hosting_usd),
    (Lang::maintenance, |v, _| v.maintenance_usd),
];

/// A part of an investment counts only where the whole was not given.
fn computed(investment: &Investment, part: f64) -> f64 {
    investment.given_usd.map_or(part, |_| 0.0)
}

/// Lays out both paths by category; a category that neither has is left out.
pub(super) fn costs(comparison: &Comparison, view: &View) -> Vec<String> {
    let lang = view.lang;
    let verdict = &comparison.verdict;
    let mut table = Table::new([
        (lang.present_value(), Align::Left),
        (lang.prompt_path(), Align::Right),
        (lang.finetune_path(), Align::Right),
    ]);
    let mut row = |name: &str, amounts: [String; 2], bold: bool| {
        let style = if bold { BOLD } else { Piece::from("").style };
        let [prompt, finetune] = amounts;
        table.row(vec![
            Piece::new(style, name),
            Piece::new(style, prompt),
            Piece::new(style, finetune),
        ]);
    };
    for (name, of) in COSTS {
        let prompt = of(&verdict.prompt, &comparison.prompt_investment);
        let finetune = of(&verdict.finetune, &comparison.finetune_investment);
        if prompt != 0.0 || finetune != 0.0 {
            row(name(lang), [usd(prompt), usd(finetune)], false);
        }
    }
    let (prompt, finetune) = (&verdict.prompt, &verdict.finetune);
    row(
        lang.sum(),
        [usd(prompt.total_usd()), usd(finetune.total_usd())],
        true,
    );
    let monthly = comparison.equivalent_monthly_usd;
    row(lang.per_month(), monthly.map(usd), false);
    row(lang.per_request(), comparison.request_usd.map(usd), false);
    let correct = [prompt.usd_per_correct(), finetune.usd_per_correct()];
    row(
        lang.per_correct(),
        correct.map(|each| each.map_or_else(|| "-".to_owned(), usd)),
        false,
    );
    table.lay(view.width, view.styled).lines
}

/// How many turning points are shown.
const TURNS: usize = 4;

/// Lays out where single numbers turn the decision.
pub(super) fn turns(comparison: &Comparison, view: &View) -> Vec<String> {
    if comparison.flips.is_empty() {
        return Vec::new();
    }
    let lang = view.lang;
    let mut table = Table::new([
        (lang.number_column(), Align::Left),
        (lang.now_column(), Align::Right),
        (lang.at_column(), Align::Right),
    ]);
    for flip in comparison.flips.iter().take(TURNS) {
        table.row(vec![
            flip.key.into(),
            plain(flip.now).into(),
            plain(flip.at).into(),
        ]);
    }
    headed(lang.turns(), table.lay(view.width, view.styled).lines, view)
}

/// Tells everything that the user did not give, with where it came from; what is none by default only with `-v`.
pub(super) fn assumptions(inputs: &Inputs, view: &View) -> Vec<String> {
    let lang = view.lang;
    let of = |provenance: &[Provenance]| -> Vec<&InputLine> {
        let lines = inputs.lines.iter();
        lines
            .filter(|line| provenance.contains(&line.provenance))
            .collect()
    };
    let mut lines = Vec::new();
    for line in of(&[Provenance::Book, Provenance::Default, Provenance::Derived]) {
        let mut source = safe::line(&line.source);
        if let Some(date) = &line.date {
            source = format!("{source} ({date})");
        }
        let pieces = [named(line).into(), Piece::new(DIM, source)];
        lines.extend(fill(&pieces, Fill::spaced(view)));
    }
    let assumed = of(&[Provenance::Assumed]);
    lines.extend(listed(lang.assumption(), &assumed, view));
    let nothing = of(&[Provenance::Nothing]);
    if view.verbose > 0 {
        lines.extend(listed(lang.none(), &nothing, view));
    } else if !nothing.is_empty() {
        let more = lang.more_lines(&nothing.len().to_string());
        lines.extend(fill(&[Piece::new(DIM, more)], Fill::spaced(view)));
    }
    headed(lang.assumptions(), lines, view)
}

fn named(line: &InputLine) -> String {
    format!("{} = {}", line.key, value(line))
}

/// Lists inputs of one kind, one after the other.
fn listed(kind: &str, lines: &[&InputLine], view: &View) -> Vec<String> {
    if lines.is_empty() {
        return Vec::new();
    }
    let head = format!("{kind}{}", view.lang.colon().trim_end());
    let named = lines.iter().map(|line| Piece::from(named(line)));
    let pieces: Vec<Piece> = std::iter::once(Piece::new(DIM, head))
        .chain(named)
        .collect();
    fill(&pieces, Fill::spaced(view))
}

fn value(line: &InputLine) -> String {
    match (&line.value, &line.dist) {
        (_, Some(dist)) => format!(
            "{} {}…{}",
            dist.word(),
            plain(dist.quantile(0.1)),
            plain(dist.quantile(0.9))
        ),
        (Shown::Number(number), None) => plain(*number),
        (Shown::Text(text), None) => safe::line(text),
    }
}

/// Puts a heading over lines.
pub(super) fn headed(heading: &str, lines: Vec<String>, view: &View) -> Vec<String> {
    let mut all: Vec<String> = crate::report::layout::wrap(heading, view.width)
        .iter()
        .map(|line| paint(BOLD, line, view.styled))
        .collect();
    all.extend(lines);
    all
}
