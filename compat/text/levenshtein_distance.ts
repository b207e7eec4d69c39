// A stand-in for jsr:@std/text/levenshtein-distance; see compat/path/mod.ts.
export function levenshteinDistance(str1: string, str2: string): number {
  const [a, b] = [[...str1], [...str2]];
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [i, sign] of a.entries()) {
    const next = [i + 1];
    for (const [j, other] of b.entries()) {
      const replaced = row[j]! + Number(sign !== other);
      next.push(Math.min(replaced, row[j + 1]! + 1, next[j]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
