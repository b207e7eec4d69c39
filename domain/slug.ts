export function slugify(name: string): string {
  return name.replace(/[!-\/:-@\[-`{-~]/g, "").split(
    /[\t-\r\x1c-\x1f \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/,
  ).filter(Boolean).join("-").toLowerCase();
}
