import type { Hub } from '../ports/git.ts';

const MAX_LINES_PER_FILE = 80;

/** The parts between conflict markers in a merged tree, with the file's name before each; capped. */
export async function conflictHunks(hub: Hub, tree: string, paths: readonly string[]): Promise<string> {
  const parts: string[] = [];
  for (const path of paths) {
    const text = await hub.readFile(tree, path);
    const lines = text === null ? ['(not text, or deleted on one side)'] : insideMarkers(text.split('\n'));
    parts.push(`${path}:\n${lines.slice(0, MAX_LINES_PER_FILE).join('\n')}`);
  }
  return parts.join('\n\n');
}

function insideMarkers(lines: string[]): string[] {
  let inside = false;
  return lines.filter((line) => {
    if (line.startsWith('<<<<<<< ')) inside = true;
    const keep = inside;
    if (line.startsWith('>>>>>>> ')) inside = false;
    return keep;
  });
}
