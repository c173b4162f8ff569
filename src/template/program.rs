//! A template with its partials, checked and ready to render as often as is wanted.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use handlebars::template::TemplateElement;
use handlebars::{
    Context, Handlebars, RenderContext, RenderError, Renderable, Template, no_escape,
};
use serde_json::Value;

use crate::domain::Vars;
use crate::template::blocks::{BlockHelper, BlockKind};
use crate::template::compile::{Unit, compile};
use crate::template::rewrite::{rewrite, rewrite_partial};
use crate::template::run::{Bounded, Run, flaw_of};
use crate::template::signature::{inside, partial_name};
use crate::template::source::{Source, split};
use crate::template::values::{ValueHelper, ValueKind};
use crate::template::walk::{Findings, walk};
use crate::template::{Located, Partials, TemplateError, Warning};

/// The name under which errors know the template itself; no partial has it.
const MAIN: &str = "";

/// The engine, without a helper of its own: `{{eq}}`, `{{len}}` and the like are variables in Dotprompt.
static ENGINE: LazyLock<Handlebars<'static>> = LazyLock::new(|| {
    let mut engine = Handlebars::new();
    engine.register_escape_fn(no_escape);
    for helper in [
        "if", "unless", "each", "with", "lookup", "log", "raw", "eq", "ne", "gt", "gte", "lt",
        "lte", "and", "or", "not", "len",
    ] {
        engine.unregister_helper(helper);
    }
    engine
});

const VALUES: [(&str, ValueKind); 12] = [
    (inside::PRINT, ValueKind::Print),
    (inside::NEED, ValueKind::Need),
    (inside::TRY_LOOKUP, ValueKind::TryLookup),
    (inside::CONTEXT, ValueKind::Context),
    (inside::ROOT, ValueKind::Root),
    (inside::TEXT, ValueKind::Text),
    ("lookup", ValueKind::Lookup),
    ("json", ValueKind::Json),
    ("role", ValueKind::Role),
    ("history", ValueKind::History),
    ("section", ValueKind::Section),
    ("media", ValueKind::Media),
];

const BLOCKS: [(&str, BlockKind); 12] = [
    ("if", BlockKind::If),
    ("unless", BlockKind::Unless),
    ("ifEquals", BlockKind::IfEquals),
    ("unlessEquals", BlockKind::UnlessEquals),
    ("each", BlockKind::Each),
    ("with", BlockKind::With),
    ("log", BlockKind::Log),
    (inside::ENTER, BlockKind::Enter),
    (inside::LEAVE, BlockKind::Leave),
    (inside::CAPTURE, BlockKind::Capture),
    (inside::CAPTURED, BlockKind::Captured),
    (inside::REPLAY, BlockKind::Replay),
];

/// A template with its partials.
#[derive(Debug)]
pub(super) struct Program {
    main: Template,
    partials: Vec<(String, Template)>,
    /// Texts by name, for the places of errors.
    sources: BTreeMap<String, Source>,
}

/// A program and what is known of it.
#[derive(Debug)]
pub(super) struct Built {
    pub(super) program: Program,
    pub(super) found: Findings,
    /// Texts of the partials that can be rendered.
    pub(super) partials: BTreeMap<String, String>,
    pub(super) warnings: Vec<Warning>,
}

/// Compiles a template and the partials it reaches, checks and rewrites them.
///
/// Errors: every flaw of the body and of the partials; a partial's unclosed front matter.
pub(super) fn build(
    source: Source,
    partials: &Partials,
    markers: bool,
) -> Result<Built, TemplateError> {
    let main = compile(source).map_err(|flaws| TemplateError::Body { flaws })?;
    let reachable = compile_partials(&main.tree, partials)?;
    let names: Vec<&str> = partials.keys().map(String::as_str).collect();
    let found = walk(&main, &reachable.units, &names, markers);
    if !found.flaws.is_empty() {
        return Err(TemplateError::Body { flaws: found.flaws });
    }
    let text = |name: &String| {
        let unit = reachable.units.get(name);
        unit.map(|unit| (name.clone(), unit.source.body.clone()))
    };
    Ok(Built {
        partials: found.reached.iter().filter_map(text).collect(),
        program: Program::new(main, reachable.units, found.captures),
        found,
        warnings: reachable.warnings,
    })
}

#[derive(Default)]
struct Reachable {
    units: BTreeMap<String, Unit>,
    warnings: Vec<Warning>,
}

/// Compiles the partials that a template names, and those that they name.
fn compile_partials(tree: &Template, partials: &Partials) -> Result<Reachable, TemplateError> {
    let mut reachable = Reachable::default();
    let mut flaws: Vec<Located> = Vec::new();
    let mut wanted = Vec::new();
    named_partials(tree, &mut wanted);
    while let Some(name) = wanted.pop() {
        let Some(partial) = partials.get(&name) else {
            continue;
        };
        if reachable.units.contains_key(&name) {
            continue;
        }
        let (front, source) = split(&partial.file, &partial.text)?;
        if let Some(front) = front {
            let at = Source {
                line: front.fence,
                column: 1,
                ..source.clone()
            }
            .spot(1, 1);
            let text = format!("front matter of the partial `{name}` is not read");
            reachable.warnings.push(Warning { at, text });
        }
        match compile(source) {
            Ok(unit) => {
                named_partials(&unit.tree, &mut wanted);
                reachable.units.insert(name, unit);
            }
            Err(found) => flaws.extend(found),
        }
    }
    if flaws.is_empty() {
        Ok(reachable)
    } else {
        flaws.sort_by(|a, b| a.at.cmp(&b.at));
        flaws.dedup();
        Err(TemplateError::Body { flaws })
    }
}

fn named_partials(tree: &Template, names: &mut Vec<String>) {
    for element in &tree.elements {
        let (call, inner) = match element {
            TemplateElement::PartialExpression(call) | TemplateElement::PartialBlock(call) => {
                (partial_name(&call.name), [call.template.as_ref(), None])
            }
            TemplateElement::DecoratorBlock(inline) => (None, [inline.template.as_ref(), None]),
            TemplateElement::HelperBlock(block) => {
                (None, [block.template.as_ref(), block.inverse.as_ref()])
            }
            _ => continue,
        };
        names.extend(call.map(ToOwned::to_owned));
        for inner in inner.into_iter().flatten() {
            named_partials(inner, names);
        }
    }
}

impl Program {
    fn new(main: Unit, partials: BTreeMap<String, Unit>, captures: bool) -> Self {
        let mut sources = BTreeMap::from([(MAIN.to_owned(), main.source)]);
        let mut tree = main.tree;
        rewrite(&mut tree, MAIN, captures);
        let mut rewritten = Vec::new();
        for (name, mut unit) in partials {
            rewrite_partial(&mut unit.tree, &name, captures);
            sources.insert(name.clone(), unit.source);
            rewritten.push((name, unit.tree));
        }
        Self {
            main: tree,
            partials: rewritten,
            sources,
        }
    }

    /// Renders to text, with markers in it.
    pub(super) fn text(&self, inputs: Vars, run: &Run<'_>) -> Result<String, TemplateError> {
        let inputs = Context::from(Value::Object(inputs));
        let mut out = Bounded::default();
        let mut context = RenderContext::new(None);
        for (name, kind) in VALUES {
            context.register_local_helper(name, Box::new(ValueHelper { kind, run }));
        }
        for (name, kind) in BLOCKS {
            context.register_local_helper(name, Box::new(BlockHelper { kind, run }));
        }
        if let Some(block) = context.block_mut() {
            for (name, tree) in &self.partials {
                block.set_local_partial(name.clone(), tree);
            }
        }
        self.main
            .render(&ENGINE, &inputs, &mut context, &mut out)
            .map_err(|error| self.placed(&error))?;
        Ok(out.0)
    }

    fn placed(&self, error: &RenderError) -> TemplateError {
        let name = error.template_name.as_deref().unwrap_or(MAIN);
        let source = self.sources.get(name).or_else(|| self.sources.get(MAIN));
        let (line, column) = (error.line_no.unwrap_or(1), error.column_no.unwrap_or(1));
        TemplateError::Render {
            at: source.map_or_else(
                || crate::template::Spot {
                    file: String::new(),
                    line,
                    column,
                },
                |source| source.spot(line, column),
            ),
            flaw: Box::new(flaw_of(error)),
        }
    }
}
