import { AoError, exitCode } from '../../api/contract/errors.ts';
import { cleanText } from '../../lib/clean-text.ts';
import { paint } from './style.ts';

/**
 * Says what went wrong and sets the exit code. People read it on stderr; with `--json` it is also the one document on
 * stdout: `{"error":{code,message,hint}}`. Of a bug the stack is shown too, because somebody has to find it. What it quotes
 * (names, output) may hold what terminals obey: people get it without.
 */
export async function failWith(error: unknown, json: boolean): Promise<void> {
  const known = error instanceof AoError ? error : bug(error);
  const { code, message, hint } = known;
  if (json) process.stdout.write(`${JSON.stringify({ error: { code, message, hint } })}\n`);
  process.stderr.write(`${paint('red', 'ao:', process.stderr)} ${cleanText(message)}\n`);
  if (hint !== null) process.stderr.write(`    ${cleanText(hint)}\n`);
  if (known !== error && error instanceof Error) process.stderr.write(`${cleanText(error.stack ?? '')}\n`);
  process.exitCode = exitCode[code];
}

function bug(error: unknown): AoError {
  const message = error instanceof Error ? error.message : String(error);
  return new AoError(
    'failed',
    `internal error: ${message}`,
    'This is a bug of ao; please report it with the lines below.',
  );
}

/**
 * `ao … | head` ends quietly when head has seen enough. Where stdout cannot be written (a full disk), the document is not
 * whole and the exit code says so; where only the remarks on stderr are lost, nothing that was asked for is.
 */
export function tolerateFailingStreams(): void {
  const endQuietly = (error: NodeJS.ErrnoException): void => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
  };
  process.stderr.on('error', endQuietly);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    endQuietly(error);
    process.stderr.write(`${paint('red', 'ao:', process.stderr)} standard output: ${error.message}\n`);
    process.exit(exitCode.failed);
  });
}
