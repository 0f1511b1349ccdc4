import { AoError } from '../../src/domain/errors.ts';
import type { RuntimeHandle } from '../../src/domain/task.ts';
import type { Finding } from '../../src/domain/finding.ts';
import type { Liveness, StartSpec } from '../../src/ports/runtime.ts';
import { type Edit, type Plan, planOf } from './agents.ts';
import { Conversation } from './conversation.ts';
import { Memories } from './memories.ts';
import type { Life, Scheduler } from './scheduler.ts';

/** A directory with a tree in it: a workspace or a checkout. */
export interface Directory {
  files: Map<string, string>;
  /** Commit that a workspace started from. */
  start: string | null;
  /** What of it is safe in the hub, as it was then. */
  saved: string | null;
}

interface Waiter {
  life: Life;
  resolve(): void;
}

export interface Process {
  mark: string;
  workspace: string;
  liveness: Liveness;
  /** File that holds what it printed. */
  log: string;
  output: string;
  /** Of an agent that is talked to. */
  conversation: Conversation | null;
  /** Who waits for its next output, or its end. */
  waiters: Set<Waiter>;
}

/** Disk and processes of a simulated machine. Both outlive the daemon; processes do not outlive the machine. */
export class Machine {
  readonly directories = new Map<string, Directory>();
  readonly texts = new Map<string, string>();
  readonly processes = new Map<string, Process>();
  readonly memories: Memories;
  readonly #scheduler: Scheduler;
  #names = 0;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
    this.memories = new Memories(scheduler);
  }

  freshName(prefix: string): string {
    this.#names += 1;
    return `${prefix}${this.#names}`;
  }

  contents(path: string): string {
    return JSON.stringify([...(this.directories.get(path)?.files ?? [])].toSorted());
  }

  remove(path: string): void {
    for (const known of [this.directories, this.texts]) {
      for (const name of known.keys()) if (name === path || name.startsWith(`${path}/`)) known.delete(name);
    }
  }

  living(): Process[] {
    return [...this.processes.values()].filter(({ liveness }) => liveness.state === 'running');
  }

  processOf(session: string): Process | undefined {
    return [...this.processes.values()].find(({ mark }) => mark.endsWith(`:${session}`));
  }

  /** The power fails: what ran is gone without a status. */
  reboot(): void {
    for (const process of this.living()) this.end(process, { state: 'gone' });
  }

  start(spec: StartSpec): RuntimeHandle {
    const pid = this.processes.size + 1;
    if (this.processes.has(spec.mark)) this.#scheduler.violate(`an agent is started twice: ${spec.mark}`);
    const process: Process = {
      mark: spec.mark,
      workspace: spec.cwd,
      liveness: { state: 'running' },
      log: `${spec.dir}/output.log`,
      output: '',
      conversation: null,
      waiters: new Set(),
    };
    this.processes.set(spec.mark, process);
    this.texts.set(process.log, '');
    const findings: Finding[] = JSON.parse(this.texts.get(spec.env['AO_FINDINGS_FILE'] ?? '') ?? '[]');
    const plan = planOf(this.#scheduler.random, findings);
    this.#scheduler.note(`agent ${spec.mark.split(':').at(-1)} starts; it ${plan.name}`);
    if (spec.input === null) {
      const remembered = this.memories.open(spec.argv[1] ?? null, spec.cwd);
      process.conversation = this.#converse(process, plan, remembered);
    }
    if (spec.input !== null) this.#play(process, plan, 0);
    return { runtime: 'simulated', pid, startTime: `boot:${pid}`, dir: spec.dir, mark: spec.mark };
  }

  end(process: Process, how: Liveness): void {
    if (process.liveness.state !== 'running') return;
    process.liveness = how;
    this.#scheduler.note(
      `agent ${process.mark.split(':').at(-1)} ends: ${how.state === 'exited' ? (how.code ?? how.signal) : how.state}`,
    );
    this.#wake(process);
  }

  /** What is written to an agent: whole, unless the disk or the death of its writer is in the way. */
  write(process: Process | undefined, text: string, writerIsDead: boolean): void {
    const conversation = process?.conversation ?? null;
    if (conversation === null || process?.liveness.state !== 'running' || conversation.inputEnded)
      throw new AoError('conflict', 'nobody reads any more');
    const { elements, elapsed, random } = this.#scheduler;
    const isWhole = !writerIsDead && !elements.refuses('files', elapsed);
    conversation.take(isWhole ? text : text.slice(0, random.between(0, text.length)));
    this.#scheduler.write('files', () => {});
  }

  #converse(process: Process, plan: Plan, remembered: string | null): Conversation {
    const body = {
      isAlive: () => process.liveness.state === 'running',
      print: (line: string) => this.#print(process, `${line}\n`),
      edit: (edit: Edit) => this.#edit(process, edit),
      exit: (code: number) => this.end(process, { state: 'exited', code, signal: null }),
    };
    return new Conversation(this.#scheduler, body, { ...plan, remembered });
  }

  #print(process: Process, text: string): void {
    process.output += text;
    this.texts.set(process.log, process.output);
    this.#wake(process);
  }

  #wake({ waiters }: Process): void {
    for (const waiter of waiters) this.#scheduler.timer(waiter.life, 0, () => waiter.resolve());
    waiters.clear();
  }

  #edit(process: Process, edit: Edit): void {
    const directory = this.directories.get(process.workspace);
    if (directory === undefined)
      this.#scheduler.violate(`the workspace of a living agent is gone: ${process.workspace}`);
    edit(directory.files);
  }

  #play(process: Process, plan: Plan, next: number): void {
    const { random } = this.#scheduler;
    const pause = random.pick([10, 500, 5_000]) + random.between(0, 1_000);
    this.#scheduler.after(pause, () => {
      if (process.liveness.state !== 'running') return;
      const edit = plan.edits[next];
      if (edit !== undefined) {
        this.#edit(process, edit);
        return this.#play(process, plan, next + 1);
      }
      this.#print(process, plan.says);
      if (plan.exitCode !== null) this.end(process, { state: 'exited', code: plan.exitCode, signal: null });
    });
  }
}
