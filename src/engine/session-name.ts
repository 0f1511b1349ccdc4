import type { Task } from '../domain/task.ts';

/** `[a-z0-9-]{1,40}`: words of the title for people, part of the task's id against clashes, the attempt's number. */
export function sessionName(task: Pick<Task, 'id' | 'title'>, attempt: number): string {
  const tail = `-${task.id.slice(0, 8)}-${attempt}`;
  const words = task.title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40 - tail.length)
    .replace(/^-+|-+$/g, '');
  return `${words === '' ? 'task' : words}${tail}`;
}
