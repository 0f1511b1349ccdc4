// Hostile text in every name of a real run: folder, branch, files, tests, commits, prompts, output and claims of agents.
import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { hostileStrings } from '../support/hostile-strings.ts';
import { type Files, makeRepository, openRepository } from '../support/repositories.ts';
import { fix, openBench, request } from './support/engine.ts';
import { hasTmux } from './support/terminal.ts';

const strings = hostileStrings(60, 'canary').filter(
  (one) => one.isWellFormed() && !one.includes('\0') && one !== '',
);

/** Three files of tests; each test passes when there is a file with the number of its file. */
function redFiles(): Files {
  const names = strings.slice(0, 3).map((one) => one.replaceAll('/', '∕'));
  const files = names.map((name, index): [string, string] => {
    const titles = strings.filter((_, at) => at % 3 === index);
    const lines = titles.map(
      (title) => `test(${JSON.stringify(title)}, () => assert.ok(existsSync('fixed/${index}')));`,
    );
    const imports = `import assert from 'node:assert/strict';\nimport { existsSync } from 'node:fs';\nimport { test } from 'node:test';\n`;
    return [`test/${index} ${name}.mjs`, `${imports}${lines.join('\n')}\n`];
  });
  return Object.fromEntries(files);
}

/** Mends what it is asked to, repeats the task as an argument and in what it prints, and commits under hostile names. */
const agent = `
const { execFileSync } = require('node:child_process');
const { mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const strings = ${JSON.stringify(strings)};
console.log(process.argv[2], readFileSync('TASK.md', 'utf8'));
console.log(strings.join('\\n'));
mkdirSync('fixed', { recursive: true });
for (const { file } of JSON.parse(readFileSync(process.env.AO_FINDINGS_FILE, 'utf8')))
  writeFileSync('fixed/' + /(\\d+) /.exec(file)[1], '');
execFileSync('git', ['add', 'fixed']);
const env = { ...process.env, GIT_AUTHOR_NAME: strings[0], GIT_AUTHOR_EMAIL: strings[1], GIT_COMMITTER_NAME: strings[2], GIT_COMMITTER_EMAIL: 'x' };
execFileSync('git', ['commit', '-q', '-m', strings.join('\\n')], { env });
console.log('TASK COMPLETE: ' + strings.slice(0, 20).join(' '));
`;

async function canaries(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true });
  return entries.filter((name) => path.basename(name).startsWith('canary'));
}

for (const runtime of ['process', 'tmux'] as const) {
  const skip = runtime === 'tmux' && !hasTmux ? 'tmux is not installed' : false;
  test(`a repository of hostile names goes green, and no name is run, by agents in ${runtime}`, {
    skip,
  }, async (t) => {
    const bench = await openBench(t);
    const original = await makeRepository({ files: redFiles() });
    t.after(() => original.remove());
    const repository = openRepository(path.join(original.path, `$(touch canary);'"\`touch canary\`#{x}\n-`));
    await original.git('clone', '--quiet', original.path, repository.path);
    await repository.git('branch', '--move', 'main', '$(touch${IFS}canary);"\'`touch${IFS}canary`');
    const program = path.join(bench.home, 'agent.cjs'); // as an argument, a {prompt} in its text would be filled in
    await writeFile(program, agent);
    const agentCommand = [process.execPath, program, '{prompt}'];
    const patch = { agent: 'command', agentCommand, runtime, checkConcurrency: 1 };
    const report = await fix(bench, request(repository, patch));
    assert.equal(report.ok, true, JSON.stringify(report.remaining, null, 1));
    assert.equal(report.tasks.length, 3);
    for (const { id } of report.tasks) assert.match(await bench.engine.diff(id), /fixed\//);
    assert.match(await repository.git('log', '-1', '--format=%B'), /AO-(Task|Run): /);
    const found = await Promise.all([canaries(bench.home), canaries(original.path), canaries(process.cwd())]);
    assert.deepEqual(found.flat(), []);
  });
}
