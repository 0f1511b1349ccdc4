// The real daemon killed 1,000 times as it writes and starts programs: about half an hour, at the lowest priority.
import { spawnSync } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { heading } from './support/figures.ts';

setPriority(constants.priority.PRIORITY_LOW);
console.log(`${heading()}\n`);
const killPoints = join(import.meta.dirname, '../scripts/kill-points.ts');
const { status } = spawnSync(process.execPath, [killPoints, '--points', '1000'], { stdio: 'inherit' });
process.exitCode = status ?? 1;
