import { isObject, type JsonObject, objectAt, textAt } from './json-lines.ts';

/** A line of JSON-RPC, whichever way it goes. */
export type RpcMessage =
  | { kind: 'request'; id: string | number; method: string; params: JsonObject }
  | { kind: 'notification'; method: string; params: JsonObject }
  | { kind: 'response'; id: string | number; result: unknown; error: JsonObject | null };

/** null where it is no message of the protocol. */
export function readRpc(value: JsonObject): RpcMessage | null {
  const method = textAt(value, 'method');
  const { id } = value;
  const named = typeof id === 'string' || typeof id === 'number';
  const params = objectAt(value, 'params');
  if (method !== '')
    return named ? { kind: 'request', id, method, params } : { kind: 'notification', method, params };
  if (!named) return null;
  return {
    kind: 'response',
    id,
    result: value['result'],
    error: isObject(value['error']) ? value['error'] : null,
  };
}

/** One line each; codex leaves the version out, ACP wants it. */
export function rpcLine(message: object, version: '2.0' | null): string {
  return `${JSON.stringify(version === null ? message : { jsonrpc: version, ...message })}\n`;
}
