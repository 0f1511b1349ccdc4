import { runDemo } from '../../demo/run-demo.ts';
import { placeLines, summary } from '../../demo/summary.ts';
import { programName } from '../../demo/program-name.ts';
import { exitCode } from '../../api/contract/errors.ts';
import type { Define } from '../command.ts';
import { hasColour, printJson, printLine, remark, widthOf } from '../output/style.ts';
import { makePaint } from '../screen/paint.ts';

interface Options {
  keep?: boolean;
  json?: boolean;
}

export const define: Define = (command) => {
  command
    .option('--keep', 'leave the repository and the data directory, and say where they are')
    .option('--json', 'one document on stdout')
    .action(demo);
};

async function demo({ keep = false, json = false }: Options): Promise<void> {
  const result = await runDemo({ keep });
  if ('ended' in result) {
    remark('The demo was ended; nothing of it runs any more.');
    placeLines(result.kept, programName()).forEach(remark);
    if (json) printJson(result);
    process.exitCode = exitCode.interrupted;
    return;
  }
  const columns = widthOf(process.stdout, 100);
  const paper = { columns, paint: makePaint(hasColour(process.stdout)), program: programName() };
  if (json) printJson(result);
  else summary(result, paper).forEach(printLine);
  process.exitCode = result.ok ? exitCode.ok : exitCode.failed;
}
