import type { Person } from '../ports/git.ts';

/** Who commits what nobody else stands for. */
export const aoPerson: Person = { name: 'ao', email: 'ao@localhost' };
