// What the shells load. Each asks `ao completion words` at every press of the key, so that nothing is written down twice.

/** One candidate a line: the word, a tab, what it means. These two words ask the shell for its own. */
export const fromShell = { files: ':files', directories: ':directories' } as const;

const bash = `# ao completion for bash. Load it in ~/.bashrc: source <(ao completion bash)
_ao() {
  local IFS=$'\\n' current=\${COMP_WORDS[COMP_CWORD]} line
  COMPREPLY=()
  if [ "$current" = = ]; then current=; fi
  for line in $("\${COMP_WORDS[0]}" completion words -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null); do
    case $line in
      ${fromShell.files}) compopt -o filenames 2>/dev/null; COMPREPLY+=($(compgen -f -- "$current")) ;;
      ${fromShell.directories}) compopt -o filenames 2>/dev/null; COMPREPLY+=($(compgen -d -- "$current")) ;;
      *) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done
}
complete -F _ao ao
`;

const zsh = `#compdef ao
# ao completion for zsh. Load it in ~/.zshrc, behind compinit: source <(ao completion zsh)
_ao() {
  local line
  local -a described
  for line in "\${(@f)$("\${words[1]}" completion words -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
      '') ;;
      ${fromShell.files}) _files ;;
      ${fromShell.directories}) _files -/ ;;
      *) described+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
    esac
  done
  if (( $#described )); then _describe ao described; fi
}
if [ "$funcstack[1]" = _ao ]; then _ao "$@"; else compdef _ao ao; fi
`;

const fish = `# ao completion for fish. Load it in ~/.config/fish/config.fish: ao completion fish | source
function __ao_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    for line in ($program completion words -- $words "$current" 2>/dev/null)
        switch $line
            case '${fromShell.files}'
                __fish_complete_path "$current"
            case '${fromShell.directories}'
                __fish_complete_directories "$current"
            case '*'
                echo $line
        end
    end
end
complete -c ao -f -a '(__ao_complete)'
`;

export const scripts = { bash, zsh, fish } as const;
