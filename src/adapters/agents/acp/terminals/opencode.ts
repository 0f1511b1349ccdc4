import type { Launch, LaunchSpec } from '../../../../ports/agent.ts';
import type { TerminalAgent } from '../../../../ports/terminal-agent.ts';
import { asMessage } from '../../as-message.ts';
import type { ScreenReader } from '../../screen-parts.ts';
import { taskArgument } from '../../task-argument.ts';
import { withPlugins } from '../plugins.ts';
import { witnessOf } from '../witness.ts';
import { type EventsState, interpretEvents, noEvent } from './events.ts';
import { pluginOfEvents } from './plugin.ts';

interface Kin {
  program: string;
  /** Takes settings for one session. */
  settings: string;
  env: Readonly<Record<string, string>>;
  readScreen: ScreenReader;
}

/** The user interface of opencode and its kin. Plugins of the session tell what it does and what its model's server answers it. */
export function likeOpencode(kin: Kin): TerminalAgent<EventsState> {
  return {
    hooks: true,
    interrupt: ['Escape', 'Escape'],
    launch: (spec) => launch(kin, spec),
    accountEntries: () => [],
    begin: () => noEvent,
    interpret: interpretEvents,
    readScreen: kin.readScreen,
    typed: asMessage,
  };
}

function launch({ program, settings, env }: Kin, spec: LaunchSpec): Launch {
  const { model, permissions, dir, environment } = spec;
  const files = [
    pluginOfEvents(dir),
    witnessOf({ asking: 'fetch', loading: 'plugin', telling: 'events' }, dir),
  ];
  return {
    argv: [
      program,
      ...(permissions === 'yolo' ? ['--auto'] : []),
      ...(model === null ? [] : [`--model=${model}`]),
      `--prompt=${taskArgument(spec)}`,
    ],
    env: {
      ...env,
      ...withPlugins(
        settings,
        files.map((file) => file.path),
        environment,
      ),
    },
    files,
    input: null,
  };
}
