import { pathToFileURL } from 'node:url';
import { isObject, type JsonObject, listAt } from '../json-lines.ts';

/** What makes opencode and its kin load those files as plugins; the person's own settings in that variable stay. */
export function withPlugins(
  variable: string,
  files: readonly string[],
  environment: Readonly<Record<string, string>>,
): Record<string, string> {
  const settings = parsed(environment[variable] ?? '{}');
  if (settings === null) return {};
  const plugin = [...listAt(settings, 'plugin'), ...files.map((file) => pathToFileURL(file).href)];
  return { [variable]: JSON.stringify({ ...settings, plugin }) };
}

/** null: comments or variables stand in it, which are not ours to read. */
function parsed(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
