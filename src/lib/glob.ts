/**
 * Matches a repository-relative path with `/`. `*` and `?` stay within a folder, `**` crosses folders, `[a-z]` and
 * `{a,b}` choose. A pattern without any of these names a file or a folder with all that is in it.
 */
export function matchesGlob(glob: string, path: string): boolean {
  const pattern = glob.replace(/^\.?\/+/, '');
  if (!/[*?[{]/.test(pattern)) {
    const folder = pattern.replace(/\/+$/, '');
    return folder === '' || folder === '.' || path === folder || path.startsWith(`${folder}/`);
  }
  const whole = pattern.endsWith('/') ? `${pattern}**` : pattern;
  return expandBraces(whole).some((single) => matchSegments(single.split('/'), path.split('/')));
}

/** `a{b,c}d` as `abd` and `acd`; nested ones too. An unclosed brace is a character. */
function expandBraces(pattern: string): string[] {
  const open = pattern.indexOf('{');
  if (open === -1) return [pattern];
  const parts: string[] = [];
  let depth = 0;
  let start = open + 1;
  for (let i = open; i < pattern.length; i++) {
    const char = pattern[i];
    if (char === '{') depth++;
    else if (char === '}') depth--;
    if ((char === ',' && depth === 1) || depth === 0) {
      parts.push(pattern.slice(start, i));
      start = i + 1;
    }
    if (depth === 0) {
      const rest = pattern.slice(i + 1);
      return parts.flatMap((part) => expandBraces(`${pattern.slice(0, open)}${part}${rest}`));
    }
  }
  return [pattern.replace('{', '[{]')];
}

/** `**` takes any number of folders. Remembers where the last one stood, so that no pattern takes exponential time. */
function matchSegments(pattern: string[], path: string[]): boolean {
  let p = 0;
  let s = 0;
  let star = -1;
  let resume = 0;
  while (s < path.length) {
    if (pattern[p] === '**') {
      star = p++;
      resume = s;
    } else if (p < pattern.length && matchSegment(pattern[p] ?? '', path[s] ?? '')) {
      p++;
      s++;
    } else if (star !== -1) {
      p = star + 1;
      s = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[p] === '**') p++;
  return p === pattern.length;
}

function matchSegment(pattern: string, name: string): boolean {
  let p = 0;
  let s = 0;
  let star = -1;
  let resume = 0;
  while (s < name.length) {
    const end = p < pattern.length ? matchOne(pattern, p, name[s] ?? '') : -1;
    if (pattern[p] === '*') {
      star = p++;
      resume = s;
    } else if (end !== -1) {
      p = end;
      s++;
    } else if (star !== -1) {
      p = star + 1;
      s = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

/** Where the pattern goes on after its element at `p` took `char`; -1 where it does not take it. */
function matchOne(pattern: string, p: number, char: string): number {
  const element = pattern[p];
  if (element === '?') return p + 1;
  const close = element === '[' ? pattern.indexOf(']', p + 2) : -1;
  if (close === -1) return element === char ? p + 1 : -1;
  const body = pattern.slice(p + 1, close);
  const negated = body.startsWith('!') || body.startsWith('^');
  return inSet(negated ? body.slice(1) : body, char) === negated ? -1 : close + 1;
}

function inSet(set: string, char: string): boolean {
  for (let i = 0; i < set.length; i++) {
    const last = set[i + 2];
    if (set[i + 1] === '-' && last !== undefined) {
      if (char >= (set[i] ?? '') && char <= last) return true;
      i += 2;
    } else if (set[i] === char) {
      return true;
    }
  }
  return false;
}
