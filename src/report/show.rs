//! Recorded trials in full: what was sent, what came back, what each assertion said, what it cost.

use crate::domain::{
    Answer, CaseId, Cost, FinishReason, Message, Outcome, Part, Role, Score, TrialRow, unit,
};
use crate::report::layout::{Fill, fill, left, width, wrap};
use crate::report::money::dollars;
use crate::report::number::{count, millis};
use crate::report::safe;
use crate::report::style::{BAD, BOLD, DIM, DOUBT, GOOD, PLAIN, Piece, paint};
use crate::report::terminal::{Names, label, paragraphs};
use crate::report::text::Lang;
use crate::report::view::View;
use crate::summary::Facts;

/// How many lines of an answer are shown where the answer is not what was asked for.
const EXCERPT: usize = 6;

/// Writes one case of a run in full, a block for each trial; `None` when the run has no such case.
///
/// The case is named by its id or by what people call it.
pub fn case(facts: &Facts, id: &CaseId, view: &View) -> Option<String> {
    let meant =
        |row: &&TrialRow| row.key.case == *id || facts.labels.get(&row.key.case) == Some(&id.0);
    let rows: Vec<&TrialRow> = facts.results.iter().filter(meant).collect();
    let first = rows.first()?;
    let mut groups = vec![heading(facts, &label(facts, &first.key.case), view)];
    groups[0].extend(vars(facts, &first.key.case, view));
    groups.extend(rows.into_iter().map(|row| trial(facts, row, view)));
    Some(paragraphs(&groups))
}

/// Writes the trials of a run that failed, could not be judged or brought no answer, in trial order.
pub fn failed(facts: &Facts, view: &View) -> String {
    let bad = |row: &&TrialRow| row.pass != Some(true) && !matches!(row.outcome, Outcome::Skipped);
    let rows: Vec<&TrialRow> = facts.results.iter().filter(bad).collect();
    let what = if rows.is_empty() {
        view.lang.nothing_failed().to_owned()
    } else {
        view.lang.failed(rows.len())
    };
    let mut groups = vec![heading(facts, &what, view)];
    groups.extend(rows.into_iter().map(|row| excerpt(facts, row, view)));
    paragraphs(&groups)
}

fn heading(facts: &Facts, what: &str, view: &View) -> Vec<String> {
    let pieces = [
        Piece::new(BOLD, what),
        safe::line(&facts.prompt.0).into(),
        view.lang.run(&facts.number.to_string()).into(),
    ];
    fill(&pieces, dots(0, view))
}

fn vars(facts: &Facts, case: &CaseId, view: &View) -> Vec<String> {
    let Some(vars) = facts.vars.get(case).filter(|vars| !vars.is_empty()) else {
        return Vec::new();
    };
    let text: Vec<String> = vars
        .iter()
        .map(|(name, value)| match value.as_str() {
            Some(text) => format!("{name}: {text}"),
            None => format!("{name}: {value}"),
        })
        .collect();
    said(view.lang.vars(), &text.join("\n"), view)
}

/// Writes one trial whole.
fn trial(facts: &Facts, row: &TrialRow, view: &View) -> Vec<String> {
    let mut lines = title(facts, row, None, view);
    if row.messages.is_empty() && !matches!(row.outcome, Outcome::Skipped) {
        lines.push(format!(
            "   {}",
            paint(DIM, view.lang.not_kept(), view.styled)
        ));
    }
    lines.extend(row.messages.iter().flat_map(|message| {
        said(
            speaker(message.role, view.lang),
            &content(message, view.lang),
            view,
        )
    }));
    lines.extend(result(row, view));
    lines.extend(row.scores.iter().flat_map(|score| assertion(score, view)));
    lines.extend(fill(&price(row, view), dots(3, view)));
    lines
}

/// Writes what is wrong with a trial: its name, the start of its answer, the assertions that do not pass.
fn excerpt(facts: &Facts, row: &TrialRow, view: &View) -> Vec<String> {
    let mut lines = title(facts, row, Some(&label(facts, &row.key.case)), view);
    let answer = result(row, view);
    let most = if view.verbose > 0 {
        usize::MAX
    } else {
        EXCERPT
    };
    lines.extend(answer.iter().take(most).cloned());
    if answer.len() > most {
        lines.push(format!("   {}", paint(DIM, "…", view.styled)));
    }
    let wrong = row.scores.iter().filter(|score| score.pass != Some(true));
    lines.extend(wrong.flat_map(|score| assertion(score, view)));
    lines
}

fn title(facts: &Facts, row: &TrialRow, case: Option<&str>, view: &View) -> Vec<String> {
    let names = Names::of(facts, view.lang);
    let mut pieces = vec![Piece::new(PLAIN, names.variant(&row.key.variant))];
    if names.models > 1 || case.is_none() {
        pieces.push(safe::line(&row.key.model.to_string()).into());
    }
    if facts.results.iter().any(|other| other.key.repeat > 1) {
        pieces.push(view.lang.repeat(&row.key.repeat.to_string()).into());
    }
    pieces.extend(
        row.score
            .map(|score| Piece::from(view.lang.score(&format!("{score:.2}")))),
    );
    if let Some(case) = case {
        pieces.insert(0, Piece::new(BOLD, case));
    }
    let (style, sign) = mark(row);
    let lines = fill(&pieces, dots(3, view));
    lines
        .into_iter()
        .enumerate()
        .map(|(i, line)| match line.strip_prefix("   ") {
            Some(rest) if i == 0 => format!(" {} {rest}", paint(style, sign, view.styled)),
            _ => line,
        })
        .collect()
}

/// Returns the sign of a trial: passed, failed, could not be judged, missing.
pub(crate) fn mark(row: &TrialRow) -> (anstyle::Style, &'static str) {
    match (&row.outcome, row.pass) {
        (Outcome::Skipped, _) => (DOUBT, "-"),
        (Outcome::Error { fault }, _) if !fault.caused_by_request => (BAD, "!"),
        (Outcome::Error { .. }, _) | (_, Some(false)) => (BAD, "✗"),
        (_, Some(true)) => (GOOD, "✓"),
        (_, None) => (DOUBT, "?"),
    }
}

/// Writes what came back.
fn result(row: &TrialRow, view: &View) -> Vec<String> {
    let lang = view.lang;
    match &row.outcome {
        Outcome::Answered { answer } => answered(answer, view),
        Outcome::Skipped => vec![format!("   {}", paint(DIM, lang.not_sent(), view.styled))],
        Outcome::Error { fault } => {
            let status = fault
                .status
                .map(|status| format!(" {status}"))
                .unwrap_or_default();
            let text = format!("{}{status}  {}", fault.code, fault.message);
            let mut lines = said(lang.error(), &text, view);
            lines.extend(
                fault
                    .partial_text
                    .iter()
                    .flat_map(|text| said(lang.answer(), text, view)),
            );
            lines
        }
    }
}

fn answered(answer: &Answer, view: &View) -> Vec<String> {
    let lang = view.lang;
    let mut lines = Vec::new();
    lines.extend(
        answer
            .reasoning
            .iter()
            .flat_map(|text| said(lang.reasoning(), text, view)),
    );
    lines.extend(
        answer
            .text
            .iter()
            .flat_map(|text| said(lang.answer(), text, view)),
    );
    lines.extend(
        answer
            .refusal
            .iter()
            .flat_map(|text| said(lang.refusal(), text, view)),
    );
    for call in &answer.tool_calls {
        lines.extend(said(
            lang.tool_call(),
            &format!("{} {}", call.name, call.arguments),
            view,
        ));
    }
    if lines.is_empty() {
        lines = said(lang.answer(), lang.no_text(), view);
    }
    lines
}

/// Writes who says what: the speaker in a column of its own, the text wrapped beside it.
pub(crate) fn said(who: &str, text: &str, view: &View) -> Vec<String> {
    let column = 10;
    let room = view.width.saturating_sub(3 + column + 1).max(8);
    wrap(safe::block(text).trim_end(), room)
        .iter()
        .enumerate()
        .map(|(i, line)| {
            let who = if i == 0 { who } else { "" };
            let gap = " ".repeat((column + 1).saturating_sub(width(who)));
            format!("   {}{gap}{line}", paint(DIM, who, view.styled))
                .trim_end()
                .to_owned()
        })
        .collect()
}

fn speaker(role: Role, lang: Lang) -> &'static str {
    match role {
        Role::System => lang.system(),
        Role::User => lang.user(),
        Role::Model => lang.assistant(),
        Role::Tool => lang.tool(),
    }
}

fn content(message: &Message, lang: Lang) -> String {
    let part = |part: &Part| match part {
        Part::Text { text } => text.clone(),
        Part::Media { media } => {
            let address: String = media.url.chars().take(60).collect();
            format!("[{} {address}]", lang.media())
        }
        Part::Metadata { .. } => String::new(),
    };
    message.content.iter().map(part).collect()
}

/// Writes one assertion: sign, type, reason; the reason is wrapped.
pub(crate) fn assertion(score: &Score, view: &View) -> Vec<String> {
    let (style, sign) = match score.pass {
        Some(true) => (GOOD, "✓"),
        Some(false) => (BAD, "✗"),
        None => (DOUBT, "?"),
    };
    let column = 12.max(width(&score.kind)).min(20);
    let room = view.width.saturating_sub(5 + column + 1).max(8);
    let kind = left(&safe::line(&score.kind), column);
    wrap(&safe::block(&score.reason), room)
        .iter()
        .enumerate()
        .map(|(i, line)| {
            let text = if i == 0 {
                format!("   {} {kind} {line}", paint(style, sign, view.styled))
            } else {
                format!("{}{line}", " ".repeat(5 + column + 1))
            };
            text.trim_end().to_owned()
        })
        .collect()
}

/// Writes what a trial cost and took: the last line of it.
fn price(row: &TrialRow, view: &View) -> Vec<Piece> {
    let lang = view.lang;
    let mut texts = Vec::new();
    if let Outcome::Answered { answer } = &row.outcome {
        texts.push(cost(row.answer_cost, lang));
        texts.extend(row.latency_ms.map(millis));
        texts.extend(answer.usage.as_ref().map(|usage| {
            lang.of_usage(
                &count(usage.get(unit::INPUT)),
                &count(usage.get(unit::OUTPUT)),
            )
        }));
        texts.extend(
            answer
                .finish_reason
                .clone()
                .map(|reason: FinishReason| safe::line(&String::from(reason))),
        );
        texts.extend(
            answer
                .model_returned
                .as_ref()
                .map(|model| lang.answered_by(&safe::line(model))),
        );
    }
    if row.cached {
        texts.push(lang.cached().to_owned());
    }
    if row.attempts > 1 {
        texts.push(lang.attempts(usize::try_from(row.attempts).unwrap_or(usize::MAX)));
    }
    texts.extend(row.price.as_ref().map(|(source, from)| {
        let from = from
            .as_deref()
            .map(|date| format!(" {date}"))
            .unwrap_or_default();
        lang.priced_by(&safe::line(&format!("{source}{from}")))
    }));
    texts
        .into_iter()
        .map(|text| Piece::new(DIM, text))
        .collect()
}

fn cost(cost: Cost, lang: Lang) -> String {
    if cost.imputed.is_zero() {
        dollars(cost.billed)
    } else if cost.billed.is_zero() {
        lang.imputed(&dollars(cost.imputed))
    } else {
        format!(
            "{} + {}",
            dollars(cost.billed),
            lang.imputed(&dollars(cost.imputed))
        )
    }
}

fn dots(indent: usize, view: &View) -> Fill<'static> {
    Fill {
        between: " · ",
        indent,
        hanging: indent.max(1),
        width: view.width,
        styled: view.styled,
    }
}

#[cfg(test)]
mod tests;
