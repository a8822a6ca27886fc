# Long commands, so that nobody waits without knowing for what: a live line on a terminal, a line every 15 seconds elsewhere.

ticker=
current=
exec 9>&2 # where words for people go, whatever is redirected when a signal comes

# step <what> <log> <command…>: runs the command with its output in the log.
step() {
  local what=$1 log=$2 status=0
  shift 2
  begin_step "$what" "$log" quiet
  "$@" >"$log" 2>&1 </dev/null || status=$?
  end_step
  return $status
}

# shown_step <what> <log> <command…>: the same for a command whose output is meant to be read.
shown_step() {
  local what=$1 log=$2 status=0
  shift 2
  begin_step "$what" "$log" shown
  { "$@" 2>&1 </dev/null | tee "$log"; } || status=$?
  end_step
  return $status
}

begin_step() { # <what> <log> <quiet or shown>
  current=$1
  step_start=$SECONDS
  : >"$2" || failed "$current" "$2"
  if [ -t 2 ] && [ "$3" = quiet ]; then
    live_line "$1" "$2" &
  else
    lines_of "$1" "$2" "$3" &
  fi
  ticker=$!
}

end_step() {
  [ -n "$ticker" ] || return 0
  kill "$ticker" 2>/dev/null || true
  wait "$ticker" 2>/dev/null || true
  ticker=
  [ ! -t 2 ] || printf '\r\033[K' >&2
  [ $((SECONDS - step_start)) -lt 2 ] || say "$current: $((SECONDS - step_start)) s"
}

last_line() { tail -c 500 "$1" 2>/dev/null | tr '\r' '\n' | tr -cd '[:print:]\n' | sed '/^ *$/d' | tail -n 1; }

# Neither process holds the script's output open, and both end with the script.
live_line() { # <what> <log>
  local start=$SECONDS width
  width=$(tput cols 2>/dev/null || echo 80)
  while kill -0 $$ 2>/dev/null; do
    printf '\r\033[K%.*s' $((width - 1)) "$1: $((SECONDS - start)) s  $(last_line "$2")" >&2
    sleep 1 </dev/null >/dev/null 2>&1 9>&-
  done
}

lines_of() { # <what> <log> <quiet or shown>: what is shown already is said again only when it stands still
  local start=$SECONDS next=2 before='' now
  [ "$3" = quiet ] || next=15
  while sleep 1 </dev/null >/dev/null 2>&1 9>&-; do
    kill -0 $$ 2>/dev/null || return 0
    [ $((SECONDS - start)) -ge $next ] || continue
    now=$(last_line "$2")
    if [ "$3" = quiet ] || [ "$now" = "$before" ]; then printf '%.150s\n' "$1: $((SECONDS - start)) s  $now" >&2; fi
    before=$now
    next=$((next < 15 ? 15 : next + 15))
  done
}

# Ctrl-C reaches the running command too; the next run goes on where this one stopped.
interrupted() { # <exit status>
  trap '' INT TERM HUP
  exec 2>&9
  end_step
  say "$script: interrupted${current:+ ($current)}"
  exit "$1"
}
trap 'interrupted 130' INT
trap 'interrupted 143' TERM
trap 'interrupted 129' HUP
trap 'end_step' EXIT

log_of() { # <name>: a log beside the builds
  mkdir -p "$builds/log" 2>/dev/null ||
    die "$builds/log cannot be made: set SUMI_BUILD to a folder on a disk that can be written and has room"
  echo "$builds/log/$1.log"
}

# failed <what> <log> [folder written to]: ends the script, with the cause where it is known and lines of the log where not.
failed() {
  local cause
  cause=$(cause_of "$2" "${3:-$builds}")
  if [ -z "$cause" ]; then
    what_went_wrong "$2" >&2
    cause="the lines above are from $2"
  fi
  die "$1: failed: $cause"
}

# The first error of a compiler or CMake with what follows, or the end.
what_went_wrong() { # <log>
  local first
  first=$(grep -nEm 1 'error:|^CMake Error|^FAILED' "$1" | cut -d : -f 1)
  if [ -n "$first" ]; then tail -n "+$first" "$1"; else tail -n 25 "$1"; fi | head -n 25 | cut -c 1-500
}

cause_of() { # <log> <folder>
  local refusal
  refusal=$(refusal_of_cmake "$1")
  if grep -qE 'No space left on device|Disk quota exceeded|disk is full' "$1" 2>/dev/null || is_full "$2"; then
    echo "the disk that holds $2 is full: free some space there, or set SUMI_BUILD and SUMI_CACHE to folders elsewhere"
  elif grep -qE 'Temporary failure (in name resolution|resolving)|Could not resolve|Network is unreachable|Connection refused|Failed to establish a new connection' "$1"; then
    echo "the network cannot be reached: connect and run it again, what is there already is kept ($1)"
  elif grep -q 'is different than the directory' "$1"; then
    echo "$2 was made for a tree elsewhere: remove it, or set SUMI_BUILD"
  elif grep -qE 'Could not get lock|Unable to acquire the dpkg frontend lock' "$1"; then
    echo "another program installs packages now: run it again when that one has ended"
  elif [ -n "$refusal" ]; then
    echo "$refusal"
  fi
}

# What the project's own checks say, which CMake breaks into lines.
refusal_of_cmake() { # <log>
  sed -n '/^CMake Error at .*Sumi[A-Za-z]*\.cmake:[0-9]* (message)/,/^Call Stack\|^-- /p' "$1" 2>/dev/null |
    sed '/^CMake Error\|^Call Stack\|^-- /d' | tr -s ' \n' ' ' | sed 's/^ *//; s/ *$//'
}

is_full() { # <folder>: less than a megabyte is left where it is
  local free
  free=$(df -Pk "$1" 2>/dev/null | awk 'NR == 2 { print $4 }')
  [ -n "$free" ] && [ "$free" -lt 1024 ]
}
