import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { AoError } from '../domain/errors.ts';
import { findConfig, readConfig } from './read-config.ts';
import { configJsonSchema } from './schema.ts';
import { defaultOf, fixSettings, flagName, type Setting } from './settings.ts';

const directory = mkdtempSync(join(tmpdir(), 'ao-config-'));
after(() => rmSync(directory, { recursive: true, force: true }));

let count = 0;
function file(text: string | Buffer): string {
  const path = join(directory, `${count++}.yaml`);
  writeFileSync(path, text);
  return path;
}

function problems(text: string | Buffer): string[] {
  const path = file(text);
  try {
    readConfig(path);
  } catch (error) {
    assert.ok(error instanceof AoError, String(error));
    assert.equal(error.code, 'config');
    assert.ok(error.hint);
    return error.message.split('\n').map((line) => line.replace(`${path}:`, ''));
  }
  return [];
}

describe('a configuration file', () => {
  test('may hold everything that the documents show, and all settings of ao fix', () => {
    const { config } = readConfig(
      file(`
$schema: https://example.com/schema.json
port: 3000
defaults:
  runtime: tmux # or process
  agent: claude-code
  workspace: worktree
  notifiers: [desktop]
projects:
  my-app:
    repo: owner/my-app
    path: ~/my-app
    defaultBranch: main
    sessionPrefix: app
    fix: { setup: make }
reactions:
  ci-failed: { auto: true, action: send-to-agent, retries: 2, message: "{{errors}}" }
  changes-requested: { auto: true, action: send-to-agent, escalateAfter: 30m }
  approved-and-green: { auto: true, action: merge, strategy: squash, deleteAfter: true }
  label-added: { auto: true, condition: "label == 'needs-tests'", action: send-to-agent }
power:
  preventIdleSleep: true
fix:
  checks: { test: npm test, lint: { command: npm run lint, timeout: 5m } }
  setup: npm ci
  agent: command
  agentCommand: [claude, -p]
  agentScript: ./script.json
  concurrency: 4
  checkConcurrency: 2
  checkTimeout: 20m
  maxAttempts: 3
  maxRounds: 5
  group: auto
  scope: src/**
  target: main
  workspace: clone
  allowTestEdits: false
  timeout: 1h30m
  env: [MY_TOKEN]
`),
    );
    assert.equal(config.fix?.['timeout'], '1h30m');
    assert.equal(config.projects?.['my-app']?.fix?.['setup'], 'make');
    assert.deepEqual(readConfig(file('')).config, {});
    assert.deepEqual(readConfig(file('# nothing yet\n')).config, {});
  });

  test('is refused with the place of each mistake, in order, and what was probably meant', () => {
    const text = `port: 3000
fix:
  checks:
    "bad name!": x
    lint: { command: 5 }
  concurency: 4
  timeout: soon
  checkTimeout: 90
  agentCommand: "claude 'x"
  group: fil
  maxAttempts: 0
projects:
  a: { pathh: x }
  b: [1, 2]
defaults:
  notifiers: [desktop, 7]
`;
    assert.deepEqual(problems(text), [
      '4:5: a name of a check has letters, digits, ".", "_" and "-" only',
      '5:11: fix.checks.lint: expected a command, or {command, timeout}',
      '6:3: unknown key "concurency"; did you mean "concurrency"?',
      '7:12: fix.timeout: not a duration: write it like 90s, 30m or 1h30m',
      '8:17: fix.checkTimeout: not a duration: write it like 90s, 30m or 1h30m',
      '9:17: fix.agentCommand: cannot be split into words: check its quotes',
      '10:10: fix.group: expected one of "finding"|"file"|"check"|"auto"',
      '11:16: fix.maxAttempts: Too small: expected number to be >=1',
      '13:6: projects.a.path: is missing',
      '13:8: unknown key "pathh"; did you mean "path"?',
      '14:6: projects.b: expected object, received array',
      '16:24: defaults.notifiers.1: expected string, received number',
    ]);
  });

  test('is refused where it is no YAML, holds a key twice, or is something else altogether', () => {
    assert.match(problems('fix:\n  - a\n b: [')[0] ?? '', /^\d+:\d+: /);
    const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
    assert.deepEqual(problems(bytes('\xef\xbb\xbffix:\n\xff\n')), ['2:1: this is not UTF-8']);
    assert.deepEqual(problems(bytes('\xef\xbb\xbf\xff\n')), ['1:1: this is not UTF-8']);
    assert.deepEqual(problems(bytes('a: \xef\xbf\x20\n')), ['1:4: this is not UTF-8']);
    assert.deepEqual(problems(bytes('a: "\xc3\xa9" # \xe2\x82\n')), ['1:10: this is not UTF-8']);
    assert.match(problems('port: 1\nport: 2\n')[0] ?? '', /^2:1: .*unique/);
    assert.match(problems('- a\n- b\n')[0] ?? '', /^1:1: expected object/);
    assert.match(problems('just text')[0] ?? '', /^1:1: expected object/);
    assert.match(problems('fix: *nowhere')[0] ?? '', /^1:\d+: /);
    const levels = Array.from({ length: 9 }, (_, at) => `l${at + 1}: &l${at + 1} [${`*l${at},`.repeat(9)}]`);
    assert.match(problems(`l0: &l0 [x]\n${levels.join('\n')}\n`)[0] ?? '', /alias/i);
    assert.match(problems('__proto__: { polluted: true }\n')[0] ?? '', /__proto__/);
    assert.equal(Reflect.get({}, 'polluted'), undefined);
  });

  test('is found by AO_CONFIG, else upwards, else in the data directory', () => {
    const [outer, inner, home] = ['outer', 'outer/inner/deep', 'home'].map((name) => join(directory, name));
    mkdirSync(inner ?? '', { recursive: true });
    mkdirSync(home ?? '');
    const find = (named?: string): string | null => findConfig(inner ?? '', named, home ?? '');
    assert.equal(find(), null);
    const inHome = join(home ?? '', 'agent-orchestrator.yaml');
    writeFileSync(inHome, '');
    assert.equal(find(), inHome);
    const above = join(outer ?? '', 'agent-orchestrator.yml');
    writeFileSync(above, '');
    assert.equal(find(), above);
    assert.equal(find('../../agent-orchestrator.yml'), above);
    assert.throws(() => find('missing.yaml'), { code: 'config', message: /AO_CONFIG names .*missing\.yaml/ });
  });
});

describe('the table of settings', () => {
  test('names flag, variable and key of each setting alike', () => {
    const irregular: Record<string, string> = { checks: '--check', policy: '--no-policy' };
    for (const setting of fixSettings) {
      const words = setting.key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      assert.equal(flagName(setting), irregular[setting.key] ?? `--${words}`);
      assert.equal(setting.variable, `AO_${words.replaceAll('-', '_').toUpperCase()}`);
    }
  });

  test('is what the JSON Schema says, with a default for each setting that has one', () => {
    const schema = configJsonSchema() as {
      properties: Record<string, { properties: Record<string, object> }>;
    };
    const keys = Object.keys(schema.properties['fix']?.properties ?? {});
    const shown = fixSettings.filter((setting: Setting) => setting.hidden !== true);
    assert.deepEqual(
      keys,
      shown.map(({ key }) => key),
    );
    for (const setting of shown) {
      const said = JSON.stringify(schema.properties['fix']?.properties[setting.key]);
      assert.ok(said.includes(defaultOf(setting) ?? ''), setting.key);
    }
  });
});
