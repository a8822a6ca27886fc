# Completions of the command sumi for bash.
_sumi() {
  local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} options
  if [ "$COMP_CWORD" -eq 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W "inspect cat tail plot export aggregate diff verify repair trim help --version" -- "$word")
    return
  fi
  case $command in
  help) options="inspect cat tail plot export aggregate diff verify repair trim" ;;
  inspect | cat) options="--run --tag --steps --json --help" ;;
  tail) options="--run --tag --steps --lines --follow --json --help" ;;
  plot) options="--run --tag --steps --lines --help" ;;
  export) options="--run --tag --steps --format --wide --output --media --help" ;;
  aggregate) options="--run --tag --steps --output --lax --help" ;;
  diff) options="--run --tag --steps --lines --tolerance --help" ;;
  verify) options="--run --json --help" ;;
  repair) options="--run --json --in-place --help" ;;
  trim) options="--run --json --in-place --from-step --help" ;;
  esac
  case ${COMP_WORDS[COMP_CWORD - 1]} in
  -F | --format) mapfile -t COMPREPLY < <(compgen -W "csv jsonl" -- "$word") ;;
  -m | --media) mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
  *)
    case $word in
    -*) mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word") ;;
    *) if [ "$command" = help ]; then mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word"); else
      mapfile -t COMPREPLY < <(compgen -f -- "$word"); fi ;;
    esac
    ;;
  esac
}
complete -o filenames -F _sumi sumi
