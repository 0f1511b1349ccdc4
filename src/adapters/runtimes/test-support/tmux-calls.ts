import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Counts calls of tmux while `act` runs; the first `failing` ones find a server that is just ending. */
export async function callsDuring(
  folder: string,
  act: () => Promise<void>,
  { failing = 0 } = {},
): Promise<number> {
  const bin = await mkdtemp(join(folder, 'bin-'));
  const before = process.env['PATH'] ?? '';
  const script = [
    '#!/bin/sh',
    `echo call >>'${bin}/calls'`,
    `[ "$(wc -l <'${bin}/calls')" -gt ${failing} ] || { echo 'lost server' >&2; exit 1; }`,
    `PATH='${before}' exec tmux "$@"`,
  ];
  await writeFile(join(bin, 'tmux'), `${script.join('\n')}\n`, { mode: 0o755 });
  process.env['PATH'] = `${bin}:${before}`;
  try {
    await act();
  } finally {
    process.env['PATH'] = before;
  }
  return (await readFile(join(bin, 'calls'), 'utf8')).trim().split('\n').length;
}
