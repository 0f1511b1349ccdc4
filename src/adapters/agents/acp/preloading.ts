/** Makes Node load that module before its program, behind what a person has it load. */
export function preloading(
  file: string,
  { NODE_OPTIONS: own = '' }: Readonly<Record<string, string>>,
): Record<string, string> {
  return { NODE_OPTIONS: `${own} --require=${JSON.stringify(file)}`.trim() };
}
