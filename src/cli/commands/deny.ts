import { permitCommand } from '../permit.ts';

export const define = permitCommand(false);
