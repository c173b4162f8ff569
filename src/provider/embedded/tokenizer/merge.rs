//! Merging the pieces of a text, best score first.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// A piece of the text between its neighbours; one that was merged into its left neighbour is empty.
struct Piece {
    start: usize,
    end: usize,
    before: Option<usize>,
    after: Option<usize>,
}

/// Two neighbours whose concatenation is a token.
struct Pair {
    score: f32,
    left: usize,
    right: usize,
    /// Bytes of both when they were paired: another length means that one of them has changed since.
    length: usize,
}

impl Ord for Pair {
    /// The best score is the greatest; of equals, the leftmost.
    fn cmp(&self, other: &Self) -> Ordering {
        self.score
            .total_cmp(&other.score)
            .then_with(|| other.left.cmp(&self.left))
    }
}

impl PartialOrd for Pair {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Pair {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Pair {}

/// Splits a text into pieces, each a token (`score` knows it) or one character.
pub(super) fn pieces(
    text: &str,
    score: impl Fn(&str) -> Option<f32>,
) -> impl Iterator<Item = &str> {
    let mut pieces = characters(text);
    let mut pairs = BinaryHeap::new();
    let pair = |pieces: &[Piece], left: Option<usize>, right: Option<usize>| {
        let (left, right) = (left?, right?);
        let whole = &text[pieces[left].start..pieces[right].end];
        Some(Pair {
            score: score(whole)?,
            left,
            right,
            length: whole.len(),
        })
    };
    for right in 1..pieces.len() {
        pairs.extend(pair(&pieces, Some(right - 1), Some(right)));
    }
    while let Some(Pair {
        left,
        right,
        length,
        ..
    }) = pairs.pop()
    {
        if pieces[left].length() == 0 || pieces[left].length() + pieces[right].length() != length {
            continue;
        }
        let after = pieces[right].after;
        pieces[left].end = pieces[right].end;
        pieces[left].after = after;
        pieces[right].start = pieces[right].end;
        if let Some(after) = after {
            pieces[after].before = Some(left);
        }
        pairs.extend(pair(&pieces, pieces[left].before, Some(left)));
        pairs.extend(pair(&pieces, Some(left), after));
    }
    pieces
        .into_iter()
        .filter(|piece| piece.length() > 0)
        .map(|piece| &text[piece.start..piece.end])
}

impl Piece {
    fn length(&self) -> usize {
        self.end - self.start
    }
}

fn characters(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = text
        .char_indices()
        .enumerate()
        .map(|(index, (start, character))| Piece {
            start,
            end: start + character.len_utf8(),
            before: index.checked_sub(1),
            after: Some(index + 1),
        })
        .collect();
    if let Some(last) = pieces.last_mut() {
        last.after = None;
    }
    pieces
}
