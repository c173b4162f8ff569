//! The walk over a compiled template before any value is known: variables used, partials reached, what cannot work.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use handlebars::Template;
use handlebars::template::{HelperTemplate, Parameter, Subexpression, TemplateElement};

use crate::domain::nearest;
use crate::template::compile::Unit;
use crate::template::path::{Reference, reference};
use crate::template::scan::MAX_DEPTH;
use crate::template::scope::{Scope, block_params};
use crate::template::signature::{ROLES, SIGNATURES, Signature, Stand, signature};
use crate::template::source::Source;
use crate::template::{BodyFlaw, Located, VariableUse};

/// What the walk found.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// Case variables in the order of their first use.
    pub(super) uses: Vec<VariableUse>,
    /// Partials that can be rendered.
    pub(super) reached: BTreeSet<String>,
    /// Everything that cannot work.
    pub(super) flaws: Vec<Located>,
    /// True where content is kept aside for `{{> @partial-block}}`.
    pub(super) captures: bool,
}

/// Walks a template and the partials that it reaches.
///
/// `names` are all partials that exist, for suggestions; `markers` is false for values of suites, where `{{role}}` and its
/// like have no place.
pub(super) fn walk<'a>(
    main: &'a Unit,
    partials: &'a BTreeMap<String, Unit>,
    names: &'a [&'a str],
    markers: bool,
) -> Findings {
    let mut walk = Walk {
        partials,
        names,
        markers,
        found: Findings::default(),
        known: HashMap::new(),
        inlines: BTreeMap::new(),
        done: HashSet::new(),
        trail: Vec::new(),
        depth: 0,
    };
    walk.template(&main.tree, &main.source, &Scope::top());
    let mut found = walk.found;
    // A partial that is called in several scopes shows its flaws in each.
    found.flaws.sort_by(|a, b| a.at.cmp(&b.at));
    found.flaws.dedup();
    found
}

pub(super) struct Walk<'a> {
    pub(super) partials: &'a BTreeMap<String, Unit>,
    pub(super) names: &'a [&'a str],
    markers: bool,
    pub(super) found: Findings,
    /// Index in `found.uses` by name.
    known: HashMap<String, usize>,
    /// Inline partials seen so far.
    pub(super) inlines: BTreeMap<String, (&'a Template, &'a Source)>,
    /// Calls of partials that were followed: name, scope, and the inline partials that it could see.
    pub(super) done: HashSet<(String, Scope, Vec<usize>)>,
    /// Partials being walked.
    pub(super) trail: Vec<String>,
    /// Templates, branches and partials around the place, the outermost included.
    depth: usize,
}

/// Where the walk stands.
#[derive(Clone, Copy)]
pub(super) struct Here<'a, 's> {
    pub(super) source: &'a Source,
    pub(super) place: (usize, usize),
    pub(super) scope: &'s Scope,
}

impl<'a> Walk<'a> {
    /// Walks a template, a block's branch or a partial.
    pub(super) fn template(&mut self, tree: &'a Template, source: &'a Source, scope: &Scope) {
        if self.depth > MAX_DEPTH {
            let at = tree.mapping.first().map_or((1, 1), |at| (at.0, at.1));
            let here = Here {
                source,
                place: at,
                scope,
            };
            let flaw = BodyFlaw::TooDeep {
                what: "blocks and partials",
                limit: MAX_DEPTH,
            };
            return self.flaw(here, flaw);
        }
        self.depth += 1;
        self.elements(tree, source, scope);
        self.depth -= 1;
    }

    fn elements(&mut self, tree: &'a Template, source: &'a Source, scope: &Scope) {
        for (i, element) in tree.elements.iter().enumerate() {
            let here = Here {
                source,
                place: tree.mapping.get(i).map_or((1, 1), |at| (at.0, at.1)),
                scope,
            };
            match element {
                TemplateElement::Expression(call) | TemplateElement::HtmlExpression(call) => {
                    self.tag(call, here);
                }
                TemplateElement::HelperBlock(block) => self.block(block, here),
                TemplateElement::PartialExpression(call) => self.partial(call, false, here),
                TemplateElement::PartialBlock(call) => self.partial(call, true, here),
                TemplateElement::DecoratorExpression(decorator)
                | TemplateElement::DecoratorBlock(decorator) => self.inline(decorator, here),
                _ => {}
            }
        }
    }

    pub(super) fn flaw(&mut self, here: Here<'_, '_>, flaw: BodyFlaw) {
        let at = here.source.spot(here.place.0, here.place.1);
        self.found.flaws.push(Located { at, flaw });
    }

    /// `{{name}}` or `{{helper …}}`.
    fn tag(&mut self, call: &'a HelperTemplate, here: Here<'a, '_>) {
        match &call.name {
            Parameter::Path(path) if call.params.is_empty() && call.hash.is_empty() => {
                match call.name.as_name().and_then(signature) {
                    Some(helper) => self.helper_tag(helper, call, here),
                    None => self.path(&reference(path), false, here),
                }
            }
            Parameter::Subexpression(inner) => self.expression(inner, here),
            name => match name.as_name().map(|name| (name, signature(name))) {
                Some((_, Some(helper))) => self.helper_tag(helper, call, here),
                Some((name, None)) => self.unknown_helper(name, here),
                None => self.unknown_helper("", here),
            },
        }
        self.arguments(&call.params, &call.hash, false, here);
    }

    fn helper_tag(
        &mut self,
        helper: &'static Signature,
        call: &HelperTemplate,
        here: Here<'a, '_>,
    ) {
        let helper_name = helper.name;
        if helper.stand == Stand::Block || !helper.fits(&call.params, &call.hash) {
            self.flaw(
                here,
                BodyFlaw::Arguments {
                    helper: helper_name,
                    usage: helper.usage,
                },
            );
        } else if helper.stand == Stand::Marker && !self.markers {
            self.flaw(
                here,
                BodyFlaw::OutOfPlace {
                    helper: helper_name,
                },
            );
        } else if let ("role", Some(Parameter::Literal(role))) = (helper_name, call.params.first())
            && !role.as_str().is_some_and(|role| ROLES.contains(&role))
        {
            let found = role
                .as_str()
                .map_or_else(|| role.to_string(), ToOwned::to_owned);
            self.flaw(here, BodyFlaw::UnknownRole { found });
        }
    }

    fn unknown_helper(&mut self, name: &str, here: Here<'_, '_>) {
        let known = SIGNATURES.iter().map(|helper| helper.name);
        let flaw = BodyFlaw::UnknownHelper {
            name: name.to_owned(),
            nearest: nearest(name, known).map(ToOwned::to_owned),
        };
        self.flaw(here, flaw);
    }

    /// `(helper …)`.
    fn expression(&mut self, inner: &'a Subexpression, here: Here<'a, '_>) {
        let TemplateElement::Expression(call) = inner.as_element() else {
            return;
        };
        let name = call.name.as_name().unwrap_or_default();
        match signature(name) {
            None => self.unknown_helper(name, here),
            Some(helper) if helper.stand != Stand::Value => {
                self.flaw(
                    here,
                    BodyFlaw::NotInExpression {
                        helper: helper.name,
                    },
                );
            }
            Some(helper) if !helper.fits(&call.params, &call.hash) => self.flaw(
                here,
                BodyFlaw::Arguments {
                    helper: helper.name,
                    usage: helper.usage,
                },
            ),
            Some(_) => {}
        }
        self.arguments(&call.params, &call.hash, false, here);
    }

    pub(super) fn arguments(
        &mut self,
        params: &'a [Parameter],
        hash: &'a HashMap<String, Parameter>,
        tested: bool,
        here: Here<'a, '_>,
    ) {
        let mut options: Vec<_> = hash.iter().collect();
        options.sort_by_key(|(key, _)| *key);
        let options = options.into_iter().map(|(_, value)| value);
        for argument in params.iter().chain(options) {
            match argument {
                Parameter::Path(path) => self.path(&reference(path), tested, here),
                Parameter::Subexpression(inner) => self.expression(inner, here),
                _ => {}
            }
        }
    }

    fn path(&mut self, path: &Reference<'_>, tested: bool, here: Here<'_, '_>) {
        let Some(name) = here.scope.variable(path) else {
            return;
        };
        if name.contains(['“', '”', '‘', '’', '「', '」']) {
            let text = name.to_owned();
            self.flaw(here, BodyFlaw::CurlyQuotes { text });
            return;
        }
        if let Some(known) = self.known.get(name) {
            self.found.uses[*known].only_tested &= tested;
            return;
        }
        let at = here.source.spot(here.place.0, here.place.1);
        self.known.insert(name.to_owned(), self.found.uses.len());
        self.found.uses.push(VariableUse {
            name: name.to_owned(),
            file: at.file,
            line: at.line,
            column: at.column,
            only_tested: tested,
        });
    }

    /// `{{#helper …}}…{{else}}…{{/helper}}`.
    fn block(&mut self, block: &'a HelperTemplate, here: Here<'a, '_>) {
        let name = block.name.as_name().unwrap_or_default();
        match signature(name).filter(|helper| helper.stand == Stand::Block) {
            None => self.section(name, here),
            Some(helper) if !helper.fits(&block.params, &block.hash) => self.flaw(
                here,
                BodyFlaw::Arguments {
                    helper: helper.name,
                    usage: helper.usage,
                },
            ),
            Some(_) => {}
        }
        let tested = matches!(name, "if" | "unless");
        self.arguments(&block.params, &block.hash, tested, here);
        if let Some(inner) = &block.template {
            if matches!(name, "each" | "with") {
                let of = block.params.first().and_then(path_of);
                let of = of.filter(|_| name == "with");
                let hidden = block_params(block.block_param.as_ref());
                let scope = here.scope.within(of.as_ref(), hidden);
                self.template(inner, here.source, &scope);
            } else {
                self.template(inner, here.source, here.scope);
            }
        }
        if let Some(inverse) = &block.inverse {
            self.template(inverse, here.source, here.scope);
        }
    }

    fn section(&mut self, name: &str, here: Here<'_, '_>) {
        let blocks = SIGNATURES
            .iter()
            .filter(|helper| helper.stand == Stand::Block)
            .map(|helper| helper.name);
        let flaw = BodyFlaw::Section {
            name: name.to_owned(),
            nearest: nearest(name, blocks).map(ToOwned::to_owned),
        };
        self.flaw(here, flaw);
    }
}

pub(super) fn path_of(parameter: &Parameter) -> Option<Reference<'_>> {
    match parameter {
        Parameter::Path(path) => Some(reference(path)),
        _ => None,
    }
}
