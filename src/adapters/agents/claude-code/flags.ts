import type { LaunchSpec } from '../../../ports/agent.ts';

/** What holds however claude is driven. */
export function commonFlags({ model, takesUp }: Pick<LaunchSpec, 'model' | 'takesUp'>): string[] {
  return [
    ...(model === null ? [] : ['--model', model]),
    ...(takesUp ? ['--resume', takesUp.conversation] : []),
  ];
}

export function environmentFor({ permissions }: Pick<LaunchSpec, 'permissions'>): Record<string, string> {
  return {
    // How often and how long to try again is our decision: its own ten retries are three silent minutes.
    CLAUDE_CODE_MAX_RETRIES: '3',
    DISABLE_AUTOUPDATER: '1',
    // Otherwise it refuses to work unasked as root; with yolo a person has said that it may.
    ...(permissions === 'yolo' ? { IS_SANDBOX: '1' } : {}),
  };
}
