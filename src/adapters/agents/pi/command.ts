/** To our companion's question, or to that of an extension that the person has. */
export function answerTo(
  id: string,
  kind: 'ours' | 'confirm',
  { allow, reason }: { allow: boolean; reason: string },
): string {
  const answer = kind === 'ours' ? { value: allow ? 'allow' : `deny ${reason}` } : { confirmed: allow };
  return line({ type: 'extension_ui_response', id, ...answer });
}

/** pi's commands are JSON objects, a line each. */
export function line(command: object): string {
  return `${JSON.stringify(command)}\n`;
}
