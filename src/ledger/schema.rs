//! Opening the database: what is asserted before it is touched, its settings, its migrations.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior, params};
use uuid::Uuid;

use crate::ledger::LedgerError;

/// `pwLG`: what tells a ledger from any other database.
pub(super) const APPLICATION: i64 = 0x7077_4c47;

/// Every change of the schema, in order; the number of those applied is the database's `user_version`.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/001-books.sql"),
    include_str!("migrations/002-reports.sql"),
    include_str!("migrations/003-imports.sql"),
    include_str!("migrations/004-taken.sql"),
];

/// The format that this program writes.
pub(super) const FORMAT: i64 = 4;

/// The first format that has room for other ledgers' books.
pub(super) const WITH_IMPORTS: i64 = 3;

/// The first release in which two processes cannot corrupt a WAL while one resets it.
///
/// Source: <https://www.sqlite.org/wal.html#walresetbug>.
const SAFE_SQLITE: i32 = 3_051_003;

/// Opens for writing, creating and migrating where needed; call it under the write lock.
///
/// `WAL` with `synchronous=FULL` loses no acknowledged commit when power fails; `NORMAL` does.
pub(super) fn open_for_writing(
    path: &Path,
    now: jiff::Timestamp,
) -> Result<Connection, LedgerError> {
    let refuse = |e| LedgerError::sqlite("open", path, e);
    assert_sqlite()?;
    look_at_header(path)?;
    let mut conn = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .map_err(refuse)?;
    // Until the format is known, closing must not write: a newer program's file stays as it is.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)
        .map_err(refuse)?;
    guard(&conn).map_err(refuse)?;
    let format = known_format(&conn, path)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)
        .map_err(refuse)?;
    conn.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
        .map_err(refuse)?;
    if format > 0 && format < FORMAT {
        keep_a_copy(&conn, path, format)?;
    }
    migrate(&mut conn, format, now).map_err(|e| LedgerError::sqlite("migrate", path, e))?;
    conn.set_prepared_statement_cache_capacity(64);
    Ok(conn)
}

/// Opens for reading only.
pub(super) fn open_for_reading(path: &Path) -> Result<Connection, LedgerError> {
    match open_of_any_format(path)? {
        (_, found) if found < FORMAT => Err(LedgerError::Older {
            path: path.to_owned(),
            found,
            known: FORMAT,
        }),
        (conn, _) => Ok(conn),
    }
}

/// Opens for reading what may be an older program's, as a copy may be, and returns its format: postings are the same in all
/// of them. On a read-only mount a WAL database can only be read as one that nobody changes.
pub(super) fn open_of_any_format(path: &Path) -> Result<(Connection, i64), LedgerError> {
    assert_sqlite()?;
    look_at_header(path)?;
    let conn = match readable(path, OpenFlags::SQLITE_OPEN_READ_WRITE) {
        Ok(conn) => conn,
        Err(_) => readable(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
            .or_else(|error| immutable(path).map_err(|_| error))
            .map_err(|e| LedgerError::sqlite("read", path, e))?,
    };
    match known_format(&conn, path)? {
        0 => Err(LedgerError::NotALedger {
            path: path.to_owned(),
        }),
        found => Ok((conn, found)),
    }
}

fn readable(path: &Path, access: OpenFlags) -> rusqlite::Result<Connection> {
    let conn = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    ready_for_reading(conn)
}

fn immutable(path: &Path) -> rusqlite::Result<Connection> {
    let uri = format!("file:{}?immutable=1", escaped(path));
    let conn = Connection::open_with_flags(
        uri,
        OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_URI
            | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    ready_for_reading(conn)
}

/// Sets the connection up and reads once: only then does `SQLite` find out that it cannot.
fn ready_for_reading(conn: Connection) -> rusqlite::Result<Connection> {
    guard(&conn)?;
    conn.execute_batch("PRAGMA query_only = ON")?;
    conn.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    conn.set_prepared_statement_cache_capacity(64);
    Ok(conn)
}

/// Percent-encodes what has a meaning in a URI.
fn escaped(path: &Path) -> String {
    path.to_string_lossy()
        .replace('%', "%25")
        .replace('?', "%3f")
        .replace('#', "%23")
}

fn guard(conn: &Connection) -> rusqlite::Result<()> {
    conn.execute_batch(
        "PRAGMA busy_timeout = 10000; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; \
         PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;",
    )
}

fn assert_sqlite() -> Result<(), LedgerError> {
    if rusqlite::version_number() < SAFE_SQLITE {
        return Err(LedgerError::OldSqlite {
            found: rusqlite::version().to_owned(),
        });
    }
    Ok(())
}

/// Refuses by the first hundred bytes what is no ledger or a newer one, so that `SQLite` never opens it.
///
/// Source: <https://www.sqlite.org/fileformat2.html#the_database_header>: user version at byte 60, application id at 68.
fn look_at_header(path: &Path) -> Result<(), LedgerError> {
    let mut header = Vec::new();
    match File::open(path) {
        Ok(file) => file
            .take(100)
            .read_to_end(&mut header)
            .map_err(|e| LedgerError::io("read", path, e))?,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(LedgerError::io("open", path, e)),
    };
    if header.is_empty() {
        return Ok(());
    }
    let number = |at: usize| {
        header
            .get(at..at + 4)
            .and_then(|bytes| bytes.try_into().ok())
            .map_or(0, |bytes| i64::from(u32::from_be_bytes(bytes)))
    };
    let is_database = header.len() == 100 && header.starts_with(b"SQLite format 3\0");
    if !is_database || ![0, APPLICATION].contains(&number(68)) {
        return Err(LedgerError::NotALedger {
            path: path.to_owned(),
        });
    }
    refuse_newer(path, number(60))
}

fn refuse_newer(path: &Path, found: i64) -> Result<(), LedgerError> {
    if found > FORMAT {
        return Err(LedgerError::Newer {
            path: path.to_owned(),
            found,
            known: FORMAT,
        });
    }
    Ok(())
}

/// Reads the format, as the WAL has it: the header may be behind.
///
/// Errors: `Newer`; `NotALedger` for a database that has tables and is not ours.
fn known_format(conn: &Connection, path: &Path) -> Result<i64, LedgerError> {
    let ask = |sql: &str| {
        conn.query_row(sql, [], |row| row.get::<_, i64>(0))
            .map_err(|e| LedgerError::sqlite("read", path, e))
    };
    let found = ask("PRAGMA user_version")?;
    let application = ask("PRAGMA application_id")?;
    let tables = ask("SELECT count(*) FROM sqlite_schema")?;
    if application != APPLICATION && (application != 0 || found != 0 || tables != 0) {
        return Err(LedgerError::NotALedger {
            path: path.to_owned(),
        });
    }
    refuse_newer(path, found)?;
    Ok(found)
}

/// Applies what is missing in one transaction: the file has the old format or the new one, never something between.
fn migrate(conn: &mut Connection, format: i64, now: jiff::Timestamp) -> rusqlite::Result<()> {
    if format >= FORMAT {
        return Ok(());
    }
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for sql in MIGRATIONS.iter().skip(usize::try_from(format).unwrap_or(0)) {
        tx.execute_batch(sql)?;
    }
    tx.pragma_update(None, "user_version", FORMAT)?;
    tx.pragma_update(None, "application_id", APPLICATION)?;
    if format == 0 {
        tx.execute(
            "INSERT INTO ledger (id, uuid, created_ms) VALUES (1, ?1, ?2)",
            params![new_id(now).as_bytes(), now.as_millisecond()],
        )?;
    }
    tx.commit()
}

/// Writes `ledger.db.format-N` before the first migration away from format N: a copy that the older program still reads.
fn keep_a_copy(conn: &Connection, path: &Path, format: i64) -> Result<(), LedgerError> {
    let beside = |ending: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".format-{format}{ending}"));
        PathBuf::from(name)
    };
    let (copy, part) = (beside(""), beside(".part"));
    if copy.exists() {
        return Ok(());
    }
    // A copy that was cut short keeps its ending and is written anew.
    if part.exists() {
        std::fs::remove_file(&part).map_err(|e| LedgerError::io("remove", &part, e))?;
    }
    conn.execute("VACUUM INTO ?1", [part.to_string_lossy()])
        .map_err(|e| LedgerError::sqlite("copy", path, e))?;
    std::fs::rename(&part, &copy).map_err(|e| LedgerError::io("rename", &part, e))
}

/// Makes a UUID of version 7 of the clock's time.
pub(super) fn new_id(now: jiff::Timestamp) -> Uuid {
    let seconds = u64::try_from(now.as_second()).unwrap_or(0);
    let nanos = u32::try_from(now.subsec_nanosecond()).unwrap_or(0);
    Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, nanos))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> jiff::Timestamp {
        jiff::Timestamp::from_second(1_795_000_000).unwrap()
    }

    #[test]
    fn the_format_is_the_number_of_migrations() {
        assert_eq!(MIGRATIONS.len(), usize::try_from(FORMAT).unwrap());
    }

    #[test]
    fn an_empty_file_becomes_a_ledger_with_its_settings() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        std::fs::write(&path, "").unwrap();
        let conn = open_for_writing(&path, now()).unwrap();
        for (pragma, expected) in [
            ("user_version", FORMAT),
            ("application_id", APPLICATION),
            ("synchronous", 2),
            ("foreign_keys", 1),
            ("trusted_schema", 0),
            ("cell_size_check", 1),
            ("busy_timeout", 10_000),
        ] {
            let found: i64 = conn
                .query_row(&format!("PRAGMA {pragma}"), [], |row| row.get(0))
                .unwrap();
            assert_eq!(found, expected, "{pragma}");
        }
        let mode: String = conn
            .query_row("PRAGMA journal_mode", [], |row| row.get(0))
            .unwrap();
        assert_eq!(mode, "wal");
        drop(conn);
        // A second opening finds nothing to migrate and keeps the ledger's identity.
        let conn = open_for_writing(&path, now()).unwrap();
        let ledgers: i64 = conn
            .query_row("SELECT count(*) FROM ledger", [], |row| row.get(0))
            .unwrap();
        assert_eq!(ledgers, 1);
    }

    #[test]
    fn a_ledger_of_an_older_program_is_copied_then_brought_up_to_date() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        let conn = Connection::open(&path).unwrap();
        conn.execute_batch(MIGRATIONS[0]).unwrap();
        conn.pragma_update(None, "user_version", 1).unwrap();
        conn.pragma_update(None, "application_id", APPLICATION)
            .unwrap();
        conn.execute("INSERT INTO names (name) VALUES ('天气')", [])
            .unwrap();
        drop(conn);
        // A copy that was cut short does not stand in the way.
        std::fs::write(folder.path().join("ledger.db.format-1.part"), "cut").unwrap();
        for opening in 0..2 {
            let conn = open_for_writing(&path, now()).unwrap();
            let format: i64 = conn
                .query_row("PRAGMA user_version", [], |row| row.get(0))
                .unwrap();
            assert_eq!(format, FORMAT, "opening {opening}");
        }
        let copy = Connection::open(folder.path().join("ledger.db.format-1")).unwrap();
        let format: i64 = copy
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .unwrap();
        let name: String = copy
            .query_row("SELECT name FROM names", [], |row| row.get(0))
            .unwrap();
        assert_eq!((format, name.as_str()), (1, "天气"));
    }

    #[test]
    fn a_newer_ledger_is_refused_and_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        let conn = open_for_writing(&path, now()).unwrap();
        conn.pragma_update(None, "user_version", FORMAT + 1)
            .unwrap();
        // Still in the WAL: the header alone does not know it.
        let refused = open_for_writing(&path, now()).unwrap_err();
        assert!(matches!(refused, LedgerError::Newer { found, .. } if found == FORMAT + 1));
        drop(conn);
        let before = std::fs::read(&path).unwrap();
        for refused in [
            open_for_writing(&path, now()).unwrap_err(),
            open_for_reading(&path).unwrap_err(),
        ] {
            assert!(matches!(refused, LedgerError::Newer { known: FORMAT, .. }));
        }
        assert_eq!(std::fs::read(&path).unwrap(), before);
        assert!(!folder.path().join("ledger.db-wal").exists());
    }

    #[test]
    fn what_is_no_ledger_is_refused_and_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let text = folder.path().join("notes.db");
        std::fs::write(&text, "buy milk ".repeat(100)).unwrap();
        let other = folder.path().join("other.db");
        let conn = Connection::open(&other).unwrap();
        conn.execute_batch("CREATE TABLE t (x)").unwrap();
        drop(conn);
        for path in [text, other] {
            let before = std::fs::read(&path).unwrap();
            for refused in [
                open_for_writing(&path, now()).unwrap_err(),
                open_for_reading(&path).unwrap_err(),
            ] {
                assert!(
                    matches!(refused, LedgerError::NotALedger { .. }),
                    "{refused}"
                );
            }
            assert_eq!(std::fs::read(&path).unwrap(), before);
        }
    }

    #[test]
    fn uri_paths_are_escaped() {
        assert_eq!(escaped(Path::new("/a?b#c%d/晴")), "/a%3fb%23c%25d/晴");
    }
}
