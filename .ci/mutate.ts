// deno-lint-ignore-file no-console -- a command says what it did.
/**
 * Mutation tests: one small fault at a time is put into a copy of the sources, and the tests have to notice.
 *
 *     deno task mutate [--count 150] [--seed 1] [--least 0.9] [FOLDER…]
 *
 * Prints each mutant that lived. Exits with 1 if fewer than `--least` of them were noticed.
 */
import { parseArgs } from "node:util";
import ts from "npm:typescript@5.9.3";

interface Mutant {
  file: string;
  start: number;
  end: number;
  text: string;
  /** What it does, for people. */
  what: string;
  line: number;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: "string", default: "150" },
    seed: { type: "string", default: "1" },
    least: { type: "string", default: "0.9" },
  },
});
const FOLDERS = positionals.length > 0 ? positionals : ["composite", "domain/upkeep"];
const TESTS = ["tests/composite", "tests/domain"];
/** A test that a mutant keeps from ending has noticed it. In milliseconds. */
const TIMEOUT = 120_000;

const FLIPPED: Partial<Record<ts.SyntaxKind, string>> = {
  [ts.SyntaxKind.EqualsEqualsEqualsToken]: "!==",
  [ts.SyntaxKind.ExclamationEqualsEqualsToken]: "===",
  [ts.SyntaxKind.LessThanToken]: ">=",
  [ts.SyntaxKind.GreaterThanToken]: "<=",
  [ts.SyntaxKind.LessThanEqualsToken]: "<",
  [ts.SyntaxKind.GreaterThanEqualsToken]: ">",
  [ts.SyntaxKind.AmpersandAmpersandToken]: "||",
  [ts.SyntaxKind.BarBarToken]: "&&",
};
/** Words that mean something: each is swapped with the next one. */
const WORDS = [
  ["all", "any", "quorum"],
  ["first", "merge"],
  ["same", "keep", "replace"],
  ["match", "keep", "overwrite"],
  ["empty", "bare", "damaged"],
  ["missing", "conflict", "deleted"],
  ["copy", "replace", "delete"],
];

function mutantsOf(file: string, text: string): Mutant[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: Mutant[] = [];
  const add = (node: ts.Node, replacement: string, what: string) => {
    const start = node.getStart(source);
    const { line } = source.getLineAndCharacterOfPosition(start);
    found.push({ file, start, end: node.getEnd(), text: replacement, what, line: line + 1 });
  };
  const visit = (node: ts.Node): void => {
    // Types are not run, and imports have nothing to flip.
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isInterfaceDeclaration(node)) {
      return;
    }
    if (ts.isBinaryExpression(node)) {
      const other = FLIPPED[node.operatorToken.kind];
      if (other) add(node.operatorToken, other, `${node.operatorToken.getText(source)} → ${other}`);
    } else if (ts.isAwaitExpression(node)) {
      add(node, node.expression.getText(source), "await dropped");
    } else if (
      ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken
    ) {
      add(node, node.operand.getText(source), "! dropped");
    } else if (node.kind === ts.SyntaxKind.TrueKeyword) add(node, "false", "true → false");
    else if (node.kind === ts.SyntaxKind.FalseKeyword) add(node, "true", "false → true");
    else if (ts.isConditionalExpression(node)) {
      const [yes, no] = [node.whenTrue.getText(source), node.whenFalse.getText(source)];
      add(node, `${node.condition.getText(source)} ? (${no}) : (${yes})`, "branches swapped");
    } else if (ts.isStringLiteral(node)) {
      const words = WORDS.find((some) => some.includes(node.text));
      const next = words?.[(words.indexOf(node.text) + 1) % words.length];
      if (next) add(node, JSON.stringify(next), `"${node.text}" → "${next}"`);
    } else if (ts.isExpressionStatement(node) && ts.isCallExpression(node.expression)) {
      add(node, ";", `${node.expression.expression.getText(source).slice(0, 40)}() dropped`);
    } else if (ts.isIfStatement(node) && !node.elseStatement) add(node, ";", "if dropped");
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function filesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    if (isDirectory) return filesIn(path);
    return name.endsWith(".ts") && !name.endsWith("types.ts") ? [path] : [];
  });
}

/** A sequence that looks random and is the same for each seed (mulberry32). */
function random(seed: number): () => number {
  return () => {
    seed = seed + 0x6D2B79F5 | 0;
    let t = Math.imul(seed ^ seed >>> 15, 1 | seed);
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
    return ((t ^ t >>> 14) >>> 0) / 2 ** 32;
  };
}

/** Whether the tests pass in a copy. */
async function passes(folder: string): Promise<boolean> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", "--parallel", "--fail-fast", "--quiet", ...TESTS],
    cwd: folder,
    env: { CI: "", NO_COLOR: "1", MODEL_RUNS: "200" },
    stdin: "null",
    stdout: "null",
    stderr: "null",
    signal: AbortSignal.timeout(TIMEOUT),
  }).output();
  return success;
}

const copy = await Deno.makeTempDir({ prefix: "mutants-" });
try {
  const cloned = await new Deno.Command("cp", { args: ["-a", ".", copy] }).output();
  if (!cloned.success) throw new Error("the sources could not be copied");
  const all = FOLDERS.flatMap(filesIn).flatMap((file) =>
    mutantsOf(file, Deno.readTextFileSync(file))
  );
  const next = random(Number(values.seed));
  const chosen = all.map((mutant) => ({ mutant, order: next() }))
    .sort((a, b) => a.order - b.order).slice(0, Number(values.count)).map(({ mutant }) => mutant);
  if (!await passes(copy)) throw new Error("the tests fail without any mutant");
  const lived: Mutant[] = [];
  for (const mutant of chosen) {
    const text = Deno.readTextFileSync(mutant.file);
    const changed = text.slice(0, mutant.start) + mutant.text + text.slice(mutant.end);
    Deno.writeTextFileSync(`${copy}/${mutant.file}`, changed);
    if (await passes(copy)) {
      lived.push(mutant);
      console.log(`lived: ${mutant.file}:${mutant.line} ${mutant.what}`);
    }
    Deno.writeTextFileSync(`${copy}/${mutant.file}`, text);
  }
  const killed = chosen.length - lived.length;
  console.log(`${killed} of ${chosen.length} mutants were noticed, of ${all.length} there are`);
  if (killed < chosen.length * Number(values.least)) Deno.exitCode = 1;
} finally {
  await Deno.remove(copy, { recursive: true });
}
