import { isTooDeep, type JsonObject, objectAt, textAt } from '../json-lines.ts';
import { type RpcMessage, rpcLine } from '../json-rpc.ts';
import { deed } from '../said.ts';

/** What codex wants to be allowed. */
export interface Question {
  /** Its own. */
  id: string | number;
  /** What it would be granted, where it asks for that and not for leave to do one thing. */
  wants: JsonObject | null;
}

/** `title`: for people. */
export function questionOf({
  id,
  method,
  params,
}: RpcMessage & { kind: 'request' }): Question & { title: string } {
  const reason = textAt(params, 'reason');
  if (method.includes('/permissions/')) {
    const wanted = Object.entries(objectAt(params, 'permissions')).filter(([, value]) => value !== null);
    const wants = isTooDeep(wanted) ? {} : Object.fromEntries(wanted); // it leaves out what it does not want
    const title = deed('Work outside of its sandbox', `${reason} ${JSON.stringify(wants)}`.trim());
    return { id, wants, title };
  }
  const name = method.includes('fileChange') ? 'Edit files' : 'Run';
  return { id, wants: null, title: deed(name, textAt(params, 'command') || reason) };
}

/** What is granted holds for one turn. */
export function decision({ id, wants }: Question, allow: boolean): string {
  const result =
    wants === null
      ? { decision: allow ? 'accept' : 'decline' }
      : { permissions: allow ? wants : {}, scope: 'turn' };
  return rpcLine({ id, result }, null);
}
