import { cleanText } from '../../lib/clean-text.ts';
import { maxLineLength } from '../../lib/line-buffer.ts';
import type { AgentFailure } from '../../domain/agent-facts.ts';
import type { Observation } from '../../ports/agent.ts';
import { type JsonObject, textAt } from './json-lines.ts';

/** Nobody says so many at once; the first and the last of more are told. */
const mostLines = 10_000;

/** What an agent wrote for people, line by line, with the claim that one of them may be. */
export function said(text: string): Observation[] {
  const lines = text.split('\n');
  if (lines.length > mostLines)
    lines.splice(mostLines / 2, lines.length - mostLines, `(${lines.length - mostLines} lines left out)`);
  return lines.flatMap((raw): Observation[] => {
    const line = cleanText(raw.slice(0, maxLineLength)).trimEnd().toWellFormed();
    if (line === '') return [];
    const seen: Observation = { kind: 'line', text: line };
    return line.includes('TASK COMPLETE') ? [seen, { kind: 'claim', text: line }] : [seen];
  });
}

/** Of a turn that ended well and held nothing: no agent means that. */
export const emptyAnswer: AgentFailure = {
  class: 'truncated',
  message: 'its answer was empty',
  resetAt: null,
};

/** For people, where an agent does not know the conversation that it was to take up. */
export const conversationGone = 'the conversation of before is gone: a new one begins';

const longestReason = 4096;

/** What is told apart by its words is looked through by patterns that take long for long texts: nobody reads so much of a reason. */
export const shortReason = (text: string): string =>
  text.length <= longestReason ? text : `${text.slice(0, longestReason - 1).toWellFormed()}…`;

const longestTitle = 200;

/** One line for a deed that has a name and, mostly, one thing that it is done with: `Bash: npm test`. */
export function deed(name: string, object: string): string {
  const line = cleanText(object === '' ? name : `${name}: ${object}`)
    .replace(/\s+/g, ' ')
    .trim()
    .toWellFormed();
  return line.length > longestTitle ? `${line.slice(0, longestTitle - 1)}…`.toWellFormed() : line;
}

/** The argument that says most, of whatever tool it is. */
const telling = ['command', 'file_path', 'path', 'pattern', 'url', 'query', 'description', 'prompt'];

/** One line for the use of a tool in Claude Code's form. */
export function toolDeed(name: string, input: JsonObject): string {
  const key = telling.find((known) => textAt(input, known) !== '');
  return deed(name || 'a tool', key === undefined ? '' : textAt(input, key));
}
