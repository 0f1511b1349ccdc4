export interface PaneProgram {
  argv: readonly string[];
  /** The whole environment: nothing of tmux's is added. */
  env: Readonly<Record<string, string>>;
  cwd: string;
}

/** Shell text that becomes that program: every value is one quoted word, whatever it holds. */
export function launchText({ argv, env, cwd }: PaneProgram): string {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const words = ['/usr/bin/env', '-i', ...variables, ...argv];
  return `cd -- ${quoted(cwd)} && exec ${words.map(quoted).join(' ')}\n`;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
