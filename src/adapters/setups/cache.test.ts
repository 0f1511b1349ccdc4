import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { SetupCache } from './cache.ts';

const base = await mkdtemp(join(tmpdir(), 'ao-setup-cache-'));
after(() => rm(base, { recursive: true }));

test('the cache forgets what nobody used for a week, but for the newest entries, and drafts of daemons that died', async () => {
  const [folder, root] = [join(base, 'setup'), join(base, 'checkout')];
  await mkdir(join(root, 'node_modules'), { recursive: true });
  await writeFile(join(root, 'node_modules/index.js'), 'ok');
  const cache = new SetupCache(folder);
  const daysAgo = (days: number): Date => new Date(Date.now() - days * 24 * 3_600_000);
  const ages = Array.from({ length: 12 }, (_, index) => 20 - index);
  for (const days of ages) await cache.store(`lock-${days}`, root, ['node_modules']);
  for (const days of ages) {
    await utimes(join(folder, `lock-${days}/entry.json`), daysAgo(days), daysAgo(days));
  }
  await mkdir(join(folder, '.lock-9.of-a-dead-daemon'));
  await utimes(join(folder, '.lock-9.of-a-dead-daemon'), daysAgo(8), daysAgo(8));
  await mkdir(join(folder, '.lock-9.of-another'));
  assert.equal(await cache.restore('lock-20', join(base, 'checkout')), true);

  await cache.store('new', root, ['node_modules']);
  const left = await readdir(folder);
  assert.deepEqual(left.toSorted(), ['.lock-9.of-another', 'lock-20', 'lock-9', 'new']);
  assert.equal(await cache.restore('lock-20', root), true);
});
