import { quietFace } from '../cli/screen/choose-face.ts';
import type { Face } from '../cli/screen/watch-run.ts';

/** As of `ao fix`. There is nothing to ask on Ctrl-C: nobody wants to detach from a demo. */
export function openFace(): Face {
  return quietFace({
    footers: (wish) => [wish === 'watching' ? 'Ctrl-C ends the demo and removes it' : 'Ending the demo'],
    line: (wish) => (wish === 'watching' ? null : 'ending the demo'),
  });
}
