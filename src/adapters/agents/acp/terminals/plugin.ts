import path from 'node:path';

/**
 * A plugin of opencode and its kin, for this session alone: it changes nothing, and appends to the file of the session's events what is
 * told to it and what it does.
 */
export function pluginOfEvents(dir: string): { path: string; text: string } {
  const lines = [
    "import { appendFileSync } from 'node:fs';",
    String(eventsFor),
    "const tell = (line) => appendFileSync(process.env.AO_EVENTS_FILE, line + '\\n');",
    'export const Events = async () => eventsFor(tell);',
  ];
  return { path: path.join(dir, 'events.mjs'), text: `${lines.join('\n')}\n` };
}

// The function below runs in the client: it is written out as text and knows nothing but its argument.

function eventsFor(write: (line: string) => void) {
  const tell = (event: string, more: object): void => {
    try {
      write(JSON.stringify({ event, at: Date.now(), ...more }));
    } catch {
      // what cannot be told is no reason to end a client
    }
  };
  const whole = new Set(['session.created', 'session.status', 'session.idle', 'session.error']);
  return {
    event: async ({ event: { type, properties } }: { event: { type: string; properties: object } }) => {
      const { info, part } = Object(properties);
      if (whole.has(type)) tell(type, properties);
      if (type === 'message.updated' && info.role === 'assistant' && info.finish !== undefined)
        tell(type, { sessionID: info.sessionID, finish: info.finish });
      // Those of a prompt have no end.
      if (type === 'message.part.updated' && part.type === 'text' && part.time?.end !== undefined)
        tell('text', { sessionID: part.sessionID, text: part.text });
    },
    'chat.message': async ({ sessionID }: { sessionID: string }, { parts }: { parts: object[] }) =>
      tell('prompt', { sessionID, parts }),
    'tool.execute.before': async (
      { sessionID, tool }: { sessionID: string; tool: string },
      { args }: { args: object },
    ) => tell('tool', { sessionID, tool, args }),
  };
}
