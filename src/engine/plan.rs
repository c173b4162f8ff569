//! The plan of a run: every trial in order, rendered and checked, before anything is sent. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{Case, Message, ModelRef, TrialKey, Variant};
use crate::engine::error::{MissingVariable, PlanError, PlanProblem};
use crate::template::{RenderContext, Template};

/// One trial, ready to be sent.
#[derive(Debug, Clone)]
pub struct PlannedTrial {
    /// Its place in the run, from 0.
    pub position: usize,
    /// Which trial.
    pub key: TrialKey,
    /// Index of its case.
    pub case: usize,
    /// Index of its variant.
    pub variant: usize,
    /// What will be said.
    pub messages: Vec<Message>,
}

/// Returns every trial of variants × models × cases × repeats, rendered.
///
/// Order: case, repeat, variant, model, so that a run that is cut short holds both sides of each pair that it began.
///
/// Errors: every variable that is unknown or missing in any case, every case that a schema refuses or a template cannot
/// render, all in one error.
pub fn plan(
    variants: &[(Variant, Template)],
    models: &[ModelRef],
    cases: &[Case],
    repeats: u32,
) -> Result<Vec<PlannedTrial>, PlanError> {
    check_variables(variants, cases)?;
    let mut rendered: Vec<Vec<Vec<Message>>> = Vec::with_capacity(cases.len());
    let mut problems = Vec::new();
    for case in cases {
        let context = RenderContext {
            history: case.turns.clone(),
            ..RenderContext::default()
        };
        let mut of_case = Vec::with_capacity(variants.len());
        for (_, template) in variants {
            match template
                .check(&case.vars)
                .and_then(|()| template.render(&template.inputs(&case.vars), &context))
            {
                Ok(messages) => of_case.push(messages),
                Err(error) => problems.push(PlanProblem {
                    case: case.label.clone(),
                    place: case.place.clone(),
                    error: Box::new(error),
                }),
            }
        }
        rendered.push(of_case);
    }
    if problems.is_empty() {
        Ok(in_order(variants, models, cases, repeats, &rendered))
    } else {
        Err(PlanError::Cases { problems })
    }
}

fn in_order(
    variants: &[(Variant, Template)],
    models: &[ModelRef],
    cases: &[Case],
    repeats: u32,
    rendered: &[Vec<Vec<Message>>],
) -> Vec<PlannedTrial> {
    let mut trials =
        Vec::with_capacity(cases.len() * variants.len() * models.len() * repeats as usize);
    for (case, of_case) in rendered.iter().enumerate() {
        for repeat in 1..=repeats {
            for (variant, messages) in of_case.iter().enumerate() {
                for model in models {
                    let key = TrialKey {
                        variant: variants[variant].0.clone(),
                        model: model.clone(),
                        case: cases[case].id.clone(),
                        repeat,
                    };
                    trials.push(PlannedTrial {
                        position: trials.len(),
                        key,
                        case,
                        variant,
                        messages: messages.clone(),
                    });
                }
            }
        }
    }
    trials
}

/// Finds every variable that no case has (a typing error) and every case that lacks one it needs.
fn check_variables(variants: &[(Variant, Template)], cases: &[Case]) -> Result<(), PlanError> {
    let known: BTreeSet<String> = cases
        .iter()
        .flat_map(|case| case.vars.keys().cloned())
        .collect();
    let unknown: Vec<_> = variants
        .iter()
        .flat_map(|(_, template)| template.unknown(&known))
        .collect();
    if !unknown.is_empty() {
        return Err(PlanError::Unknown { variables: unknown });
    }
    let mut missing: BTreeMap<(String, usize, usize, String), Vec<String>> = BTreeMap::new();
    for (_, template) in variants {
        for case in cases {
            for use_ in template.missing(&case.vars) {
                let at = (use_.file.clone(), use_.line, use_.column, use_.name.clone());
                missing.entry(at).or_default().push(case.label.clone());
            }
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    let variables = missing
        .into_iter()
        .map(|((file, line, column, name), cases)| MissingVariable {
            name,
            file,
            line,
            column,
            cases,
        });
    Err(PlanError::Missing {
        variables: variables.collect(),
    })
}
