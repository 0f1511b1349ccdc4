import type { ScreenReading } from '../domain/screen-reading.ts';
import type { Observation } from '../domain/agent-facts.ts';
import type { Launch, LaunchSpec } from './launch.ts';

/** What programs of a session append to, to be heard by us. `dir` is the session's private directory. */
export const eventsFile = (dir: string): string => `${dir}/events.jsonl`;

export interface MoreOfScreen {
  /** The rows with blanks where something is drawn faintly, as hints are. */
  bright: readonly string[];
  /** As the program set it. */
  title: string;
  /** What the program last said of its own state with OSC 7501: `state=working:app=codex`. */
  declared: string;
}

/**
 * An entry of ours in a file of the person's account, about one workspace alone, where the agent's CLI takes no flag for it. Texts are whole
 * files; null: there is none, or none is to stay. Throws a SyntaxError where the file is not what it should be.
 */
export interface AccountEntry {
  /** Absolute path. */
  file: string;
  isThere(text: string | null): boolean;
  add(text: string | null): string;
  remove(text: string): string | null;
}

/**
 * An agent with its own user interface, in a terminal that a person may enter. Pure, like `Agent`: what its hooks tell and what its screen shows
 * are told to us, keys and pastes are ours. It ends when it is ended.
 */
export interface TerminalAgent<State = unknown> {
  /** Its hooks tell when a turn begins and how it ended, but for interruptions; otherwise the screen alone tells. */
  readonly hooks: boolean;
  /** The task is the first message that is typed; left out: an argument of its program. */
  readonly typesTask?: true;
  /** Keys that interrupt its turn. */
  readonly interrupt: readonly string[];
  launch(spec: LaunchSpec): Launch;
  accountEntries(spec: Pick<LaunchSpec, 'workspace' | 'environment'>): readonly AccountEntry[];
  begin(): State;
  /** Of what was appended to `eventsFile`, in any pieces; never throws. */
  interpret(bytes: string, state: State): { state: State; observations: Observation[] };
  /** Rows from top to bottom; never throws. */
  readScreen(rows: readonly string[], more: MoreOfScreen): ScreenReading;
  /** Interrupted in that state, it forgot what it was told last, and did not put it back into its input line. Left out where it never does. */
  forgets?(state: State): boolean;
  /** What to paste so that it is taken for a message, whatever it begins with. */
  typed(text: string): string;
}
