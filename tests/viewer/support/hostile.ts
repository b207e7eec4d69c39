/**
 * A store in which each name and value tries to be something else than text.
 */
import {
  addComments,
  type Composite,
  createProject,
  logArtifact,
  logDataframe,
  logExperiment,
} from "../../../mod.ts";

/** Each has a letter, since a name needs one. A script that runs sets `window.hacked`. */
export const HOSTILE: readonly string[] = [
  "<script>window.hacked=1</script>",
  '"><img src=x onerror=window.hacked=1>',
  "'><svg onload=window.hacked=1>",
  "</script><script>window.hacked=1</script>",
  "<!--<script>a",
  "a]]></text></svg><script>window.hacked=1</script>",
  "</td></table></div><iframe src=javascript:window.hacked=1>",
  "&lt;b&gt; &#60;i&#62; &amp;",
  "`${window.hacked=1}`",
  '" style="background:url(https://example.org/leak)" x="',
  "red;}</style><style>*{display:none}",
  "url(#a)",
  "javascript:window.hacked=1",
  "constructor",
  "toString",
  "hasOwnProperty",
  "../../etc/passwd",
  "..%2f..%2fetc%2fpasswd",
  "a\u0001\u0008b\u001B[31mc",
  "a\uFFFE b\uFFFF",
  "\u202Eabc",
  "=cmd|' /C calc'!A0",
  "{{constructor.constructor('window.hacked=1')()}}",
  "x".repeat(80) + "<b>",
];

/** What an artifact says it is, and what it is. */
export const LIARS: readonly (readonly [name: string, data: string])[] = [
  ["picture.png", "<html><script>window.hacked=1;parent.hacked=1;top.hacked=1</script></html>"],
  [
    "picture.svg",
    `<svg xmlns="http://www.w3.org/2000/svg" onload="window.hacked=1"><script>parent.hacked=1</script></svg>`,
  ],
  [
    "page.html",
    "<script>window.hacked=1;parent.hacked=1;top.hacked=1</script><img src=x onerror=top.hacked=1>",
  ],
  ["data.json", "<script>top.hacked=1</script>"],
  ["notes.txt", "\x89PNG\r\n\x1A\n not a picture"],
  ["script.js", "top.hacked=1"],
  ["style.css", "*{display:none}"],
  ["a\r\nSet-Cookie: x=1.txt", "header"],
  ['quote".html;.txt', "<b>x</b>"],
  ["../../../escape.html", "<script>top.hacked=1</script>"],
  [
    "page.xhtml",
    `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><script>top.hacked=1</script></html>`,
  ],
  ["doc.pdf", "%PDF-1.7 /JavaScript (app.alert(1))"],
  ["empty.html", ""],
];

/** Fills a store with them: each is a name of everything that has one, and a value. */
export async function fillHostile(rubicon: Composite): Promise<void> {
  for (const [at, text] of HOSTILE.entries()) {
    if (at % 8 === 0) {
      await createProject(rubicon, { name: `${at} ${text}`, description: text, githubUrl: text });
    }
  }
  const project = await createProject(rubicon, {
    name: "Hostile <b>",
    description: HOSTILE[0]!,
    githubUrl: "javascript:window.hacked=1//github.com/a/b",
  });
  for (const [at, text] of HOSTILE.entries()) {
    // One letter more, since a key is what is left without punctuation, and two must not be the same.
    const name = `n${at} ${text}`;
    const experiment = await logExperiment(rubicon, project, {
      name: text,
      description: text,
      modelName: text,
      branchName: text,
      commitHash: text,
      tags: [text, `key:${text}`, `child:${text}`],
      comments: [text],
      trainingMetadata: [[text]],
      parameters: [{ name, value: text, description: text, tags: [text] }, {
        name: "plain",
        value: { [text]: [text] },
      }],
      metrics: [{ name: `m${name}`, value: text, description: text, tags: [text] }, {
        name: "score",
        value: at / 7,
      }],
      features: [{ name, importance: at, description: text }],
    });
    await logArtifact(rubicon, experiment, {
      name: text,
      data: text,
      description: text,
      tags: [text],
    });
    await logDataframe(rubicon, experiment, {
      name: text,
      description: text,
      rows: [{ [text]: text, n: at }],
    });
    await addComments(rubicon, experiment, [text]);
    if (at === 0) {
      for (const [name, data] of LIARS) await logArtifact(rubicon, experiment, { name, data });
    }
  }
}
