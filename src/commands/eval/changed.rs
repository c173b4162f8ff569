//! Which files of a recorded run are no longer as it read them.

use crate::commands::session::Session;
use crate::ledger::RunRecord;
use crate::suite;
use crate::template::Template;

/// Returns the files of a run's prompt and suite that are gone or would now be asked or scored in another way.
pub(crate) fn files(session: &Session, run: &RunRecord) -> Vec<String> {
    let workspace = &session.workspace;
    let prompts = workspace.prompts(std::slice::from_ref(&run.prompt.0));
    let partials = workspace.partials().unwrap_or_default();
    let files: Vec<_> = prompts
        .into_iter()
        .flatten()
        .flat_map(|files| files.variants)
        .collect();
    let mut changed = Vec::new();
    for (variant, revision) in &run.revisions {
        let Some(file) = files.iter().find(|file| file.variant == *variant) else {
            changed.push(format!("a file of prompt `{}`", run.prompt));
            continue;
        };
        let today = Template::parse(&file.display, &file.source, &partials);
        if today.is_ok_and(|template| template.revision() == revision) {
            continue;
        }
        changed.push(file.display.clone());
    }
    let today = suite::load(workspace.root(), &workspace.root().join(&run.suite));
    if !today.is_ok_and(|suite| suite.hash == run.suite_hash) {
        changed.push(run.suite.clone());
    }
    changed
}
