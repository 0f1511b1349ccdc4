import { describeKills, type Kill } from './kill.ts';
import { killInTurn } from './kill-chain.ts';
import { copyVersion, type Plant } from './version.ts';

/** A bug, where it shows, and what has to be said of it: else the rules could not be trusted when they hold. */
export interface Control extends Plant {
  name: string;
  /** A death that comes in the bug's way, and how many calls the way is long. */
  kill: Kill;
  width: number;
  breaks: RegExp;
}

export const controls: Control[] = [
  {
    name: 'the target moves before anything says that it is about to',
    file: 'engine/land-batch.ts',
    find: '  if (await context.rowLock.use(() =>',
    replace:
      '  const settled = await advanceTarget(context, stack.tip);\n' +
      "  if (settled === 'adopted') return settled;\n" +
      '  if (await context.rowLock.use(() =>',
    kill: { call: 'pwrite64', at: 518 },
    width: 8,
    breaks: /did not end green|are not what the tasks landed/,
  },
  {
    name: 'an agent is started again after a crash',
    file: 'engine/continue-attempt.ts',
    find: 'if (await wasStarted(rows.session)) {',
    replace: 'if (rows === null) {',
    kill: { call: 'pwrite64', at: 256 },
    width: 16,
    breaks: /an attempt started twice/,
  },
  {
    name: 'what a dead daemon left of a workspace stays in the way',
    file: 'engine/continue-attempt.ts',
    find: '    await clearHalfMade(context, rows.session);\n',
    replace: '',
    kill: { call: 'clone', at: 25 },
    width: 2,
    breaks: /a kill cost an attempt/,
  },
  {
    name: 'checkouts of a dead daemon are left lying',
    file: 'engine/create-engine.ts',
    find: '  await sweepCheckouts(world);\n',
    replace: '',
    kill: { call: 'clone', at: 18 },
    width: 2,
    breaks: /leaked checkout/,
  },
];

const tries = 12;

/**
 * What a rule says of the bug: the planted version dies where it is known to show, then beside that. Null where no rule says
 * anything: after a change of the code there may be other calls to die at.
 */
export async function breakRules(control: Control): Promise<string | null> {
  const version = copyVersion(control);
  try {
    for (let tried = 0; tried < tries; tried += 1) {
      const aside = Math.ceil(tried / 2) * (tried % 2 === 0 ? -1 : 1);
      const kill = { ...control.kill, at: Math.max(1, control.kill.at + aside * control.width) };
      const { violations } = await killInTurn(version, [kill]);
      const broken = violations.find((violation) => control.breaks.test(violation));
      if (broken !== undefined) return `--at ${describeKills([kill])}: ${broken}`;
    }
  } finally {
    version.remove();
  }
  return null;
}
