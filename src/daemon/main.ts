/**
 * The daemon's program: one per data directory. The lock comes first and alone, because of many started at once all but
 * one end here; then all code is loaded, before the first request, so that an upgrade of the files breaks nothing.
 */
import { logBytes } from '../api/client/start-daemon.ts';
import { homePaths } from '../lib/ao-home.ts';
import { openLog } from '../lib/log-file.ts';
import { announcer, failure } from './announce.ts';
import { takeLock } from './lock.ts';

process.umask(0o077);
const announce = announcer(process.argv.slice(2));
const paths = homePaths(process.env);
const log = openLog(paths.log, logBytes);

// Both lead to the log, which a full disk does not take; that must not end the daemon.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

process.on('uncaughtException', (error) => {
  log('daemon.crashed', { pid: process.pid, error });
  announce(failure(error, paths.home));
  process.exit(1); // agents go on; the next command starts a daemon that finds them again
});

try {
  const lock = takeLock(paths.lock);
  if (lock !== null) {
    const { serve } = await import('./serve.ts');
    await serve({ paths, log, lock });
  }
  announce({ state: lock === null ? 'held' : 'ready' });
} catch (error) {
  log('daemon.cannot_start', { pid: process.pid, error });
  announce(failure(error, paths.home));
  process.exit(1);
}
