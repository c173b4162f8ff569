//! No template and no value ends the process.

use std::time::Instant;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{fails, partials, text, try_text, vars};
use crate::template::{Partials, RenderContext, Template};

/// The deepest that the limits allow, on a worker's stack of 2 MiB, in the slowest build.
#[test]
fn the_deepest_legal_templates_render() {
    let deep =
        |open: &str, close: &str, n: usize| format!("{}x{}", open.repeat(n), close.repeat(n));
    let input = json!({"a": {"a": 1}, "l": [[0]]});
    assert_eq!(text(&deep("{{#if a}}", "{{/if}}", 64), &input), "x");
    assert_eq!(text(&deep("{{#with @root}}", "{{/with}}", 64), &input), "x");
    assert_eq!(
        text(
            &deep("{{#each l}}{{#with @root}}", "{{/with}}{{/each}}", 32),
            &input
        ),
        "x"
    );
    let chain = format!(
        "{{{{#if n}}}}{}{{{{else}}}}x{{{{/if}}}}",
        "{{else if n}}".repeat(100)
    );
    assert_eq!(text(&chain, &json!({"n": 0})), "x");
    // Each level doubles the quotes that it escapes.
    let parens = format!("{{{{json {}a{}}}}}", "(json ".repeat(60), ")".repeat(60));
    assert!(fails(&parens, &json!({"a": "s"})).contains("more than 4194304 bytes"));
}

#[test]
fn depth_is_counted_across_partials_too() {
    let mut known = Partials::new();
    for i in 0..4 {
        let (open, close) = ("{{#if a}}".repeat(60), "{{/if}}".repeat(60));
        let next = if i < 3 {
            format!("{{{{>p{}}}}}", i + 1)
        } else {
            "x".to_owned()
        };
        known.extend(partials(&[(
            &format!("p{i}"),
            &format!("{open}{next}{close}"),
        )]));
    }
    let error = try_text("{{>p0}}", &known, &json!({"a": 1})).expect_err("too deep");
    assert!(
        error
            .to_string()
            .ends_with("more than 128 nested blocks and partials"),
        "{error}"
    );
    let chain = "{{else if n}}".repeat(100);
    let nested = format!(
        "{{{{#if n}}}}{chain}{{{{else}}}}{{{{#if n}}}}{chain}{{{{else}}}}x{{{{/if}}}}{{{{/if}}}}"
    );
    assert!(
        fails(&nested, &json!({"n": 0})).contains("more than 128 nested blocks and `else if`s")
    );
}

/// Half of a worker's stack must do for the deepest that is legal, whatever stands between two levels.
#[test]
fn the_deepest_legal_partials_need_half_a_stack() {
    const STACK: usize = 1024 * 1024;
    for (levels, open, close) in [
        (1, "", ""),
        (2, "{{#if t}}", "{{/if}}"),
        (3, "{{#each l}}{{#with @root}}", "{{/with}}{{/each}}"),
        (3, "{{#if n}}{{else if n}}{{else}}", "{{/if}}"),
        (3, "{{#>layout}}", "{{/layout}}"),
    ] {
        let render = |count: usize| {
            let last = format!("p{count}");
            let mut known = partials(&[(&last, "x"), ("layout", "{{> @partial-block}}")]);
            for i in 0..count {
                let body = format!("{open}{{{{>p{}}}}}{close}", i + 1);
                known.extend(partials(&[(&format!("p{i}"), &body)]));
            }
            let input = json!({"l": [1], "n": 0, "t": 1});
            let thread = std::thread::Builder::new().stack_size(STACK);
            let thread = thread.spawn(move || try_text("{{>p0}}", &known, &input));
            thread.expect("a thread").join().expect("no panic")
        };
        assert_eq!(render(124 / levels), Ok("x".to_owned()), "{open}");
        let error = render(2_000).expect_err("too deep").to_string();
        assert!(
            error.ends_with("more than 128 nested blocks and partials"),
            "{open}: {error}"
        );
    }
}

#[test]
fn loops_and_output_are_bounded() {
    let list: Vec<u8> = vec![0; 400];
    let input = json!({"l": list, "s": "x".repeat(1024 * 1024)});
    let start = Instant::now();
    let empty = "{{#each l}}{{#each @root.l}}{{#each @root.l}}{{/each}}{{/each}}{{/each}}";
    assert_eq!(
        fails(empty, &input),
        "p.hbs:1:29: the loops take more than 1000000 turns"
    );
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
    assert_eq!(
        fails("{{#each l}}{{@root.s}}{{/each}}", &input),
        "p.hbs:1:12: the rendered text has more than 4194304 bytes"
    );
}

#[test]
fn kept_content_and_calls_of_partials_are_bounded() {
    let input = json!({"l": vec![0; 400], "s": "x".repeat(512 * 1024)});
    let layout = partials(&[
        ("q", "{{#each @root.l}}{{> @partial-block}}{{/each}}"),
        ("r", "{{#each @root.l}}{{#>q}}{{@root.s}}{{/q}}{{/each}}"),
        ("none", ""),
    ]);
    let error =
        try_text("{{#>none}}{{#>q}}{{s}}{{/q}}{{/none}}", &layout, &input).expect_err("too much");
    assert!(
        error
            .to_string()
            .ends_with("the rendered text has more than 4194304 bytes"),
        "{error}"
    );
    let error = try_text("{{#>none}}{{>r}}{{/none}}", &layout, &input).expect_err("too much");
    assert!(
        error.to_string().ends_with("more than 4194304 bytes"),
        "{error}"
    );
    let mut doubling = partials(&[("p0", "")]);
    for i in 0..40 {
        doubling.extend(partials(&[(
            &format!("p{}", i + 1),
            &format!("{{{{>p{i}}}}}{{{{>p{i}}}}}"),
        )]));
    }
    let error = try_text("{{>p40}}", &doubling, &input).expect_err("too many");
    assert!(
        error
            .to_string()
            .ends_with("more than 10000 calls of partials"),
        "{error}"
    );
}

#[test]
fn long_templates_compile_in_time() {
    let start = Instant::now();
    let body = "{{a}} ".repeat(64 * 1024 / 6);
    assert!(Template::parse("p.hbs", &body, &Partials::new()).is_ok());
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
}

fn soup() -> impl Strategy<Value = String> {
    let tag = prop::sample::select(vec![
        "{{",
        "}}",
        "{{{",
        "}}}",
        "{{#if a}}",
        "{{/if}}",
        "{{else}}",
        "{{else if b}}",
        "{{~else~}}",
        "{{^}}",
        "{{^a}}",
        "{{#each l}}",
        "{{#each l as |x i|}}",
        "{{/each}}",
        "{{x}}",
        "{{>p}}",
        "{{#>p}}",
        "{{/p}}",
        "{{#*inline \"p\"}}",
        "{{/inline}}",
        "{{> @partial-block}}",
        "{{json a}}",
        "{{(lookup a b)}}",
        "{{lookup l 0}}",
        "(",
        ")",
        "\"",
        "'",
        "\\",
        "[",
        "]",
        "|",
        " as |",
        "=",
        " ",
        "\n",
        "天",
        "@",
        "@root",
        "../",
        "this",
        ".",
        "~",
        "!",
        "--",
        "&",
        "*",
        "{{!--",
        "--}}",
        "{{role \"user\"}}",
        "{{role a}}",
        "{{history}}",
        "{{media url=a}}",
        "{{#with a}}",
        "{{/with}}",
        "null",
        "1.5e3",
        "a",
        "{{json (json a)}}",
        "{{#ifEquals a b}}",
        "{{/ifEquals}}",
        "{{this}}",
        "{{@root}}",
        "{{{a}}}",
        "{{&a}}",
        "{{#if (a)}}",
        "{{a.b/c.[d e]}}",
    ]);
    prop::collection::vec(tag, 0..14).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gives_messages_or_an_error(body in soup(), value in prop::sample::select(vec![json!(1), json!([1, [2]]), json!({"b": {"c": 1}}), Value::Null, json!("s")])) {
        let known = partials(&[("p", "<{{a}}{{#if b}}{{> @partial-block}}{{/if}}>")]);
        if let Ok(template) = Template::parse("p.hbs", &body, &known) {
            let input = vars(&json!({"a": value, "b": value, "l": [1, 2], "x": 1}));
            if let Ok(messages) = template.render(&input, &RenderContext::default()) {
                prop_assert!(!messages.is_empty());
            }
        }
    }
}
