//! Helpers that render a block, and the ones that count: every turn and every level goes through here.

use handlebars::{
    BlockContext, BlockParams, Context, Handlebars, Helper, HelperDef, HelperResult, JsonTruthy,
    Output, PathAndJson, RenderContext, RenderError, Renderable, Template,
};
use serde_json::{Number, Value};

use crate::template::RenderFlaw;
use crate::template::flaw::kind_of;
use crate::template::run::{Run, fail};
use crate::template::values::shown;

/// Which helper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BlockKind {
    If,
    Unless,
    IfEquals,
    UnlessEquals,
    Each,
    With,
    Log,
    Enter,
    Leave,
    Capture,
    Captured,
    Replay,
}

/// A helper that renders a block, or counts and writes nothing.
pub(super) struct BlockHelper<'a> {
    pub(super) kind: BlockKind,
    pub(super) run: &'a Run<'a>,
}

impl HelperDef for BlockHelper<'_> {
    fn call<'reg: 'rc, 'rc>(
        &self,
        call: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        inputs: &'rc Context,
        context: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let run = self.run;
        let mut place = Place {
            run,
            call,
            registry,
            inputs,
            context,
            out,
        };
        match self.kind {
            BlockKind::If => place.branch(is_true(call)),
            BlockKind::Unless => place.branch(!is_true(call)),
            BlockKind::IfEquals => {
                let equal = equal(run.argument(call, 0)?, run.argument(call, 1)?);
                place.branch(equal)
            }
            BlockKind::UnlessEquals => {
                let equal = equal(run.argument(call, 0)?, run.argument(call, 1)?);
                place.branch(!equal)
            }
            BlockKind::Each => place.each(),
            BlockKind::With => place.with(),
            // Nobody below the commands prints; the tag is Handlebars', so it is accepted.
            BlockKind::Log => Ok(()),
            BlockKind::Enter => run.call().and_then(|()| run.enter()),
            BlockKind::Leave => {
                run.leave();
                Ok(())
            }
            BlockKind::Capture => {
                run.capture();
                Ok(())
            }
            BlockKind::Captured => {
                run.captured();
                Ok(())
            }
            BlockKind::Replay => run.replay(),
        }
    }
}

/// All that the engine hands a block helper.
struct Place<'h, 'reg, 'rc> {
    run: &'h Run<'h>,
    call: &'h Helper<'rc>,
    registry: &'reg Handlebars<'reg>,
    inputs: &'rc Context,
    context: &'h mut RenderContext<'reg, 'rc>,
    out: &'h mut dyn Output,
}

impl<'reg: 'rc, 'rc> Place<'_, 'reg, 'rc> {
    fn branch(&mut self, condition: bool) -> HelperResult {
        if condition {
            self.render(self.call.template())
        } else {
            self.render(self.call.inverse())
        }
    }

    fn render(&mut self, template: Option<&'rc Template>) -> HelperResult {
        let Some(template) = template else {
            return Ok(());
        };
        self.run.enter()?;
        template.render(self.registry, self.inputs, self.context, self.out)?;
        self.run.leave();
        Ok(())
    }

    fn each(&mut self) -> HelperResult {
        let Some(of) = self.call.param(0) else {
            return Ok(());
        };
        match self.run.given(of)? {
            Value::Array(list) if !list.is_empty() => {
                self.context.push_block(block_of(of));
                for (at, value) in list.iter().enumerate() {
                    let turn = Turn {
                        name: at.to_string(),
                        key: Value::from(at),
                        at,
                        count: list.len(),
                    };
                    self.turn(of, turn, value)?;
                }
                self.context.pop_block();
                Ok(())
            }
            Value::Object(map) if !map.is_empty() => {
                self.context.push_block(block_of(of));
                for (at, (key, value)) in map.iter().enumerate() {
                    let turn = Turn {
                        name: key.clone(),
                        key: Value::from(key.as_str()),
                        at,
                        count: map.len(),
                    };
                    self.turn(of, turn, value)?;
                }
                self.context.pop_block();
                Ok(())
            }
            Value::Array(_) | Value::Object(_) | Value::Null | Value::Bool(false) => {
                self.render(self.call.inverse())
            }
            other => Err(fail(RenderFlaw::NotMany {
                path: shown(of),
                found: kind_of(other),
            })),
        }
    }

    fn turn(&mut self, of: &PathAndJson<'rc>, turn: Turn, value: &Value) -> HelperResult {
        self.run.turn()?;
        let params = params(self.call, of, value, &turn.key)?;
        if let Some(block) = self.context.block_mut() {
            block.set_local_var("first", Value::Bool(turn.at == 0));
            block.set_local_var("last", Value::Bool(turn.at + 1 == turn.count));
            block.set_local_var("index", Value::from(turn.at));
            block.set_local_var("key", turn.key);
            match of.context_path() {
                Some(path) => {
                    let mut path = path.clone();
                    path.push(turn.name);
                    *block.base_path_mut() = path;
                }
                None => block.set_base_value(value.clone()),
            }
            if let Some(params) = params {
                block.set_block_params(params);
            }
        }
        self.render(self.call.template())
    }

    fn with(&mut self) -> HelperResult {
        let Some(of) = self.call.param(0) else {
            return Ok(());
        };
        let value = self.run.given(of)?;
        if !value.is_truthy(false) {
            return self.render(self.call.inverse());
        }
        let mut block = block_of(of);
        if let Some(outer) = self.context.block() {
            // `@index` and its like stay visible, as in Handlebars.
            block
                .local_variables_mut()
                .clone_from(outer.local_variables());
        }
        if let Some(params) = params(self.call, of, value, &Value::Null)? {
            block.set_block_params(params);
        }
        self.context.push_block(block);
        self.render(self.call.template())?;
        self.context.pop_block();
        Ok(())
    }
}

/// One turn of a loop.
struct Turn {
    /// The member's name in the path.
    name: String,
    /// `@key`: the index of a list's member.
    key: Value,
    at: usize,
    count: usize,
}

/// Makes the scope of a value: by its path in the inputs where it has one, else by a copy.
fn block_of<'rc>(of: &PathAndJson<'rc>) -> BlockContext<'rc> {
    let mut block = BlockContext::new();
    match of.context_path() {
        Some(path) => block.base_path_mut().clone_from(path),
        None => block.set_base_value(of.value().clone()),
    }
    block
}

/// Makes `as |value key|`, if the block has it.
fn params<'rc>(
    call: &Helper<'rc>,
    of: &PathAndJson<'rc>,
    value: &Value,
    key: &Value,
) -> Result<Option<BlockParams<'rc>>, RenderError> {
    let (name, key_name) = match (call.block_param(), call.block_param_pair()) {
        (Some(name), _) => (name, None),
        (None, Some((name, key_name))) => (name, Some(key_name)),
        (None, None) => return Ok(None),
    };
    let mut params = BlockParams::new();
    if of.context_path().is_some() {
        // Relative to the block's own path.
        params.add_path(name, Vec::new())?;
    } else {
        params.add_value(name, value.clone())?;
    }
    if let Some(key_name) = key_name {
        params.add_value(key_name, key.clone())?;
    }
    Ok(Some(params))
}

fn is_true(call: &Helper<'_>) -> bool {
    let include_zero = call
        .hash_get("includeZero")
        .is_some_and(|option| option.value().as_bool() == Some(true));
    call.param(0)
        .is_some_and(|value| value.value().is_truthy(include_zero))
}

/// Tells whether two values are the same: no type is turned into another, numbers compare by value.
fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => equal_numbers(a, b),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, a)| b.get(key).is_some_and(|b| equal(a, b)))
        }
        (a, b) => a == b,
    }
}

fn equal_numbers(a: &Number, b: &Number) -> bool {
    a == b || ((a.is_f64() || b.is_f64()) && a.as_f64() == b.as_f64())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn equality_is_strict_in_types_and_by_value_in_numbers() {
        assert!(equal(&json!(1), &json!(1.0)));
        assert!(equal(&json!([1, {"a": 2.0}]), &json!([1.0, {"a": 2}])));
        assert!(equal(&json!(null), &json!(null)));
        assert!(!equal(&json!(5), &json!("5")));
        assert!(!equal(&json!(null), &json!(0)));
        assert!(!equal(
            &json!(9_007_199_254_740_993_u64),
            &json!(9_007_199_254_740_992_u64)
        ));
    }
}
