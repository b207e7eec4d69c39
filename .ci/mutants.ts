/**
 * Small faults that can be put into a source: a comparison flipped, an `await` dropped, a word swapped.
 *
 * @module
 */
import ts from "npm:typescript@5.9.3";

/** One fault. */
export interface Mutant {
  /** The path of the file in the checkout. */
  file: string;
  /** The first line that it changes, from 1. */
  line: number;
  /** The lines of the function that it is in, or of the whole file. */
  body: { from: number; to: number };
  /** What it does, for people. */
  what: string;
  /** The file's text with it. */
  text: string;
}

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

/** All faults that this file knows to put into a source. */
export function mutantsOf(file: string, text: string): Mutant[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: Mutant[] = [];
  const lineOf = (at: number) => source.getLineAndCharacterOfPosition(at).line + 1;
  const add = (node: ts.Node, replacement: string, what: string) => {
    const [start, end] = [node.getStart(source), node.getEnd()];
    found.push({
      file,
      line: lineOf(start),
      body,
      what,
      text: text.slice(0, start) + replacement + text.slice(end),
    });
  };
  let body = { from: 1, to: lineOf(text.length) };
  const visit = (node: ts.Node): void => {
    if (!ts.isFunctionLike(node) || !("body" in node) || node.body === undefined) return look(node);
    const outer = body;
    const { pos, end } = node.body as ts.Node;
    body = { from: lineOf(pos), to: lineOf(end) };
    look(node);
    body = outer;
  };
  const look = (node: ts.Node): void => {
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
