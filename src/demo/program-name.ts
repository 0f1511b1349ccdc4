import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';

/** How a person calls ao from the folder they are in: `./ao` in a checkout, `ao` where it is installed. */
export function programName(): string {
  const root = join(import.meta.dirname, '../..');
  if (root.includes('/node_modules/') || !existsSync(join(root, 'ao'))) return 'ao';
  const way = relative(process.cwd(), join(root, 'ao'));
  return way.includes('/') ? way : `./${way}`;
}
