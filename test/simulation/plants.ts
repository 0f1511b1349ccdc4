import type { Plant } from './load-engine.ts';

/** Bugs as they are made: a check forgotten, an order turned round, one too many. The simulation has to find them. */
export const plants: Record<string, Plant> = {
  'after a crash an intent is forgotten': {
    file: 'engine/merge-queue.ts',
    find: '  await settleIntents(context);\n',
    replace: '',
  },
  'a landing that was refused counts as landed': {
    file: 'engine/land-batch.ts',
    find: "if (settled !== 'adopted' || (",
    replace: 'if (true || (',
  },
  'a batch lands on a head that it was not tested on': {
    file: 'engine/land-batch.ts',
    find: "run?.head === intent.base ? await advanceTarget(context, intent.commit) : 'adopted'",
    replace: 'await advanceTarget(context, intent.commit)',
  },
  'the target is moved from wherever it is': {
    file: 'engine/advance-target.ts',
    find: 'current === run.target\n      ? await target.advance(branch, run.target, commit)',
    replace: 'true\n      ? await target.advance(branch, current, commit)',
  },
  'tests of merged trees are kept when the head moves': {
    file: 'engine/merge-queue.ts',
    find: 'if (trials?.head === run.head) return trials;',
    replace: 'if (trials !== null) return trials;',
  },
  'a merged tree is not judged': {
    file: 'engine/trials.ts',
    find: "problems.length === 0 ? 'passed' : 'failed'",
    replace: "'passed'",
  },
  'a batch lands with one entry too many': {
    file: 'domain/merge-queue.ts',
    find: "kind: 'land', batch: line.slice(0, passing)",
    replace: "kind: 'land', batch: line.slice(0, passing + 1)",
  },
  'squashed commits are not stacked': {
    file: 'engine/stack-changes.ts',
    find: 'parents: [top], message, author, committer',
    replace: 'parents: [head], message, author, committer',
  },
  'a finding that still fails counts as fixed': {
    file: 'domain/verdict.ts',
    find: '    ...judgeTargets(wanted, comparison, files),\n',
    replace: '',
  },
  'what a change breaks is not held against it': {
    file: 'domain/verdict.ts',
    find: '    ...regressions(comparison),\n',
    replace: '',
  },
  'tests may be lost': {
    file: 'domain/verdict.ts',
    find: '    ...lostTests(comparison, targets),\n',
    replace: '',
  },
  'no rule protects tests': {
    file: 'domain/policy/index.ts',
    find: '  protectedFiles,\n  weakenedTests,\n',
    replace: '',
  },
  'an agent is started again after a crash': {
    file: 'engine/continue-attempt.ts',
    find: 'if (await wasStarted(rows.session)) {',
    replace: 'if (rows === null) {',
  },
  'the end of an agent that was asked to end is not waited for': {
    file: 'engine/watch-session.ts',
    find: 'await runtime.stop(handle, GRACE_MS);',
    replace: '',
  },
  'an agent has no time limit': {
    file: 'engine/watch-session.ts',
    find: 'Math.max(0, options.attemptTimeoutMs - spent)',
    replace: 'options.attemptTimeoutMs + 1e12',
  },
  'unsaved workspaces are removed': {
    file: 'engine/remove-workspaces.ts',
    find: 'attempt.change === null || ',
    replace: '',
  },
  'one wish is carried out twice': {
    file: 'engine/jobs.ts',
    find: 'if (this.#running.has(key)) return;',
    replace: '',
  },
  'an attempt begins on a head that nobody checked': {
    file: 'engine/claim-task.ts',
    find: 'if (run.adopted !== null || (await knownResult(context, run.head)) === null) return false;',
    replace: '',
  },
  'a task may be tried once too often': {
    file: 'domain/retry.ts',
    find: 'spent.attempt < spent.attemptsAllowed',
    replace: 'spent.attempt <= spent.attemptsAllowed',
  },
  'a stop gives back more attempts than it took': {
    file: 'engine/record-verdict.ts',
    find: 'attemptsAllowed: task.attemptsAllowed + 1',
    replace: 'attemptsAllowed: task.attemptsAllowed + 2',
  },
  'a change is queued for a task that was taken away': {
    file: 'engine/record-verdict.ts',
    find: '[guard, ...writes]',
    replace: 'writes',
  },
  'a cancelled task keeps its place in the queue': {
    file: 'engine/answer-task.ts',
    find: ', patch }, ...withdrawals(landings)]',
    replace: ', patch }]',
  },
  'a task can be cancelled while it lands': {
    file: 'engine/answer-task.ts',
    find: "if (landing || task.state === 'done'",
    replace: "if (task.state === 'done'",
  },
  'a task that is closed keeps its place in the queue': {
    file: 'engine/close-task.ts',
    find: '[move, ...withdrawals(landings)]',
    replace: '[move]',
  },
  'a state changes without an event': {
    file: 'engine/apply-transition.ts',
    find: '[...moves.map(toEvent), ...events]',
    replace: 'events',
  },
  'a refused landing is rejected for good': {
    file: 'domain/lifecycles/landing.ts',
    find: "refuse: 'queued'",
    replace: "refuse: 'rejected'",
  },
  'a stopped run ends before its agents': {
    file: 'domain/next-step.ts',
    find: 'if (steps.length > 0) return steps;\n  return [{ kind',
    replace: 'return [{ kind',
  },
  'a run ends although a person has just answered': {
    file: 'engine/finish-run.ts',
    find: 'end.tasks.map(unchanged)',
    replace: '[]',
  },
  'one round too many': {
    file: 'domain/next-step.ts',
    find: 'run.round < run.options.maxRounds',
    replace: 'run.round <= run.options.maxRounds',
  },
  'findings that have a task get another one': {
    file: 'domain/next-step.ts',
    find: "if (task.state === 'done') continue;",
    replace: 'continue;',
  },
  'a full disk is counted against what it stops': {
    file: 'engine/run-loop.ts',
    find: 'if (trouble !== null || isProvenDiskFault(error, this.context.layout.home))',
    replace: 'if (false)',
  },
  'a workspace that a full disk did not take is a setup that failed': {
    file: 'engine/continue-attempt.ts',
    find: ' || isOfTheDisk(context, error)) throw error',
    replace: ') throw error',
  },
  'a head that a full disk did not take ends the run': {
    file: 'engine/check-head.ts',
    find: ' || isOfTheDisk(context, error)) throw error',
    replace: ') throw error',
  },
  'the time limit of an agent counts by the wall clock': {
    file: 'engine/watch-session.ts',
    find: 'clock.monotonic() - startedMonotonic',
    replace: 'clock.now() - startedMonotonic',
  },
  'a session that is starting takes no place': {
    file: 'engine/snapshot.ts',
    find: "sessions.filter(({ state }) => state !== 'ended')",
    replace: "sessions.filter(({ state }) => state === 'running')",
  },
  "what stands in an agent's input is written once more": {
    file: 'engine/talk.ts',
    find: '      if (this.#wasWritten(line)) return;\n',
    replace: '',
  },
  'a line is written behind a torn one': {
    file: 'engine/talk.ts',
    find: 'return line.startsWith(torn) ? line.slice(torn.length) : `\\n${line}`;',
    replace: 'return line;',
  },
  'an old turn that ended settles an interruption that was never written': {
    file: 'engine/outbox.ts',
    find: "(content.kind !== 'interrupt' || wasWritten(JSON.stringify(id)))",
    replace: 'id !== content.kind',
  },
  'the task is told again after a crash': {
    file: 'engine/outbox.ts',
    find: '  if ((await openMessages(outbox, session)).length > 0) return;\n',
    replace: '',
  },
  'something is said into a session that has just ended': {
    file: 'engine/speak.ts',
    find: '[isThere, ...inserts]',
    replace: 'inserts',
  },
  'what is owed to an ended agent stays open after a crash': {
    file: 'engine/continue-attempt.ts',
    find: '  await closeOutbox(context, rows.session);\n  if (rows.session.handle',
    replace: '  if (rows.session.handle',
  },
  'a question may be answered while its answer is on the way': {
    file: 'engine/speak.ts',
    find: "content.kind === 'answer' && content.request === first.id",
    replace: 'false',
  },
  'what is sent while the outbox is closed stays open': {
    file: 'engine/outbox.ts',
    find: '    open = await openMessages(outbox, session);\n',
    replace: '    open = [];\n',
  },
  'two people may answer one question at once': {
    file: 'engine/speak.ts',
    find: 'voice.answering.run(session.id, async () =>',
    replace: 'Promise.resolve().then(async () =>',
  },
  'an attempt that took up a conversation is given back, whatever it did': {
    file: 'engine/continue-attempt.ts',
    find: "Boolean(takesUp) && failure?.class === 'conversation_gone'",
    replace: 'Boolean(takesUp)',
  },
  'a conversation is taken up in a directory that it does not know': {
    file: 'engine/take-up.ts',
    find: 'return { takesUp, path: held.workspace.path };',
    replace: 'return { takesUp, path: null };',
  },
  'a directory is made anew whose work is saved nowhere': {
    file: 'engine/take-up.ts',
    find: ' || last?.change === null',
    replace: '',
  },
  'a person may take away a task whose change begins to land': {
    file: 'engine/create-engine.ts',
    find: 'this.#parts.loops.alone(task.run, () => answerTask(this.#world, task, answer))',
    replace: 'answerTask(this.#world, task, answer)',
  },
};
