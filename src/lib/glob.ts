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

/** `**` takes any number of folders. */
function matchSegments(pattern: readonly string[], path: readonly string[]): boolean {
  return matchList(pattern, path, { star: '**', takes: matchSegment });
}

function matchSegment(pattern: string, name: string): boolean {
  const elements = pattern.match(/\[[^][^\]]*\]|[^]/gu) ?? [];
  return matchList(elements, [...name], { star: '*', takes: matchOne });
}

interface Kind {
  /** Takes any number of parts. */
  star: string;
  /** Whether any other element takes this part. */
  takes: (element: string, part: string) => boolean;
}

/** Remembers where the last star stood, so that no pattern takes exponential time. */
function matchList(pattern: readonly string[], parts: readonly string[], { star, takes }: Kind): boolean {
  let p = 0;
  let s = 0;
  let last = -1;
  let resume = 0;
  while (s < parts.length) {
    if (pattern[p] === star) {
      last = p++;
      resume = s;
    } else if (p < pattern.length && takes(pattern[p] ?? '', parts[s] ?? '')) {
      p++;
      s++;
    } else if (last !== -1) {
      p = last + 1;
      s = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[p] === star) p++;
  return p === pattern.length;
}

/** A character, `?`, or a set in brackets. */
function matchOne(element: string, char: string): boolean {
  if (element === '?' || element === char) return true;
  if (element.length === 1 || !element.startsWith('[')) return false;
  const negated = /^\[[!^]/.test(element);
  return inSet(element.slice(negated ? 2 : 1, -1), char) !== negated;
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
