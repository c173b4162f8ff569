//! The tags of a template, found before the engine sees it: what must not reach the engine, and errors in our own words.
//!
//! The engine compiles nested tags by recursion and would end the process on a hostile template, and it reports an unclosed
//! block at the end of the file. Both need the tags themselves, so this reads them as its grammar does.

use crate::template::BodyFlaw;
use crate::template::scan_tag::{Tag, TagKind, next_tag};

/// The most blocks, or parentheses and brackets within one tag, that may be nested.
pub(super) const MAX_NESTED: usize = 64;
/// The most `{{else if}}` of one block.
pub(super) const MAX_ELSE_IFS: usize = 100;
/// The most blocks, `{{else if}}`s and partials that are open at once, together.
///
/// The engine recurses into each, and a worker's stack is 2 MiB; a quarter of it holds this depth in the slowest build.
pub(super) const MAX_DEPTH: usize = 128;
/// The most bytes of a template.
pub(super) const MAX_BYTES: usize = 64 * 1024;

/// A flaw and the byte where it stands.
pub(super) type FlawAt = (usize, BodyFlaw);

/// Returns the tags of a template, in order, once their blocks are known to match.
///
/// Errors: the first unreadable tag, or every block that is not closed.
pub(super) fn tags(body: &str) -> Result<Vec<Tag<'_>>, Vec<FlawAt>> {
    if body.len() > MAX_BYTES {
        let flaw = BodyFlaw::TooLarge {
            bytes: body.len(),
            limit: MAX_BYTES,
        };
        return Err(vec![(0, flaw)]);
    }
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some(tag) = next_tag(body, at).map_err(|flaw| vec![flaw])? {
        at = tag.end;
        tags.push(tag);
    }
    match_blocks(body, &tags)?;
    Ok(tags)
}

/// A block that is open.
struct Open<'t, 'a> {
    tag: &'t Tag<'a>,
    name: &'a str,
    else_ifs: usize,
    in_else: bool,
}

fn match_blocks(body: &str, tags: &[Tag<'_>]) -> Result<(), Vec<FlawAt>> {
    let mut open: Vec<Open<'_, '_>> = Vec::new();
    for tag in tags {
        step(body, tag, &mut open).map_err(|flaw| vec![(tag.start, flaw)])?;
    }
    if open.is_empty() {
        return Ok(());
    }
    let unclosed = |block: Open<'_, '_>| {
        let flaw = BodyFlaw::UnclosedBlock {
            tag: block.tag.shown(),
            name: block.name.to_owned(),
        };
        (block.tag.start, flaw)
    };
    Err(open.into_iter().map(unclosed).collect())
}

fn step<'t, 'a>(
    body: &str,
    tag: &'t Tag<'a>,
    open: &mut Vec<Open<'t, 'a>>,
) -> Result<(), BodyFlaw> {
    match tag.kind {
        TagKind::Open(name) => {
            open.push(Open {
                tag,
                name,
                else_ifs: 0,
                in_else: false,
            });
            within(open.len(), MAX_NESTED, "blocks")?;
            together(open)
        }
        TagKind::Else => {
            let block = branch(tag, open)?;
            block.in_else = true;
            Ok(())
        }
        TagKind::ElseIf => {
            let block = branch(tag, open)?;
            block.else_ifs += 1;
            within(block.else_ifs, MAX_ELSE_IFS, "`else if`s")?;
            together(open)
        }
        TagKind::Close(name) => close(body, tag, name, open),
        TagKind::Other => Ok(()),
    }
}

/// Each `{{else if}}` is a block within the one before it.
fn together(open: &[Open<'_, '_>]) -> Result<(), BodyFlaw> {
    let depth = open.iter().map(|block| 1 + block.else_ifs).sum();
    within(depth, MAX_DEPTH, "blocks and `else if`s")
}

fn within(count: usize, limit: usize, what: &'static str) -> Result<(), BodyFlaw> {
    if count > limit {
        Err(BodyFlaw::TooDeep { what, limit })
    } else {
        Ok(())
    }
}

fn branch<'o, 't, 'a>(
    tag: &Tag<'_>,
    open: &'o mut [Open<'t, 'a>],
) -> Result<&'o mut Open<'t, 'a>, BodyFlaw> {
    open.last_mut()
        .filter(|block| !block.in_else)
        .ok_or_else(|| BodyFlaw::StrayElse { tag: tag.shown() })
}

fn close(
    body: &str,
    tag: &Tag<'_>,
    name: &str,
    open: &mut Vec<Open<'_, '_>>,
) -> Result<(), BodyFlaw> {
    let Some(block) = open.pop() else {
        return Err(BodyFlaw::StrayClose { tag: tag.shown() });
    };
    if block.name == name {
        return Ok(());
    }
    let (line, _) = crate::template::source::line_column(body, block.tag.start);
    Err(BodyFlaw::WrongClose {
        tag: tag.shown(),
        opened: block.tag.shown(),
        line,
        name: block.name.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flaw(body: &str) -> (usize, String) {
        let (at, flaw) = tags(body).expect_err("a flaw").remove(0);
        (at, flaw.to_string())
    }

    #[test]
    fn an_unclosed_block_names_its_opening_tag() {
        assert_eq!(
            flaw("a\n{{#if x}}\nb\n"),
            (
                2,
                "the block `{{#if x}}` that opens here is never closed with `{{/if}}`".to_owned()
            )
        );
        assert_eq!(
            flaw("{{#if x}}\n{{#each y}}\n{{/if}}").1,
            "`{{/if}}` cannot close the block `{{#each y}}` of line 2: expected `{{/each}}`"
        );
        assert_eq!(flaw("x{{/if}}").0, 1);
        assert_eq!(
            flaw("{{else}}").1,
            "`{{else}}` stands outside of a block, or after its block's `{{else}}`"
        );
        assert_eq!(flaw("{{#if a}}{{else}}{{else if b}}{{/if}}").0, 17);
    }

    #[test]
    fn escapes_comments_strings_and_brackets_hide_braces() {
        let body = r#"\{{#if}} {{!-- {{#if}} --}} {{! {{#if }} {{role "}}"}} {{[}} x]}} {{json {"a": {"b": 1}}}} \\{{a}}{{{b}}}"#;
        let texts: Vec<&str> = tags(body)
            .expect("tags")
            .iter()
            .map(|tag| tag.text)
            .collect();
        assert_eq!(
            texts,
            [
                r#"{{role "}}"}}"#,
                "{{[}} x]}}",
                r#"{{json {"a": {"b": 1}}}}"#,
                "{{a}}",
                "{{{b}}}"
            ]
        );
    }

    #[test]
    fn depth_is_counted_before_the_engine_recurses() {
        let nested = |n: usize| format!("{}{}", "{{#if a}}".repeat(n), "{{/if}}".repeat(n));
        assert!(tags(&nested(MAX_NESTED)).is_ok());
        assert_eq!(flaw(&nested(20_000 / 9)).1, "more than 64 nested blocks");
        let chain = |n: usize| format!("{{{{#if a}}}}{}{{{{/if}}}}", "{{else if b}}".repeat(n));
        assert!(tags(&chain(MAX_ELSE_IFS)).is_ok());
        assert_eq!(flaw(&chain(101)).1, "more than 100 nested `else if`s");
        let parens = format!("{{{{json {}a{}}}}}", "(json ".repeat(65), ")".repeat(65));
        assert_eq!(
            flaw(&parens).1,
            "more than 64 nested parentheses and brackets"
        );
        let lists = format!("{{{{json {}{}}}}}", "[".repeat(9_000), "]".repeat(9_000));
        assert_eq!(
            flaw(&lists).1,
            "more than 64 nested parentheses and brackets"
        );
        assert!(flaw(&"x".repeat(MAX_BYTES + 1)).1.contains("65537 bytes"));
    }
}
