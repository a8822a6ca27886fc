#!/usr/bin/env bash
# Installs into an empty folder, builds a C and a C++ program against it (CMake package and pkg-config), runs them, and
# checks what the libraries export and pull in.      test_install.sh <source folder> <build folder> <C compiler> <C++ compiler>
set -euo pipefail
source=$1 build=$2
export CC=$3 CXX=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix
fail() { echo "FAILED: $*" >&2; exit 1; }

cmake --install "$build" --prefix "$prefix" >"$work/install.log" || { cat "$work/install.log"; fail "installation"; }
libdir=$(dirname "$(find "$prefix" -name 'libsumi_base.*' | head -n 1)")
export PKG_CONFIG_PATH=$libdir/pkgconfig LD_LIBRARY_PATH=$libdir

cmake -S "$source/tests/package/consumer" -B "$work/consumer" -DCMAKE_PREFIX_PATH="$prefix" >"$work/consumer.log" 2>&1 &&
  cmake --build "$work/consumer" >>"$work/consumer.log" 2>&1 || { cat "$work/consumer.log"; fail "a program against the CMake package"; }
(cd "$work" && ./consumer/log_only "$work/run_c") || fail "log_only"
[ "$(cd "$work" && ./consumer/train "$work/run_cpp")" = $'[[3. 6.]\n [3. 6.]]' ] || fail "train printed something else"
ls "$work"/run_c/*tfevents* "$work"/run_cpp/*tfevents* >/dev/null || fail "no event files"

pc() { PKG_CONFIG_SYSTEM_LIBRARY_PATH=/nowhere pkg-config "$@"; }
sed_prefix() { sed "s|^prefix=.*|prefix=$prefix|"; }
for file in "$libdir"/pkgconfig/*.pc; do sed_prefix <"$file" >"$work/pc" && cp "$work/pc" "$file"; done
$CC -std=c11 "$source/tests/package/consumer/log_only.c" -o "$work/by_pkg_config" \
  $(pc --cflags --libs sumi-summary) || fail "a program by pkg-config"
(cd "$work" && ./by_pkg_config "$work/run_pc") || fail "the program built by pkg-config"

echo "a logging program carries no engine, no BLAS, no Python:"
linked=$(ldd "$work/consumer/log_only")
if grep -iE 'openblas|libblas|python|sumi_tensor|libgomp|dnnl|libprotobuf\.so' <<<"$linked"; then fail "see above"; fi
grep -q libsumi_summary <<<"$linked" || fail "log_only is not linked with sumi_summary"

echo "exported symbols are ours, and the public ones are declared:"
cat "$prefix"/include/sumi/*.h >"$work/headers"
for library in "$libdir"/libsumi_*.so; do
  symbols=$(nm -D --defined-only "$library" | awk '{print $3}')
  foreign=$(grep -v '^sumi_' <<<"$symbols" || true)
  [ -z "$foreign" ] || fail "$(basename "$library") exports $foreign"
  for symbol in $(grep -v '^sumi__' <<<"$symbols"); do
    grep -qw "$symbol" "$work/headers" || fail "$(basename "$library") exports $symbol, which no installed header declares"
  done
done

echo "every installed header compiles by itself as C11 and as C++20:"
for header in "$prefix"/include/sumi/*.h; do
  name=$(basename "$header")
  echo "#include <sumi/$name>" >"$work/header.c"
  cp "$work/header.c" "$work/header.cpp"
  echo 'int main(void) { return 0; }' >>"$work/header.c"
  $CC -std=c11 -Wall -Wextra -Wpedantic -Wshadow -Werror -I "$prefix/include" -fsyntax-only "$work/header.c" || fail "$name in C"
  $CXX -std=c++20 -Wall -Wextra -Wpedantic -Wshadow -Werror -I "$prefix/include" -fsyntax-only "$work/header.cpp" || fail "$name in C++"
done
echo "passed"
