//! An old revision, written back into the files it came from.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use crate::commands::context::Context;
use crate::commands::exit;
use crate::commands::failure::Failure;
use crate::commands::revision::Recorded;
use crate::commands::session::Session;
use crate::domain::{PromptName, Revision, Variant};
use crate::ledger::Reader;
use crate::template::{RevisionText, Template};
use crate::workspace::VariantFile;

/// Writes an iteration's text into the prompt's file, and its partials into theirs.
///
/// What would be overwritten must be recorded as a revision, so that nothing is lost; `yes` overrides that.
pub(super) fn restore(
    context: &mut Context,
    session: &Session,
    reader: &Reader,
    prompt: &PromptName,
    variant: &Variant,
    number: u32,
    yes: bool,
) -> Result<u8, Failure> {
    let iterations = reader.iterations(prompt)?;
    let of_variant = || iterations.iter().filter(|one| one.variant == *variant);
    let wanted = of_variant()
        .find(|one| one.number == number)
        .ok_or_else(|| {
            Failure::usage(format!(
                "`{prompt}` has no iteration {number}, found {}",
                of_variant().count()
            ))
            .hint("`pw log` lists them; --variant names another variant's")
        })?;
    let text = kept_text(reader, &wanted.revision)?.ok_or_else(|| {
        Failure::usage(format!(
            "the text of iteration {number} is not kept in the ledger"
        ))
    })?;
    let file = file_of(session, prompt, variant)?;
    let partials = session.workspace.partials()?;
    let current = Template::parse(&file.display, &file.source, &partials).ok();
    let recorded = current.as_ref().is_some_and(|template| {
        kept_text(reader, template.revision()).is_ok_and(|text| text.is_some())
    });
    if !recorded && !yes {
        return Err(Failure::usage(format!(
            "{} holds a text that no run recorded, it would be lost",
            file.display
        ))
        .hint("run `pw eval` to record it, copy it away, or overwrite it with --yes"));
    }
    let mut files = vec![(file.path.clone(), file.display.clone(), text.source())];
    for (name, body) in &text.partials {
        let Some(partial) = partials.get(name) else {
            let path = beside(&file.path, name);
            let shown = path.display().to_string();
            files.push((path, shown, body.clone()));
            continue;
        };
        if partial.text != *body {
            files.push((
                session.workspace.root().join(&partial.file),
                partial.file.clone(),
                body.clone(),
            ));
        }
    }
    for (path, shown, text) in files {
        write(&path, &text)?;
        writeln!(
            context.out,
            "{shown}: iteration {number}, @{}",
            wanted.revision.short()
        )?;
    }
    Ok(exit::SUCCESS)
}

fn kept_text(reader: &Reader, revision: &Revision) -> Result<Option<RevisionText>, Failure> {
    Ok(Recorded::read(reader, revision)?.and_then(|recorded| recorded.text))
}

fn file_of(
    session: &Session,
    prompt: &PromptName,
    variant: &Variant,
) -> Result<VariantFile, Failure> {
    let files = session.workspace.prompts(std::slice::from_ref(&prompt.0))?;
    let found = files
        .into_iter()
        .flat_map(|files| files.variants)
        .find(|file| file.variant == *variant);
    found.ok_or_else(|| {
        Failure::usage(format!(
            "`{prompt}` has no file of variant `{}`",
            variant.as_str()
        ))
        .hint("make an empty one; --restore writes into the file that is there")
    })
}

/// Where a partial that is gone is made again: beside the prompt.
fn beside(prompt: &std::path::Path, name: &str) -> PathBuf {
    prompt.with_file_name(format!("_{name}.hbs"))
}

/// Replaces a file at once: it has the old text or the new one, never a part.
fn write(path: &std::path::Path, text: &str) -> Result<(), Failure> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let new = PathBuf::from(name);
    let written = fs::write(&new, text).and_then(|()| fs::rename(&new, path));
    written.map_err(|e| Failure::environment(format!("cannot write `{}`: {e}", path.display())))
}
