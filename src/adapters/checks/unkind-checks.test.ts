import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { waitFor } from '../../../test/support/wait-for.ts';
import type { CheckResult } from '../../domain/check-result.ts';
import { makeChecks } from './index.ts';
import { inProject } from './test-support/recordings.ts';

interface Case {
  command: string;
  timeoutMs?: number;
  outcome: CheckResult['outcome'];
  exitCode?: number | null;
  message?: RegExp;
}

const cases: Record<string, Case> = {
  'prints a line of 10 MB': {
    command: `head -c 10000000 /dev/zero | tr '\\0' x; exit 1`,
    outcome: 'failed',
    exitCode: 1,
    message: /x$/,
  },
  'prints without end': { command: 'yes', timeoutMs: 1500, outcome: 'timed_out', message: /\ny\ny$/ },
  'prints zeros, escape sequences and bytes that are no text': {
    command: `printf 'FAIL a\\000b\\n\\377\\376\\300\\n\\033[2J\\033]0;t\\007\\302\\23331mFAIL c\\n'; exit 1`,
    outcome: 'failed',
    exitCode: 1,
  },
  'reads its input and the terminal': {
    command: 'cat; read line < /dev/tty; cat > /dev/tty; exit 7',
    outcome: 'failed',
    exitCode: 7,
  },
  'closes its output': { command: 'exec >&- 2>&-; sleep 0.2; exit 3', outcome: 'failed', exitCode: 3 },
  'removes the place that it runs in': { command: 'rm -rf "$PWD"; exit 1', outcome: 'failed', exitCode: 1 },
  'halts itself': { command: 'kill -STOP $$', timeoutMs: 1500, outcome: 'timed_out' },
  'ignores what ends it politely': {
    command: 'trap "" TERM HUP INT; while :; do sleep 0.1; done',
    timeoutMs: 1000,
    outcome: 'timed_out',
  },
  'becomes a daemon': {
    command: `(setsid sh -c 'echo $$ > pid; exec sleep 613 </dev/null >/dev/null 2>&1' &) ; while [ ! -s pid ]; do sleep 0.05; done`,
    outcome: 'passed',
    exitCode: 0,
  },
  'forgets its environment and becomes a daemon': {
    command: `(env -i setsid sh -c 'echo $$ > pid; exec sleep 613' </dev/null >/dev/null 2>&1 &) ; while [ ! -s pid ]; do sleep 0.05; done`,
    outcome: 'passed',
    exitCode: 0,
  },
};

function lives(pid: string): boolean {
  if (!existsSync(`/proc/${pid}/stat`)) return false;
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return !stat.slice(stat.lastIndexOf(')')).startsWith(') Z');
}

for (const [what, { command, timeoutMs = 20_000, outcome, exitCode, message }] of Object.entries(cases)) {
  test(`a check that ${what} is judged within its time, and leaves nothing running`, async () => {
    await inProject({ a: '' }, async (root) => {
      const dir = `${root} output`;
      mkdirSync(dir);
      try {
        const spec = { name: 't', command, timeoutMs };
        const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin' };
        const signal = new AbortController().signal;
        const result = await makeChecks().run({ spec, root, env, mark: `run-${root}`, dir, signal });
        assert.equal(result.outcome, outcome);
        if (exitCode !== undefined) assert.equal(result.exitCode, exitCode);
        if (message !== undefined) assert.match(result.findings[0]?.message ?? '', message);
        for (const { title, message: told } of result.findings)
          assert.doesNotMatch(`${title}${told}`, unclean);
        assert.doesNotMatch(result.output, unclean);
        assert.ok(JSON.stringify(result).length < 200_000);
        assert.ok(statSync(`${dir}/stdout.log`).size <= 9 << 20);
        assert.ok(result.durationMs < timeoutMs + 30_000, `${result.durationMs} ms`);
        const pid = existsSync(`${root}/pid`) ? readFileSync(`${root}/pid`, 'utf8').trim() : '';
        if (pid !== '') await waitFor('the end of its daemon', () => !lives(pid));
      } finally {
        rmSync(dir, { recursive: true, force: true });
      }
    });
  });
}

// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const unclean = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/;
