//! Where a workspace is and which files a TARGET means.
//!
//! Finds the root, lists `prompts/`, reads prompts, variants and partials, finds the suite of a prompt and the state of the
//! source tree. It must not know what is inside of a template or a suite, nor any setting: it returns texts and paths.
//! Nothing outside of the root is read, whatever a name or a link says.
//!
//! Start with [`Workspace::discover`], then `naming.rs`: what a file's name means.

mod catalogue;
mod error;
mod git;
mod listing;
mod media;
mod naming;
mod partials;
mod prompts;
mod reading;
mod root;
mod suites;

pub use error::WorkspaceError;
pub use git::git_state;
pub use prompts::{PromptFiles, VariantFile};
pub use root::Workspace;

#[cfg(test)]
mod tests;
