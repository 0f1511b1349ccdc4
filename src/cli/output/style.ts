import { styleText } from 'node:util';

export type Style = Parameters<typeof styleText>[0];

/** Colour where the stream is a terminal that has it and nobody asked for none (NO_COLOR, TERM=dumb). */
export function paint(style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return styleText(style, text, { stream });
}

/** True for a terminal with colours whose user did not ask for none (NO_COLOR, TERM=dumb). */
export function hasColour(stream: NodeJS.WriteStream): boolean {
  return styleText('bold', '.', { stream }) !== '.';
}

/** Of a terminal that tells it: some say that they have no columns at all. Else `otherwise`, also where it is no terminal. */
export function widthOf(stream: NodeJS.WriteStream, otherwise: number): number {
  return stream.isTTY && stream.columns > 0 ? stream.columns : otherwise;
}

/** One JSON document on stdout. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

export function printLine(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Progress and remarks: never part of the data. */
export function remark(text: string): void {
  process.stderr.write(`${text}\n`);
}
