-- One table per kind of row: what is looked up by in columns, the row itself as JSON. `n` is the order of insertion.
CREATE TABLE run (
  n INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  run_id TEXT NOT NULL,
  task_id TEXT,
  state TEXT,
  attempt INTEGER,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX run_by_run ON run (run_id, n);
CREATE INDEX run_by_state ON run (state, n);

CREATE TABLE task (
  n INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  run_id TEXT NOT NULL,
  task_id TEXT,
  state TEXT,
  attempt INTEGER,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX task_by_run ON task (run_id, n);
CREATE INDEX task_by_state ON task (state, n);

CREATE TABLE attempt (
  n INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  run_id TEXT NOT NULL,
  task_id TEXT,
  state TEXT,
  attempt INTEGER,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX attempt_by_run ON attempt (run_id, n);
CREATE INDEX attempt_by_task ON attempt (task_id, n);

CREATE TABLE session (
  n INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  run_id TEXT NOT NULL,
  task_id TEXT,
  state TEXT,
  attempt INTEGER,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX session_by_run ON session (run_id, n);
CREATE INDEX session_by_task ON session (task_id, n);
CREATE INDEX session_by_state ON session (state, n);

CREATE TABLE landing (
  n INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  run_id TEXT NOT NULL,
  task_id TEXT,
  state TEXT,
  attempt INTEGER,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX landing_by_run ON landing (run_id, n);
CREATE INDEX landing_by_task ON landing (task_id, n);
CREATE INDEX landing_by_state ON landing (state, n);

CREATE TABLE result (
  n INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  run_id TEXT NOT NULL,
  task_id TEXT,
  state TEXT,
  attempt INTEGER,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX result_by_run ON result (run_id, n);

-- Rows are only ever appended and the newest is never removed, so that seq has no gaps and no number comes twice.
CREATE TABLE events (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  run_id TEXT,
  task_id TEXT,
  session_id TEXT,
  type TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_run ON events (run_id, seq);
CREATE INDEX events_by_task ON events (task_id, seq);
CREATE INDEX events_by_session ON events (session_id, seq);
