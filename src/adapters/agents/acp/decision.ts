import { rpcLine } from '../json-rpc.ts';

export interface AcpOption {
  id: string;
  kind: string;
}

/** Chosen by kind: agents name and order their options as they like. */
export function decision(id: string | number, options: readonly AcpOption[], allow: boolean): string {
  const kinds = allow ? ['allow_once', 'allow_always'] : ['reject_once', 'reject_always'];
  const chosen = kinds.flatMap((kind) => options.filter((option) => option.kind === kind)).at(0);
  const outcome =
    chosen === undefined ? { outcome: 'cancelled' } : { outcome: 'selected', optionId: chosen.id };
  return rpcLine({ id, result: { outcome } }, '2.0');
}
