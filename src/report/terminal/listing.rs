//! Cases under each other, with their reasons.

use crate::report::layout::{cut, left, width, wrap};
use crate::report::number::many;
use crate::report::style::{BAD, DIM, paint};
use crate::report::view::View;

/// Sets failing cases under each other, names in one column and reasons in the next; with `-v` reasons are not cut.
pub(super) fn with_reasons(cases: &[(String, String)], view: &View) -> Vec<String> {
    let most = (view.width / 3).clamp(8, 32);
    let wide = cases
        .iter()
        .map(|(name, _)| width(name))
        .max()
        .unwrap_or(0)
        .min(most);
    let room = view.width.saturating_sub(5 + wide + 2);
    let cross = paint(BAD, "✗", view.styled);
    let whole = view.verbose > 0 && room > 8;
    let mut lines = Vec::new();
    for (name, reason) in cases {
        let name = left(&cut(name, wide), wide);
        let reason = if whole {
            wrap(reason, room)
        } else {
            vec![cut(reason, room)]
        };
        for (i, part) in reason.iter().enumerate() {
            let head = if i == 0 {
                format!("   {cross} {name}")
            } else {
                " ".repeat(5 + wide)
            };
            lines.push(format!("{head}  {part}").trim_end().to_owned());
        }
    }
    lines
}

/// Says how many cases are not listed, if any.
pub(super) fn and_more(unlisted: usize, view: &View) -> Option<String> {
    let text = format!("     {}", view.lang.and_more(&many(unlisted)));
    (unlisted > 0).then(|| paint(DIM, &cut(&text, view.width), view.styled))
}
