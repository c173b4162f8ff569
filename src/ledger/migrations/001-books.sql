-- The first books: postings are the truth, everything beside them can be recomputed or is a text.
-- Amounts are picodollars, times are milliseconds since 1970 in UTC, a day is written YYYYMMDD and a month YYYYMM.

-- One row: what tells this ledger from another one, in the anchor and in exports.
CREATE TABLE ledger (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    uuid BLOB NOT NULL CHECK (length(uuid) = 16),
    created_ms INTEGER NOT NULL
) STRICT;

-- Texts that repeat (workspaces, prompts, variants, cases, models), once each.
CREATE TABLE names (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

-- Prices as they were used; '' stands for "not given", because NULLs are never equal in a UNIQUE.
CREATE TABLE prices (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    rates TEXT NOT NULL,
    UNIQUE (source, valid_from, rates)
) STRICT;

-- One row for each process that ever wrote; it lives as long as its lock on live/UUID is held.
CREATE TABLE writers (
    id INTEGER PRIMARY KEY,
    uuid BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    pid INTEGER NOT NULL,
    host TEXT NOT NULL,
    started_ms INTEGER NOT NULL,
    ended_ms INTEGER,
    ending TEXT CHECK (ending IN ('closed', 'died'))
) STRICT;
CREATE INDEX writers_alive ON writers (id) WHERE ended_ms IS NULL;

-- Bodies here and below: TEXT is the text itself, BLOB is its zlib form.
CREATE TABLE revisions (
    id INTEGER PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    body ANY NOT NULL
) STRICT;

-- A run's id is the number that people write.
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    writer INTEGER NOT NULL REFERENCES writers (id),
    command TEXT NOT NULL,
    workspace INTEGER NOT NULL REFERENCES names (id),
    prompt INTEGER NOT NULL REFERENCES names (id),
    suite TEXT NOT NULL,
    suite_hash TEXT NOT NULL,
    seed INTEGER NOT NULL,
    version TEXT NOT NULL,
    git_commit TEXT,
    git_dirty INTEGER,
    tags TEXT NOT NULL,
    note TEXT,
    settings TEXT NOT NULL,
    resumed_from TEXT,
    filtered INTEGER NOT NULL,
    status TEXT NOT NULL,
    complete INTEGER NOT NULL DEFAULT 0,
    started_ms INTEGER NOT NULL,
    ended_ms INTEGER
) STRICT;
CREATE INDEX runs_by_prompt ON runs (workspace, prompt);
CREATE INDEX runs_open ON runs (writer) WHERE status = 'started';

CREATE TABLE run_variants (
    run INTEGER NOT NULL REFERENCES runs (id),
    position INTEGER NOT NULL,
    variant INTEGER NOT NULL REFERENCES names (id),
    revision INTEGER NOT NULL REFERENCES revisions (id),
    PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_variants_by_revision ON run_variants (revision);

CREATE TABLE run_models (
    run INTEGER NOT NULL REFERENCES runs (id),
    position INTEGER NOT NULL,
    endpoint INTEGER NOT NULL REFERENCES names (id),
    model INTEGER NOT NULL REFERENCES names (id),
    PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;

-- The hash is part of the key: values given on the command line change a case without changing its suite.
CREATE TABLE cases (
    id INTEGER PRIMARY KEY,
    suite_hash TEXT NOT NULL,
    name INTEGER NOT NULL REFERENCES names (id),
    hash BLOB NOT NULL,
    body ANY NOT NULL,
    UNIQUE (suite_hash, name, hash)
) STRICT;

CREATE TABLE run_cases (
    run INTEGER NOT NULL REFERENCES runs (id),
    position INTEGER NOT NULL,
    case_id INTEGER NOT NULL REFERENCES cases (id),
    PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;

-- What the calls of one variant, model and run have in common. A number keeps a call's row short.
CREATE TABLE contexts (
    id INTEGER PRIMARY KEY,
    purpose TEXT NOT NULL,
    workspace INTEGER NOT NULL REFERENCES names (id),
    prompt INTEGER REFERENCES names (id),
    variant INTEGER NOT NULL REFERENCES names (id),
    revision INTEGER REFERENCES names (id),
    run INTEGER REFERENCES runs (id),
    endpoint INTEGER NOT NULL REFERENCES names (id),
    model INTEGER NOT NULL REFERENCES names (id)
) STRICT;
CREATE INDEX contexts_by_run ON contexts (run);
CREATE INDEX contexts_by_prompt ON contexts (workspace, prompt);

-- The request key is kept as the first half of its SHA-256: it only finds an answer again.
CREATE TABLE calls (
    id INTEGER PRIMARY KEY,
    uuid BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    context INTEGER NOT NULL REFERENCES contexts (id),
    case_name INTEGER REFERENCES names (id),
    repeat INTEGER,
    request_key BLOB,
    accepted INTEGER REFERENCES attempts (id)
) STRICT;
CREATE INDEX calls_by_context ON calls (context);
CREATE INDEX calls_by_key ON calls (request_key) WHERE accepted IS NOT NULL AND request_key IS NOT NULL;

-- The projection of the postings that a hold's life needs: worst case, state, and the postings that began and ended it.
CREATE TABLE attempts (
    id INTEGER PRIMARY KEY,
    uuid BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
    call INTEGER NOT NULL REFERENCES calls (id),
    number INTEGER NOT NULL,
    writer INTEGER NOT NULL REFERENCES writers (id),
    day INTEGER NOT NULL,
    worst INTEGER NOT NULL CHECK (worst >= 0),
    state TEXT NOT NULL CHECK (state IN ('open', 'settled', 'void', 'lost')),
    hold_seq INTEGER NOT NULL,
    end_seq INTEGER
) STRICT;
CREATE INDEX attempts_by_call ON attempts (call);
CREATE INDEX attempts_open ON attempts (writer) WHERE state = 'open';

-- Append-only and chained. The hash covers the entry's canonical JSON, in which the numbers of this table are texts again.
CREATE TABLE postings (
    seq INTEGER PRIMARY KEY,
    attempt INTEGER NOT NULL REFERENCES attempts (id),
    kind TEXT NOT NULL CHECK (kind IN ('hold', 'settle', 'void', 'lost', 'reconcile', 'reversal')),
    time_ms INTEGER NOT NULL,
    spent INTEGER NOT NULL,
    held INTEGER NOT NULL,
    lost INTEGER NOT NULL,
    imputed INTEGER NOT NULL,
    overrun INTEGER NOT NULL,
    price INTEGER REFERENCES prices (id),
    model_returned INTEGER REFERENCES names (id),
    tier_returned INTEGER REFERENCES names (id),
    usage TEXT,
    usage_raw TEXT,
    latency_ms INTEGER,
    fault INTEGER,
    reason TEXT,
    request_id TEXT,
    response_id TEXT,
    text_hash BLOB,
    v INTEGER NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE TRIGGER postings_are_not_changed BEFORE UPDATE ON postings
BEGIN SELECT RAISE(ABORT, 'postings are append-only'); END;
CREATE TRIGGER postings_are_not_deleted BEFORE DELETE ON postings
BEGIN SELECT RAISE(ABORT, 'postings are append-only'); END;

-- The cap is no CHECK: an answer dearer than its hold must still be booked. `overrun` is the part of `spent` above the holds.
CREATE TABLE balances (
    scope TEXT NOT NULL CHECK (scope IN ('run', 'day', 'month')),
    period INTEGER NOT NULL,
    spent INTEGER NOT NULL CHECK (spent >= 0),
    held INTEGER NOT NULL CHECK (held >= 0),
    lost INTEGER NOT NULL CHECK (lost >= 0),
    overrun INTEGER NOT NULL CHECK (overrun >= 0),
    PRIMARY KEY (scope, period)
) STRICT, WITHOUT ROWID;

-- What reports of spend read: sums by day of the hold and context, so by run, revision, model and purpose.
CREATE TABLE spend (
    day INTEGER NOT NULL,
    context INTEGER NOT NULL REFERENCES contexts (id),
    billed INTEGER NOT NULL,
    imputed INTEGER NOT NULL,
    answers INTEGER NOT NULL,
    PRIMARY KEY (day, context)
) STRICT, WITHOUT ROWID;
CREATE INDEX spend_by_context ON spend (context);

-- A request lies at twice its call's id, an answer at twice its attempt's id plus one; rows may be pruned, the chain keeps their hashes.
CREATE TABLE payloads (
    id INTEGER PRIMARY KEY,
    body ANY NOT NULL
) STRICT;

CREATE TABLE iterations (
    workspace INTEGER NOT NULL REFERENCES names (id),
    prompt INTEGER NOT NULL REFERENCES names (id),
    variant INTEGER NOT NULL REFERENCES names (id),
    number INTEGER NOT NULL,
    revision INTEGER NOT NULL REFERENCES revisions (id),
    run INTEGER NOT NULL REFERENCES runs (id),
    PRIMARY KEY (workspace, prompt, variant, number),
    UNIQUE (workspace, prompt, variant, revision)
) STRICT, WITHOUT ROWID;

-- outcome: answered, error (missing data), failed (an error that the request itself caused), skipped.
CREATE TABLE trials (
    run INTEGER NOT NULL REFERENCES runs (id),
    position INTEGER NOT NULL,
    variant INTEGER NOT NULL REFERENCES names (id),
    endpoint INTEGER NOT NULL REFERENCES names (id),
    model INTEGER NOT NULL REFERENCES names (id),
    case_name INTEGER NOT NULL REFERENCES names (id),
    repeat INTEGER NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('answered', 'error', 'failed', 'skipped')),
    call INTEGER REFERENCES calls (id),
    cached_from INTEGER REFERENCES calls (id),
    attempts INTEGER NOT NULL,
    latency_ms INTEGER,
    error TEXT,
    pass INTEGER,
    score REAL,
    PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE scores (
    run INTEGER NOT NULL,
    trial INTEGER NOT NULL,
    position INTEGER NOT NULL,
    kind INTEGER NOT NULL REFERENCES names (id),
    metric INTEGER REFERENCES names (id),
    weight REAL NOT NULL,
    pass INTEGER,
    score REAL,
    reason TEXT NOT NULL,
    judge_call INTEGER REFERENCES calls (id),
    PRIMARY KEY (run, trial, position),
    FOREIGN KEY (run, trial) REFERENCES trials (run, position) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
