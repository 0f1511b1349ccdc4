import type { RuntimeHandle, Session } from '../domain/task.ts';
import type { Resources } from '../ports/runtime.ts';
import type { World } from './context.ts';

/** What the processes of running sessions use now, by session; one of which nothing can be told is left out. Read when somebody asks, and only then. */
export async function resourcesOf({
  store,
  findRuntime,
}: Pick<World, 'store' | 'findRuntime'>): Promise<Record<string, Resources>> {
  const running = (await store.list('session', { states: ['running'] })).flatMap(held);
  const groups = Map.groupBy(running, ({ handle }) => handle.runtime);
  const told = [...groups].map(async ([runtime, sessions]) => {
    const used = await findRuntime(runtime).resources(sessions.map(({ handle }) => handle));
    return sessions.flatMap(({ id }, index): [string, Resources][] => {
      const one = used[index] ?? null;
      return one === null ? [] : [[id, one]];
    });
  });
  return Object.fromEntries((await Promise.all(told)).flat());
}

function held({ id, handle }: Session): { id: string; handle: RuntimeHandle }[] {
  return handle === null ? [] : [{ id, handle }];
}
