import { type ProgramResult, runProgram } from '../../src/lib/subprocess.ts';
import { asOf } from './projects.ts';

/** What a person's shell would have, and no more of ours. */
export function plainEnvironment(): Record<string, string> {
  const { PATH = '/usr/bin:/bin', HOME = '/' } = process.env;
  // Python takes a module of the same second and size for unchanged, which a mistake in it may well be.
  return { PYTHONDONTWRITEBYTECODE: '1', PATH, HOME, LANG: 'C.UTF-8', CI: 'true', npm_config_before: asOf };
}

export function run(argv: readonly string[], cwd: string, timeoutMs = 300_000): Promise<ProgramResult> {
  return runProgram({ argv, cwd, env: plainEnvironment(), maxBytes: 8 << 20, timeoutMs });
}

export async function mustRun(argv: readonly string[], cwd: string): Promise<ProgramResult> {
  const result = await run(argv, cwd);
  if (result.exitCode === 0) return result;
  throw new Error(`${argv.join(' ')} ended with ${result.exitCode}:\n${result.combined.slice(-4000)}`);
}
