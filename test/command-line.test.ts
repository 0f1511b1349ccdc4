import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { daemonPid, Installation, lives, makeDirectory, type Outcome } from './support/installation.ts';
import { waitFor } from './support/wait-for.ts';

let ao: Installation;
let home: string;
before(() => {
  ao = new Installation();
  home = ao.home('home');
});
after(() => ao.remove());

const run = (...args: string[]): Promise<Outcome> => ao.run(home, args);

describe('the command line', { concurrency: false }, () => {
  test('answers --version and --help without a daemon or a data directory', async () => {
    assert.match((await run('--version')).stdout, /^\d+\.\d+\.\d+\n$/);
    const { code, stdout } = await run('--help');
    assert.equal(code, 0);
    assert.match(stdout, /^ao \w+/, 'the first token is an example');
    for (const text of ['ao doctor', 'ao daemon', '130', 'AO_HOME', 'AO_AGENT_COMMAND']) {
      assert.ok(stdout.includes(text), text);
    }
    const wide = stdout.split('\n').filter((line) => line.length > 80);
    assert.deepEqual(wide, [], 'it fits the narrowest common terminal');
    assert.equal((await run()).stdout, stdout);
    assert.equal((await run('help')).stdout, stdout);
    assert.doesNotMatch(stdout, /AO_POLICY/);
    assert.equal(existsSync(home), false);
  });

  test('answers --version without loading what reads arguments', async () => {
    const loader = join(ao.root, 'trace.mjs');
    writeFileSync(
      loader,
      `import { registerHooks } from 'node:module';
registerHooks({ load(url, context, next) { process.stderr.write(url + '\\n'); return next(url, context); } });\n`,
    );
    const main = join(ao.root, 'src/cli/main.ts');
    const child = spawn(process.execPath, ['--import', loader, main, '--version'], { stdio: 'pipe' });
    let loaded = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (loaded += text));
    await once(child, 'close');
    assert.match(loaded, /cli\/main\.ts/);
    assert.doesNotMatch(loaded, /commander|zod|hono|yaml/);
  });

  test('quotes a name without what a terminal would obey', async () => {
    const { code, stderr } = await run('x\x1b]0;title\x07\x1b[2J\u202ey');
    assert.deepEqual([code, stderr.split('\n')[0]], [2, 'ao: there is no command "xy"']);
  });

  test('answers from the daemon without loading undici, which an import of node:http does', async () => {
    const other = ao.home('traced');
    const tracer = join(ao.root, 'loaded.mjs');
    writeFileSync(tracer, `process.on('exit', () => console.error(process.moduleLoadList.join('\\n')));\n`);
    await ao.run(other, ['daemon', 'start']);
    const { code, stderr } = await ao.run(other, ['status'], { env: { NODE_OPTIONS: `--import ${tracer}` } });
    assert.equal(code, 0, stderr);
    assert.match(stderr, /NativeModule http$/m);
    assert.equal(/undici/.test(stderr), false);
  });

  test('shows an example first in the help of a command', async () => {
    for (const args of [
      ['daemon', '--help'],
      ['help', 'daemon'],
    ]) {
      const { code, stdout } = await run(...args);
      assert.equal(code, 0);
      assert.match(stdout, /^ao daemon status\n/);
      assert.match(stdout, /Usage: ao daemon/);
    }
  });

  test('refuses what it does not know with exit code 2 and what was probably meant', async () => {
    const cases = [
      [['doctr'], /there is no command "doctr"\n.*Did you mean "doctor"/],
      [['daemon', 'stat'], /unknown command 'stat'\n.*start/],
      [['daemon', 'start', '--jsn'], /unknown option '--jsn'\n.*--json/],
      [['daemon'], /needs to know what to do\n.*ao daemon --help/],
      [['doctor', 'extra'], /too many arguments/],
    ] as const;
    for (const [args, expected] of cases) {
      const { code, stdout, stderr } = await run(...args);
      assert.deepEqual([code, stdout], [2, ''], args.join(' '));
      assert.match(stderr, expected);
    }
  });

  test('shows all on a terminal that does not know how wide it is', async () => {
    const room = ['python3', '-c', 'import pty, sys; pty.spawn(sys.argv[1:])'];
    const own = ao.home('terminal');
    const { stdout } = await ao.run(own, ['status'], { room, env: { TERM: 'xterm' } });
    const plain = await ao.run(own, ['status']);
    assert.match(plain.stdout, /run-1/);
    assert.equal(stripVTControlCharacters(stdout).replaceAll('\r\n', '\n'), plain.stdout);
  });

  test('says so where the folder that it is started in has been removed', async () => {
    const gone = join(ao.root, 'gone');
    const main = join(ao.root, 'src/cli/main.ts');
    const command = 'cd "$1" && rmdir "$1" && shift && exec "$@"';
    for (const name of ['fix', 'doctor']) {
      mkdirSync(gone);
      const argv = ['-c', command, 'sh', gone, process.execPath, main, name];
      const child = spawn('sh', argv, { env: { ...process.env, AO_HOME: ao.home('gone') }, stdio: 'pipe' });
      let said = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => (said += text));
      await once(child, 'close');
      assert.match(said, /the folder that you are in has been removed\n +Go to one that exists/, name);
      assert.doesNotMatch(said, /internal error|uv_cwd/);
      assert.equal(child.exitCode, name === 'fix' ? 2 : 1);
    }
  });

  test('gives errors as one JSON document on stdout with --json', async () => {
    const { code, stdout } = await run('daemon', 'stat', '--json');
    assert.equal(code, 2);
    const { error } = JSON.parse(stdout);
    assert.deepEqual(Object.keys(error), ['code', 'message', 'hint']);
    assert.equal(error.code, 'usage');
  });

  test('prints the schema of the configuration', async () => {
    const { stdout } = await run('schema');
    assert.ok(JSON.parse(stdout).properties.fix.properties.checkTimeout);
  });

  test('ends quietly when nobody reads on', async () => {
    const main = join(ao.root, 'src/cli/main.ts');
    const child = spawn(process.execPath, [main, 'schema'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    const [code] = await once(child, 'close');
    assert.deepEqual([code, errors], [0, '']);
  });

  test('colours only for terminals', async () => {
    const { stderr } = await ao.run(home, ['nothing'], { env: { TERM: 'xterm-256color' } });
    assert.equal(stderr.includes('\u001b'), false);
  });
});

describe('ao doctor', { concurrency: false }, () => {
  const doctor = async (
    env: Record<string, string> = {},
    cwd = ao.root,
  ): Promise<[number, Record<string, string>]> => {
    const { code, stdout } = await ao.run(home, ['doctor', '--json'], { env, cwd });
    const { checks }: { checks: { name: string; status: string }[] } = JSON.parse(stdout);
    return [code, Object.fromEntries(checks.map(({ name, status }) => [name, status]))];
  };

  test('is content with a machine that has all, and changes nothing', async () => {
    const [code, checks] = await doctor();
    assert.equal(code, 0);
    assert.equal(Object.values(checks).includes('fail'), false);
    assert.deepEqual(Object.keys(checks), [
      'node',
      'git',
      'tmux',
      'data',
      'space',
      'config',
      'daemon',
      'runs',
      'accounts',
      'install',
      'bwrap',
    ]);
    assert.equal(existsSync(home), false);
  });

  test('fails with exit code 1 on a machine without git', async () => {
    const [code, checks] = await doctor({ PATH: makeDirectory(join(ao.root, 'empty')) });
    assert.deepEqual([code, checks['git'], checks['tmux']], [1, 'fail', 'ok']);
  });

  test('fails on an old git, naming its version', async () => {
    const bin = makeDirectory(join(ao.root, 'bin'));
    writeFileSync(join(bin, 'git'), '#!/bin/sh\necho git version 2.37.9\n', { mode: 0o755 });
    const { code, stdout } = await ao.run(home, ['doctor'], { env: { PATH: `${bin}:/bin:/usr/bin` } });
    assert.equal(code, 1);
    assert.match(stdout, /^fail {2}git {7}git version 2\.37\.9 is too old.*\n +Install git 2\.38/m);
  });

  test('fails on a wrong configuration, naming the place', async () => {
    const folder = makeDirectory(join(ao.root, 'configured'));
    writeFileSync(join(folder, 'agent-orchestrator.yaml'), 'fix:\n  tmeout: 3m\n');
    const { code, stdout } = await ao.run(home, ['doctor'], { cwd: folder });
    assert.equal(code, 1);
    assert.match(stdout, /agent-orchestrator\.yaml:2:3: unknown key "tmeout"; did you mean "timeout"\?/);
  });

  test('fails on a variable of the program with which no daemon starts', async () => {
    for (const [name, value] of Object.entries({
      AO_DISK_RESERVE: '500m',
      AO_OUTPUT_LIMIT: '1,5G',
      AO_SQLITE_SYNCHRONOUS: 'off',
    })) {
      const { code, stdout } = await ao.run(home, ['doctor'], { env: { [name]: value } });
      assert.equal(code, 1, name);
      assert.match(stdout, new RegExp(`^fail {2}config {4}${name}: .*${value}.*\n +\\S.* unset it`, 'm'));
    }
  });

  test('fails where less is free than has to be for new work to begin', async () => {
    const [code, checks] = await doctor({ AO_DISK_RESERVE: '99999999G' });
    assert.deepEqual([code, checks['space'], checks['config']], [1, 'fail', 'ok']);
  });

  test('fails on a data directory that cannot be one, and warns of one that others may read', async () => {
    const blocked = ao.home('blocked');
    writeFileSync(blocked, '');
    const below = await ao.run(join(blocked, 'below'), ['doctor', '--json']);
    assert.equal(JSON.parse(below.stdout).checks[3].status, 'fail');
    const open = makeDirectory(ao.home('open'), 0o755);
    const warned = await ao.run(open, ['doctor', '--json']);
    assert.deepEqual([warned.code, JSON.parse(warned.stdout).checks[3].status], [0, 'warn']);
  });

  test('--fix closes a data directory of ours to others, and leaves one of something else alone', async () => {
    const open = makeDirectory(ao.home('empty-home'), 0o755);
    const { code, stdout } = await ao.run(open, ['doctor', '--fix']);
    assert.equal(code, 0);
    assert.match(stdout, /^ok {4}data {6}\S+\n +mended: closed /m);
    assert.equal(statSync(open).mode & 0o777, 0o700);
    const strange = makeDirectory(ao.home('strange'), 0o755);
    writeFileSync(join(strange, 'letter.txt'), '');
    const left = await ao.run(strange, ['doctor', '--fix', '--json']);
    const { status, mended } = JSON.parse(left.stdout).checks[3];
    assert.deepEqual([status, mended, statSync(strange).mode & 0o777], ['warn', null, 0o755]);
  });

  test('--fix replaces a daemon that died, and removes what an interrupted install left', async () => {
    const other = ao.home('died');
    await ao.run(other, ['daemon', 'start']);
    const pid = daemonPid(other) ?? assert.fail();
    process.kill(pid, 'SIGKILL');
    await waitFor('the end of the daemon', () => !lives(pid));
    for (const owner of [4_194_305, process.pid]) makeDirectory(join(ao.root, `.ao-install.${owner}`));
    const states = async (...flags: string[]): Promise<unknown[]> => {
      const { checks } = JSON.parse((await ao.run(other, ['doctor', '--json', ...flags])).stdout);
      return [checks[6].status, checks[6].mended, checks[9].status, checks[9].mended];
    };
    assert.deepEqual(await states(), ['warn', null, 'warn', null]);
    const [daemon, started, install, removed] = await states('--fix');
    assert.deepEqual([daemon, install], ['ok', 'ok']);
    assert.equal(started, `started process ${daemonPid(other)}; agents go on`);
    assert.equal(removed, 'removed .ao-install.4194305');
    assert.equal(existsSync(join(ao.root, `.ao-install.${process.pid}`)), true, 'its process lives');
    assert.deepEqual(await states('--fix'), ['ok', null, 'ok', null]);
  });

  test('warns of a run whose repository is gone', async () => {
    await run('daemon', 'start');
    const [code, checks] = await doctor();
    assert.deepEqual([code, checks['daemon'], checks['runs']], [0, 'ok', 'warn']);
  });
});
