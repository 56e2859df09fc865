#!/usr/bin/env python3
"""completions.py PROGRAM OUT: writes completions for bash, zsh and fish below OUT (share/ of a prefix).

What can be completed is asked of the program itself, by -h in both languages: of an option that is added nothing has to be said here.
"""
import os
import re
import subprocess
import sys

LANGUAGES = {"en": "C", "zh": "zh_CN.UTF-8"}
FILES = ("FILE", "PATH")
FOLDERS = ("DIR", "NAME|DIR")


class Option:
    """dash: "-o" or "--report"; argument: None, its word in the help, or the word behind [= ]."""

    def __init__(self, dash, argument, optional):
        self.dash, self.argument, self.optional, self.help = dash, argument, optional, {}

    def choices(self):
        """The words that it takes, if those are all."""
        found = re.fullmatch(r"[a-z0-9-]+(\|[a-z0-9-]+)*", self.argument or "")
        return self.argument.split("|") if found else []


def says(program, language, *args):
    env = dict(os.environ, LC_ALL=LANGUAGES[language])
    return subprocess.run([program, *args], capture_output=True, text=True, check=True, env=env).stdout


def programs(program):
    """{name: {language: purpose}}"""
    found = {}
    for language in LANGUAGES:
        for name, purpose in re.findall(r"^  ([a-z-]+) +(\S.*)$", says(program, language, "-h"), re.M):
            found.setdefault(name, {})[language] = purpose
    return found


def options(program, name):
    found = {}
    for language in LANGUAGES:
        for line in says(program, language, name, "-h").splitlines():
            m = re.match(r"  (-{1,2}[A-Za-z][a-z-]*)(\[=([^\]]*)\]| (\S+))?  +(\S.*)$", line)
            if m:
                option = found.setdefault(m[1], Option(m[1], m[3] or m[4], bool(m[3])))
                option.help[language] = m[5]
    return list(found.values())


def reads_input(program, name):
    return says(program, "en", name, "-h").splitlines()[0].endswith("INPUT...")


def bash(table, inputs):
    """One function for the program and its links."""
    cases = []
    for name, own in sorted(table.items()):
        words = " ".join(o.dash + ("=" + o.argument if o.optional else "") for o in own)
        taking = []
        for o in own:
            if o.argument and not o.optional:
                what = "-f" if o.argument in FILES else "-d" if o.argument in FOLDERS else f"-W '{' '.join(o.choices())}'"
                taking.append(f"      {o.dash}) _shenbao_reply {what}; return ;;")
        cases.append(f"  {name})\n    words='{words}'\n    reads={'true' if inputs[name] else 'false'}\n    case $previous in\n" +
                     "\n".join(taking) + "\n    esac\n    ;;")
    return f"""# Completion of shenbao for bash, made out of the program's own help.
_shenbao_reply() {{
  local IFS=$'\\n'
  COMPREPLY=($(IFS=$' \\t\\n' compgen "$@" -- "$current"))
  if [ "$1" != -W ]; then compopt -o filenames 2>/dev/null; fi
}}
_shenbao() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}} name=${{COMP_WORDS[0]##*/}} words='' reads=false
  COMPREPLY=()
  case $name in
  shenbao-*) name=${{name#shenbao-}} ;;
  *)
    if [ "$COMP_CWORD" -eq 1 ]; then
      _shenbao_reply -W '{' '.join(sorted(table))} -h -V'
      return
    fi
    name=${{COMP_WORDS[1]}}
    ;;
  esac
  case $name in
{chr(10).join(cases)}
  esac
  case $current in
  -*) _shenbao_reply -W "$words" ;;
  *) if $reads; then _shenbao_reply -f; fi ;;
  esac
}}
complete -F _shenbao shenbao {' '.join('shenbao-' + n for n in sorted(table))}
"""


def quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"


def zsh_text(text):
    return re.sub(r"([\[\]:\\])", r"\\\1", text)


def zsh_action(option):
    if option.choices():
        return "(" + " ".join(option.choices()) + ")"
    return {"FILE": "_files", "PATH": "_files", "DIR": "_files -/", "NAME|DIR": "_files -/"}.get(option.argument, " ")


def zsh(names, table, inputs):
    def spec(option, language):
        text = f"{option.dash}{'=-' if option.optional else ''}[{zsh_text(option.help[language])}]"
        if option.argument:
            text += f"{':' if option.optional else ''}:{zsh_text(option.argument)}:{zsh_action(option)}"
        return quoted("*" + text if option.dash in ("-a", "-u") else text)

    def functions(language):
        cases = "\n".join(f"    {n}) _arguments -S {' '.join(spec(o, language) for o in own)}" + (" '*:input:_files'" if inputs[n] else "") + " ;;"
                          for n, own in sorted(table.items()))
        rows = "\n".join(f"      {quoted(n + ':' + names[n][language].replace(':', chr(92) + ':'))}" for n in sorted(table))
        return rows, cases

    (en_rows, en_cases), (zh_rows, zh_cases) = functions("en"), functions("zh")
    return f"""#compdef shenbao {' '.join('shenbao-' + n for n in sorted(table))}
# Completion of shenbao for zsh, made out of the program's own help.
_shenbao_zh() {{ [[ ${{LC_ALL:-${{LC_MESSAGES:-$LANG}}}} == zh* ]] }}
_shenbao_options() {{
  if _shenbao_zh; then
    case $1 in
{zh_cases}
    esac
  else
    case $1 in
{en_cases}
    esac
  fi
}}
_shenbao() {{
  local -a programs
  if [[ $service == shenbao-* ]]; then
    _shenbao_options ${{service#shenbao-}}
  elif (( CURRENT == 2 )); then
    if _shenbao_zh; then
      programs=(
{zh_rows}
      )
    else
      programs=(
{en_rows}
      )
    fi
    _describe program programs
  else
    shift words
    (( CURRENT-- ))
    _shenbao_options $words[1]
  fi
}}
_shenbao "$@"
"""


def fish_quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def fish_option(option, language):
    text = (f"-l {option.dash[2:]}" if option.dash.startswith("--") else f"-s {option.dash[1:]}")
    if option.argument and not option.optional:
        text += " -r" + ("f -a " + fish_quoted(" ".join(option.choices())) if option.choices() else
                         "F" if option.argument in FILES else "f -a '(__fish_complete_directories)'" if option.argument in FOLDERS else "f")
    return f"{text} -d {fish_quoted(option.help[language])}"


def fish(names, table, inputs):
    lines = ["# Completion of shenbao for fish, made out of the program's own help.", f"set -l programs {' '.join(sorted(table))}",
             "set -l zh false", "for v in $LC_ALL $LC_MESSAGES $LANG; string match -q 'zh*' -- $v; and set zh true; break; end",
             "complete -c shenbao -n \"not __fish_seen_subcommand_from $programs\" -f"]
    for word, language in (("if $zh", "zh"), ("else", "en")):
        lines.append(word)
        for n, own in sorted(table.items()):
            lines.append(f"  complete -c shenbao -n \"not __fish_seen_subcommand_from $programs\" -a {n} -d {fish_quoted(names[n][language])}")
            for o in own:
                lines.append(f"  complete -c shenbao -n '__fish_seen_subcommand_from {n}' {fish_option(o, language)}")
                lines.append(f"  complete -c shenbao-{n} {fish_option(o, language)}")
    lines.append("end")
    lines += [f"complete -c shenbao -n '__fish_seen_subcommand_from {n}' -f\ncomplete -c shenbao-{n} -f" for n in sorted(table) if not inputs[n]]
    return "\n".join(lines) + "\n"


def write(out, path, text):
    path = os.path.join(out, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def main():
    program, out = sys.argv[1], sys.argv[2]
    names = programs(program)
    table = {name: options(program, name) for name in names}
    inputs = {name: reads_input(program, name) for name in names}
    write(out, "bash-completion/completions/shenbao", bash(table, inputs))
    write(out, "zsh/site-functions/_shenbao", zsh(names, table, inputs))
    write(out, "fish/vendor_completions.d/shenbao.fish", fish(names, table, inputs))
    for name in names:  # a shell loads the file that bears the command's name
        for folder, suffix in (("bash-completion/completions", ""), ("fish/vendor_completions.d", ".fish")):
            link = os.path.join(out, folder, f"shenbao-{name}{suffix}")
            if os.path.lexists(link):
                os.remove(link)
            os.symlink("shenbao" + suffix, link)


if __name__ == "__main__":
    main()
