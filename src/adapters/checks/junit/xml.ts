// As much of XML as JUnit reports need. Declarations are skipped, so no entity of the document's own is ever expanded.

export interface Element {
  name: string;
  attributes: Readonly<Record<string, string>>;
  children: Element[];
  /** All text directly inside, entities decoded. */
  text: string;
}

const deepest = 200;

/** The root element; null where the text has none. What is cut off or not well formed ends early, and never throws. */
export function parseXml(text: string): Element | null {
  const top: Element = { name: '', attributes: {}, children: [], text: '' };
  const open: Element[] = [top];
  let at = 0;
  while (at < text.length) {
    const tag = text.indexOf('<', at);
    const current = open.at(-1) ?? top;
    current.text += decode(text.slice(at, tag < 0 ? undefined : tag));
    if (tag < 0) break;
    const skipped = skipSpecial(text, tag);
    if (skipped !== null) {
      current.text += skipped.text;
      at = skipped.end;
      continue;
    }
    const end = endOfTag(text, tag + 1);
    readTag(text.slice(tag + 1, end), open);
    at = end + 1;
  }
  return top.children[0] ?? null;
}

/** Comments, character data, processing instructions and declarations. */
function skipSpecial(text: string, at: number): { text: string; end: number } | null {
  const until = (mark: string, from: number): number => {
    const found = text.indexOf(mark, from);
    return found < 0 ? text.length : found;
  };
  if (text.startsWith('<!--', at)) return { text: '', end: until('-->', at + 4) + 3 };
  if (text.startsWith('<![CDATA[', at)) {
    const end = until(']]>', at + 9);
    return { text: text.slice(at + 9, end), end: end + 3 };
  }
  if (text.startsWith('<?', at)) return { text: '', end: until('?>', at + 2) + 2 };
  if (!text.startsWith('<!', at)) return null;
  const subset = text.slice(at, until('>', at)).includes('[');
  return { text: '', end: subset ? until(']>', at) + 2 : until('>', at) + 1 };
}

/** Index of the `>` that ends a tag: one inside of quotes does not. */
function endOfTag(text: string, from: number): number {
  let quote = '';
  for (let i = from; i < text.length; i++) {
    const char = text[i] ?? '';
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '>') return i;
  }
  return text.length;
}

function readTag(tag: string, open: Element[]): void {
  if (tag.startsWith('/')) {
    const name = tag.slice(1).trim();
    const index = open.findLastIndex((element) => element.name === name);
    if (index > 0) open.length = index;
    return;
  }
  const name = /^[^\s/>]+/.exec(tag)?.[0];
  if (name === undefined) return;
  const attributes: Record<string, string> = Object.create(null);
  for (const [, key = '', double, single] of tag
    .slice(name.length)
    .matchAll(/([^\s=/"']+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
    attributes[key] = decode(double ?? single ?? '');
  }
  const element: Element = { name, attributes, children: [], text: '' };
  open.at(-1)?.children.push(element);
  if (!tag.endsWith('/') && open.length < deepest) open.push(element);
}

const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function decode(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(lt|gt|amp|quot|apos));/gi,
    (whole, hex, decimal, name) => {
      if (name !== undefined) return named[String(name).toLowerCase()] ?? whole;
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
    },
  );
}
