import { enterPidNamespace } from '../../src/lib/pid-namespace.ts';

/** Why pid namespaces cannot be tried here, false where they can. */
export const noNamespaces: string | false = await enterPidNamespace(process.env['PATH'] ?? '').then(
  () => false,
  (error: unknown) => String(error),
);
