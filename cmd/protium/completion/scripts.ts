/** Shells whose completion is known. */
export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** Each asks `protium complete`: a line a candidate, its help after a tab; `:file` means names of files. */
export const completionScripts: Readonly<Record<Shell, string>> = {
  bash: `# source <(protium completion bash)
_protium() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    if [ "$line" = :file ]; then
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}")
      return
    fi
    COMPREPLY+=("\${line%%$'\\t'*}")
  done < <("\${COMP_WORDS[0]}" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _protium protium
`,
  zsh: `#compdef protium
# source <(protium completion zsh), after compinit
_protium() {
  local line
  local -a candidates
  for line in "\${(@f)$("\${words[1]}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    if [[ $line == :file ]]; then
      _files
      return
    fi
    [[ -n $line ]] && candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  _describe protium candidates
}
compdef _protium protium
`,
  fish: `# protium completion fish | source
function __protium_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l lines ($words[1] complete -- $words[2..-1] 2>/dev/null)
  if test "$lines[1]" = :file
    __fish_complete_path (commandline -ct)
  else
    printf '%s\\n' $lines
  end
end
complete -c protium -f -a '(__protium_complete)'
`,
};
