//! A template's text, compiled by the engine once our own scan has let it through.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};

use handlebars::Template;
use handlebars::template::{HelperTemplate, TemplateElement, TemplateMapping};

use crate::template::explain::explain;
use crate::template::scan::{FlawAt, tags};
use crate::template::scan_tag::{Tag, TagKind};
use crate::template::source::{Source, line_column};
use crate::template::{BodyFlaw, Located};

/// A compiled template and where its text stands.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    /// The engine's tree; every element of it has its place.
    pub(super) tree: Template,
    /// The text.
    pub(super) source: Source,
}

/// Compiles a template.
///
/// Errors: every flaw that our scan finds, else the first that the engine finds, in our words.
pub(super) fn compile(source: Source) -> Result<Unit, Vec<Located>> {
    let located = |flaws: Vec<FlawAt>| {
        let place = |(at, flaw)| Located {
            at: source.spot_of(at),
            flaw: in_file(&source, flaw),
        };
        flaws.into_iter().map(place).collect::<Vec<_>>()
    };
    let tags = tags(&source.body).map_err(located)?;
    let mut tree = engine(&source.body, &tags).map_err(|flaw| located(vec![flaw]))?;
    let mut chain: VecDeque<(usize, usize)> = tags
        .iter()
        .filter(|tag| tag.kind == TagKind::ElseIf)
        .map(|tag| line_column(&source.body, tag.start))
        .collect();
    place_chains(&mut tree, &mut chain);
    Ok(Unit { tree, source })
}

/// Lines of the body that a message names become lines of the file.
fn in_file(source: &Source, flaw: BodyFlaw) -> BodyFlaw {
    match flaw {
        BodyFlaw::WrongClose {
            tag,
            opened,
            line,
            name,
        } => BodyFlaw::WrongClose {
            tag,
            opened,
            line: source.spot(line, 1).line,
            name,
        },
        other => other,
    }
}

fn engine(body: &str, tags: &[Tag<'_>]) -> Result<Template, FlawAt> {
    // The engine's reader holds assertions of its own; a template must never end the process.
    let compiled = catch_unwind(AssertUnwindSafe(|| Template::compile(body)));
    let place = match compiled {
        Ok(Ok(tree)) => return Ok(tree),
        Ok(Err(error)) => error.pos(),
        Err(_) => None,
    };
    let place = place.unwrap_or((1, 1));
    let culprit = tags
        .iter()
        .rev()
        .find(|tag| line_column(body, tag.start) <= place)
        .or_else(|| tags.first());
    Err(match culprit {
        Some(tag) => (tag.start, explain(tag)),
        None => (
            0,
            BodyFlaw::Unreadable {
                tag: crate::template::scan_tag::shown(body),
            },
        ),
    })
}

/// Gives each `{{else if}}` its place: the engine makes templates for them that have none.
fn place_chains(tree: &mut Template, chain: &mut VecDeque<(usize, usize)>) {
    let places = tree.mapping.clone();
    for (i, element) in tree.elements.iter_mut().enumerate() {
        match element {
            TemplateElement::HelperBlock(block) => {
                if let Some(place) = places.get(i).or_else(|| places.first()) {
                    place_branches(block, place, chain);
                }
            }
            TemplateElement::DecoratorBlock(block) | TemplateElement::PartialBlock(block) => {
                if let Some(inner) = &mut block.template {
                    place_chains(inner, chain);
                }
            }
            _ => {}
        }
    }
}

fn place_branches(
    block: &mut HelperTemplate,
    place: &TemplateMapping,
    chain: &mut VecDeque<(usize, usize)>,
) {
    if let Some(inner) = &mut block.template {
        place_chains(inner, chain);
    }
    let Some(inverse) = &mut block.inverse else {
        return;
    };
    if let ([TemplateElement::HelperBlock(next)], true) =
        (inverse.elements.as_mut_slice(), inverse.mapping.is_empty())
    {
        let mut own = place.clone();
        if let Some((line, column)) = chain.pop_front() {
            (own.0, own.1) = (line, column);
        }
        place_branches(next, &own, chain);
        inverse.mapping.push(own);
    } else {
        place_chains(inverse, chain);
    }
}
