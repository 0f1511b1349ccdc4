import type { Launch, LaunchSpec } from '../../../../ports/agent.ts';
import type { TerminalAgent } from '../../../../ports/terminal-agent.ts';
import { asMessage } from '../../as-message.ts';
import { taskArgument } from '../../task-argument.ts';
import { preloading } from '../preloading.ts';
import { readGeminiScreen } from '../screens/gemini.ts';
import { googleForm } from './google.ts';
import { interpretTurns, noTurn, type TurnsState } from './turns.ts';
import { witnessOfTurns } from './witness.ts';

/**
 * Gemini CLI's own user interface. It takes hooks from the account, from the project and from files of root, and from none of ours: a witness
 * tells instead. That it may work in the workspace is a flag.
 */
export const geminiTerminal: TerminalAgent<TurnsState> = {
  hooks: true,
  interrupt: ['Escape'],
  launch,
  accountEntries: () => [],
  begin: () => noTurn,
  interpret: interpretTurns,
  readScreen: readGeminiScreen,
  typed: asMessage,
  forgets: ({ asking }) => asking,
};

function launch(spec: LaunchSpec): Launch {
  const { model, permissions, environment } = spec;
  const witness = witnessOfTurns(spec.dir, googleForm);
  return {
    argv: [
      'gemini',
      '--skip-trust',
      `--approval-mode=${permissions === 'yolo' ? 'yolo' : 'auto_edit'}`,
      ...(model === null ? [] : [`--model=${model}`]),
      `--prompt-interactive=${taskArgument(spec)}`,
    ],
    env: { COLORTERM: 'truecolor', ...preloading(witness.path, environment) }, // it warns below its questions where colours are few
    files: [witness],
    input: null,
  };
}
