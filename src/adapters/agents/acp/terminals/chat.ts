import type { Form, Latest, Told } from './witness.ts';

/** Chat completions, as OpenAI made them and many took them over. */
export const chatForm: Form = { latestOf: latestOfChat, answerIn: answerInChat };

interface Message {
  role: string;
  content: string | { text?: string }[];
}

/**
 * Without what the client reminds its model of. Others make titles, or work for another agent, and cannot start one; or they make room in the
 * conversation, of which the answer is no end of the work.
 */
function latestOfChat(url: string, body: string): Latest | null {
  if (!/\/chat\/completions(?:\?|$)/.test(url) || !/"name":\s*"Agent"/.test(body)) return null;
  const asked: { messages: Message[]; prompt_cache_key?: string } = JSON.parse(body);
  const { messages, prompt_cache_key: conversation = '' } = asked;
  const latest = messages.slice(messages.findLastIndex(({ role }) => role !== 'user') + 1);
  const texts = latest
    .map(({ content }) =>
      typeof content === 'string' ? content : content.map(({ text = '' }) => text).join('\n'),
    )
    .filter((text) => !text.startsWith('<system-reminder>'));
  if (texts.at(-1)?.includes('This message is a direct task, not part of the above conversation') === true)
    return null;
  return { length: messages.length, said: texts.length > 0 ? texts.join('\n') : null, conversation };
}

/** A call comes in parts, which say to which one they belong. */
function answerInChat(pieces: readonly unknown[]): Told {
  const choices = pieces.map((piece) => Object(Object(piece).choices?.[0]));
  const end: string = choices.findLast((choice) => choice.finish_reason)?.finish_reason ?? '';
  const deltas = choices.map(({ delta }) => Object(delta));
  const calls = new Map<number, { name: string; text: string }>();
  for (const { index, function: part } of deltas.flatMap((delta) => delta.tool_calls ?? [])) {
    const { name, text } = calls.get(index) ?? { name: '', text: '' };
    calls.set(index, { name: name + (part.name ?? ''), text: text + (part.arguments ?? '') });
  }
  const inputOf = (text: string): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      return {}; // cut off
    }
  };
  return {
    words: deltas.map(({ content }) => content ?? '').join(''),
    calls: [...calls.values()].map(({ name, text }) => ({ name, input: inputOf(text) })),
    end,
    isWhole: end === 'stop',
  };
}
