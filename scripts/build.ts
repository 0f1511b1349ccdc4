// npm pack: builds dist/ from src/, because Node strips no types below node_modules. A checkout needs no build.
import { spawnSync } from 'node:child_process';
import { copyFileSync, globSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

rmSync('dist', { recursive: true, force: true });
const { status } = spawnSync('tsc', ['--project', 'tsconfig.build.json'], { stdio: 'inherit' });
if (status !== 0) process.exit(1);

const isAsset = (path: string): boolean =>
  /\.\w+$/.test(path) && !path.endsWith('.ts') && !/\/(?:fixtures|test-support)\//.test(path);
for (const asset of globSync('src/**/*').filter(isAsset)) {
  const target = asset.replace(/^src/, 'dist');
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(asset, target);
}
