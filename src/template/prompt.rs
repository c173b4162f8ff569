//! A prompt's file, read once and rendered as often as there are cases.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::domain::{Message, Revision, ToolDef, Vars, nearest};
use crate::template::front::read_front;
use crate::template::marker::pieces;
use crate::template::messages::messages;
use crate::template::picoschema::Schemas;
use crate::template::program::{Program, build};
use crate::template::revision::revision;
use crate::template::run::Run;
use crate::template::schema::InputSchema;
use crate::template::source::split;
use crate::template::{FrontMatter, RevisionText, TemplateError, UnknownVariable, VariableUse};

/// A partial's file, read by whoever may read files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartialSource {
    /// The file, as the user would write it.
    pub file: String,
    /// Its text.
    pub text: String,
}

/// Partials by the name of `{{>name}}`.
pub type Partials = BTreeMap<String, PartialSource>;

/// What else a prompt may refer to; the default is what prompts of a workspace have.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ParseOptions {
    /// Schemas that front matter may name.
    pub schemas: Schemas,
    /// Tools that front matter may name.
    pub tools: BTreeMap<String, ToolDef>,
    /// Front matter that replaces the file's, key by key; `config` is merged.
    pub overrides: Map<String, Value>,
    /// Dotprompt's own rule: absent variables render as nothing, and an empty prompt is no error.
    pub lenient: bool,
}

/// What a rendering may read beside the case's variables.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RenderContext {
    /// Messages before this prompt's, for `{{history}}`.
    pub history: Vec<Message>,
    /// What `@name` reads; an absent name is empty.
    pub context: Map<String, Value>,
}

/// A prompt: front matter and compiled body. Cloning shares it; threads may render at once.
#[derive(Debug, Clone)]
pub struct Template(Arc<Parsed>);

#[derive(Debug)]
struct Parsed {
    file: String,
    front: FrontMatter,
    program: Program,
    uses: Vec<VariableUse>,
    revision: Revision,
    text: RevisionText,
    schema: Option<InputSchema>,
    lenient: bool,
}

impl Template {
    /// Reads a prompt's text.
    ///
    /// Errors: every flaw that is known before any value is, with file, line and column.
    pub fn parse(file: &str, source: &str, partials: &Partials) -> Result<Self, TemplateError> {
        Self::parse_with(file, source, partials, &ParseOptions::default())
    }

    /// Reads a prompt's text that may refer to more.
    ///
    /// Errors: as `parse`.
    pub fn parse_with(
        file: &str,
        source: &str,
        partials: &Partials,
        options: &ParseOptions,
    ) -> Result<Self, TemplateError> {
        let (yaml, source) = split(file, source)?;
        let mut front = read_front(file, yaml.as_ref(), options)?;
        let body = source.body.clone();
        let built = build(source, partials, true)?;
        front.warnings.extend(built.warnings);
        let (front_matter, header) =
            yaml.map_or((None, String::new()), |yaml| (Some(yaml.yaml), yaml.header));
        let text = RevisionText {
            body,
            partials: built.partials,
            front_matter,
            header,
        };
        // Validated when the front matter was read.
        let schema = front.input_schema.as_ref();
        Ok(Self(Arc::new(Parsed {
            file: file.to_owned(),
            schema: schema.and_then(|schema| InputSchema::new(schema).ok()),
            revision: revision(&text, &front.raw),
            front,
            program: built.program,
            uses: built.found.uses,
            text,
            lenient: options.lenient,
        })))
    }

    /// Returns the front matter.
    pub fn front(&self) -> &FrontMatter {
        &self.0.front
    }

    /// Returns the case variables in the order of their first use, partials' included.
    pub fn uses(&self) -> &[VariableUse] {
        &self.0.uses
    }

    /// Returns the hash of everything that can change an answer.
    pub fn revision(&self) -> &Revision {
        &self.0.revision
    }

    /// Returns the text that the ledger keeps.
    pub fn text(&self) -> &RevisionText {
        &self.0.text
    }

    /// Returns the inputs of a case: its variables over the defaults, key by key.
    pub fn inputs(&self, vars: &Vars) -> Vars {
        let mut inputs = self.0.front.input_default.clone();
        for (name, value) in vars {
            inputs.insert(name.clone(), value.clone());
        }
        inputs
    }

    /// Returns the variables that a case must give and does not; defaults and optional ones are none.
    pub fn missing(&self, vars: &Vars) -> Vec<&VariableUse> {
        self.required()
            .filter(|used| !vars.contains_key(&used.name))
            .collect()
    }

    /// Returns the variables that no case has at all, each with the known name that was perhaps meant.
    ///
    /// `known` is the union of the names of all cases.
    pub fn unknown(&self, known: &BTreeSet<String>) -> Vec<UnknownVariable> {
        let near = |name: &str| self.nearest(name, known.iter().map(String::as_str));
        self.required()
            .filter(|used| !known.contains(&used.name))
            .map(|used| UnknownVariable {
                used: used.clone(),
                nearest: near(&used.name),
            })
            .collect()
    }

    /// Checks a case's variables, defaults counted in, against `input.schema`, which judges the ones it names.
    ///
    /// Errors: `TemplateError::Input` with every offender.
    pub fn check(&self, vars: &Vars) -> Result<(), TemplateError> {
        let Some(schema) = &self.0.schema else {
            return Ok(());
        };
        let problems = schema.problems(&self.inputs(vars));
        if problems.is_empty() {
            return Ok(());
        }
        Err(TemplateError::Input {
            file: self.0.file.clone(),
            problems,
        })
    }

    /// Renders the messages of a case.
    ///
    /// Errors: absent variables, values that do not fit the template, a limit, a prompt that renders nothing. `check` is apart.
    pub fn render(
        &self,
        vars: &Vars,
        context: &RenderContext,
    ) -> Result<Vec<Message>, TemplateError> {
        let parsed = &*self.0;
        if !parsed.lenient {
            self.refuse_missing(vars)?;
        }
        let schema = parsed.front.input_schema.as_ref();
        let run = Run::new(&context.context, schema, parsed.lenient);
        let text = parsed.program.text(self.inputs(vars), &run)?;
        let messages = messages(pieces(&text, &run.nonce), &context.history);
        if messages.is_empty() && !parsed.lenient {
            return Err(TemplateError::Empty {
                file: parsed.file.clone(),
            });
        }
        Ok(messages)
    }

    fn refuse_missing(&self, vars: &Vars) -> Result<(), TemplateError> {
        let missing: Vec<UnknownVariable> = self
            .missing(vars)
            .into_iter()
            .map(|used| UnknownVariable {
                used: used.clone(),
                nearest: self.nearest(&used.name, vars.keys().map(String::as_str)),
            })
            .collect();
        if missing.is_empty() {
            Ok(())
        } else {
            Err(TemplateError::Missing { missing })
        }
    }

    /// Uses of variables that neither a default nor the schema lets a case leave out.
    fn required(&self) -> impl Iterator<Item = &VariableUse> {
        let Parsed {
            front,
            schema,
            uses,
            ..
        } = &*self.0;
        uses.iter().filter(move |used| {
            let declared = schema
                .as_ref()
                .is_some_and(|schema| schema.is_optional(&used.name));
            !declared && !front.input_default.contains_key(&used.name)
        })
    }

    fn nearest<'k>(&'k self, name: &str, known: impl Iterator<Item = &'k str>) -> Option<String> {
        let defaults = self.0.front.input_default.keys().map(String::as_str);
        let declared = self.0.schema.iter().flat_map(InputSchema::names);
        let known = known.chain(defaults).chain(declared);
        nearest(name, known.filter(|known| *known != name)).map(ToOwned::to_owned)
    }
}
