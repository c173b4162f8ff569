//! Sentences of a comparison.

use crate::economics::{Case, Comparison, Inputs, Learning, Next};
use crate::report::compare::amount::{chance, plain, usd};
use crate::report::text::Lang;

/// Returns the recommendation: what to do, how surely, and what would change it.
pub(super) fn sentence(comparison: &Comparison, months: f64, lang: Lang) -> String {
    let uncertainty = &comparison.uncertainty;
    let p = lang.percent(&chance(uncertainty.p_finetune_wins));
    let mean = uncertainty.mean_gain_usd;
    let (gap, months) = (usd(mean.abs()), plain(months));
    let said = if comparison.is_hypothetical() {
        let gap = if mean > 0.0 {
            lang.would_save(&gap)
        } else {
            lang.would_cost(&gap)
        };
        lang.stay_unavailable(&p, &gap, &months)
    } else if comparison.recommends_finetune() {
        lang.tune(&p, &gap, &months)
    } else {
        lang.stay(&p, &gap, &months)
    };
    let turn = match comparison.flips.first() {
        Some(flip) => lang.would_turn(flip.key, &plain(flip.at), &plain(flip.now)),
        None => lang.nothing_turns().to_owned(),
    };
    match lang {
        Lang::En => format!("{said} {turn}"),
        Lang::Zh => format!("{said}{turn}"),
    }
}

/// Returns when fine-tuning is cheaper, how surely, and what is worth knowing.
pub(super) fn decision(inputs: &Inputs, comparison: &Comparison, lang: Lang) -> Vec<String> {
    let verdict = &comparison.verdict;
    let now = plain(inputs.world.market.volume);
    let at = verdict.break_even_volume.map_or_else(String::new, plain);
    let mut said = vec![match verdict.case {
        Case::FinetuneDominates => lang.finetune_always().to_owned(),
        Case::PromptDominates => lang.prompt_always().to_owned(),
        Case::FinetuneAbove => lang.breaks_even_above(&at, &now),
        Case::FinetuneBelow => lang.breaks_even_below(&at, &now),
    }];
    said.push(match verdict.payback_month {
        None => lang.never_pays_back().to_owned(),
        Some(0) => lang.pays_at_once().to_owned(),
        Some(month) => lang.pays_back(&month.to_string()),
    });
    said.extend(sureness(inputs, comparison, lang));
    said
}

fn sureness(inputs: &Inputs, comparison: &Comparison, lang: Lang) -> Vec<String> {
    let uncertainty = &comparison.uncertainty;
    if inputs.uncertain.is_empty() {
        return vec![lang.nothing_uncertain().to_owned()];
    }
    let p = lang.percent(&chance(uncertainty.p_finetune_wins));
    let draws = crate::report::number::many(uncertainty.draws);
    let mut said = vec![if uncertainty.exact {
        lang.wins_exactly(&p, &draws)
    } else {
        let error = lang.percent(&format!("{:.2}", uncertainty.standard_error * 100.0));
        lang.wins_drawn(&p, &error, &draws)
    }];
    said.push(lang.gain_between(
        &usd(uncertainty.mean_gain_usd),
        &usd(uncertainty.p5_usd),
        &usd(uncertainty.p50_usd),
        &usd(uncertainty.p95_usd),
    ));
    said.push(lang.regrets(
        &usd(uncertainty.regret_prompt_usd),
        &usd(uncertainty.regret_finetune_usd),
    ));
    said.push(lang.worth_all(&usd(uncertainty.evpi_usd)));
    let worth: Vec<String> = uncertainty
        .evppi
        .iter()
        .filter(|(_, worth)| *worth > 0.0)
        .take(3)
        .map(|(key, worth)| format!("`{key}` {}", usd(*worth)))
        .collect();
    if !worth.is_empty() {
        said.push(lang.worth_each(&worth.join(lang.comma())));
    }
    said.push(next(comparison.next.as_ref(), lang));
    said
}

/// Returns what to measure next.
pub(super) fn next(next: Option<&Next>, lang: Lang) -> String {
    match next {
        None => lang.no_next().to_owned(),
        Some(Next::Measure(one)) => lang.measure_next(
            one.key,
            &crate::report::number::many(one.cases),
            &usd(one.worth_usd),
            &usd(one.cost_usd),
        ),
        Some(Next::FindOut { key, worth_usd }) => lang.find_out_next(key, &usd(*worth_usd)),
    }
}

/// Returns what the learning curves say, where there are some.
pub(super) fn learning(comparison: &Comparison, lang: Lang) -> Vec<String> {
    let mut said = Vec::new();
    let name: fn(Lang, &str, &str, &str) -> String = Lang::learning_prompt;
    let pairs = [
        (&comparison.prompt_curve, name),
        (&comparison.finetune_curve, Lang::learning_labels),
    ];
    for (learning, name) in pairs {
        let Some(learning) = learning else { continue };
        let curve = &learning.curve;
        said.push(name(
            lang,
            &plain(curve.a),
            &plain(curve.b),
            &plain(curve.c),
        ));
        said.extend(follows(learning, lang));
    }
    said
}

fn follows(learning: &Learning, lang: Lang) -> Vec<String> {
    if !learning.curve.extrapolates() {
        return vec![lang.too_flat().to_owned()];
    }
    let target = match learning.to_target {
        None => lang.no_more().to_owned(),
        Some(effort) if learning.far => lang.far_beyond(&plain(effort)),
        Some(effort) => lang.reaches_at(&plain(effort)),
    };
    let stop = learning
        .optimum
        .map(|effort| lang.best_stop(&plain(effort.round())));
    std::iter::once(target).chain(stop).collect()
}
