import type { LaunchSpec } from '../../../ports/agent.ts';
import { rpcLine } from '../json-rpc.ts';

export type ThreadSpec = Pick<LaunchSpec, 'workspace' | 'model' | 'permissions' | 'takesUp'>;

/** What is said to a server that has greeted: a new thread, or the one of before in this directory. */
export function wishForThread({ workspace, model, permissions, takesUp }: ThreadSpec): string {
  const may =
    permissions === 'yolo'
      ? { approvalPolicy: 'never', sandbox: 'danger-full-access' }
      : { approvalPolicy: 'on-request', sandbox: 'workspace-write' };
  const params = { cwd: workspace, ...may, ...(model === null ? {} : { model }) };
  if (!takesUp) return rpcLine({ id: 'thread', method: 'thread/start', params }, null);
  // Its old turns would come in one line of any length.
  const old = { threadId: takesUp.conversation, excludeTurns: true };
  return rpcLine({ id: 'resume', method: 'thread/resume', params: { ...old, ...params } }, null);
}
