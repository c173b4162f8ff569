//! One comparison in words: its name, what flipped, what must be said beside its numbers.

use crate::report::number::{many, probability};
use crate::report::safe;
use crate::report::style::{DIM, DOUBT, Piece};
use crate::report::terminal::Names;
use crate::report::view::View;
use crate::summary::{Comparison, ComparisonKind, Facts, SideName, VariantFacts};

/// Counts what flipped: `2 now pass, 1 now fails`.
pub(super) fn flips(comparison: &Comparison, view: &View) -> String {
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
        (better, worse) => {
            [view.lang.now_pass(better), view.lang.now_fail(worse)].join(view.lang.comma())
        }
    }
}

/// Names a comparison: `detailed against (unnamed)`, `since iteration 2`; what both sides share is named once, where there is
/// a choice.
pub(super) fn title(comparison: &Comparison, names: &Names) -> String {
    let lang = names.lang;
    let (old, new) = (&comparison.reference, &comparison.candidate);
    let several = names.variants > 1 || names.models > 1;
    let who = if several {
        names.row(&new.variant, &new.model)
    } else {
        String::new()
    };
    let earlier = || match old.iteration {
        Some(n) => lang.iteration(&n.to_string()),
        None => format!("@{}", safe::line(old.revision.short())),
    };
    let model = |side: &SideName| safe::line(&side.model.to_string());
    let shared = |share: bool, name: String| {
        if share {
            format!(" ({name})")
        } else {
            String::new()
        }
    };
    let title = match comparison.kind {
        ComparisonKind::Previous => lang.since(&who, &earlier()),
        ComparisonKind::Run => lang.against(&who, &earlier()),
        ComparisonKind::Variant => {
            let both = lang.against(&names.variant(&new.variant), &names.variant(&old.variant));
            both + &shared(names.models > 1, model(new))
        }
        ComparisonKind::Model => {
            let both = lang.against(&model(new), &model(old));
            both + &shared(names.variants > 1, names.variant(&new.variant))
        }
    };
    title.trim_start().to_owned()
}

/// Writes a title as the head of a line.
pub(super) fn headed(title: &str, view: &View) -> Piece {
    format!("{title}{}", view.lang.colon().trim_end()).into()
}

/// Writes ` (10/24)`, the earlier iteration's passes, where they follow from the candidate's without doubt.
pub(super) fn passed_before(facts: &Facts, comparison: &Comparison) -> Option<String> {
    if !matches!(
        comparison.kind,
        ComparisonKind::Previous | ComparisonKind::Run
    ) {
        return None;
    }
    let side = &comparison.candidate;
    let is_side = |row: &&VariantFacts| row.variant == side.variant && row.model == side.model;
    let row = facts.variants.iter().find(is_side)?;
    let whole =
        comparison.metric == "pass" && comparison.pairs == row.cases && row.trials == row.cases;
    let passed =
        (row.passed + comparison.discordant.worse).checked_sub(comparison.discordant.better)?;
    (whole && passed <= row.cases).then(|| format!(" ({}/{})", many(passed), many(row.cases)))
}

/// Returns what must be said beside the numbers: dropped cases, p where it and the interval disagree, remarks.
pub(super) fn notes(comparison: &Comparison, view: &View) -> Vec<Piece> {
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
        .into_iter()
        .map(|note| Piece::new(DOUBT, note))
        .collect()
}

/// Returns, for `-v`, how the comparison was made.
pub(super) fn statistics(comparison: &Comparison, view: &View) -> Option<Piece> {
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
    (view.verbose > 0).then(|| Piece::new(DIM, texts.join(" · ")))
}
