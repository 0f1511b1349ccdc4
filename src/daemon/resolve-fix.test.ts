import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, test } from 'node:test';
import { AoError } from '../domain/errors.ts';
import { accountOf } from '../domain/run.ts';
import { cleanEnvironment } from './client-env.ts';
import { type FixInput, resolveFix } from './resolve-fix.ts';

const directory = realpathSync(mkdtempSync(join(tmpdir(), 'ao-resolve-')));
after(() => rmSync(directory, { recursive: true, force: true }));

let count = 0;
let repository: string;
let home: string;

beforeEach(() => {
  const root = join(directory, String(count++));
  [repository, home] = [join(root, 'repository'), join(root, 'home')];
  makeGitDirectory(join(repository, '.git'));
  mkdirSync(join(repository, 'sub/folder'), { recursive: true });
  mkdirSync(home);
});

function makeGitDirectory(path: string): void {
  for (const name of ['objects', 'refs']) mkdirSync(join(path, name), { recursive: true });
  writeFileSync(join(path, 'HEAD'), 'ref: refs/heads/main\n');
}

function resolved(input: Partial<FixInput> = {}): ReturnType<typeof resolveFix> {
  const whole = { cwd: repository, path: null, flags: {}, env: {}, resume: false, dryRun: true, ...input };
  return resolveFix(whole, home);
}

function configure(text: string, folder = repository): void {
  writeFileSync(join(folder, 'agent-orchestrator.yaml'), text);
}

describe('settings of ao fix', () => {
  test('come from flags, then variables, then the project, then the file, then the defaults', () => {
    const attempts = (input?: Partial<FixInput>): number => resolved(input).options.maxAttempts;
    assert.equal(attempts(), 3);
    configure('fix: { maxAttempts: 4 }');
    assert.equal(attempts(), 4);
    configure(`fix: { maxAttempts: 4 }\nprojects: { here: { path: ., fix: { maxAttempts: 5 } } }`);
    assert.equal(attempts(), 5);
    const env = { AO_MAX_ATTEMPTS: '6' };
    assert.equal(attempts({ env }), 6);
    assert.equal(attempts({ env, flags: { maxAttempts: '7' } }), 7);
    assert.equal(attempts({ env: { AO_MAX_ATTEMPTS: '' } }), 5, 'an empty variable says nothing');
  });

  test('that the file alone cannot tell to be wrong are refused with their place in it', () => {
    const place = `${repository}/agent-orchestrator.yaml`;
    const refused = (text: string, input?: Partial<FixInput>): string => {
      configure(text);
      try {
        resolved(input);
      } catch (error) {
        assert.ok(error instanceof AoError && error.hint, String(error));
        if (error.message.includes('codxe'))
          assert.match(error.hint, /^Did you mean codex\? .*, kimicode\.$/);
        return `${error.code} ${error.message}`;
      }
      return 'nothing was wrong';
    };
    const noAgent = 'there is no "codxe"';
    assert.equal(refused('fix:\n  agent: codxe\n'), `config ${place}:2:10: fix.agent: ${noAgent}`);
    assert.equal(
      refused('fix: { agent: codex }\nprojects:\n  a:\n    path: .\n    fix: { agent: codxe }\n'),
      `config ${place}:5:19: fix.agent: ${noAgent}`,
    );
    assert.equal(
      refused('fix:\n  agent: codex\n  accountDir: missing\n'),
      `config ${place}:3:15: fix.accountDir: "${repository}/missing" is not a directory`,
    );
    assert.equal(refused('', { env: { AO_AGENT: 'codxe' } }), `config AO_AGENT: ${noAgent}`);
    assert.equal(refused('', { flags: { agent: 'codxe' } }), `usage --agent: ${noAgent}`);
    assert.equal(
      refused('fix: { agent: codxe }', { flags: { agentCommand: 'true' } }),
      'nothing was wrong',
      'it was given further away',
    );
  });

  test('have the defaults that the help names', () => {
    const { options, branch, path } = resolved();
    assert.deepEqual(
      { ...options, concurrency: 0 },
      {
        checks: [],
        setup: null,
        agent: 'command',
        agentCommand: null,
        agentScript: null,
        model: null,
        accountDir: null,
        permissions: 'ask',
        concurrency: 0,
        checkConcurrency: 1,
        maxAttempts: 3,
        maxRounds: 5,
        group: 'auto',
        scope: null,
        workspace: 'clone',
        runtime: 'process',
        isolation: 'auto',
        allowTestEdits: false,
        policy: true,
        attemptTimeoutMs: 30 * 60_000,
        stuckAfterMs: 600_000,
      },
    );
    assert.ok(options.concurrency >= 1);
    assert.deepEqual([branch, path], [null, repository]);
    assert.deepEqual(resolved().options, options, 'the same request twice gives the same options');
  });

  test('are read from text in every kind', () => {
    const flags = {
      checks: ['test=npm test -- --x=1', 'lint = eslint .'],
      checkTimeout: '90s',
      agentCommand: `claude -p "two words" '{prompt}'`,
      group: 'file',
      timeout: '1h30m',
      target: 'main',
      allowTestEdits: true,
      policy: false,
      scope: 'src/**',
    };
    const { options, branch } = resolved({ flags });
    assert.deepEqual(options.checks, [
      { name: 'test', command: 'npm test -- --x=1', timeoutMs: 90_000 },
      { name: 'lint', command: 'eslint .', timeoutMs: 90_000 },
    ]);
    assert.deepEqual(options.agentCommand, ['claude', '-p', 'two words', '{prompt}']);
    assert.deepEqual(
      [
        options.group,
        options.attemptTimeoutMs,
        branch,
        options.allowTestEdits,
        options.policy,
        options.scope,
      ],
      ['file', 5_400_000, 'main', true, false, 'src/**'],
    );
    const env = { AO_CHECKS: 'a=1\nb=2', AO_ALLOW_TEST_EDITS: 'yes', AO_AGENT_COMMAND: '["x", "y z"]' };
    const fromEnv = resolved({ env }).options;
    assert.deepEqual(
      fromEnv.checks.map(({ name, command }) => [name, command]),
      [
        ['a', '1'],
        ['b', '2'],
      ],
    );
    assert.deepEqual([fromEnv.allowTestEdits, fromEnv.agentCommand], [true, ['x', 'y z']]);
    assert.deepEqual(resolved({ env: { AO_CHECKS: '{"j": "1"}' } }).options.checks[0]?.name, 'j');
    configure('fix: { checks: { own: { command: x, timeout: 2s }, other: y }, checkTimeout: 3s }');
    assert.deepEqual(
      resolved().options.checks.map(({ timeoutMs }) => timeoutMs),
      [2000, 3000],
    );
  });

  test('that are wrong are refused with the name under which they were given', () => {
    const refused = (input: Partial<FixInput>, expected: object): void => {
      assert.throws(() => resolved(input), { name: 'AoError', ...expected });
    };
    refused(
      { flags: { concurrency: 'many' } },
      { code: 'usage', message: /^--concurrency: "many" is not a number/ },
    );
    refused({ flags: { concurrency: '0' } }, { code: 'usage' });
    refused({ env: { AO_TIMEOUT: 'soon' } }, { code: 'config', message: /^AO_TIMEOUT: "soon"/ });
    refused({ flags: { timeout: '90' } }, { code: 'usage', hint: /90s/ });
    refused({ flags: { group: 'fil' } }, { code: 'usage', hint: /Did you mean file/ });
    refused({ flags: { checks: ['npm test'] } }, { code: 'usage', message: /--check: .*not name=command/ });
    refused({ flags: { checks: ['a=1', 'a=2'] } }, { code: 'usage', message: /two checks are called "a"/ });
    refused(
      { flags: { agentCommand: "x 'y" } },
      { code: 'usage', message: /--agent-command: .*never closed/ },
    );
    refused({ flags: { agentCommand: '' } }, { code: 'usage' });
    refused({ flags: { concurency: '1' } }, { code: 'usage', hint: /concurrency/ });
    refused({ flags: { env: ['A=b'] } }, { code: 'usage', message: /--env: "A=b"/ });
    refused({ env: { AO_CHECKS: '{' } }, { code: 'config', message: /AO_CHECKS/ });
    refused({ dryRun: false }, { code: 'usage', message: /no agent was named/, hint: /--agent-command/ });
    assert.doesNotThrow(() => resolved({ dryRun: false, resume: true }));
  });

  test('name an agent by its command or script, and the nearer of them wins', () => {
    const agent = (flags: FixInput['flags'], file = ''): string => {
      configure(file);
      const { options } = resolved({ flags });
      return [options.agent, options.agentCommand?.join(' '), options.agentScript].filter(Boolean).join('|');
    };
    assert.equal(agent({ agentCommand: 'x y' }), 'command|x y');
    assert.equal(agent({ agentScript: 'a.json' }), `scripted|${repository}/a.json`);
    assert.equal(agent({ agentCommand: 'x' }, 'fix: { agent: scripted, agentScript: s }'), 'command|x');
    assert.equal(agent({ agentScript: 's' }, 'fix: { agentCommand: x }'), `scripted|${repository}/s`);
    assert.equal(agent({ agent: 'codex' }, 'fix: { agentCommand: x }'), 'codex');
    assert.equal(agent({ agent: 'command' }, 'fix: { agentCommand: x }'), 'command|x');
  });

  test('that are paths are relative to where they were written', () => {
    configure('fix: { agentCommand: ./tools/agent --flag, agentScript: s.json }');
    const fromFile = resolved({ cwd: join(repository, 'sub') }).options;
    assert.deepEqual(fromFile.agentCommand, [join(repository, 'tools/agent'), '--flag']);
    const { agentCommand } = resolved({
      cwd: join(repository, 'sub'),
      flags: { agentCommand: '../x y/z' },
    }).options;
    assert.deepEqual(agentCommand, [join(repository, 'x'), 'y/z']);
  });
});

describe('the directory of an account', () => {
  const given = (input: Partial<FixInput>): ReturnType<typeof resolved> =>
    resolved({ env: { HOME: '/home/me', CODEX_HOME: '/own' }, ...input });
  const account = () => join(home, 'work');
  beforeEach(() => mkdirSync(account()));

  test('is where the agent alone is told that its login is, whatever the environment says', () => {
    const { options, env, agentEnv } = given({ flags: { agent: 'codex', accountDir: '../home/work' } });
    assert.equal(options.accountDir, account());
    assert.equal(accountOf(options), 'work');
    assert.deepEqual([agentEnv?.['CODEX_HOME'], env['CODEX_HOME']], [account(), undefined]);
    assert.deepEqual(given({ flags: { agent: 'codex' } }).agentEnv, { CODEX_HOME: '/own' });
    assert.equal(accountOf(given({ flags: { agent: 'codex' } }).options), 'default');
  });

  test('is told to each agent in its own words', () => {
    const told = (agent: string) => given({ flags: { agent, accountDir: account() }, env: {} }).agentEnv;
    assert.deepEqual(told('claude'), { CLAUDE_CONFIG_DIR: account() });
    assert.deepEqual(told('kimi'), { KIMI_CODE_HOME: account() });
    assert.deepEqual(told('gemini'), { GEMINI_CLI_HOME: account() });
    assert.deepEqual(told('qwen'), { QWEN_HOME: account() });
    assert.deepEqual(told('pi'), { PI_CODING_AGENT_DIR: account() });
    for (const agent of ['opencode', 'kilocode']) {
      assert.deepEqual(told(agent), {
        XDG_CONFIG_HOME: join(account(), '.config'),
        XDG_DATA_HOME: join(account(), '.local/share'),
        XDG_STATE_HOME: join(account(), '.local/state'),
        XDG_CACHE_HOME: join(account(), '.cache'),
      });
    }
  });

  test('has to be there', () => {
    for (const accountDir of ['nowhere', '.git/config', '~/work']) {
      writeFileSync(join(repository, '.git/config'), '');
      assert.throws(() => given({ flags: { agent: 'codex', accountDir } }), {
        code: 'usage',
        message: /^--account-dir: ".*" is not a directory/,
        hint: /log in there/,
      });
    }
  });

  test('is refused for an agent without one, unless it was named further away than the agent', () => {
    const refused = { code: 'usage', message: /the agent command has no directory for its login/ };
    const env = { AO_ACCOUNT_DIR: account() };
    assert.throws(() => given({ env, flags: { agentCommand: 'x', accountDir: account() } }), refused);
    assert.throws(() => given({ env: { ...env, AO_AGENT_COMMAND: 'x' } }), refused);
    assert.equal(given({ env, flags: { agentCommand: 'x' } }).options.accountDir, null);
    assert.equal(given({ env }).options.accountDir, null, 'no agent was named yet');
    assert.equal(given({ env, flags: { agent: 'codex' } }).options.accountDir, account());
  });
});

describe('the repository of ao fix', () => {
  test('is the top one around the path, links resolved', () => {
    const link = join(home, 'link');
    symlinkSync(join(repository, 'sub'), link);
    assert.equal(resolved({ cwd: join(repository, 'sub/folder') }).path, repository);
    assert.equal(resolved({ cwd: home, path: '../repository' }).path, repository);
    assert.equal(resolved({ cwd: '/', path: join(link, 'folder') }).path, repository);
    assert.throws(() => resolved({ cwd: home }), { code: 'usage', message: /not in a git repository/ });
    assert.throws(() => resolved({ path: 'nowhere' }), { code: 'usage', message: /there is no .*nowhere/ });
  });

  test('is never the one around where a path was to be named and is empty, as of a variable that is not set', () => {
    assert.throws(() => resolved({ path: '' }), { code: 'usage', message: 'the path is empty' });
  });

  test('may be bare or linked; a .git that git itself would pass over is none', () => {
    const [bare, linked, empty] = ['bare.git', 'linked', 'empty'].map((name) =>
      join(repository, 'sub', name),
    );
    makeGitDirectory(bare!);
    mkdirSync(linked!);
    writeFileSync(join(linked!, '.git'), 'gitdir: /elsewhere\n');
    mkdirSync(join(empty!, '.git'), { recursive: true });
    assert.equal(resolved({ path: bare! }).path, bare);
    assert.equal(resolved({ path: linked! }).path, linked);
    assert.equal(resolved({ path: empty! }).path, repository);
  });

  test('gets the settings of the nearest project around it, from the configuration nearest to it', () => {
    const setup = (input?: Partial<FixInput>): string | null => resolved(input).options.setup;
    configure(
      `projects:
  outer: { path: ${join(repository, '..')}, fix: { setup: outer } }
  inner: { path: ~/repository, fix: { setup: inner } }
  sibling: { path: ${repository}-other, fix: { setup: sibling } }
`,
      home,
    );
    const env = { HOME: join(repository, '..') };
    assert.equal(setup({ env }), 'inner');
    assert.equal(setup({ env: { HOME: '/elsewhere' } }), 'outer');
    configure('fix: { setup: own }');
    assert.equal(setup({ cwd: home, path: repository, env }), 'own');
    assert.equal(setup({ env: { ...env, AO_CONFIG: join(home, 'agent-orchestrator.yaml') } }), 'inner');
  });
});

test('agents and checks get what the list names and what was configured, never what belongs to us or to git', () => {
  const sent = {
    PATH: '/bin',
    HOME: '/home/me',
    LANG: 'C.UTF-8',
    LC_TIME: 'C',
    XDG_CACHE_HOME: '/c',
    VIRTUAL_ENV: '/v',
    https_proxy: 'http://proxy',
    TERM: 'xterm-256color',
    SECRET_TOKEN: 'x',
    MY_TOKEN: 'configured',
    NODE_OPTIONS: '--require evil',
    NODE_COMPILE_CACHE: '/cache',
    GIT_DIR: '/elsewhere',
    AO_HOME: '/h',
    AO_MARK: 'm',
    BASH_ENV: '/x',
  };
  assert.deepEqual(cleanEnvironment(sent, ['MY_TOKEN', 'AO_HOME', 'GIT_DIR', 'NODE_OPTIONS', 'ABSENT']), {
    TERM: 'dumb',
    PATH: '/bin',
    HOME: '/home/me',
    LANG: 'C.UTF-8',
    LC_TIME: 'C',
    XDG_CACHE_HOME: '/c',
    VIRTUAL_ENV: '/v',
    https_proxy: 'http://proxy',
    MY_TOKEN: 'configured',
  });
  assert.equal(resolved({ env: { A_TOKEN: '1', AO_ENV: 'A_TOKEN, B_TOKEN' } }).env['A_TOKEN'], '1');
});
