import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Message } from '../../src/domain/message.ts';

/** What the outbox of that data directory holds of a text that was said. */
export function saidIn(home: string, text: string): Message[] {
  const store = new DatabaseSync(join(home, 'ao.db'), { readOnly: true });
  const rows = store.prepare('SELECT id, state, body FROM message ORDER BY n').all();
  store.close();
  return rows
    .map(({ id, state, body }) => ({ ...JSON.parse(String(body)), id, state }))
    .filter((row) => row.content.kind === 'message' && row.content.text === text);
}
