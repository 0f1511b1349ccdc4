import type { Observation } from '../../src/domain/agent-facts.ts';
import type { Agent, Intent } from '../../src/ports/agent.ts';

interface State {
  /** A line whose end has not come yet. */
  rest: string;
  working: boolean;
  asked: string[];
}

/**
 * An agent that is talked to, with the least protocol that has it all. It prints lines: `turn`, `has <id>`, `refuses <id>`,
 * `asks <request>`, `settled <request>`, `ping <n>`, `conversation <name>`, `over <how>`. It reads `hello.`, `pong <n>.` and objects in JSON.
 */
export function talkative(
  whileBusy: 'inject' | 'queue' | null,
  takesUp: 'anywhere' | 'in_place' | null,
): Agent<State> {
  return {
    name: 'talkative',
    capabilities: { dialog: true, whileBusy, takesUp },
    environment: [],
    accountEnvironment: null,
    launch: (spec) => ({
      argv: ['./agent', ...(spec.takesUp ? [spec.takesUp.conversation] : [])],
      env: {},
      input: null,
    }),
    begin: () => ({ state: { rest: '', working: false, asked: [] }, replies: ['hello.\n'] }),
    interpret: (bytes, before) => {
      const lines = `${before.rest}${bytes}`.split('\n');
      const state = { ...before, rest: lines.pop() ?? '' };
      const replies: string[] = [];
      const observations = lines.flatMap((line): Observation[] => {
        const [word = '', what = ''] = line.split(' ');
        if (word === 'ping') replies.push(`pong ${what}.\n`);
        if (word === 'turn') state.working = true;
        if (word === 'over') Object.assign(state, { working: false, asked: [] });
        if (word === 'asks') state.asked = [...state.asked, what];
        if (word === 'settled') state.asked = state.asked.filter((open) => open !== what);
        return observationsOf(line, word, what);
      });
      return { state, observations, replies };
    },
    encode: (intent, state) => {
      const line = encoded(intent, state);
      return line === null ? null : `${JSON.stringify(line)}\n`;
    },
  };
}

function encoded(intent: Intent, { working, asked }: State): Record<string, unknown> | null {
  switch (intent.kind) {
    case 'message':
      return { tell: intent.id };
    case 'interrupt':
      return working ? { interrupt: intent.id } : null;
    case 'answer':
      return asked.includes(intent.request) ? { answer: intent.request, allow: intent.allow } : null;
  }
}

function observationsOf(line: string, word: string, what: string): Observation[] {
  if (line === 'TASK COMPLETE') return [{ kind: 'claim', text: line }];
  if (word === 'turn') return [{ kind: 'turn_started' }];
  if (word === 'has') return [{ kind: 'received', message: what }];
  if (word === 'refuses') return [{ kind: 'refused', message: what, text: 'no' }];
  if (word === 'asks') return [{ kind: 'permission', request: { id: what, title: line } }];
  if (word === 'settled') return [{ kind: 'settled', request: what }];
  if (word === 'conversation') return [{ kind: 'conversation', id: what }];
  if (word !== 'over') return [];
  if (what === 'completed' || what === 'interrupted') return [{ kind: 'turn_ended', outcome: what }];
  const kind = what === 'gone' ? 'conversation_gone' : 'overloaded';
  const failure = { class: kind, message: kind, resetAt: null } as const;
  return [{ kind: 'turn_ended', outcome: 'failed', failure }];
}
