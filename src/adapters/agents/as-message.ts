/**
 * What to type so that it is taken for a message: what would be a command is quoted, and a word that would open a list of things to insert is
 * ended, or Enter would choose from that list.
 */
export function asMessage(text: string): string {
  const quoted = /^\s*[/!#@?$]/.test(text) ? `> ${text}` : text;
  return /(?:^|\s)[@$]\S*$/.test(quoted) ? `${quoted} ` : quoted;
}
