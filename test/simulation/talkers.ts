import type { Deed, Stage } from './stage.ts';
import { POLITE, talking } from './talk-rules.ts';

/** What people do in worlds whose agents are talked to. */
export const words: Record<string, Deed> = {
  'a person allows what an agent asks': (stage) => permit(stage, true),
  'a person denies what an agent asks': (stage) => permit(stage, false),
  'a person tells an agent something': (stage) => say(stage, false),
  'a person interrupts an agent': (stage) => say(stage, true),
  'an agent is killed as people speak': (stage) => {
    const { scheduler, machine, rules } = stage;
    const session = scheduler.random.oneOf(talking(rules))?.id;
    const process = session === undefined ? undefined : machine.processOf(session);
    if (session === undefined || process === undefined) return;
    machine.end(process, { state: 'exited', code: null, signal: 'SIGKILL' });
    const speaking = Array.from({ length: 6 }, (_, index): Promise<unknown> => {
      const { promise, resolve } = Promise.withResolvers<unknown>();
      const speak = (): void => resolve(stage.engine()?.send(session, `${POLITE}${index}`, false));
      scheduler.after(scheduler.random.between(0, 25), speak);
      return promise;
    });
    return Promise.all(speaking);
  },
};

/** In these moments of a conversation it is worst when something comes between. */
export const turningPoints: Record<string, readonly string[][]> = {
  'session.ask': [
    ['a person allows what an agent asks', 'a person denies what an agent asks'],
    ['a person allows what an agent asks', 'the daemon is killed'],
    ['a person interrupts an agent', 'a person allows what an agent asks'],
    ['a person interrupts an agent'],
  ],
  'message.queued': [['the daemon is killed'], ['an agent is killed'], ['a person tells an agent something']],
  'message.send': [['the daemon is killed'], ['an agent is killed'], ['a person interrupts an agent']],
  'message.receive': [['an agent is killed as people speak'], ['a person tells an agent something']],
  'session.started': [['a person tells an agent something'], ['the daemon is killed']],
  'session.end': [['the daemon is killed'], ['a person tells an agent something']],
};

function permit(stage: Stage, allow: boolean): Promise<unknown> | void {
  const session = stage.scheduler.random.oneOf(talking(stage.rules));
  if (session !== null) return stage.engine()?.permit(session.id, { request: null, allow, reason: '' });
}

function say(stage: Stage, interrupt: boolean): Promise<unknown> | void {
  const { random } = stage.scheduler;
  const session = random.oneOf(talking(stage.rules));
  if (session !== null) return stage.engine()?.send(session.id, `${POLITE}${random.hex(4)}`, interrupt);
}
