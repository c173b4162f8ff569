//! The commit and the dirty flag of the source tree; a run never fails by them.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::summary::Git;

use crate::workspace::reading::at_most;

/// How long `git status` may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// Largest file of references.
const MOST_BYTES: u64 = 16 << 20;

/// Returns the commit that is checked out around a folder, and whether tracked files differ from it.
///
/// The commit is read from the repository's files. The flag is asked of `git`, searched in `search_path` (`PATH`'s text, else
/// the system's default); where it cannot be told (no `git`, an error, two seconds passed), the tree counts as dirty: nothing
/// shows that it is clean. `None` without a repository, a commit, or with references in a form that only `git` reads.
pub fn git_state(root: &Path, search_path: Option<&str>) -> Option<Git> {
    let commit = Repository::around(root)?.commit()?;
    let dirty = is_dirty(root, search_path).unwrap_or(true);
    Some(Git { commit, dirty })
}

/// A repository's folders: a linked work tree has its own `HEAD` and shares the references.
struct Repository {
    own: PathBuf,
    shared: PathBuf,
}

impl Repository {
    fn around(folder: &Path) -> Option<Self> {
        let entry = folder
            .ancestors()
            .map(|folder| folder.join(".git"))
            .find(|entry| entry.exists())?;
        let own = if entry.is_dir() {
            entry
        } else {
            let text = text(&entry)?;
            entry.parent()?.join(text.strip_prefix("gitdir:")?.trim())
        };
        let shared = match text(&own.join("commondir")) {
            Some(common) => own.join(common.trim()),
            None => own.clone(),
        };
        Some(Self { own, shared })
    }

    fn commit(&self) -> Option<String> {
        let head = text(&self.own.join("HEAD"))?;
        match head.trim().strip_prefix("ref:") {
            None => commit_of(&head),
            Some(reference) => self.reference(reference.trim()),
        }
    }

    fn reference(&self, name: &str) -> Option<String> {
        if !name.starts_with("refs/") || name.split('/').any(|part| part == "..") {
            return None;
        }
        [&self.own, &self.shared]
            .into_iter()
            .find_map(|folder| commit_of(&text(&folder.join(name))?))
            .or_else(|| self.packed(name))
    }

    fn packed(&self, name: &str) -> Option<String> {
        text(&self.shared.join("packed-refs"))?
            .lines()
            .filter_map(|line| line.split_once(' '))
            .find(|(_, packed)| *packed == name)
            .and_then(|(commit, _)| commit_of(commit))
    }
}

fn text(path: &Path) -> Option<String> {
    if !path.is_file() {
        return None;
    }
    String::from_utf8(at_most(path, MOST_BYTES).ok()??).ok()
}

/// Takes a SHA-1 or SHA-256 in hex.
fn commit_of(text: &str) -> Option<String> {
    let text = text.trim();
    let hex = matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    hex.then(|| text.to_owned())
}

fn is_dirty(root: &Path, search_path: Option<&str>) -> Option<bool> {
    let mut child = status(root, search_path).spawn().ok()?;
    let first = first_byte(&mut child);
    match first {
        Some(0) => child.wait().ok()?.success().then_some(false),
        other => {
            child.kill().ok();
            child.wait().ok();
            other.map(|_| true)
        }
    }
}

/// `git status` that starts no program of the repository's own choosing, takes no lock and sees no key of this environment.
fn status(root: &Path, search_path: Option<&str>) -> Command {
    let mut command = Command::new("git");
    command
        .args([
            "-c",
            "core.fsmonitor=false",
            "-c",
            "core.hooksPath=/dev/null",
        ])
        .args(["--no-optional-locks", "status", "--porcelain"])
        .args(["--untracked-files=no", "--ignore-submodules=dirty"])
        .current_dir(root)
        .env_clear()
        .envs(search_path.map(|path| ("PATH", path)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

/// Waits for the first byte: 1 when there is one, 0 at the end, `None` when it takes too long.
fn first_byte(child: &mut Child) -> Option<usize> {
    let mut output = child.stdout.take()?;
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(output.read(&mut [0])));
    receiver.recv_timeout(PATIENCE).ok()?.ok()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;

    const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

    fn tree(files: &[(&str, &str)]) -> TempDir {
        let folder = TempDir::new().expect("a folder");
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
            fs::write(path, text).expect("a file");
        }
        folder
    }

    fn commit(files: &[(&str, &str)], below: &str) -> Option<String> {
        let folder = tree(files);
        Repository::around(&folder.path().join(below))?.commit()
    }

    #[test]
    fn the_commit_is_found_in_every_form_of_reference() {
        let line = format!("{COMMIT}\n");
        let found = Some(COMMIT.to_owned());
        assert_eq!(commit(&[(".git/HEAD", &line)], ""), found);
        let head = (".git/HEAD", "ref: refs/heads/main\n");
        assert_eq!(commit(&[head, (".git/refs/heads/main", &line)], ""), found);
        let packed = format!("# pack-refs with: peeled\n{COMMIT} refs/heads/main\n");
        assert_eq!(commit(&[head, (".git/packed-refs", &packed)], ""), found);
        let linked = [
            ("main/.git/refs/heads/topic", line.as_str()),
            ("main/.git/worktrees/w/HEAD", "ref: refs/heads/topic"),
            ("main/.git/worktrees/w/commondir", "../.."),
            ("w/.git", "gitdir: ../main/.git/worktrees/w\n"),
            ("w/prompts/a.hbs", ""),
        ];
        assert_eq!(commit(&linked, "w/prompts"), found);
    }

    #[test]
    fn no_commit_is_no_state() {
        assert_eq!(commit(&[(".git/HEAD", "ref: refs/heads/main\n")], ""), None);
        assert_eq!(
            commit(&[(".git/HEAD", "ref: refs/../../secret\n")], ""),
            None
        );
        assert_eq!(commit(&[(".git/HEAD", "nonsense")], ""), None);
    }

    #[test]
    fn a_tree_that_git_cannot_judge_counts_as_dirty() {
        let folder = tree(&[(".git/HEAD", COMMIT)]);
        let state = git_state(folder.path(), Some("/nowhere"));
        let expected = Git {
            commit: COMMIT.to_owned(),
            dirty: true,
        };
        assert_eq!(state, Some(expected));
    }

    #[test]
    fn an_edit_of_a_tracked_file_makes_it_dirty() {
        let folder = tree(&[("a", "1")]);
        let git = |arguments: &[&str]| {
            let mut command = Command::new("git");
            command
                .args(["-c", "user.name=t", "-c", "user.email=t@example.com"])
                .args(arguments)
                .current_dir(folder.path())
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            command.status().is_ok_and(|status| status.success())
        };
        if !git(&["init"]) {
            return; // A machine without git: nothing to ask.
        }
        assert!(git(&["add", "a"]) && git(&["commit", "-m", "a"]));
        let dirty = || git_state(folder.path(), None).map(|state| state.dirty);
        fs::write(folder.path().join("untracked"), "").expect("a file");
        assert_eq!(dirty(), Some(false));
        fs::write(folder.path().join("a"), "22").expect("a file");
        assert_eq!(dirty(), Some(true));
    }
}
