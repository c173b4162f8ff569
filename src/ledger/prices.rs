//! The imported prices that lie beside a ledger: no part of its books, and wherever they are.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::ledger::LedgerError;
use crate::ledger::places::Places;

/// Returns where imported prices lie beside a ledger, which may not exist yet.
pub fn prices_path(ledger: &Path) -> Result<PathBuf, LedgerError> {
    match Places::find(ledger) {
        Ok(places) => Ok(places.prices),
        Err(LedgerError::Missing { .. }) => Ok(Places::beside(ledger.to_owned()).prices),
        Err(error) => Err(error),
    }
}

/// Reads the imported prices; `None` where none were imported.
pub fn read_prices(ledger: &Path) -> Result<Option<String>, LedgerError> {
    let path = prices_path(ledger)?;
    match fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(LedgerError::io("read", &path, error)),
    }
}

/// Puts imported prices in the place of earlier ones: whole and on the disk, or not at all.
pub fn write_prices(ledger: &Path, text: &str) -> Result<PathBuf, LedgerError> {
    let path = Places::make(ledger)?.prices;
    let mut part = path.clone().into_os_string();
    part.push(".part");
    let part = PathBuf::from(part);
    let written = File::create(&part)
        .and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&part, &path))
        .and_then(|()| sync_folder(&path));
    if let Err(error) = written {
        // The cause is what is said; a part that cannot be removed says nothing more.
        fs::remove_file(&part).ok();
        return Err(LedgerError::io("write", &path, error));
    }
    Ok(path)
}

/// A renamed file survives a crash when its folder was synced.
fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_lie_beside_a_ledger_that_may_come_later() {
        let root = tempfile::tempdir().unwrap();
        let ledger = root.path().join(".pw/ledger.db");
        assert_eq!(read_prices(&ledger).unwrap(), None);
        let path = write_prices(&ledger, "one").unwrap();
        assert_eq!(
            path,
            fs::canonicalize(root.path())
                .unwrap()
                .join(".pw/prices.json")
        );
        assert_eq!(read_prices(&ledger).unwrap().as_deref(), Some("one"));
        fs::write(&ledger, "").unwrap();
        write_prices(&ledger, "two").unwrap();
        assert_eq!(read_prices(&ledger).unwrap().as_deref(), Some("two"));
        // Another ledger of the folder has prices of its own, and nothing is left over.
        assert_eq!(read_prices(&root.path().join(".pw/team.db")).unwrap(), None);
        let files = fs::read_dir(root.path().join(".pw")).unwrap();
        let mut names: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, [".gitignore", "ledger.db", "prices.json"]);
    }
}
