-- Other ledgers' books, kept apart: their postings stand as they were exported, so that each chain verifies by itself. Nothing
-- here counts for a cap. A chain is known by the hash of its first posting: an export in JSON lines names its ledger no other way.
CREATE TABLE chains (
    id INTEGER PRIMARY KEY,
    root BLOB NOT NULL UNIQUE CHECK (length(root) = 32),
    source TEXT NOT NULL,
    imported_ms INTEGER NOT NULL
) STRICT;

-- The entry is canonical JSON: TEXT is the text itself, BLOB is its zlib form.
CREATE TABLE imported (
    chain INTEGER NOT NULL REFERENCES chains (id),
    seq INTEGER NOT NULL,
    entry ANY NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (chain, seq)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER imported_is_not_changed BEFORE UPDATE ON imported
BEGIN SELECT RAISE(ABORT, 'imported postings are append-only'); END;
CREATE TRIGGER imported_is_not_deleted BEFORE DELETE ON imported
BEGIN SELECT RAISE(ABORT, 'imported postings are append-only'); END;

-- What reports of spend read of them. A prompt or revision that was not given is the empty name: NULLs are never equal in a key.
CREATE TABLE imported_spend (
    chain INTEGER NOT NULL REFERENCES chains (id),
    day INTEGER NOT NULL,
    purpose TEXT NOT NULL,
    workspace INTEGER NOT NULL REFERENCES names (id),
    prompt INTEGER NOT NULL REFERENCES names (id),
    variant INTEGER NOT NULL REFERENCES names (id),
    revision INTEGER NOT NULL REFERENCES names (id),
    endpoint INTEGER NOT NULL REFERENCES names (id),
    model INTEGER NOT NULL REFERENCES names (id),
    billed INTEGER NOT NULL,
    imputed INTEGER NOT NULL,
    answers INTEGER NOT NULL,
    PRIMARY KEY (chain, day, purpose, workspace, prompt, variant, revision, endpoint, model)
) STRICT, WITHOUT ROWID;
