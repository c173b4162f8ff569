//! The key of hashes of texts that are not kept: one for each user, made when it is first needed.
//!
//! It lies in the user's folder of state, away from any ledger: whoever gets a ledger, or a copy of one, cannot find out by
//! trying which city was asked for.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use crate::config::environment::Environment;
use crate::config::error::ConfigError;
use crate::domain::{TextKey, sha256_hex};

/// Hex digits of the key.
const DIGITS: usize = 64;

/// Reads this user's key, or makes it.
///
/// Errors: [`ConfigError::NoStateFolder`], [`ConfigError::Unreadable`], [`ConfigError::Unwritable`], [`ConfigError::TextKey`]
/// for a file that holds something else.
pub fn text_key(environment: &Environment) -> Result<TextKey, ConfigError> {
    let folder = environment
        .state_folder()
        .ok_or(ConfigError::NoStateFolder)?;
    let path = folder.join("text.key");
    let file = environment.shown(&path);
    match make(&folder, &path) {
        Ok(()) => {}
        // Another process was first, today or a year ago.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(source) => return Err(ConfigError::Unwritable { file, source }),
    }
    let text = fs::read_to_string(&path).map_err(|source| ConfigError::Unreadable {
        file: file.clone(),
        source,
    })?;
    let text = text.trim();
    if text.len() == DIGITS && text.bytes().all(|b| b.is_ascii_hexdigit()) {
        Ok(TextKey::new(text.as_bytes()))
    } else {
        Err(ConfigError::TextKey { file })
    }
}

/// Writes the key whole or not at all; only the user may read it.
///
/// Errors: `AlreadyExists`.
fn make(folder: &Path, path: &Path) -> io::Result<()> {
    if path.exists() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    fs::create_dir_all(folder)?;
    let draft = path.with_extension(format!("{:x}.draft", rand::random::<u64>()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let key = sha256_hex(&rand::random::<[u8; 32]>());
    let mut file = options.open(&draft)?;
    file.write_all(key.as_bytes())?;
    file.sync_all()?;
    // A link, unlike a renaming, leaves the key alone that another process has made meanwhile.
    let linked = fs::hard_link(&draft, path);
    // A draft that stays behind is no key.
    fs::remove_file(&draft).ok();
    linked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_made_once_and_something_else_is_refused() {
        let home = tempfile::tempdir().expect("a folder");
        let state = home.path().display().to_string();
        let environment = Environment::from_map([("XDG_STATE_HOME".to_owned(), state)]);
        let first = text_key(&environment).expect("a key");
        let second = text_key(&environment).expect("the same key");
        assert_eq!(first.digest("晴天"), second.digest("晴天"));
        let path = home.path().join("pw/text.key");
        let other = Environment::from_map([(
            "XDG_STATE_HOME".to_owned(),
            home.path().join("other").display().to_string(),
        )]);
        let stranger = text_key(&other).expect("a key");
        assert_ne!(first.digest("晴天"), stranger.digest("晴天"));
        fs::write(&path, "correct horse").expect("written");
        let refused = text_key(&environment).expect_err("no key");
        assert!(refused.to_string().contains("text.key"), "{refused}");
        assert!(matches!(
            text_key(&Environment::from_map([])),
            Err(ConfigError::NoStateFolder)
        ));
    }
}
