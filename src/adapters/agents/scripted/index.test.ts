import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { agentContract } from '../../../../test/contracts/agent.contract.ts';
import { waitFor } from '../../../../test/support/wait-for.ts';
import type { RuntimeHandle } from '../../../domain/task.ts';
import { type ProgramResult, runProgram } from '../../../lib/subprocess.ts';
import { readStartTime } from '../../../lib/process-table.ts';
import { processRuntime } from '../../runtimes/process/index.ts';
import { scriptedAgent } from './index.ts';
import type { Step } from './script.ts';

agentContract({
  agent: scriptedAgent,
  ask: async (dir) => {
    const script = join(dir, 'script.json');
    const steps: Step[] = [{ write: { file: 'edited', text: 'fixed\n' } }, { say: 'TASK COMPLETE: done' }];
    await writeFile(script, JSON.stringify({ rules: [{ match: { title: '^Fix' }, steps }] }));
    return { command: null, script };
  },
  samples: ['looking\nTASK COMPLETE: nothing was done\n', 'flood '.repeat(20_000)],
});

describe('the scripted agent', () => {
  let dir = '';
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'ao-scripted-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  async function play(
    script: unknown,
    env: Record<string, string> = {},
    timeoutMs = 20_000,
  ): Promise<ProgramResult> {
    const path = join(dir, 'script.json');
    await writeFile(path, JSON.stringify(script));
    const { argv } = scriptedAgent.launch({
      prompt: '',
      promptFile: '',
      workspace: dir,
      dir,
      environment: {},
      command: null,
      script: path,
      model: null,
      permissions: 'ask',
    });
    const PATH = process.env['PATH'] ?? '';
    return runProgram({
      argv,
      cwd: dir,
      env: { PATH, HOME: dir, ...env },
      maxBytes: 100_000,
      timeoutMs,
      graceMs: 200,
    });
  }

  const steps = (...list: Step[]): { otherwise: Step[] } => ({ otherwise: list });
  const text = (name: string): Promise<string> => readFile(join(dir, name), 'utf8');

  test('edits files as the steps say', async () => {
    await writeFile(join(dir, 'a.js'), 'return a - b; // a - b');
    await writeFile(join(dir, 'old'), '');
    const { exitCode, stderr } = await play(
      steps(
        { replace: { file: 'a.js', from: 'a - b', to: 'a + b $&' } },
        { replace: { file: 'a.js', from: 'not there', to: '', optional: true } },
        { write: { file: 'deep/er/new', text: 'one' } },
        { append: { file: 'deep/er/new', text: ' two' } },
        { delete: 'old' },
      ),
    );
    assert.equal(exitCode, 0, stderr);
    assert.equal(await text('a.js'), 'return a + b $&; // a - b');
    assert.equal(await text('deep/er/new'), 'one two');
    await assert.rejects(stat(join(dir, 'old')), { code: 'ENOENT' });
  });

  test('fails at the first step that cannot be done, and says which text it missed', async () => {
    await writeFile(join(dir, 'a.js'), 'x');
    const { exitCode, stderr, stdout } = await play(
      steps({ say: 'before' }, { replace: { file: 'a.js', from: 'y', to: 'z' } }, { say: 'after' }),
    );
    assert.equal(exitCode, 1);
    assert.match(stderr, /a\.js does not hold the text .*: y/);
    assert.equal(stdout, 'before\n');
  });

  test('commits its work with git', async () => {
    const { exitCode, combined } = await play(
      steps(
        { run: ['git', 'init', '-q'] },
        { write: { file: 'f', text: 'x' } },
        { commit: 'Fix the thing' },
        { run: ['git', 'log', '--format=%s %an', '--name-only'] },
        { run: ['false'], optional: true },
      ),
    );
    assert.equal(exitCode, 0, combined);
    assert.match(combined, /^Fix the thing scripted\n\nf\n/m);
  });

  test('ends with a status, by a signal, or after a flood', async () => {
    assert.equal((await play(steps({ exit: 9 }, { say: 'never' }))).exitCode, 9);
    assert.equal((await play(steps({ crash: 'SIGKILL' }))).signal, 'SIGKILL');
    const flood = await play(steps({ flood: 1_000_003 }));
    assert.match(flood.stdout, /\[… 900003 bytes left out …\]/);
  });

  async function hold(script: unknown): Promise<RuntimeHandle> {
    const path = join(dir, 'script.json');
    await writeFile(path, JSON.stringify(script));
    const { argv } = scriptedAgent.launch({
      prompt: '',
      promptFile: '',
      workspace: dir,
      dir,
      environment: {},
      command: null,
      script: path,
      model: null,
      permissions: 'ask',
    });
    const env = { PATH: process.env['PATH'] ?? '' };
    return processRuntime.start({ argv, cwd: dir, dir, env, input: '', mark: `scripted-${basename(dir)}` });
  }

  test('hangs until it is ended, ignoring politeness where it is told to', async () => {
    for (const [ignoreTerm, graceMs, signal] of [
      [false, 20_000, 'SIGTERM'],
      [true, 200, 'SIGKILL'],
    ] as const) {
      await rm(join(dir, 'output.log'), { force: true });
      const handle = await hold(steps({ say: 'waiting' }, { hang: true, ignoreTerm }));
      await waitFor('the agent to hang', async () => (await text('output.log')) === 'waiting\n');
      await processRuntime.stop(handle, graceMs);
      assert.deepEqual(await processRuntime.observe(handle), { state: 'exited', code: null, signal });
    }
  });

  test('starts a program that outlives it', async () => {
    const handle = await hold(
      steps({ spawn: ['/bin/sh', '-c', 'echo $$ >child; exec sleep 60'] }, { wait: 50 }),
    );
    const end = await processRuntime.wait(handle, AbortSignal.timeout(20_000));
    assert.deepEqual(end, { state: 'exited', code: 0, signal: null });
    const child = Number(await waitFor('the child', () => text('child').catch(() => '')));
    assert.notEqual(await readStartTime(child), null);
    await processRuntime.stop(handle, 1000);
    assert.equal(await readStartTime(child), null);
  });

  test('plays the first rule whose conditions all hold', async () => {
    await writeFile(join(dir, 'TASK.md'), '## WHAT\nFix the sum\n```\nFix the quotient\n```\n');
    const finding = { id: 'f00d', file: 'src/sum.js', title: 'adds two numbers' };
    await writeFile(
      join(dir, 'findings.json'),
      JSON.stringify([{ id: 'beef', file: null, title: 'other' }, finding]),
    );
    const script = {
      rules: [
        { match: { title: 'quotient' }, steps: [{ say: 'read what is fenced' }] },
        { match: { finding: 'sum\\.js$', attempt: 2 }, steps: [{ say: 'second attempt' }] },
        {
          match: { finding: '^adds', title: 'Fix the sum', attempt: [1, 3] },
          steps: [{ say: 'odd attempt' }],
        },
      ],
      otherwise: [{ say: 'otherwise' }],
    };
    const files = { AO_TASK_FILE: join(dir, 'TASK.md'), AO_FINDINGS_FILE: join(dir, 'findings.json') };
    const said = [];
    for (const AO_ATTEMPT of ['1', '2', '3', '4'])
      said.push((await play(script, { ...files, AO_ATTEMPT })).stdout);
    assert.deepEqual(said, ['odd attempt\n', 'second attempt\n', 'odd attempt\n', 'otherwise\n']);
    const unmatched = await play({ rules: script.rules }, { ...files, AO_ATTEMPT: '4' });
    assert.equal(unmatched.exitCode, 1);
    assert.match(unmatched.stderr, /no rule of the script matches attempt 4 at: other, adds two numbers/);
  });
});
