// npm run bench -- fleet: 24 tasks, agents of 5 s, a check of 1 s; how long until everything is green.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { report, timed } from './support/figures.ts';
import { checkItems, itemNames, itemsRepository } from './support/items.ts';
import { cpuSeconds, finished, inPlace, type Place, startFix } from './support/place.ts';

const count = 24;
const sideBySide = 8;
const agentSeconds = 5;
/** Baseline and its confirmation, the agents, one gate, one trial of the merge queue. */
const ideal = 2 + (count / sideBySide) * agentSeconds + 1 + 1;

async function script(place: Place): Promise<string> {
  const rules = itemNames(count).map((name) => ({
    match: { finding: `item ${name} ` },
    steps: [{ wait: agentSeconds * 1000 }, { replace: { file: `items/${name}`, from: 'red', to: 'green' } }],
  }));
  const file = path.join(place.home, 'script.json');
  await writeFile(file, JSON.stringify({ rules }));
  return file;
}

const repository = await itemsRepository(count, 1);
try {
  const { seconds, cpu } = await inPlace(async (place) => {
    const flags = {
      checks: [`items=${checkItems}`],
      agent: 'scripted',
      agentScript: await script(place),
      concurrency: String(sideBySide),
      checkConcurrency: String(sideBySide),
      group: 'finding',
    };
    const time = await timed(async () => {
      const outcome = await finished(place, await startFix(place, repository, flags));
      if (!outcome.ok) throw new Error(`not green: ${JSON.stringify(outcome, null, 1)}`);
    });
    return { seconds: time / 1000, cpu: cpuSeconds(place) };
  });
  const what = `${count} agents of ${agentSeconds} s, ${sideBySide} at once, to green ÷ ideal`;
  const made = `${seconds.toFixed(1)} s ÷ ${ideal} s; ${cpu.toFixed(1)} s of CPU in daemon, git and checks`;
  report([{ what, value: seconds / ideal, made, most: 1.25 }]);
} finally {
  await repository.remove();
}
