/** Files of ours in a workspace; never part of a change. */
export const taskFiles = ['TASK.md', '.ao'] as const;
