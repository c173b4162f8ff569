//! A compiled template with our helpers in it: every value goes through `[print]`, every partial is counted.
//!
//! The engine prints lists as `[1, 2]`, objects as `[object]` and 1.0 as `1.0`, reads only the first name of `@state.count`,
//! and follows partials without a limit. Its tree is public, so the tags themselves are replaced.

use std::collections::HashMap;
use std::mem::take;

use handlebars::Template;
use handlebars::template::{
    DecoratorTemplate, HelperTemplate, Parameter, Subexpression, TemplateElement, TemplateMapping,
};
use serde_json::Value;

use crate::template::path::{Reference, reference};
use crate::template::signature::{PARTIAL_BLOCK, Stand, inside, partial_name, signature};

/// Rewrites a template for rendering. `name` tells errors whose text it is; `captures` counts literal text too, because the
/// engine keeps content aside where our output does not see it.
pub(super) fn rewrite(tree: &mut Template, name: &str, captures: bool) {
    Rewriter { name, captures }.template(tree);
    tree.name = Some(name.to_owned());
}

/// Rewrites a partial, which is counted when it is entered and left.
pub(super) fn rewrite_partial(tree: &mut Template, name: &str, captures: bool) {
    rewrite(tree, name, captures);
    enclose(tree, &[inside::ENTER], &[inside::LEAVE]);
}

struct Rewriter<'a> {
    name: &'a str,
    captures: bool,
}

impl Rewriter<'_> {
    fn template(&self, tree: &mut Template) {
        let places = take(&mut tree.mapping);
        for (i, element) in take(&mut tree.elements).into_iter().enumerate() {
            let place = places.get(i).or_else(|| places.last());
            if is_partial_block(&element) {
                push(tree, call(inside::REPLAY, Vec::new()), place);
            }
            push(tree, self.element(element), place);
        }
    }

    fn element(&self, element: TemplateElement) -> TemplateElement {
        match element {
            TemplateElement::RawString(text) if self.captures => {
                call(inside::TEXT, vec![Parameter::Literal(Value::String(text))])
            }
            TemplateElement::Expression(tag) | TemplateElement::HtmlExpression(tag) => {
                Self::tag(*tag)
            }
            TemplateElement::HelperBlock(mut block) => {
                self.block(&mut block);
                TemplateElement::HelperBlock(block)
            }
            TemplateElement::DecoratorBlock(mut inline) => {
                if let Some(body) = &mut inline.template {
                    self.template(body);
                    body.name = Some(self.name.to_owned());
                    enclose(body, &[inside::ENTER], &[inside::LEAVE]);
                }
                TemplateElement::DecoratorBlock(inline)
            }
            TemplateElement::PartialExpression(mut call) => {
                Self::partial(&mut call);
                TemplateElement::PartialExpression(call)
            }
            TemplateElement::PartialBlock(mut call) => {
                Self::partial(&mut call);
                if let Some(body) = &mut call.template {
                    self.template(body);
                    body.name = Some(self.name.to_owned());
                    enclose(
                        body,
                        &[inside::ENTER, inside::CAPTURE],
                        &[inside::CAPTURED, inside::LEAVE],
                    );
                }
                TemplateElement::PartialBlock(call)
            }
            other => other,
        }
    }

    /// `{{name}}` becomes `{{[print] name}}`, `{{lookup a b}}` becomes `{{[print] (lookup a b)}}`; markers stay.
    fn tag(mut tag: HelperTemplate) -> TemplateElement {
        let helper = tag.name.as_name().and_then(signature);
        if let Some(helper) = helper.filter(|helper| helper.stand != Stand::Value) {
            arguments(&mut tag.params, &mut tag.hash, false);
            // A name without arguments would be printed as a variable.
            let name = Parameter::Name(helper.name.to_owned());
            return *Subexpression::new(name, tag.params, tag.hash).element;
        }
        let mut value = if tag.params.is_empty() && tag.hash.is_empty() {
            tag.name
        } else {
            Parameter::Subexpression(Subexpression::new(tag.name, tag.params, tag.hash))
        };
        argument(&mut value, false);
        call(inside::PRINT, vec![value])
    }

    fn block(&self, block: &mut HelperTemplate) {
        let tested = matches!(block.name.as_name(), Some("if" | "unless"));
        arguments(&mut block.params, &mut block.hash, tested);
        for branch in [&mut block.template, &mut block.inverse]
            .into_iter()
            .flatten()
        {
            self.template(branch);
        }
    }

    /// What is given to a partial must have a value: the engine would take absence for null.
    fn partial(call: &mut DecoratorTemplate) {
        if let Some(name) = partial_name(&call.name).map(ToOwned::to_owned) {
            call.name = Parameter::Name(name);
        }
        arguments(&mut call.params, &mut call.hash, false);
        for given in call.params.iter_mut().chain(call.hash.values_mut()) {
            let value = std::mem::replace(given, Parameter::Literal(Value::Null));
            *given = expression(inside::NEED, vec![value]);
        }
    }
}

fn is_partial_block(element: &TemplateElement) -> bool {
    match element {
        TemplateElement::PartialExpression(call) | TemplateElement::PartialBlock(call) => {
            partial_name(&call.name) == Some(PARTIAL_BLOCK)
        }
        _ => false,
    }
}

fn arguments(params: &mut [Parameter], hash: &mut HashMap<String, Parameter>, tested: bool) {
    for value in params.iter_mut().chain(hash.values_mut()) {
        argument(value, tested);
    }
}

/// Replaces what the engine cannot read: `@name.member`, `@root`, and `lookup` in a condition, where absence is false.
fn argument(value: &mut Parameter, tested: bool) {
    match value {
        Parameter::Path(path) => {
            let replaced = match reference(path) {
                Reference::Context { names } => {
                    let literal = |name: &str| Parameter::Literal(Value::from(name));
                    expression(inside::CONTEXT, names.into_iter().map(literal).collect())
                }
                Reference::Root => expression(inside::ROOT, Vec::new()),
                Reference::Input { .. } | Reference::Loop => return,
            };
            *value = replaced;
        }
        Parameter::Subexpression(inner) => {
            if let TemplateElement::Expression(call) = inner.element.as_mut() {
                if tested && call.name.as_name() == Some("lookup") {
                    call.name = Parameter::Name(inside::TRY_LOOKUP.to_owned());
                }
                arguments(&mut call.params, &mut call.hash, tested);
            }
        }
        _ => {}
    }
}

fn expression(helper: &str, params: Vec<Parameter>) -> Parameter {
    let name = Parameter::Name(helper.to_owned());
    Parameter::Subexpression(Subexpression::new(name, params, HashMap::new()))
}

fn call(helper: &str, params: Vec<Parameter>) -> TemplateElement {
    let name = Parameter::Name(helper.to_owned());
    *Subexpression::new(name, params, HashMap::new()).element
}

fn push(tree: &mut Template, element: TemplateElement, place: Option<&TemplateMapping>) {
    tree.elements.push(element);
    tree.mapping.extend(place.cloned());
}

fn enclose(tree: &mut Template, first: &[&str], last: &[&str]) {
    let first = first.iter().map(|helper| call(helper, Vec::new()));
    let count = first.len();
    tree.elements.splice(0..0, first);
    if let Some(place) = tree.mapping.first().cloned() {
        tree.mapping.splice(0..0, std::iter::repeat_n(place, count));
    }
    let last = last.iter().map(|helper| call(helper, Vec::new()));
    tree.elements.extend(last);
}
