/**
 * Asks only once for each key, for answers that never change. At most `limit` answers are kept, the oldest go first; a
 * failure is asked again.
 */
export function remember<T>(limit: number, ask: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (key) => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const oldest = known.keys().next();
    if (known.size >= limit && !oldest.done) known.delete(oldest.value);
    const answer = ask(key);
    known.set(key, answer);
    answer.catch(() => known.delete(key));
    return answer;
  };
}
