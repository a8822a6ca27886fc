#!/usr/bin/env bash
# A program that was compiled before options grew runs with the library after: test_growth.sh <source> <build>
#
# The newer library is this one with one more option at the end of the writer's, where new ones go. What it is given shows in the run: without the option a line of text says so, with it what was given.
. "$(dirname "$0")/common.sh"

newer=$work/newer
rm -rf "$newer"
mkdir -p "$newer"
tar -C "$source" -cf - --exclude=./build --exclude=./.git . | tar -C "$newer" -xf -

grow() { # <file> <after this line> <new line>
  awk -v after="$2" -v line="$3" '{ print } index($0, after) { print line; found = 1 } END { exit !found }' "$1" >"$1.new" ||
    fail "$1 has no line with: $2"
  mv "$1.new" "$1"
}
grow "$newer/summary/include/sumi/writer.h" 'bool ignore_environment SUMI_UNSET;' '  const char *motto SUMI_UNSET;'
grow "$newer/summary/writer.c" 'read_rules(writer, options.intervals);' \
  '  sumi_writer_describe(writer, "motto", options.motto ? options.motto : "no motto was given", NULL);'

program() { # <include folders' source> <library build> <options> <name>
  local from=$1 libraries=$2 options=$3 name=$4 module includes=()
  for module in base events render summary; do includes+=("-I$from/$module/include"); done
  cat >"$work/$name.c" <<EOF
#include <sumi/summary.h>
int main(int argc, char **argv) {
  sumi_writer_t *log = sumi_writer_open(argv[argc - 1], .ignore_environment = true$options);
  sumi_writer_scalar(log, "motto", 0, 1);
  return sumi_writer_close(log) == SUMI_OK ? 0 : 1;
}
EOF
  quietly "$name" "${CC:-cc}" -std=c11 "${includes[@]}" -o "$work/$name" "$work/$name.c" \
    "-L$libraries/summary" "-L$libraries/base" "-Wl,-rpath-link,$libraries/events:$libraries/render" -lsumi_summary -lsumi_base
}

run() { # <program> <library build> <text that its event file holds>
  local libraries=$2
  rm -rf "$work/run"
  LD_LIBRARY_PATH=$libraries/base:$libraries/events:$libraries/render:$libraries/summary "$work/$1" "$work/run" ||
    fail "$1 does not run with $libraries"
  grep -q "$3" "$work"/run/*tfevents* || fail "$1 with $libraries: its log does not say: $3"
}

quietly "configuration of the newer Sumi" cmake -S "$newer" -B "$newer/build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
  -DSUMI_BUILD_TESTS=OFF -DSUMI_BUILD_EXAMPLES=OFF -DBUILD_SHARED_LIBS=ON
quietly "the build of the newer Sumi" cmake --build "$newer/build" --target sumi_summary
older=$build
if [ ! -e "$older/summary/libsumi_summary.so" ]; then
  older=$work/older
  build_sumi "$older" -DBUILD_SHARED_LIBS=ON
fi

program "$source" "$older" "" old
program "$newer" "$newer/build" ', .motto = "larger and larger"' new
program "$newer" "$newer/build" "" modest
run old "$newer/build" "no motto was given"
run new "$newer/build" "larger and larger"
run modest "$older" motto

# A new program that asks an old library for what that does not know is told so, and told what to do.
LD_LIBRARY_PATH=$older/base:$older/events:$older/render:$older/summary "$work/new" "$work/run" &&
  fail "the older library took an option that it does not know"
echo "an old program runs with a newer library; a new one is told what an older library lacks"
