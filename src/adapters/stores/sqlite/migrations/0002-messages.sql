-- What is told to living agents: their outbox.
CREATE TABLE message (
  n INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  run_id TEXT NOT NULL,
  task_id TEXT,
  state TEXT,
  attempt INTEGER,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX message_by_run ON message (run_id, n);
CREATE INDEX message_by_task ON message (task_id, n);
CREATE INDEX message_by_state ON message (state, n);
