/** `june-load completion <shell>` and the hidden command that its scripts call. */
import { type Application, buildCommand, proposeCompletions } from "@stricli/core";
import { UserError } from "../plan/errors.ts";
import { type CliContext, say } from "./context.ts";

const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `_june_load() {
  local IFS=$'\\n'
  COMPREPLY=($(june-load __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1))
}
complete -o default -F _june_load june-load`,
  zsh: `#compdef june-load
_june_load() {
  local -a found
  found=("\${(@f)$(june-load __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null | cut -f1)}")
  compadd -a found || _files
}
compdef _june_load june-load`,
  fish: `complete -c june-load -a '(june-load __complete -- (commandline -opc)[2..] (commandline -ct))'`,
};

const completionCommand = buildCommand<Record<never, never>, [string], CliContext>({
  func(_flags, shell) {
    const script = SCRIPTS[shell];
    if (script === undefined) {
      throw new UserError("usage", `Cannot complete for "${shell}": use one of ${Object.keys(SCRIPTS).join(", ")}`);
    }
    say(this, script);
  },
  parameters: {
    positional: { kind: "tuple", parameters: [{ brief: "bash, zsh or fish", parse: String, placeholder: "shell" }] },
  },
  docs: {
    brief: "Print a completion script for your shell",
    fullDescription: [
      "Prints a script that completes june-load's commands and flags.",
      "",
      "  bash:  june-load completion bash > ~/.local/share/bash-completion/completions/june-load",
      '  zsh:   june-load completion zsh > "${fpath[1]}/_june-load"',
      "  fish:  june-load completion fish > ~/.config/fish/completions/june-load.fish",
    ].join("\n"),
  },
});

/** Both commands by name. `app` returns the application to complete, which contains them. */
export function completionCommands(app: () => Application<CliContext>) {
  const proposeCommand = buildCommand<Record<never, never>, string[], CliContext>({
    async func(_flags, ...words) {
      for (const { completion, brief } of await proposeCompletions(app(), words, this)) {
        say(this, `${completion}\t${brief}`);
      }
    },
    parameters: {
      positional: { kind: "array", parameter: { brief: "Words so far", parse: String, placeholder: "words" } },
    },
    docs: { brief: "Print completions for the words so far" },
  });
  return { completion: completionCommand, __complete: proposeCommand };
}
