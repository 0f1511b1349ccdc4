import type { RunContext } from './context.ts';
import { closeOutbox } from './outbox.ts';
import { recordVerdict, supersede } from './record-verdict.ts';
import { stopSession } from './stop-session.ts';
import { endSession } from './watch-session.ts';

/**
 * An attempt that cannot be brought to a verdict for a reason of ours (its work cannot be saved, say) ends as not
 * verifiable, or as superseded where its task was taken away. Its workspace stays where it is.
 */
export async function abandonAttempt(context: RunContext, attemptId: string, message: string): Promise<void> {
  const attempt = await context.store.get('attempt', attemptId);
  if (attempt === null || attempt.endedAt !== null) return;
  const task = await context.store.get('task', attempt.task);
  const session = await context.store.get('session', attempt.session);
  if (task === null || session === null) return;
  await stopSession(context, session, context); // also one whose start could not be written down
  await endSession(context, session, { outcome: 'failed', exitCode: null, reason: message }, null);
  await closeOutbox(context, session);
  if (task.state !== 'in_flight' || task.attempt !== attempt.number)
    return supersede(context, attempt, session, attempt.change);
  await recordVerdict(context, { task, attempt, session }, attempt.change, {
    status: 'not_verifiable',
    problems: [{ code: 'agent_failed', message }],
    tree: null,
    baseTree: null,
  });
}
