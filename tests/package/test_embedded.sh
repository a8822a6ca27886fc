#!/usr/bin/env bash
# Builds a project that has Sumi's sources inside, with flags, targets, tests and options of its own, and runs its
# programs.      test_embedded.sh <source folder> <build folder> add_subdirectory|FetchContent
. "$(dirname "$0")/common.sh"
how=$3
work=$work/$how
mkdir -p "$work"
rm -f "$work/outer/CMakeCache.txt"
quietly "configuration of a project with Sumi inside" cmake -S "$here/consumer" -B "$work/outer" -G Ninja \
  -DCMAKE_BUILD_TYPE=Release -DHOW="$how" -DSUMI_SOURCE="$source" -DSUMI_BUILD_TESTS=ON -DSUMI_BUILD_EXAMPLES=ON
programs=()
for module in $modules all; do programs+=("use_$module"); done
quietly "the project's programs" cmake --build "$work/outer" --target log_only "${programs[@]}"
run_programs "$work/outer"
[ "$(cd "$work/outer" && ctest -N -R '^writer$' | grep -c 'Test *#')" = 1 ] || fail "the project's own test is gone"
quietly "installation of the project" cmake --install "$work/outer" --prefix "$work/prefix"
[ -z "$(find "$work/prefix" -name '*sumi*' 2>/dev/null)" ] || fail "Sumi installs itself with the project"
echo passed
