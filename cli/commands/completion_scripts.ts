/**
 * Completions as scripts of shells.
 *
 * @module
 */
/** A command as completions need it. */
export interface Completed {
  /** `table`, or `export csv`. */
  path: string;
  summary: string;
  options: { flags: string[]; takesValue: boolean; choices: readonly string[]; summary: string }[];
  /** What its first argument can be. */
  choices: readonly string[];
}

const HEAD = "# Completions of rubicon. Made by: rubicon completions";

/** A text in single quotes. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const topLevel = (commands: readonly Completed[]) =>
  commands.filter(({ path }) => !path.includes(" "));

export function bash(commands: readonly Completed[]): string {
  const cases = commands.map(({ path, options, choices }) => {
    const flags = options.flatMap((option) => option.flags).join(" ");
    const values = options.flatMap(({ flags, takesValue, choices }) =>
      takesValue
        ? [
          `        ${flags.join("|")}) ${
            choices.length > 0 ? words(choices) : "_rubicon_files"
          } ;;`,
        ]
        : []
    );
    return `    ${quoted(path)})
      case "$previous" in
${values.join("\n")}
        *) if [[ $word == -* ]]; then ${words(flags.split(" "))}; else ${
      choices.length > 0 ? words(choices) : "_rubicon_files"
    }; fi ;;
      esac ;;`;
  });
  const names = topLevel(commands).map(({ path }) => path);
  return `${HEAD} bash
_rubicon_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$word"); }
_rubicon_files() { compopt -o default 2>/dev/null; COMPREPLY=(); }
_rubicon() {
  local word="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="" at
  COMPREPLY=()
  for ((at = 1; at < COMP_CWORD; at++)); do
    case "$command \${COMP_WORDS[at]}" in
${
    [
      ...names.map((name) => `      ${quoted(` ${name}`)}) command=${name} ;;`),
      ...commands.filter(({ path }) => path.includes(" ")).map(({ path }) =>
        `      ${quoted(path)}) command=${quoted(path)} ;;`
      ),
    ].join("\n")
  }
    esac
  done
  case "$command" in
    '') ${words([...names, "help", "--help", "--version"])} ;;
${cases.join("\n")}
  esac
}
complete -F _rubicon rubicon
`;
}

const words = (list: readonly string[]): string => `_rubicon_words ${quoted(list.join(" "))}`;

export function zsh(commands: readonly Completed[]): string {
  const described = (list: readonly Completed[], prefix = "") =>
    list.map(({ path, summary }) => quoted(`${path.slice(prefix.length)}:${summary}`)).join(" ");
  const argument = ({ flags, takesValue, choices, summary }: Completed["options"][number]) => {
    const text = summary.replaceAll(/[[\]:\\]/g, " ");
    const value = takesValue
      ? choices.length > 0 ? `:value:(${choices.join(" ")})` : ":value:_files"
      : "";
    return flags.map((flag) => `      ${quoted(`*${flag}[${text}]${value}`)}`).join(" \\\n");
  };
  const cases = topLevel(commands).map(({ path, options, choices }) => {
    const below = commands.filter((one) => one.path.startsWith(`${path} `));
    const values = below.length > 0
      ? below.map((one) => one.path.split(" ")[1]).join(" ")
      : choices.join(" ");
    // The options of what stands below are those of all of them together.
    const all = [...new Map([...options, ...below.flatMap((one) => one.options)]
      .map((one) => [one.flags.join(), one])).values()];
    return `    ${path}) _arguments \\
${all.map(argument).join(" \\\n")} \\
      ${quoted(values === "" ? "*:file:_files" : `*:value:(${values})`)} ;;`;
  });
  return `#compdef rubicon
${HEAD} zsh
_rubicon() {
  local -a commands
  commands=(${described(topLevel(commands))})
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=\${words[2]}
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join("\n")}
  esac
}
if [ "$funcstack[1]" = _rubicon ]; then _rubicon "$@"; else compdef _rubicon rubicon; fi
`;
}

export function fish(commands: readonly Completed[]): string {
  const lines = topLevel(commands).flatMap(({ path, summary, options, choices }) => {
    const seen = `__fish_seen_subcommand_from ${path}`;
    const below = commands.filter((one) => one.path.startsWith(`${path} `));
    const values = below.length > 0 ? below.map((one) => one.path.split(" ")[1]!) : choices;
    return [
      `complete -c rubicon -n __fish_use_subcommand -f -a ${path} -d ${fishQuoted(summary)}`,
      ...(values.length > 0
        ? [`complete -c rubicon -n ${quoted(seen)} -f -a ${quoted(values.join(" "))}`]
        : []),
      ...[...options, ...below.flatMap((one) => one.options)].map((option) => {
        const { flags, takesValue, choices, summary } = option;
        const names = flags.map((flag) =>
          flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`
        );
        const value = choices.length > 0
          ? `-x -a ${quoted(choices.join(" "))}`
          : takesValue
          ? "-r"
          : "";
        return `complete -c rubicon -n ${quoted(seen)} ${names.join(" ")} ${value} -d ${
          fishQuoted(summary)
        }`;
      }),
    ];
  });
  return `${HEAD} fish\n${[...new Set(lines)].join("\n")}\n`;
}

/** fish has backslashes inside of single quotes. */
const fishQuoted = (text: string): string =>
  `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
