//! `pw rescore`: the answers of a recorded run, scored again with today's suite. Nothing is sent.

mod matched;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;

use uuid::Uuid;

use crate::commands::cli::Global;
use crate::commands::context::Context;
use crate::commands::eval::args::Format;
use crate::commands::eval::prepare::scorers;
use crate::commands::eval::run::{Ended, new_id};
use crate::commands::eval::{select, verdict};
use crate::commands::facts::{self, Kept};
use crate::commands::failure::Failure;
use crate::commands::runs;
use crate::commands::session::Session;
use crate::commands::show::recorded;
use crate::domain::{CaseId, Cost, Outcome, RunStatus, TrialKey, TrialRow, count};
use crate::engine;
use crate::ledger::{CachedAnswer, NewRun, Reader, RunRecord, RunRef, Taken};
use crate::report;
use crate::scorer::Scorer;
use crate::suite::{self, Suite};
use crate::summary::{ComparisonKind, Facts};
use crate::workspace;

use matched::Matched;

/// Arguments of `pw rescore`.
#[derive(Debug, clap::Args)]
pub struct RescoreArgs {
    /// The run's number or UUID
    run: String,
    /// Score with this suite instead of the run's own
    #[arg(long, value_name = "FILE")]
    suite: Option<PathBuf>,
    /// Write the report in this form
    #[arg(long, value_name = "FORMAT", value_enum)]
    format: Option<Format>,
}

/// Scores a run's answers again, records that as a run of its own, and shows which verdicts it changed.
pub(crate) async fn rescore(
    context: &mut Context,
    global: &Global,
    args: &RescoreArgs,
) -> Result<u8, Failure> {
    let session = Session::open(context, global, Vec::new())?;
    let reader = runs::reader(&session)?;
    let old = runs::find(&reader, Some(&args.run), None)?;
    let kept = Kept::of(&old);
    runs::need_texts(&session, &old, &kept, "scored again")?;
    let path = match &args.suite {
        Some(path) => context.folder.join(path),
        None => session.workspace.root().join(&old.suite),
    };
    let mut suite = suite::load(session.workspace.root(), &path)?;
    if let Some(asked) = &kept.asked {
        select::set(&mut suite.cases, &asked.set)?;
    }
    let matched = matched::cases(&reader, &old, &suite)?;
    let scorers = scorers(&matched.cases)?;
    let mut scoring = Scoring {
        by_case: (matched.cases.iter().map(|case| &case.id))
            .zip(&scorers)
            .collect(),
        answers: reader.accepted(&old.id)?,
        calls: BTreeMap::new(),
        unkept: 0,
    };
    let rows: Vec<TrialRow> = reader
        .rows(&old.id)?
        .into_iter()
        .filter_map(|row| scoring.again(row, &matched))
        .collect();
    let mut warnings = matched.warnings.clone();
    warnings.extend(scoring.warning());
    for warning in &warnings {
        writeln!(context.err, "warning: {warning}")?;
    }
    if !rows.iter().any(|row| row.cached) {
        return Err(
            Failure::usage(format!("run {} holds no answer to score", old.number))
                .hint("`pw show` shows what it holds"),
        );
    }
    let kept = Kept {
        budget: None,
        gates: suite.gates.clone(),
        against: Vec::new(),
        warnings,
        asked: None,
        rescored_from: Some(old.id.clone()),
        ..kept
    };
    let new_run = new_run(context, &session, &reader, &old, &suite, &matched, &kept)?;
    let facts = record(&session, new_run, &rows, &scoring.calls, &matched).await?;
    write(context, &session, &reader, &old, &matched, args, facts)
}

/// What the answers are scored with.
struct Scoring<'a> {
    by_case: BTreeMap<&'a CaseId, &'a Scorer>,
    answers: BTreeMap<TrialKey, CachedAnswer>,
    /// The call of each scored answer, by today's keys.
    calls: BTreeMap<TrialKey, Uuid>,
    unkept: usize,
}

impl Scoring<'_> {
    /// Scores a row again; `None` for a case that today's suite no longer asks.
    fn again(&mut self, mut row: TrialRow, matched: &Matched) -> Option<TrialRow> {
        let case = matched.now.get(&row.key.case)?;
        let scorer = self.by_case.get(case)?;
        let answer = self.answers.remove(&row.key);
        row.key.case = case.clone();
        row.cost = Cost::default();
        row.attempts = 0;
        if !matches!(row.outcome, Outcome::Answered { .. }) {
            return Some(row);
        }
        if let Some(answer) = answer {
            row.cached = true;
            self.calls.insert(row.key.clone(), answer.call);
            return Some(facts::judged(row, scorer));
        }
        self.unkept += 1;
        row.outcome = Outcome::Skipped;
        (row.scores, row.pass, row.score) = (Vec::new(), None, None);
        Some(row)
    }

    fn warning(&self) -> Option<String> {
        let answers = count(self.unkept, "answer");
        (self.unkept > 0).then(|| format!("the text of {answers} is no longer kept; not scored"))
    }
}

fn new_run(
    context: &Context,
    session: &Session,
    reader: &Reader,
    old: &RunRecord,
    suite: &Suite,
    matched: &Matched,
    kept: &Kept,
) -> Result<NewRun, Failure> {
    let text = |revision| -> Result<String, Failure> {
        Ok(reader.revision_text(revision)?.unwrap_or_default())
    };
    Ok(NewRun {
        id: new_id(context),
        command: context.command_line.clone(),
        workspace: session.name(),
        prompt: old.prompt.clone(),
        suite: suite.file.clone(),
        suite_hash: suite.hash.clone(),
        seed: old.seed,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        git: workspace::git_state(session.workspace.root(), context.environment.get("PATH")),
        tags: old.tags.clone(),
        note: old.note.clone(),
        settings: serde_json::to_value(kept).map_err(Failure::environment)?,
        resumed_from: None,
        filtered: old.filtered || matched.cases.len() < suite.cases.len(),
        revisions: old
            .revisions
            .iter()
            .map(|(variant, revision)| Ok((variant.clone(), revision.clone(), text(revision)?)))
            .collect::<Result<_, Failure>>()?,
        models: old.models.clone(),
        cases: matched.cases.clone(),
    })
}

async fn record(
    session: &Session,
    run: NewRun,
    rows: &[TrialRow],
    calls: &BTreeMap<TrialKey, Uuid>,
    matched: &Matched,
) -> Result<Facts, Failure> {
    let ledger = session.ledger()?;
    let id = run.id.clone();
    ledger.begin_run(run).await?;
    for (position, row) in rows.iter().enumerate() {
        let call = calls.get(&row.key).copied();
        ledger
            .record_trial(
                &id,
                engine::trial_record(position, call, row, Taken::Rescored),
            )
            .await?;
    }
    let whole = !rows
        .iter()
        .any(|row| matches!(row.outcome, Outcome::Skipped));
    ledger.end_run(&id, RunStatus::Finished, whole).await?;
    ledger.close()?;
    let reader = session.reader()?;
    let record = reader.run(&RunRef::Id(id))?;
    facts::of(&reader, &record, rows.to_vec(), &matched.cases)
}

/// Writes what changed: each verdict that is another one than in the run before, case by case.
fn write(
    context: &mut Context,
    session: &Session,
    reader: &Reader,
    old: &RunRecord,
    matched: &Matched,
    args: &RescoreArgs,
    facts: Facts,
) -> Result<u8, Failure> {
    let ended = [Ended {
        facts,
        stopped: None,
    }];
    let code = verdict::exit_code(&ended, false);
    let [Ended { facts, .. }] = &ended;
    writeln!(
        context.err,
        "run {}: the answers of run {}, scored with {}; nothing was sent",
        facts.number, old.number, facts.suite
    )?;
    let text = if args.format == Some(Format::Json) {
        report::json(std::slice::from_ref(facts), code, &facts.warnings)
    } else {
        // A case may have another name today; the two sides are shown under that one.
        let before = matched.renamed(recorded(reader, Some(&old.id))?);
        let changes = facts
            .comparisons
            .iter()
            .filter(|c| c.kind == ComparisonKind::Run);
        changes
            .map(|change| report::diff(&before, facts, change, &session.view))
            .collect::<Vec<_>>()
            .join("\n")
    };
    context.out.write_all(text.as_bytes())?;
    Ok(code)
}
