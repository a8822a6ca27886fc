#!/usr/bin/env bash
# Every public header first, the others behind it in a random order, in a program whose macros are hostile (hostile.h),
# without a warning: as C and as C++, in the standards that the compilers have by turns; and all headers in one program for
# each of the standards.
#   test_hostile.sh <work folder> <C compiler> <C++ compiler or ""> <include folders…>
# SUMI_SEED repeats an order.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$1 cc=$2 cxx=$3
shift 3
seed=${SUMI_SEED:-$RANDOM}
rm -rf "$work" && mkdir -p "$work"
strict=(-I "$here" -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -fsyntax-only)
for folder in "$@"; do strict+=(-I "$folder"); done
printf '%s\n' "$@" >"$work/folders"

fail() { echo "FAILED (SUMI_SEED=$seed): $*" >&2; exit 1; }

# headers_of <pattern> <folders…>: of the logging door first, those of the engine behind
headers_of() {
  local pattern=$1 folder
  shift
  for folder in "$@"; do find "$folder/sumi" -name "$pattern" | sort; done
}

is_engine() { [[ $1 == */tensor/* || $1 == */graph/* ]]; }

# shuffled <number>: the lines of stdin in the order that the seed and the number give
shuffled() { awk -v seed="$((seed + $1))" 'BEGIN { srand(seed) } { print rand() "\t" $0 }' | sort -n | cut -f 2-; }

# knows <compiler> <standard> <suffix>
knows() {
  echo "int sumi_probe;" >"$work/probe.$3"
  "$1" "-std=$2" -fsyntax-only "$work/probe.$3" 2>/dev/null
}

# write_unit <file> <number> <system headers> <first header> <headers…>
write_unit() {
  local file=$1 number=$2 system=$3 first=$4 header
  shift 4
  {
    cat "$system"
    if is_engine "$first"; then echo "#define WITH_ENGINE"; fi
    echo '#include "hostile.h"'
    echo "#include <sumi/${first##*/sumi/}>"
    for header in "$@"; do
      if is_engine "$first" || ! is_engine "$header"; then echo "#include <sumi/${header##*/sumi/}>"; fi
    done | shuffled "$number"
  } >"$file"
}

# write_units <suffix> <standards…>: each header first in one unit, and one more for each standard; jobs are lines of $work/jobs
write_units() {
  local suffix=$1 header standard number=0 compiler=$cc flags=() files=("${c_headers[@]}")
  shift
  local standards=("$@")
  if [ "$suffix" = cpp ]; then
    compiler=$cxx flags=(-Wold-style-cast) files+=("${cpp_headers[@]}")
  fi
  sed -nE 's/^ *(#include <[a-z_0-9.]+>).*/\1/p' "${files[@]}" | sort -u >"$work/system.$suffix"
  if [ "$suffix" = c ]; then sed -i '/\.h>/!d' "$work/system.c"; else sed -i '/stdbool/d' "$work/system.cpp"; fi
  for header in "${files[@]}"; do
    number=$((number + 1))
    write_unit "$work/$number.$suffix" "$number" "$work/system.$suffix" "$header" "${files[@]}"
    echo "$compiler -std=${standards[(seed + number) % $#]} ${flags[*]:-} $number.$suffix" >>"$work/jobs"
  done
  for standard in "$@"; do
    number=$((number + 1))
    header=${files[(seed + number) % ${#files[@]}]}
    write_unit "$work/$number.$suffix" "$number" "$work/system.$suffix" "$header" "${files[@]}"
    echo "$compiler -std=$standard ${flags[*]:-} $number.$suffix" >>"$work/jobs"
  done
}

# known <compiler> <suffix> <standards…>: those the compiler has
known() {
  local compiler=$1 suffix=$2 standard
  shift 2
  for standard in "$@"; do if knows "$compiler" "$standard" "$suffix"; then echo "$standard"; fi; done
}

mapfile -t c_headers < <(headers_of '*.h' "$@")
mapfile -t cpp_headers < <(headers_of '*.hpp' "$@")
[ "${#c_headers[@]}" -gt 20 ] || fail "these folders hold no headers: $*"
write_units c $(known "$cc" c c11 c17 c2x)
[ -z "$cxx" ] || write_units cpp $(known "$cxx" cpp c++17 c++20 c++2b)

compile() { # <job>
  local words file
  read -ra words <<<"$1"
  file=$work/${words[-1]}
  "${words[@]:0:${#words[@]}-1}" "${strict[@]}" "$file" 2>"$file.log" && return
  { echo "$1"; head -n 12 "$file.log"; } >>"$work/failures"
}

hostile_names=$(grep -c '^#define' "$here/hostile.h")
while read -r job; do
  while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n || true; done
  compile "$job" &
done <"$work/jobs"
wait
if [ -s "$work/failures" ]; then
  head -n 60 "$work/failures" >&2
  fail "see $work"
fi
echo "$(wc -l <"$work/jobs") units of ${#c_headers[@]} + ${#cpp_headers[@]} headers, $hostile_names hostile names: passed"
