//! The words of each flaw. A message says what was found and what to write instead.

/// What is wrong with front matter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrontFlaw {
    /// No closing fence.
    #[error(
        "the front matter that opens here is never closed: a line of `---` must follow its last key"
    )]
    Unclosed,
    /// The YAML cannot be read.
    #[error("front matter: {message}")]
    Yaml {
        /// The reader's own words.
        message: String,
    },
    /// A value of the wrong type.
    #[error("front matter: `{key}` is {found}, expected {expected}")]
    Type {
        /// The key, with `.` before a member.
        key: String,
        /// What stands there.
        found: &'static str,
        /// What belongs there.
        expected: &'static str,
    },
    /// A schema that is neither Picoschema nor JSON Schema.
    #[error("front matter: `{path}`: {problem}")]
    Schema {
        /// The key, with `.` before a member.
        path: String,
        /// What is wrong.
        problem: SchemaFlaw,
    },
}

/// What is wrong with a schema in front matter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemaFlaw {
    /// A word that is no type and no named schema.
    #[error(
        "`{name}` is no type: expected string, number, integer, boolean, null, any or a named schema{}",
        meant(nearest.as_deref())
    )]
    UnknownType {
        /// The word.
        name: String,
        /// The nearest type.
        nearest: Option<String>,
    },
    /// A key such as `tags(list)`.
    #[error("`{kind}` is no kind: expected array, object or enum")]
    UnknownKind {
        /// The word between the parentheses.
        kind: String,
    },
    /// A value of the wrong type.
    #[error("{found} cannot be a schema: expected {expected}")]
    Value {
        /// What stands there.
        found: &'static str,
        /// What belongs there.
        expected: &'static str,
    },
    /// JSON Schema that is not valid.
    #[error("not a valid JSON Schema: {message}")]
    Invalid {
        /// The validator's words.
        message: String,
    },
}

/// What is wrong with a template's body, known before any value is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyFlaw {
    /// Longer than a template may be.
    #[error("the template has {bytes} bytes, more than the {limit} that are allowed")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// Nested deeper than is allowed.
    #[error("more than {limit} nested {what}")]
    TooDeep {
        /// What is nested.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// `{{` without `}}`.
    #[error("`{tag}` is never closed with `}}}}`; a literal `{{{{` is written `\\{{{{`")]
    UnclosedTag {
        /// How the tag begins.
        tag: String,
    },
    /// A block without its end.
    #[error("the block `{tag}` that opens here is never closed with `{{{{/{name}}}}}`")]
    UnclosedBlock {
        /// The opening tag.
        tag: String,
        /// The block's name.
        name: String,
    },
    /// A block that is closed by another's end.
    #[error("`{tag}` cannot close the block `{opened}` of line {line}: expected `{{{{/{name}}}}}`")]
    WrongClose {
        /// The closing tag.
        tag: String,
        /// The tag that is open.
        opened: String,
        /// Its line in the file.
        line: usize,
        /// Its name.
        name: String,
    },
    /// An end without a beginning.
    #[error("`{tag}` closes a block that was never opened")]
    StrayClose {
        /// The closing tag.
        tag: String,
    },
    /// `{{else}}` without a block.
    #[error("`{tag}` stands outside of a block, or after its block's `{{{{else}}}}`")]
    StrayElse {
        /// The tag.
        tag: String,
    },
    /// A variable whose name begins with `else`.
    #[error(
        "names that begin with `else` are kept by Handlebars: write `{{{{this.{name}}}}}` for the variable"
    )]
    ElseName {
        /// The name.
        name: String,
    },
    /// `{{^x}}`.
    #[error(
        "`{{{{^{name}}}}}` is not supported: write `{{{{#unless {name}}}}}…{{{{/unless}}}}`, or `{{{{else}}}}` within a block"
    )]
    InverseSection {
        /// What stands after `^`.
        name: String,
    },
    /// `{{#x}}` where x is no helper.
    #[error(
        "`{{{{#{name}}}}}` is not a block helper: write `{{{{#if {name}}}}}` for a condition, `{{{{#each {name}}}}}` for a list, `{{{{#with {name}}}}}` for an object{}",
        meant(nearest.as_deref())
    )]
    Section {
        /// The name.
        name: String,
        /// The nearest block helper.
        nearest: Option<String>,
    },
    /// `{{{{raw}}}}`.
    #[error("raw blocks `{{{{{{{{…}}}}}}}}` are not supported: write a literal `{{{{` as `\\{{{{`")]
    RawBlock,
    /// `{{}}`.
    #[error("`{tag}` is empty; a literal `{{{{` is written `\\{{{{`")]
    EmptyTag {
        /// The tag.
        tag: String,
    },
    /// A quoted text, a number or JSON where a name belongs.
    #[error("`{tag}` begins with a literal, expected a name; a literal `{{{{` is written `\\{{{{`")]
    Literal {
        /// The tag.
        tag: String,
    },
    /// `.` or `..` as a value.
    #[error("`{tag}`: write `this` instead of `.`, `../this` instead of `..`")]
    Dot {
        /// The tag.
        tag: String,
    },
    /// `==`, `&&`, `||` and the like.
    #[error(
        "`{tag}`: Handlebars has no operator `{operator}`; compare with `{{{{#ifEquals a b}}}}…{{{{/ifEquals}}}}`"
    )]
    Operator {
        /// The tag.
        tag: String,
        /// The operator.
        operator: &'static str,
    },
    /// `{{x | upper}}`.
    #[error("`{tag}`: Handlebars has no filters (`|`)")]
    Filter {
        /// The tag.
        tag: String,
    },
    /// Typographic quotes.
    #[error("`{text}` has typographic quotes: write straight ones, `\"`")]
    CurlyQuotes {
        /// The name or tag.
        text: String,
    },
    /// `{{~! … }}`.
    #[error("a comment cannot strip whitespace: write `{{{{! … }}}}` without `~`")]
    TildeComment,
    /// Anything else that the grammar refuses.
    #[error(
        "`{tag}` cannot be read: expected `{{{{name}}}}`, `{{{{user.name}}}}` or `{{{{helper argument option=value}}}}`"
    )]
    Unreadable {
        /// The tag.
        tag: String,
    },
    /// `{{foo a}}` where foo is no helper.
    #[error("`{name}` is not a helper{}", meant(nearest.as_deref()))]
    UnknownHelper {
        /// The name.
        name: String,
        /// The nearest helper.
        nearest: Option<String>,
    },
    /// A helper with wrong arguments.
    #[error(
        "the helper `{helper}` is written `{usage}`; a variable of that name is `{{{{this.{helper}}}}}`"
    )]
    Arguments {
        /// The helper.
        helper: &'static str,
        /// How it is written.
        usage: &'static str,
    },
    /// A helper that gives no value, between parentheses.
    #[error("the helper `{helper}` gives no value and cannot stand between parentheses")]
    NotInExpression {
        /// The helper.
        helper: &'static str,
    },
    /// A helper for prompts in a value of a suite.
    #[error("the helper `{helper}` belongs in a prompt, not in a value")]
    OutOfPlace {
        /// The helper.
        helper: &'static str,
    },
    /// A role that does not exist.
    #[error(
        "`{found}` is not a role: expected system, user, model or tool{}",
        role_hint(found)
    )]
    UnknownRole {
        /// What stands there.
        found: String,
    },
    /// A partial that does not exist.
    #[error("the partial `{name}` does not exist{}", meant(nearest.as_deref()))]
    UnknownPartial {
        /// The name.
        name: String,
        /// The nearest partial.
        nearest: Option<String>,
    },
    /// `{{> (lookup a b)}}`.
    #[error("the name of a partial must be written out, not computed")]
    DynamicPartial,
    /// Partials that include each other.
    #[error("partials include each other in a circle: {}", chain.join(" → "))]
    Cycle {
        /// The names, the first again at the end.
        chain: Vec<String>,
    },
    /// `{{*foo}}` and `{{#*foo}}` other than `inline`.
    #[error("`*{name}` is not supported: expected `{{{{#*inline \"name\"}}}}…{{{{/inline}}}}`")]
    Decorator {
        /// Its name.
        name: String,
    },
}

/// What is wrong with values, known only while rendering.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderFlaw {
    /// A path that leads nowhere.
    #[error("`{path}` has no value")]
    Missing {
        /// The path as the template writes it.
        path: String,
    },
    /// A list or an object as text.
    #[error("`{path}` is {found}, which has no one form as text: use `{{{{json {path}}}}}`")]
    NotText {
        /// The path as the template writes it.
        path: String,
        /// What it is.
        found: &'static str,
    },
    /// `{{#each}}` over something that has no members.
    #[error("`{path}` is {found}, expected a list or an object for `{{{{#each}}}}`")]
    NotMany {
        /// The path as the template writes it.
        path: String,
        /// What it is.
        found: &'static str,
    },
    /// `list.name`.
    #[error("`{member}` is asked of a list, whose members are numbers from 0")]
    Index {
        /// The member.
        member: String,
    },
    /// A role that does not exist.
    #[error(
        "`{found}` is not a role: expected system, user, model or tool{}",
        role_hint(found)
    )]
    UnknownRole {
        /// The value.
        found: String,
    },
    /// An argument that a helper cannot use.
    #[error("`{option}` of the helper `{helper}` is {found}, expected {expected}")]
    Argument {
        /// The helper.
        helper: &'static str,
        /// The argument.
        option: &'static str,
        /// What was found.
        found: String,
        /// What was expected.
        expected: &'static str,
    },
    /// Too many turns of loops.
    #[error("the loops take more than {limit} turns")]
    TooManyTurns {
        /// The limit.
        limit: usize,
    },
    /// Too many calls of partials.
    #[error("more than {limit} calls of partials")]
    TooManyCalls {
        /// The limit.
        limit: usize,
    },
    /// Blocks and partials nested too deep, counted together.
    #[error("more than {limit} nested blocks and partials")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// Too much text.
    #[error("the rendered text has more than {limit} bytes")]
    TooLong {
        /// The limit.
        limit: usize,
    },
    /// What the engine says of anything else.
    #[error("{message}")]
    Engine {
        /// Its words.
        message: String,
    },
}

fn meant(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!(", did you mean `{name}`?"))
}

fn role_hint(found: &str) -> &'static str {
    if found.eq_ignore_ascii_case("assistant") {
        " (`model` is what the wire calls assistant)"
    } else {
        ""
    }
}

/// Names the type of a value in words that fit after "is".
pub(super) fn kind_of(value: &serde_json::Value) -> &'static str {
    match value {
        serde_json::Value::Null => "null",
        serde_json::Value::Bool(_) => "a boolean",
        serde_json::Value::Number(_) => "a number",
        serde_json::Value::String(_) => "a text",
        serde_json::Value::Array(_) => "a list",
        serde_json::Value::Object(_) => "an object",
    }
}
