const optionFor = (file: string): string => `--require=${JSON.stringify(file)}`;

/** Makes Node load that module before its program, behind what a person has it load. */
export function preloading(
  file: string,
  { NODE_OPTIONS: own = '' }: Readonly<Record<string, string>>,
): Record<string, string> {
  return { NODE_OPTIONS: `${own} ${optionFor(file)}`.trim() };
}

/** Lines of that module: `letGo` has what its program starts from then on load what the person wants, and not this. */
export function lettingGo(file: string): string[] {
  return [String(takeOption), `const letGo = () => takeOption(${JSON.stringify(optionFor(file))});`];
}

// Runs in the client: it is written out as text and knows nothing but its argument.
function takeOption(option: string): void {
  const own = (process.env['NODE_OPTIONS'] ?? '').replace(option, '').trim();
  if (own === '') delete process.env['NODE_OPTIONS'];
  else process.env['NODE_OPTIONS'] = own;
}
