"""What the shells are told to do at <TAB>, where click's own scripts do not get along with the notation.

bash    splits words at ``:`` and ``=``, so it is asked for the whole line, and given what follows the last of them
fish    click's script cuts every answer at its commas
"""

from __future__ import annotations

import os

from click.shell_completion import BashComplete, FishComplete, add_completion_class, split_arg_string

_BASH = r"""
%(complete_func)s() {
    local IFS=$'\n' line="${COMP_LINE:0:$COMP_POINT}" breaks="" completion type value files="" plain=""
    COMPREPLY=()
    [[ $COMP_WORDBREAKS == *:* ]] && breaks+=":"
    [[ $COMP_WORDBREAKS == *=* ]] && breaks+="="
    local word="${line##*[[:space:]]}" head=""
    [[ -n $breaks && $word == *[$breaks]* ]] && head="${word%%"${word##*[$breaks]}"}"
    for completion in $(env COMP_WORDS="$line" COMP_CWORD=-1 %(complete_var)s=bash_complete "$1"); do
        IFS=',' read -r type value <<< "$completion"
        case $type in
            plain) COMPREPLY+=("${value#"$head"}"); plain=yes ;;
            file) COMPREPLY+=($(compgen -f -- "${word#"$head"}")); files=yes ;;
            dir) COMPREPLY+=($(compgen -d -- "${word#"$head"}")); files=yes ;;
        esac
    done
    [[ -n $files && -z $plain ]] && compopt -o filenames
    [[ ${COMPREPLY[0]} == *[=:] ]] && compopt -o nospace
    return 0
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""

_FISH = r"""
function %(complete_func)s;
    set -l response (env %(complete_var)s=fish_complete COMP_WORDS=(commandline -cp) COMP_CWORD=(commandline -t) %(prog_name)s);

    for completion in $response;
        set -l metadata (string split -m 1 "," $completion);

        if test $metadata[1] = "dir";
            __fish_complete_directories $metadata[2];
        else if test $metadata[1] = "file";
            __fish_complete_path $metadata[2];
        else if test $metadata[1] = "plain";
            echo $metadata[2];
        end;
    end;
end;

complete --no-files --command %(prog_name)s --arguments "(%(complete_func)s)";
"""


class Bash(BashComplete):
    """Of bash."""

    source_template = _BASH

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the cursor, and the one that it is at."""
        line = os.environ.get("COMP_WORDS", "")
        words = split_arg_string(line)
        if not words or line[-1:].isspace():
            return words[1:], ""
        return words[1:-1], words[-1]


class Fish(FishComplete):
    """Of fish."""

    source_template = _FISH


def register() -> None:
    """Put them in the place of click's."""
    add_completion_class(Bash)
    add_completion_class(Fish)
