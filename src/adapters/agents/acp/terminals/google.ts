import type { Form, Latest, Told } from './witness.ts';

/** Google's own form, as Gemini CLI asks in it. */
export const googleForm: Form = { latestOf: latestOfGoogle, answerIn: answerInGoogle };

interface Part {
  text?: string;
  thought?: boolean;
  functionResponse?: object;
  functionCall?: { name?: string; args?: unknown };
}

/** Others search, make titles, or work for another agent; before what is said first stands where the client is. */
function latestOfGoogle(url: string, body: string): Latest | null {
  if (!/:streamGenerateContent(?:\?|$)/.test(url) || !body.includes('"functionDeclarations"')) return null;
  if (/"name":\s*"complete_task"/.test(body)) return null;
  const { contents }: { contents: { role: string; parts: Part[] }[] } = JSON.parse(body);
  const { role, parts } = contents.at(-1) ?? { role: '', parts: [] };
  const isPrompt = role === 'user' && parts.every(({ functionResponse }) => functionResponse === undefined);
  const texts = parts.map(({ text = '' }) => text).filter((text) => !text.startsWith('<session_context>'));
  return { length: contents.length, said: isPrompt ? texts.join('\n') : null, conversation: '' };
}

function answerInGoogle(pieces: readonly unknown[]): Told {
  const candidates = pieces.map((piece) => Object(Object(piece).candidates?.[0]));
  const end: string = candidates.findLast(({ finishReason }) => finishReason)?.finishReason ?? '';
  const parts: Part[] = candidates.flatMap(({ content }) => Object(content).parts ?? []);
  return {
    words: parts.map(({ text = '', thought }) => (thought === true ? '' : text)).join(''),
    calls: parts.flatMap(({ functionCall: call }) =>
      call === undefined ? [] : [{ name: call.name ?? '', input: call.args ?? {} }],
    ),
    end,
    isWhole: end === 'STOP',
  };
}
