//! Partials: `_NAME.hbs` anywhere below `prompts/`.

use crate::template::{PartialSource, Partials};
use crate::workspace::error::WorkspaceError;
use crate::workspace::naming::Role;
use crate::workspace::reading::TEMPLATE_BYTES;
use crate::workspace::root::Workspace;

impl Workspace {
    /// Reads every partial, by the name that templates use: `sub/_x.hbs` is `sub/x`. No `prompts/`: none.
    ///
    /// Errors: two files of one name, and whatever makes a file unreadable.
    pub fn partials(&self) -> Result<Partials, WorkspaceError> {
        let mut partials = Partials::new();
        if !self.prompts_folder().is_dir() {
            return Ok(partials);
        }
        for found in self.templates()? {
            let Role::Partial(name) = found.role else {
                continue;
            };
            let file = self.display(&found.path);
            if let Some(first) = partials.get(&name) {
                return Err(WorkspaceError::Ambiguous {
                    files: vec![first.file.clone(), file],
                    what: format!("the partial `{name}`"),
                });
            }
            let text = self.read(&found.path, TEMPLATE_BYTES)?;
            partials.insert(name, PartialSource { file, text });
        }
        Ok(partials)
    }
}
