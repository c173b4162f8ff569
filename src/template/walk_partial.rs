//! The walk into partials: which are called, in what scope, and whether they call each other in a circle.

use handlebars::template::{DecoratorTemplate, Parameter};
use serde_json::Value;

use crate::domain::nearest;
use crate::template::BodyFlaw;
use crate::template::scope::Scope;
use crate::template::signature::{PARTIAL_BLOCK, partial_name};
use crate::template::walk::{Here, Walk, path_of};

/// The most calls of partials that are followed, each kind of call once.
const MAX_CALLS: usize = 2_000;

impl<'a> Walk<'a> {
    /// `{{#*inline "name"}}…{{/inline}}`: walked where it is called.
    pub(super) fn inline(&mut self, decorator: &'a DecoratorTemplate, here: Here<'a, '_>) {
        let name = decorator.name.as_name().unwrap_or_default();
        if let ("inline", [Parameter::Literal(Value::String(inline))], Some(body)) =
            (name, decorator.params.as_slice(), &decorator.template)
        {
            self.inlines.insert(inline.clone(), (body, here.source));
        } else {
            let name = name.to_owned();
            self.flaw(here, BodyFlaw::Decorator { name });
        }
    }

    /// `{{>name …}}` and `{{#>name …}}…{{/name}}`.
    pub(super) fn partial(
        &mut self,
        call: &'a DecoratorTemplate,
        is_block: bool,
        here: Here<'a, '_>,
    ) {
        self.arguments(&call.params, &call.hash, false, here);
        let Some(name) = partial_name(&call.name) else {
            self.flaw(here, BodyFlaw::DynamicPartial);
            return;
        };
        let mut hidden: Vec<String> = call.hash.keys().cloned().collect();
        hidden.sort();
        let scope = match call.params.first() {
            None => here.scope.same(hidden),
            Some(given) => here.scope.within(path_of(given).as_ref(), hidden),
        };
        if let Some(content) = &call.template {
            self.found.captures = true;
            self.template(content, here.source, &scope);
        }
        if name != PARTIAL_BLOCK {
            self.called(name, is_block, &scope, here);
        }
    }

    fn called(&mut self, name: &str, has_fallback: bool, scope: &Scope, here: Here<'a, '_>) {
        let (tree, source) = if let Some(inline) = self.inlines.get(name) {
            *inline
        } else if let Some(unit) = self.partials.get(name) {
            self.found.reached.insert(name.to_owned());
            (&unit.tree, &unit.source)
        } else {
            if !has_fallback {
                self.unknown_partial(name, here);
            }
            return;
        };
        if let Some(first) = self.trail.iter().position(|walked| walked == name) {
            let mut chain = self.trail[first..].to_vec();
            chain.push(name.to_owned());
            self.flaw(here, BodyFlaw::Cycle { chain });
            return;
        }
        let inlines = self.inlines.values();
        let seen = inlines.map(|(body, _)| std::ptr::from_ref(*body).addr());
        let call = (name.to_owned(), scope.clone(), seen.collect());
        if self.done.len() >= MAX_CALLS {
            let flaw = BodyFlaw::TooDeep {
                what: "calls of partials",
                limit: MAX_CALLS,
            };
            self.flaw(here, flaw);
        } else if self.done.insert(call) {
            self.trail.push(name.to_owned());
            self.template(tree, source, scope);
            self.trail.pop();
        }
    }

    fn unknown_partial(&mut self, name: &str, here: Here<'_, '_>) {
        let inlines = self.inlines.keys().map(String::as_str);
        let known = self.names.iter().copied().chain(inlines);
        let flaw = BodyFlaw::UnknownPartial {
            name: name.to_owned(),
            nearest: nearest(name, known).map(ToOwned::to_owned),
        };
        self.flaw(here, flaw);
    }
}
