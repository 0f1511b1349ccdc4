import { extname, join } from 'node:path';
import { AoError } from '../../../domain/errors.ts';
import type { LineState } from '../../../lib/line-buffer.ts';
import type { Agent, Launch, LaunchSpec } from '../../../ports/agent.ts';
import { beginPlainText, interpretPlainText } from '../plain-text.ts';

/** Follows a script (see `script.ts`): for the demo, tests and benchmarks. */
export const scriptedAgent: Agent<LineState> = {
  name: 'scripted',
  capabilities: { dialog: false, whileBusy: null, takesUp: null },
  environment: [],
  accountEnvironment: null,
  launch,
  begin: beginPlainText,
  interpret: interpretPlainText,
  encode: () => null,
};

/** `.ts` in a checkout, `.js` in the built package. */
const program = join(import.meta.dirname, `program${extname(import.meta.filename)}`);

function launch(spec: LaunchSpec): Launch {
  if (!spec.script) {
    throw new AoError('usage', 'The agent "scripted" needs a script.', 'Give the path of its JSON file.');
  }
  return { argv: [process.execPath, program, spec.script], env: {}, input: spec.prompt };
}
