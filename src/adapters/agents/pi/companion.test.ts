import assert from 'node:assert/strict';
import { channel } from 'node:diagnostics_channel';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { companionOf } from './companion.ts';

type Listener = (event: unknown, context: unknown) => unknown;

/** The module as pi loads it, in the place of pi. */
async function loaded(t: TestContext, asking: boolean) {
  const dir = await mkdtemp(join(tmpdir(), 'ao-pi-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const { path, text } = companionOf(dir, asking);
  await writeFile(path, text);
  const listeners = new Map<string, Listener>();
  const { default: companion } = await import(pathToFileURL(path).href);
  companion({ on: (event: string, listener: Listener) => listeners.set(event, listener) });
  return { listeners, said: [] as string[] };
}

function contextOf(said: string[], answer?: string) {
  const ui = {
    input: async (title: string, placeholder: string) => {
      said.push(`${title} (${placeholder})`);
      return answer;
    },
    setStatus: (key: string, text: string) => said.push(`${key} ${text}`),
  };
  return { cwd: '/w', ui };
}

const call = (toolName: string, input: object) => ({ toolCallId: 'call', toolName, input });

describe('the companion of pi', () => {
  test('asks before a command and before a change outside of the workspace, and for nothing else', async (t) => {
    const { listeners, said } = await loaded(t, true);
    const asked = async (toolName: string, input: object): Promise<boolean> => {
      said.length = 0;
      await listeners.get('tool_call')?.(call(toolName, input), contextOf(said, 'allow'));
      return said.length > 0;
    };
    assert.ok(await asked('bash', { command: 'npm test' }));
    assert.deepEqual(said, ['bash: npm test (ao:call)', 'ao.settled call']);
    for (const path of ['../other', '/etc/hosts', '.', '']) assert.ok(await asked('write', { path }), path);
    for (const path of ['a.ts', '/w/src/a.ts', 'src/../b.ts']) {
      assert.ok(!(await asked('edit', { path })), path);
    }
    assert.ok(!(await asked('read', { path: '/etc/hosts' })));
    assert.ok(await asked('of_an_extension', {}));
  });

  test('asks before a change to what pi takes for a place outside, and behind links that lead there', async (t) => {
    const { listeners, said } = await loaded(t, true);
    const cwd = await mkdtemp(join(tmpdir(), 'ao-pi-w-'));
    const outside = await mkdtemp(join(tmpdir(), 'ao-pi-o-'));
    t.after(() => Promise.all([cwd, outside].map((dir) => rm(dir, { recursive: true, force: true }))));
    await symlink(outside, join(cwd, 'away'));
    await symlink(join(outside, 'new'), join(cwd, 'dangling'));
    await mkdir(join(cwd, 'src'));
    await symlink('src', join(cwd, 'here'));
    const asked = async (path: string): Promise<boolean> => {
      said.length = 0;
      await listeners.get('tool_call')?.(call('write', { path }), { ...contextOf(said, 'allow'), cwd });
      return said.length > 0;
    };
    for (const path of ['~', '~/.bashrc', '@/etc/hosts', '@~/x', `file://${outside}/x`, '\u00a0/../../x'])
      assert.ok(await asked(path), path);
    for (const path of ['away/x', 'away/new/x', 'dangling', 'here/../away/x'])
      assert.ok(await asked(path), path);
    for (const path of ['src/a.ts', 'here/a.ts', 'new/deep/a.ts', 'a b.ts', `${cwd}/src/a.ts`])
      assert.ok(!(await asked(path)), path);
  });

  test('lets through what was allowed, and nothing that was not', async (t) => {
    const { listeners, said } = await loaded(t, true);
    const result = (answer?: string) =>
      listeners.get('tool_call')?.(call('bash', { command: 'x' }), contextOf(said, answer));
    assert.equal(await result('allow'), undefined);
    assert.deepEqual(await result('deny allow'), { block: true, reason: 'allow' });
    for (const answer of ['deny ', undefined]) {
      assert.deepEqual(await result(answer), { block: true, reason: 'A person refused this.' });
    }
  });

  test('tells when a server that refused wants to be asked again, also where it asks nothing', async (t) => {
    const { listeners, said } = await loaded(t, false);
    assert.equal(listeners.has('tool_call'), false);
    listeners.get('session_start')?.({}, contextOf(said));
    const answered = (statusCode: number, ...headers: string[]) =>
      channel('undici:request:headers').publish({
        response: { statusCode, headers: headers.map(Buffer.from) },
      });
    answered(200, 'Retry-After', '1');
    answered(429, 'Date', 'Retry-After');
    answered(429, 'Date', 'now', 'Retry-After', '3600');
    assert.deepEqual(said, ['ao.refused 3600']);
  });
});
