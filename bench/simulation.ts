// The simulation with as many seeds as one would want before a release: ten minutes or more, at the lowest priority.
import { spawnSync } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { heading } from './support/figures.ts';

setPriority(constants.priority.PRIORITY_LOW);
console.log(`${heading()}\n`);
const simulate = join(import.meta.dirname, '../scripts/simulate.ts');
const { status } = spawnSync(process.execPath, [simulate, '--seeds', '100000'], { stdio: 'inherit' });
process.exitCode = status ?? 1;
