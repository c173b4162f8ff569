//! What changed: against the previous iteration, another run, another model; what flipped and why before any number.

use crate::domain::CaseId;
use crate::report::layout::{Fill, cut, fill, left, names_that_fit, width};
use crate::report::money::dollars;
use crate::report::number::{many, probability};
use crate::report::safe;
use crate::report::style::{BAD, DIM, DOUBT, GOOD, Piece, paint};
use crate::report::terminal::rows::{Rows, in_table};
use crate::report::terminal::{Delta, Names, label};
use crate::report::view::View;
use crate::summary::{Comparison, ComparisonKind, Facts, Flip, VariantFacts, Verdict};

/// Writes every comparison that the table does not hold whole.
pub(super) fn changes(facts: &Facts, names: &Names, rows: &Rows, view: &View) -> Vec<String> {
    let mut lines = Vec::new();
    for comparison in &facts.comparisons {
        let told = rows.difference_shown && is_in_table(facts, comparison);
        if !told {
            lines.extend(change(facts, comparison, names, view));
        } else if view.verbose > 0 || !notes(comparison, view).is_empty() {
            let head = Piece::from(format!("{}:", title(comparison, names)));
            lines.extend(fill(&with_notes(vec![head], comparison, view), line(view)));
        }
        if view.verbose > 0 {
            lines.extend(fill(
                &statistics(comparison, view),
                Fill {
                    indent: 3,
                    hanging: 3,
                    between: " · ",
                    ..line(view)
                },
            ));
        }
    }
    lines
}

/// Says what would settle what is open.
pub(super) fn unsettled(facts: &Facts, names: &Names, view: &View) -> Vec<String> {
    let open = |c: &&Comparison| c.verdict == Some(Verdict::Inconclusive);
    facts
        .comparisons
        .iter()
        .filter(open)
        .take(if view.verbose > 0 { usize::MAX } else { 3 })
        .flat_map(|comparison| {
            let pieces = [
                Piece::new(DOUBT, format!("{}:", view.lang.inconclusive_means())),
                title(comparison, names).into(),
                needs(comparison, view).into(),
            ];
            fill(&pieces, line(view))
        })
        .collect()
}

fn needs(comparison: &Comparison, view: &View) -> String {
    match (comparison.cases_more, comparison.usd_more) {
        (None | Some(0), _) => view.lang.nothing_settles().to_owned(),
        (Some(cases), usd) => {
            let cases = usize::try_from(cases).unwrap_or(usize::MAX);
            match usd {
                Some(usd) => view.lang.settles_at(cases, &dollars(usd)),
                None => view.lang.settles_at_unknown(cases),
            }
        }
    }
}

fn change(facts: &Facts, comparison: &Comparison, names: &Names, view: &View) -> Vec<String> {
    let before = passed_before(facts, comparison);
    let head = format!(
        "{}{}:",
        title(comparison, names),
        before.unwrap_or_default()
    );
    let mut pieces = vec![Piece::from(head), flips(comparison, view).into()];
    pieces.push(
        Delta::of(comparison, view.lang)
            .map_or_else(|| Piece::new(DOUBT, view.lang.no_pairs()), |d| d.piece()),
    );
    let mut lines = fill(&with_notes(pieces, comparison, view), line(view));
    lines.extend(flipped(facts, comparison, view));
    lines
}

/// Lists the cases that fail now, with their reasons, then those that pass now.
fn flipped(facts: &Facts, comparison: &Comparison, view: &View) -> Vec<String> {
    let now = |word: &'static str| {
        comparison
            .flipped
            .iter()
            .filter(move |flip| flip.now == word)
    };
    let fails: Vec<&Flip> = now("fail").collect();
    let shown = &fails[..fails.len().min(view.most_cases())];
    let told: Vec<(String, String)> = shown
        .iter()
        .map(|flip| (label(facts, &flip.case), safe::line(&flip.reason)))
        .collect();
    let mut lines = with_reasons(&told, view);
    if fails.len() > shown.len() {
        lines.push(cut(
            &format!(
                "   {}",
                view.lang.and_more(&many(fails.len() - shown.len()))
            ),
            view.width,
        ));
    }
    let passes: Vec<String> = now("pass").map(|flip| label(facts, &flip.case)).collect();
    if !passes.is_empty() {
        let (list, _) = names_that_fit(&passes, view.width.saturating_sub(5), ", ");
        lines.push(format!("   {} {list}", paint(GOOD, "✓", view.styled)));
    }
    lines
}

/// Sets failing cases under each other, names in one column and reasons in the next; with `-v` reasons are not cut.
pub(super) fn with_reasons(cases: &[(String, String)], view: &View) -> Vec<String> {
    let most = (view.width / 3).clamp(8, 32);
    let wide = cases
        .iter()
        .map(|(name, _)| width(name))
        .max()
        .unwrap_or(0)
        .min(most);
    let room = view.width.saturating_sub(5 + wide + 2);
    let cross = paint(BAD, "✗", view.styled);
    cases
        .iter()
        .map(|(name, reason)| {
            let name = left(&cut(name, wide), wide);
            format!("   {cross} {name}  {}", cut(reason, room))
                .trim_end()
                .to_owned()
        })
        .collect()
}

fn flips(comparison: &Comparison, view: &View) -> String {
    let count = |word: &str| {
        comparison
            .flipped
            .iter()
            .filter(|flip| flip.now == word)
            .count()
    };
    match (count("pass"), count("fail")) {
        (0, 0) => view.lang.nothing_flipped().to_owned(),
        (0, worse) => view.lang.now_fail(worse),
        (better, 0) => view.lang.now_pass(better),
        (better, worse) => view
            .lang
            .now_both(&view.lang.now_pass(better), &many(worse)),
    }
}

fn title(comparison: &Comparison, names: &Names) -> String {
    let lang = names.lang;
    let (old, new) = (&comparison.reference, &comparison.candidate);
    let who = names.row(&new.variant, &new.model);
    let earlier = || match old.iteration {
        Some(n) => lang.iteration(&n.to_string()),
        None => format!("@{}", safe::line(old.revision.short())),
    };
    match comparison.kind {
        ComparisonKind::Previous => lang.since(&who, &earlier()),
        ComparisonKind::Run => lang.against(&who, &earlier()),
        ComparisonKind::Variant | ComparisonKind::Model => {
            lang.against(&who, &names.row(&old.variant, &old.model))
        }
    }
}

/// Writes ` (10/24)`, the reference's passes, where they follow from the candidate's without doubt.
fn passed_before(facts: &Facts, comparison: &Comparison) -> Option<String> {
    let side = &comparison.candidate;
    let is_side = |row: &&VariantFacts| row.variant == side.variant && row.model == side.model;
    let row = facts.variants.iter().find(is_side)?;
    let whole =
        comparison.metric == "pass" && comparison.pairs == row.cases && row.trials == row.cases;
    let passed =
        (row.passed + comparison.discordant.worse).checked_sub(comparison.discordant.better)?;
    (whole && passed <= row.cases).then(|| format!(" ({}/{})", many(passed), many(row.cases)))
}

fn with_notes(mut pieces: Vec<Piece>, comparison: &Comparison, view: &View) -> Vec<Piece> {
    pieces.extend(
        notes(comparison, view)
            .into_iter()
            .map(|note| Piece::new(DOUBT, note)),
    );
    pieces
}

/// Returns what must be said beside the numbers: dropped cases, p where it and the interval disagree, remarks.
fn notes(comparison: &Comparison, view: &View) -> Vec<String> {
    let mut notes = Vec::new();
    if comparison.dropped > 0 {
        notes.push(view.lang.dropped(comparison.dropped));
    }
    let p = comparison.p_adjusted.or(comparison.p_value);
    if let (Some(p), Some(i)) = (p, comparison.interval) {
        let beyond_zero = i.low > 0.0 || i.high < 0.0;
        let said = comparison
            .remarks
            .iter()
            .any(|remark| remark.contains("p = "));
        if beyond_zero != (p < 0.05) && !said {
            notes.push(format!("p = {}", probability(p)));
        }
    }
    notes.extend(
        comparison
            .remarks
            .iter()
            .map(|remark| view.lang.remark(&safe::line(remark))),
    );
    notes
}

/// Returns, for `-v`, how the comparison was made.
fn statistics(comparison: &Comparison, view: &View) -> Vec<Piece> {
    let discordant = comparison.discordant;
    let mut texts = vec![
        view.lang.method(comparison.method),
        view.lang.pairs(comparison.pairs),
        view.lang
            .better_worse(&many(discordant.better), &many(discordant.worse)),
    ];
    texts.extend(
        comparison
            .p_value
            .map(|p| format!("p = {}", probability(p))),
    );
    texts.extend(
        comparison
            .p_adjusted
            .map(|p| format!("Holm p = {}", probability(p))),
    );
    texts
        .into_iter()
        .map(|text| Piece::new(DIM, text))
        .collect()
}

fn is_in_table(facts: &Facts, comparison: &Comparison) -> bool {
    let side = &comparison.candidate;
    in_table(facts, &side.variant, &side.model).is_some_and(|shown| std::ptr::eq(shown, comparison))
}

fn line(view: &View) -> Fill<'static> {
    Fill {
        between: "  ",
        indent: 1,
        hanging: 3,
        width: view.width,
        styled: view.styled,
    }
}

/// Tells whether a case is already told of as failing since the previous iteration.
pub(super) fn told(facts: &Facts, case: &CaseId) -> bool {
    facts
        .comparisons
        .iter()
        .filter(|c| matches!(c.kind, ComparisonKind::Previous | ComparisonKind::Run))
        .flat_map(|c| &c.flipped)
        .any(|flip| flip.now == "fail" && flip.case == *case)
}
