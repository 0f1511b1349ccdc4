import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { AoError } from '../domain/errors.ts';
import { readConfig } from './read-config.ts';
import { type BrokenConfig, brokenConfigs } from './test-support/broken-configs.ts';
import { validConfig } from './test-support/valid-config.ts';

const directory = mkdtempSync(join(tmpdir(), 'ao-broken-configs-'));
after(() => rmSync(directory, { recursive: true, force: true }));
const file = join(directory, 'agent-orchestrator.yaml');

/** What is wrong with how it was refused, null where nothing is. */
function complaint({ bytes, line }: BrokenConfig): string | null {
  writeFileSync(file, bytes);
  const started = process.cpuUsage();
  try {
    readConfig(file);
    return 'it was accepted';
  } catch (error) {
    if (!(error instanceof AoError))
      return `it threw ${error instanceof Error ? error.stack : String(error)}`;
    const { user, system } = process.cpuUsage(started); // the machine may be busy with other things
    if (user + system > 5_000_000) return 'it took longer than 5 s';
    if (error.code !== 'config' || !error.hint) return `no hint: ${error.message}`;
    const told = error.message.split('\n').map((one) => /^(.*):(\d+):(\d+): ([^\p{Cc}]+)$/su.exec(one));
    const lines = bytes.toString('utf8').split('\n').length;
    for (const found of told) {
      const number = Number(found?.[2]);
      if (found?.[1] !== file || number < 1 || number > lines) return `no place: ${error.message}`;
    }
    if (/ {4}at |undefined|\[object|internal|Invalid input/.test(error.message)) return error.message;
    if (error.message.length > 10_000) return `${error.message.length} characters are told`;
    if (line === null || told.some((found) => Number(found?.[2]) === line)) return null;
    return `line ${line} is not named: ${error.message}`;
  }
}

test('each of 1,000 broken files is refused with line, column and what to do', () => {
  writeFileSync(file, validConfig);
  assert.ok(readConfig(file).config.fix, 'what they are made from is valid');
  const complaints = [...brokenConfigs(1000)].flatMap((broken) => {
    const wrong = complaint(broken);
    return wrong === null ? [] : [`${broken.how}: ${wrong}`];
  });
  assert.equal(complaints.length, 0, `${complaints.length}:\n${complaints.slice(0, 40).join('\n')}`);
});
