import type { Define } from '../command.ts';
import { configJsonSchema } from '../../config/schema.ts';
import { printJson } from '../output/style.ts';

export const define: Define = (command) => {
  command.option('--json', 'the same: the schema is JSON').action(() => printJson(configJsonSchema()));
};
