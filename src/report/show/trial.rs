//! One trial: its title, the conversation, what each assertion said, the price.

use crate::domain::{
    Answer, AnswerText, Cost, Message, Outcome, Part, Role, Score, TrialRow, unit,
};
use crate::report::layout::{Fill, cut, fill, width, wrap};
use crate::report::money::dollars;
use crate::report::number::{count, millis};
use crate::report::prices::reported;
use crate::report::safe;
use crate::report::standing::{passes, reason};
use crate::report::style::{BAD, BOLD, DIM, DOUBT, GOOD, PLAIN, Piece, paint};
use crate::report::terminal::Names;
use crate::report::text::Lang;
use crate::report::view::View;
use crate::summary::Facts;

/// How many lines of an answer are shown where the answer is not what was asked for.
const EXCERPT: usize = 6;

/// Where the names of speakers and of assertions stand, and how wide they are: their texts share a column.
const INDENT: usize = 5;
const NAME: usize = 13;

/// What tells the trials of a run apart.
#[derive(Debug, Clone, Copy)]
pub(super) struct Who {
    names: Names,
    repeated: bool,
}

impl Who {
    pub(super) fn of(facts: &Facts, view: &View) -> Self {
        Self {
            names: Names::of(facts, view.lang),
            repeated: facts.results.iter().any(|row| row.key.repeat > 1),
        }
    }
}

/// Writes one trial whole.
pub(super) fn whole(row: &TrialRow, who: Who, view: &View) -> Vec<String> {
    let mut lines = title(row, None, who, view);
    if row.messages.is_empty() && !matches!(row.outcome, Outcome::Skipped) {
        lines.push(aside(view.lang.not_kept(), view));
    }
    for message in &row.messages {
        lines.extend(said(
            speaker(message.role, view.lang),
            &content(message, view.lang),
            view,
        ));
    }
    lines.extend(result(row, view));
    lines.extend(row.scores.iter().flat_map(|score| assertion(score, view)));
    lines.extend(unexplained(row, view));
    lines.extend(fill(&price(row, view), dots(INDENT, view)));
    lines
}

/// Writes what is wrong with a trial: its name, the start of its answer, the assertions that do not pass.
pub(super) fn excerpt(row: &TrialRow, case: &str, who: Who, view: &View) -> Vec<String> {
    let mut lines = title(row, Some(case), who, view);
    let answer = result(row, view);
    let most = if view.verbose > 0 {
        usize::MAX
    } else {
        EXCERPT
    };
    lines.extend(answer.iter().take(most).cloned());
    if answer.len() > most {
        lines.push(aside("…", view));
    }
    let wrong = row.scores.iter().filter(|score| score.pass != Some(true));
    lines.extend(wrong.flat_map(|score| assertion(score, view)));
    lines.extend(unexplained(row, view));
    lines
}

/// Says why an answer failed that no assertion failed: it was cut, or its score is below the case's threshold.
fn unexplained(row: &TrialRow, view: &View) -> Option<String> {
    let explained = row.scores.iter().any(|score| score.pass == Some(false));
    let answered = matches!(row.outcome, Outcome::Answered { .. });
    let reason = reason(row, view.lang).filter(|_| answered && !explained)?;
    let text = cut(&reason, view.width.saturating_sub(INDENT));
    Some(format!("   {} {text}", paint(BAD, "✗", view.styled)))
}

fn title(row: &TrialRow, case: Option<&str>, who: Who, view: &View) -> Vec<String> {
    let mut pieces: Vec<Piece> = case
        .map(|case| Piece::new(BOLD, case))
        .into_iter()
        .collect();
    pieces.push(who.names.variant(&row.key.variant).into());
    if who.names.models > 1 || case.is_none() {
        pieces.push(safe::line(&row.key.model.to_string()).into());
    }
    if who.repeated {
        pieces.push(view.lang.repeat(&row.key.repeat.to_string()).into());
    }
    pieces.extend(
        row.score
            .map(|score| Piece::from(view.lang.score(&format!("{score:.2}")))),
    );
    let (style, sign) = mark(row);
    let sign = paint(style, sign, view.styled);
    let mut lines = fill(&pieces, dots(3, view));
    if let Some(first) = lines.first_mut() {
        *first = format!(" {sign} {}", first.trim_start());
    }
    lines
}

/// Returns the sign of a trial: passed, failed, could not be judged, missing, never sent.
pub(crate) fn mark(row: &TrialRow) -> (anstyle::Style, &'static str) {
    match (&row.outcome, passes(row)) {
        (_, Some(true)) => (GOOD, "✓"),
        (_, Some(false)) => (BAD, "✗"),
        (Outcome::Skipped, None) => (DOUBT, "-"),
        (Outcome::Error { .. }, None) => (BAD, "!"),
        (Outcome::Answered { .. }, None) => (DOUBT, "?"),
    }
}

/// Writes what came back.
fn result(row: &TrialRow, view: &View) -> Vec<String> {
    let lang = view.lang;
    match &row.outcome {
        Outcome::Answered { answer } => match row.text {
            AnswerText::Kept => answered(answer, view),
            AnswerText::Gone => vec![aside(lang.not_kept(), view)],
            AnswerText::Hashed(bytes) => vec![aside(&lang.not_kept_bytes(&count(bytes)), view)],
        },
        Outcome::Skipped => vec![aside(lang.not_sent(), view)],
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
    let texts = [
        (lang.reasoning(), &answer.reasoning),
        (lang.answer(), &answer.text),
        (lang.refusal(), &answer.refusal),
    ];
    let mut lines = Vec::new();
    for (who, text) in texts {
        let text = text.iter().filter(|text| !text.is_empty());
        lines.extend(text.flat_map(|text| said(who, text, view)));
    }
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
    beside(" ", &Piece::new(DIM, who), text, view)
}

/// Writes one assertion: sign, type, reason.
pub(crate) fn assertion(score: &Score, view: &View) -> Vec<String> {
    let (style, sign) = match score.pass {
        Some(true) => (GOOD, "✓"),
        Some(false) => (BAD, "✗"),
        None => (DOUBT, "?"),
    };
    let kind = Piece::new(PLAIN, safe::line(&score.kind));
    beside(&paint(style, sign, view.styled), &kind, &score.reason, view)
}

/// Sets a text, made harmless, beside a name; on a narrow terminal below it.
fn beside(sign: &str, name: &Piece, text: &str, view: &View) -> Vec<String> {
    let column = NAME.max(width(&name.text));
    let narrow = view.width < 48;
    let start = if narrow { INDENT } else { INDENT + column + 1 };
    let text = safe::block(text);
    let mut wrapped = wrap(text.trim_end(), view.width.saturating_sub(start).max(8)).into_iter();
    let mut head = format!("   {sign} {}", name.paint(view.styled));
    if !narrow {
        head.push_str(&" ".repeat(column + 1 - width(&name.text)));
        head.push_str(&wrapped.next().unwrap_or_default());
    }
    std::iter::once(head)
        .chain(wrapped.map(|line| format!("{}{line}", " ".repeat(start))))
        .map(|line| line.trim_end().to_owned())
        .collect()
}

fn aside(text: &str, view: &View) -> String {
    format!("{}{}", " ".repeat(INDENT), paint(DIM, text, view.styled))
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
            // A `data:` address may be megabytes long.
            let address: String = media.url.chars().take(60).collect();
            format!("[{} {address}]", lang.media())
        }
        Part::Metadata { .. } => String::new(),
    };
    message.content.iter().map(part).collect()
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
                .map(|reason| safe::line(&String::from(reason))),
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
    let mut pieces: Vec<Piece> = texts
        .into_iter()
        .map(|text| Piece::new(DIM, text))
        .collect();
    pieces.extend(reported_beside(row, lang));
    pieces
}

/// What the provider reports beside what was booked.
fn reported_beside(row: &TrialRow, lang: Lang) -> Vec<Piece> {
    let Outcome::Answered { answer } = &row.outcome else {
        return Vec::new();
    };
    answer.reported_cost().map_or_else(Vec::new, |cost| {
        reported(cost, cost.checked_sub(row.answer_cost.billed), lang)
    })
}

fn cost(cost: Cost, lang: Lang) -> String {
    let imputed = || lang.imputed(&dollars(cost.imputed));
    match (cost.billed.is_zero(), cost.imputed.is_zero()) {
        (_, true) => dollars(cost.billed),
        (true, false) => imputed(),
        (false, false) => format!("{} + {}", dollars(cost.billed), imputed()),
    }
}

fn dots(indent: usize, view: &View) -> Fill<'static> {
    Fill {
        between: " · ",
        indent,
        hanging: indent,
        width: view.width,
        styled: view.styled,
    }
}
