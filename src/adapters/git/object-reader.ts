import { AoError } from '../../domain/errors.ts';
import { type HeldGit, holdGit } from '../../lib/held-git.ts';

export interface ObjectInfo {
  id: string;
  type: string;
  size: number;
}

export interface GitObject extends ObjectInfo {
  content: Buffer;
}

interface Question {
  what: 'info' | 'contents';
  answer(found: GitObject | null): void;
  fail(error: Error): void;
}

/** It is started again when it is asked again. */
const idleMs = 2000;
const lineEnd = 0x0a;

/**
 * Objects of one repository by their names, from a `git cat-file` that is held open: starting a process for each takes
 * many times as long as the answer. Questions may be asked at any time and are answered in their order.
 */
export class ObjectReader {
  readonly #gitDir: string;
  readonly #asked: Question[] = [];
  #held: { git: HeldGit; idle: NodeJS.Timeout } | null = null;
  #chunks: Buffer[] = [];
  #have = 0;
  /** Fewer bytes than this cannot be the next answer. */
  #need = 1;

  constructor(gitDir: string) {
    this.#gitDir = gitDir;
  }

  /** Null where there is no such object. */
  info(name: string): Promise<ObjectInfo | null> {
    return this.#ask('info', name);
  }

  read(name: string): Promise<GitObject | null> {
    return this.#ask('contents', name);
  }

  #ask(what: Question['what'], name: string): Promise<GitObject | null> {
    if (/[\s\0]/.test(name)) return Promise.resolve(null); // no name of an object, and maybe two questions
    return new Promise((answer, fail) => {
      const { git, idle } = this.#hold();
      if (this.#asked.length === 0) git.ref();
      this.#asked.push({ what, answer, fail });
      idle.refresh();
      git.stdin.write(`${what} ${name}\n`);
    });
  }

  #hold(): { git: HeldGit; idle: NodeJS.Timeout } {
    if (this.#held !== null) return this.#held;
    const git = holdGit(['cat-file', '--batch-command'], { gitDir: this.#gitDir });
    const idle = setTimeout(() => this.#letGo(git), idleMs).unref();
    const failed = (why: string) => this.#fail(git, why);
    git.stdin.on('error', (error) => failed(error.message));
    git.on('error', (error) => failed(error.message));
    git.on('close', () => failed('it ended'));
    git.stdout.on('data', (chunk: Buffer) => {
      if (this.#held?.git === git) this.#hear(chunk);
    });
    this.#held = { git, idle };
    return this.#held;
  }

  #letGo(git: HeldGit): void {
    if (this.#held?.git !== git) return;
    if (this.#asked.length > 0) return void this.#held.idle.refresh();
    this.#forget();
    git.stdin.end();
  }

  #fail(git: HeldGit, why: string): void {
    if (this.#held?.git !== git) return;
    this.#forget();
    const error = new AoError('failed', `git cat-file: ${why}`);
    for (const { fail } of this.#asked.splice(0)) fail(error);
  }

  #forget(): void {
    if (this.#held !== null) clearTimeout(this.#held.idle);
    this.#held = null;
    this.#chunks = [];
    this.#have = 0;
    this.#need = 1;
  }

  #hear(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#have += chunk.length;
    while (this.#asked.length > 0 && this.#have >= this.#need) {
      const bytes = Buffer.concat(this.#chunks);
      this.#chunks = [bytes];
      if (!this.#take(bytes)) return;
    }
  }

  /** Answers the first question where all of its answer is there. */
  #take(bytes: Buffer): boolean {
    const end = bytes.indexOf(lineEnd);
    this.#need = bytes.length + 1;
    if (end < 0) return false;
    const [id = '', type = '', size = ''] = bytes.toString('latin1', 0, end).split(' ');
    const found = /^\d+$/.test(size) ? { id, type, size: Number(size) } : null; // else: `<name> missing`
    const hasContent = found !== null && this.#asked[0]?.what === 'contents';
    const length = hasContent ? end + 1 + found.size + 1 : end + 1;
    if (bytes.length < length) {
      this.#need = length;
      return false;
    }
    this.#chunks = [bytes.subarray(length)];
    this.#have = bytes.length - length;
    this.#need = 1;
    const content = hasContent ? Buffer.from(bytes.subarray(end + 1, length - 1)) : Buffer.alloc(0);
    const question = this.#asked.shift();
    if (this.#asked.length === 0) this.#held?.git.unref();
    question?.answer(found === null ? null : { ...found, content });
    return true;
  }
}
