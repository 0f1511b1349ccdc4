import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import { test } from 'node:test';
import type { CheckResult } from '../../domain/check-result.ts';
import { wholeCheckId } from '../../domain/finding.ts';
import { waitFor } from '../../../test/support/wait-for.ts';
import { makeChecks } from './index.ts';
import type { Files } from './test-support/projects/project.ts';
import { inProject } from './test-support/recordings.ts';

const checks = makeChecks();
const env = {
  PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`,
  HOME: '/nonexistent',
  LANG: 'C.UTF-8',
};
const whole = wholeCheckId('test');

interface Options {
  timeoutMs?: number;
  signal?: AbortSignal;
  env?: Record<string, string>;
  /** Looks at checkout and output before they are removed. */
  look?: (places: { root: string; dir: string }) => void;
}

function run(command: string, files: Files = {}, options: Options = {}): Promise<CheckResult> {
  return inProject(files, async (root) => {
    const dir = `${root} output`;
    mkdirSync(dir);
    const spec = { name: 'test', command, timeoutMs: options.timeoutMs ?? 60_000 };
    const signal = options.signal ?? new AbortController().signal;
    try {
      const result = await checks.run({
        spec,
        root,
        env: { ...env, ...options.env },
        mark: `run-${root}`,
        dir,
        signal,
      });
      options.look?.({ root, dir });
      return result;
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
}

test('a check that passes is seen to pass as a whole', async () => {
  const result = await run('echo fine');
  assert.equal(result.outcome, 'passed');
  assert.deepEqual(result.passed, [whole]);
  assert.deepEqual(result.names, { [whole]: 'test' });
  assert.equal(result.output, 'fine\n');
});

test('a check that fails without a finding is itself the finding, with the end of its output', async () => {
  const result = await run('echo start; echo "went wrong" >&2; exit 3');
  assert.equal(result.outcome, 'failed');
  assert.deepEqual(
    result.findings.map(({ id, kind }) => [id, kind]),
    [[whole, 'check']],
  );
  assert.match(result.findings[0]?.message ?? '', /^It ended with exit code 3\.\n[^]*went wrong$/);
  assert.deepEqual(result.passed, []);
});

test('a command that does not exist is broken, not red', async () => {
  const result = await run('no-such-tool-anywhere --x');
  assert.equal(result.outcome, 'broken');
  assert.deepEqual(result.findings, []);
  assert.match(result.output, /no-such-tool-anywhere/);
});

test('a check that does not end in time is one finding, and what it started is ended', async () => {
  const child = `require('fs').writeFileSync('pid', String(process.pid)); setInterval(() => {}, 1000)`;
  let pid = 0;
  const result = await run(
    `echo before; node -e "${child}" & while [ ! -s pid ]; do sleep 0.05; done; wait`,
    {},
    {
      timeoutMs: 3000,
      look: ({ root }) => {
        pid = Number(readFileSync(`${root}/pid`, 'utf8'));
      },
    },
  );
  assert.equal(result.outcome, 'timed_out');
  assert.equal(result.complete, false);
  assert.deepEqual(
    result.findings.map(({ id }) => id),
    [whole],
  );
  assert.match(result.findings[0]?.message ?? '', /^It did not end within 3 seconds\.\nbefore/);
  assert.ok(pid > 0);
  // A dead process may stay in the table until its new parent has looked at it.
  const status = (): string =>
    existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : ') Z';
  await waitFor('the end of what the check started', () =>
    / Z/.test(status().slice(status().lastIndexOf(')'))),
  );
});

test('an abort rejects', async () => {
  const controller = new AbortController();
  const running = run('echo x; sleep 60', {}, { signal: controller.signal });
  controller.abort(new Error('stopped by a person'));
  await assert.rejects(running, /stopped by a person/);
});

test('output is kept in files, cleaned for the result, and holds no path of the checkout', async () => {
  const command = `printf '\\033[31mred\\033[0m at %s/src/a.js\\r\\n\\007' "$PWD"; echo err >&2; exit 1`;
  const result = await run(
    command,
    { 'src/a.js': '' },
    {
      look: ({ dir }) => {
        assert.ok(readFileSync(`${dir}/stdout.log`, 'utf8').startsWith('\u001b[31mred'));
        assert.equal(readFileSync(`${dir}/stderr.log`, 'utf8'), 'err\n');
      },
    },
  );
  assert.match(result.output, /^red at src\/a\.js\n/m);
});

test('long output is cut, in the result and in the finding', async () => {
  const result = await run(
    'yes 0123456789012345678901234567890123456789 | head -c 3000000; echo THE END; exit 1',
  );
  assert.ok(result.output.length <= 64 * 1024);
  assert.ok((result.findings[0]?.message.length ?? 0) <= 9000);
  assert.match(result.findings[0]?.message ?? '', /THE END$/);
});

test('reports that are too large are refused, and links and pipes among them are left alone', async () => {
  const files = { 'a.test.js': "require('node:test').test('a', () => {});\n", 'package.json': '{}' };
  const place = 'dir=$(dirname "${NODE_OPTIONS##*file://}" | sed s/%20/\\ /g)';
  const large = await run(
    `${place}; node --test && head -c 70000000 /dev/zero > "$dir/node-test-9.jsonl"`,
    files,
  );
  assert.equal(large.outcome, 'broken');
  assert.match(large.output, /at most 64 MB are read/);
  const odd = await run(`${place}; mkfifo "$dir/p.xml"; ln -s /etc/passwd "$dir/l.xml"; node --test`, files);
  assert.equal(odd.outcome, 'passed');
  assert.equal(odd.passed.length, 3);
});

test('what the environment already sets for a tool is kept', async () => {
  const files = { 'a.test.js': "require('node:test').test('a', () => {});\n", 'package.json': '{}' };
  const result = await run('echo "$NODE_OPTIONS"; node --test', files, {
    env: { NODE_OPTIONS: '--no-warnings' },
  });
  assert.match(result.output, /^--no-warnings --test-reporter=spec/);
  assert.ok(Object.values(result.names).includes('a.test.js: a'));
});

test('a tool that refuses what we ask for is run as it was written', async () => {
  const fake = `#!/bin/sh
case "$NODE_OPTIONS" in *--test-reporter*) echo "node: --test-reporter= is not allowed in NODE_OPTIONS"; exit 9;; esac
echo "PASS a"; echo "FAIL b"; exit 1
`;
  const result = await run('./node.sh', { 'node.sh': fake, 'package.json': '{}' });
  assert.deepEqual(
    result.findings.map(({ title }) => title),
    ['b'],
  );
});

test('two links of a chain: what the first hides is not complete, and the first is seen to pass later', async () => {
  const files = {
    'package.json': '{"scripts":{"test":"./lint.sh && node --test"}}',
    'lint.sh': '#!/bin/sh\nexit $(cat status)\n',
    status: '0',
    'a.test.js': "require('node:test').test('a', () => { throw new Error('no'); });\n",
  };
  const red = await run('npm test', files);
  assert.deepEqual(
    red.findings.map(({ title }) => title),
    ['a'],
  );
  assert.equal(red.complete, true);
  assert.ok(Object.values(red.names).includes('step:./lint.sh'));
  const hidden = await run('npm test', { ...files, status: '1' });
  assert.equal(hidden.complete, false);
  assert.deepEqual(
    hidden.findings.map(({ kind }) => kind),
    ['check'],
  );
});

test('nothing but our own files is written beside the checkout', async () => {
  await run(
    'true',
    { a: 'b' },
    {
      look: ({ root, dir }) => {
        assert.deepEqual(readdirSync(root), ['a']);
        assert.deepEqual(readdirSync(dir).toSorted(), ['reports', 'stderr.log', 'stdout.log']);
        assert.ok(existsSync(dir));
      },
    },
  );
});

test('a check that ends its parent process ends no more than itself', async () => {
  const result = await run('kill -9 $PPID; sleep 20');
  assert.deepEqual([result.outcome, result.exitCode], ['failed', null]);
  assert.match(result.findings[0]?.message ?? '', /ended by SIGKILL/);
});

test('a check that ends itself by a signal has not seen all that it looks at', async () => {
  const result = await run('kill -9 $$');
  assert.deepEqual([result.outcome, result.exitCode, result.complete], ['failed', null, false]);
});
