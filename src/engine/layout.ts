import path from 'node:path';

/** Where the engine keeps things below `AO_HOME`. Directories are made by whoever fills them, mode 0700. */
export interface Layout {
  home: string;
  hub(project: string): string;
  setupCache(project: string): string;
  /** Evidence of a run: logs of checks, one folder a session. Kept until `ao clean`. */
  run(run: string): string;
  session(run: string, session: string): string;
  checkLogs(run: string): string;
  /** Agents' clones. */
  workspace(run: string, session: string): string;
  /** Short-lived checkouts for checks; whatever lies here after a crash is rubbish. */
  checkouts(): string;
}

export function makeLayout(home: string): Layout {
  const run = (id: string) => path.join(home, 'runs', id);
  return {
    home,
    hub: (project) => path.join(home, 'projects', project, 'hub.git'),
    setupCache: (project) => path.join(home, 'projects', project, 'setup'),
    run,
    session: (id, session) => path.join(run(id), 'sessions', session),
    checkLogs: (id) => path.join(run(id), 'checks'),
    workspace: (id, session) => path.join(home, 'workspaces', id, session),
    checkouts: () => path.join(home, 'checkouts'),
  };
}
