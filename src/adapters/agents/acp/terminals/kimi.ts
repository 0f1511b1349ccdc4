import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Launch, LaunchSpec } from '../../../../ports/agent.ts';
import type { AccountEntry, TerminalAgent } from '../../../../ports/terminal-agent.ts';
import { asMessage } from '../../as-message.ts';
import { isObject } from '../../json-lines.ts';
import { goneIn } from '../../screen-parts.ts';
import { preloading } from '../preloading.ts';
import { readKimiScreen } from '../screens/kimi.ts';
import { chatForm } from './chat.ts';
import { interpretTurns, noTurn, type TurnsState } from './turns.ts';
import { witnessOfTurns } from './witness.ts';

/**
 * Kimi Code's own user interface. It takes no task as an argument, and hooks from the account alone: a witness tells instead, of models that are
 * asked by chat completions.
 */
export const kimiTerminal: TerminalAgent<TurnsState> = {
  hooks: true,
  typesTask: true,
  interrupt: ['Escape'],
  launch,
  accountEntries: ({ workspace, environment }) => [trust(workspace, environment)],
  begin: () => noTurn,
  interpret: interpretTurns,
  readScreen: (rows, more) =>
    goneIn(rows, /^ *error: failed to start shell: Session ".*" not found/) ?? readKimiScreen(rows, more),
  typed: asMessage,
};

function launch({ dir, environment, model, permissions, takesUp }: LaunchSpec): Launch {
  const witness = witnessOfTurns(dir, chatForm);
  return {
    argv: [
      'kimi',
      ...(permissions === 'yolo' ? ['--auto'] : []),
      ...(model === null ? [] : ['--model', model]),
      ...(takesUp ? ['--session', takesUp.conversation] : []),
    ],
    env: {
      KIMI_CODE_NO_AUTO_UPDATE: '1',
      KIMI_LOOP_MAX_ATTEMPTS_PER_STEP: '3',
      ...preloading(witness.path, environment),
    },
    files: [witness],
    input: null,
  };
}

/** As if the person had said that this folder is theirs: a file for each of them. */
function trust(workspace: string, environment: Readonly<Record<string, string>>): AccountEntry {
  const { HOME = '/', KIMI_CODE_HOME: home = path.join(HOME, '.kimi-code') } = environment;
  return {
    file: path.join(home, 'workspace-trust', keyOf(workspace)),
    isThere: (text) => {
      const value: unknown = JSON.parse(text ?? 'null');
      return isObject(value) && value['root'] === workspace;
    },
    add: () => JSON.stringify({ root: workspace, trustedAt: 0 }),
    remove: () => null,
  };
}

/** Kimi's own name for a directory. */
function keyOf(workspace: string): string {
  const slug = path
    .basename(workspace)
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40)
    .replaceAll(/^-+|-+$/g, '');
  const hash = createHash('sha256').update(workspace).digest('hex').slice(0, 12);
  return `wd_${/^\.{0,2}$/.test(slug) ? 'workspace' : slug}_${hash}`;
}
