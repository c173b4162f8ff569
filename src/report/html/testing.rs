//! A strict reader of what the kit writes: it knows elements, quoted attributes and escaped text, and nothing else.

use std::collections::BTreeMap;

/// An element as it was read.
#[derive(Debug, Clone)]
pub(crate) struct Read {
    pub(crate) name: String,
    pub(crate) attributes: BTreeMap<String, String>,
    /// The text directly in it, as it is written.
    pub(crate) text: String,
}

/// Reads markup; panics where it is not well-formed.
pub(crate) fn read(markup: &str) -> Vec<Read> {
    let mut elements: Vec<Read> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut rest = markup;
    while let Some(begin) = rest.find('<') {
        let text = &rest[..begin];
        assert!(!text.contains('>'), "a bare `>` in {text:?}");
        if let Some(at) = open.last() {
            elements[*at].text.push_str(text);
        }
        let end = begin + rest[begin..].find('>').expect("an end of a tag");
        let inside = &rest[begin + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = inside.strip_prefix('/') {
            let at = open.pop().expect("an open element");
            assert_eq!(elements[at].name, name, "elements nest");
            continue;
        }
        let closed = inside.strip_suffix('/');
        elements.push(element(closed.unwrap_or(inside)));
        if closed.is_none() {
            open.push(elements.len() - 1);
        }
    }
    assert!(open.is_empty(), "every element ends");
    elements
}

fn element(inside: &str) -> Read {
    let (name, mut rest) = inside.split_once(' ').unwrap_or((inside, ""));
    let mut attributes = BTreeMap::new();
    while !rest.is_empty() {
        let (key, after) = rest.split_once("=\"").expect("a quoted attribute");
        let (value, after) = after.split_once('"').expect("an end of a quote");
        assert!(
            attributes
                .insert(key.to_owned(), value.to_owned())
                .is_none(),
            "{key} twice"
        );
        rest = after.strip_prefix(' ').unwrap_or(after);
    }
    Read {
        name: name.to_owned(),
        attributes,
        text: String::new(),
    }
}
