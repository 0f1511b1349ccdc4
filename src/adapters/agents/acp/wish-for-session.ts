import type { TakenUp } from '../../../domain/agent-facts.ts';
import { isObject, listAt, objectAt } from '../json-lines.ts';
import { rpcLine } from '../json-rpc.ts';

interface Wish {
  workspace: string;
  /** Session to go on with; null: a new one. */
  takesUp: TakenUp | null;
}

/** What is said to an agent that has greeted: whether it can go on with a session stands in its greeting. */
export function wishForSession(greeting: unknown, { workspace: cwd, takesUp }: Wish): string {
  const offered = objectAt(greeting, 'agentCapabilities');
  const resumes = isObject(objectAt(offered, 'sessionCapabilities')['resume']);
  if (takesUp === null || !(resumes || offered['loadSession'] === true)) return wishForNewSession(cwd);
  // Loading says all that was said once more, before it answers; resuming does not.
  const method = resumes ? 'session/resume' : 'session/load';
  return rpcLine(
    { id: 'resume', method, params: { sessionId: takesUp.conversation, cwd, mcpServers: [] } },
    '2.0',
  );
}

export function wishForNewSession(cwd: string): string {
  return rpcLine({ id: 'session', method: 'session/new', params: { cwd, mcpServers: [] } }, '2.0');
}

/** What is said to one that has opened a session: most have the model as an option of it, some a method of its own. */
export function wishForModel(opened: unknown, sessionId: string, model: string): string {
  const hasMethod =
    listAt(opened, 'configOptions').length === 0 && Object.keys(objectAt(opened, 'models')).length > 0;
  const [method, params] = hasMethod
    ? ['session/set_model', { sessionId, modelId: model }]
    : ['session/set_config_option', { sessionId, configId: 'model', value: model }];
  return rpcLine({ id: 'model', method, params }, '2.0');
}
