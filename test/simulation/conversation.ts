import type { Edit, Plan } from './agents.ts';
import type { Scheduler } from './scheduler.ts';

/** What an agent that talks can do in its world. */
export interface Body {
  isAlive(): boolean;
  print(line: string): void;
  edit(edit: Edit): void;
  exit(code: number): void;
}

/** What it is going to do, and the name of what it remembers; null where it was to take up a conversation that is gone. */
interface Mind extends Plan {
  remembered: string | null;
}

interface Turn {
  /** What is still to be done; null in the place of a ping. */
  left: (Edit | null)[];
  /** The question that holds it up, and what waits for the answer. */
  asked: { request: string; edit: Edit } | null;
}

/** The other side of `talkative`: what an agent makes of what is written to it, by a plan. */
export class Conversation {
  /** Everything that ever stood in a whole line written to it: ids of messages, questions, replies. */
  readonly told = new Set<string>();
  /** Messages that it has said to have. */
  readonly shown = new Set<string>();
  readonly #scheduler: Scheduler;
  readonly #body: Body;
  readonly #plan: Mind;
  #input = '';
  #checked = 0;
  #read = 0;
  #inputEnded = false;
  #turn: Turn | null = null;
  readonly #queue: string[] = [];
  #first = true;
  #questions = 0;

  constructor(scheduler: Scheduler, body: Body, plan: Mind) {
    this.#scheduler = scheduler;
    this.#body = body;
    this.#plan = plan;
  }

  get input(): string {
    return this.#input;
  }

  get inputEnded(): boolean {
    return this.#inputEnded;
  }

  /** Bytes arrive, whole lines or not. It reads them some time later. */
  take(text: string): void {
    this.#input += text;
    const whole = this.#input.lastIndexOf('\n') + 1;
    for (const line of this.#input.slice(this.#checked, whole).split('\n')) {
      if (/.\{".*\}$/.test(line))
        this.#scheduler.violate(`an agent is told a line behind a torn one: ${line}`);
      const key = keyOf(line);
      if (key !== null && this.told.has(key)) this.#scheduler.violate(`an agent is told twice: ${key}`);
      if (key !== null) this.told.add(key);
    }
    this.#checked = Math.max(this.#checked, whole);
    this.#later([0, 5, 500], () => this.#readOn());
  }

  end(): void {
    this.#inputEnded = true;
    this.#later([0, 5, 500], () => this.#rest());
  }

  #later(pauses: [number, ...number[]], then: () => void): void {
    this.#scheduler.after(this.#scheduler.random.pick(pauses), () => {
      if (this.#body.isAlive()) then();
    });
  }

  #readOn(): void {
    const whole = this.#input.lastIndexOf('\n') + 1;
    const lines = this.#input.slice(this.#read, whole).split('\n');
    this.#read = Math.max(this.#read, whole);
    for (const line of lines) if (this.#body.isAlive()) this.#hear(line);
  }

  #hear(line: string): void {
    const told = parsed(line);
    if (typeof told?.['tell'] === 'string') this.#hearMessage(told['tell']);
    if (typeof told?.['interrupt'] === 'string' && this.#turn !== null) this.#over('interrupted');
    const turn = this.#turn;
    if (turn?.asked && told?.['answer'] === turn.asked.request) {
      this.#body.print(`settled ${turn.asked.request}`);
      if (told['allow'] === true) this.#body.edit(turn.asked.edit);
      turn.asked = null;
      this.#work(turn);
    }
  }

  #hearMessage(id: string): void {
    const { random } = this.#scheduler;
    if (this.#plan.remembered === null) {
      this.#body.print('over gone');
      return this.#body.exit(1);
    }
    if (!this.#first && random.chance(0.1)) return this.#body.print(`refuses ${id}`);
    if (this.#turn === null) return this.#begin(id);
    if (random.chance(0.5))
      this.#acknowledge(id); // it takes it into its turn
    else this.#queue.push(id);
  }

  #acknowledge(id: string): void {
    this.shown.add(id);
    this.#body.print(`has ${id}`);
  }

  #begin(id: string): void {
    const { random } = this.#scheduler;
    const ping = random.chance(0.3) ? [null] : [];
    const turn: Turn = { left: [...ping, ...(this.#first ? this.#plan.edits : [])], asked: null };
    if (this.#first) this.#body.print(`conversation ${this.#plan.remembered}`);
    this.#first = false;
    this.#turn = turn;
    const order = random.chance(0.5);
    if (order) this.#acknowledge(id);
    this.#body.print('turn');
    if (!order) this.#acknowledge(id);
    this.#work(turn);
  }

  #work(turn: Turn): void {
    this.#later([10, 500, 3_000], () => {
      if (this.#turn !== turn || turn.asked !== null) return;
      const next = turn.left.shift();
      if (next === undefined) return this.#finish();
      this.#questions += 1;
      if (next === null) {
        this.#body.print(`ping ${this.#questions}`);
      } else if (this.#scheduler.random.chance(0.3)) {
        turn.asked = { request: `q${this.#questions}`, edit: next };
        return this.#body.print(`asks q${this.#questions}`);
      } else {
        this.#body.edit(next);
      }
      this.#work(turn);
    });
  }

  #finish(): void {
    const { exitCode, says } = this.#plan;
    if (exitCode === null) return; // it hangs
    if (exitCode !== 0 && this.#scheduler.random.chance(0.5)) return this.#body.exit(exitCode);
    for (const line of says.split('\n')) if (line !== '') this.#body.print(line);
    this.#over(exitCode === 0 ? 'completed' : 'failed');
  }

  #over(how: 'completed' | 'interrupted' | 'failed'): void {
    this.#turn = null;
    this.#body.print(`over ${how}`);
    const next = this.#queue.shift();
    if (next !== undefined) this.#begin(next);
    else this.#rest();
  }

  /** Ends where nothing more can come. */
  #rest(): void {
    this.#readOn();
    if (this.#inputEnded && this.#turn === null && this.#body.isAlive()) this.#body.exit(0);
  }
}

function parsed(line: string): Record<string, unknown> | null {
  if (!/^\{.*\}$/.test(line)) return null; // also a line that was cut off
  return JSON.parse(line) as Record<string, unknown>;
}

/** By what a line is known when it comes once more; null where it is the torn rest of one. */
function keyOf(line: string): string | null {
  const told = parsed(line);
  const key = told === null ? line : (told['tell'] ?? told['interrupt'] ?? told['answer']);
  return told !== null || /^(hello|pong \d+)\.$/.test(line) ? String(key) : null;
}
