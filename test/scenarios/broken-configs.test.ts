import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { type BrokenConfig, brokenConfigs } from '../../src/config/test-support/broken-configs.ts';
import { makeRepository } from '../support/repositories.ts';
import { type CommandLine, openCommandLine } from './support/command-line.ts';

/** Refused by the command line in one sentence per mistake, each with its place. */
async function refused(line: CommandLine, broken: BrokenConfig, at: { file: string; fix: string | null }) {
  await mkdir(path.dirname(at.file), { recursive: true });
  await writeFile(at.file, broken.bytes);
  const args = at.fix === null ? ['doctor'] : ['fix', at.fix, '--agent-command', 'true'];
  const { code, stdout, stderr } = await line.ao([...args, '--json'], { env: { AO_CONFIG: at.file } });
  const document = JSON.parse(stdout);
  const told =
    at.fix === null ? document.checks.find((one: { name: string }) => one.name === 'config') : document.error;
  assert.equal(code, at.fix === null ? 1 : 3, `${broken.how}: ${stdout}${stderr}`);
  assert.match(told.message, new RegExp(`^${at.file}:\\d+:\\d+: .`), broken.how);
  assert.ok(told.hint, broken.how);
  assert.doesNotMatch(`${stdout}${stderr}`, /\n {4}at |internal error|Warning/, broken.how);
}

test('a broken configuration is told with line and column by ao fix and ao doctor, never with a stack', async (t) => {
  const line = await openCommandLine(t);
  const repository = await makeRepository();
  t.after(() => repository.remove());
  const waiting = [...brokenConfigs(30)].filter((_, index) => index % 3 !== 1).entries();
  const worker = async (): Promise<void> => {
    for (const [index, broken] of waiting) {
      const file = path.join(line.home, 'configs', String(index), 'agent-orchestrator.yaml');
      await refused(line, broken, { file, fix: index % 2 === 0 ? repository.path : null });
    }
  };
  await Promise.all([worker(), worker()]);
});
