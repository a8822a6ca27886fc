#!/usr/bin/env bash
# Installs a build into an empty folder, builds and runs programs against it, and checks what the headers and libraries
# bring along.      test_install.sh <source folder> <build folder> <C compiler> [C++ compiler]
. "$(dirname "$0")/common.sh"
export CC=$3
CXX=${4:-}
[ -z "$CXX" ] || export CXX
prefix=$work/prefix
check_installed "$build" "$prefix"

echo "the installation can be moved:"
rm -rf "$work/moved"
mv "$prefix" "$work/moved"
prefix=$work/moved
libdir=${libdir/$work\/prefix/$prefix}
PKG_CONFIG_PATH=$libdir/pkgconfig LD_LIBRARY_PATH=$libdir
programs_by_pkg_config "$work/by_pkg_config"
run_programs "$work/by_pkg_config"
if grep -rlF "$work/prefix" "$prefix"; then fail "these name the folder that was installed into"; fi

version=$(pkg-config --modversion sumi)
grep -q "^sumi ($version-" <(head -n 1 "$source/debian/changelog") || fail "debian/changelog does not begin with version $version"

echo "and be made for another place than it is written to:"
DESTDIR=$work/destination quietly "installation with DESTDIR" cmake --install "$build" --prefix /opt/sumi
diff -r "$work/destination/opt/sumi" "$prefix" >"$work/log" || { head "$work/log"; fail "it is not the same installation"; }
rm -rf "$work/destination"

if [ -e "$libdir/libsumi_base.so" ]; then
  echo "a logging program carries no engine, no BLAS, no Python:"
  linked=$(ldd "$work/consumer/log_only")
  if grep -iE 'openblas|libblas|python|sumi_tensor|libgomp|dnnl|libprotobuf\.so' <<<"$linked"; then fail "see above"; fi
  grep -q libsumi_summary <<<"$linked" || fail "log_only is not linked with sumi_summary"

  echo "what is exported is declared:"
  cat "$prefix"/include/sumi/*.h >"$work/headers"
  for symbol in $(cat "$source"/abi/*.symbols); do
    grep -qw "$symbol" "$work/headers" || fail "a library exports $symbol, which no installed header declares"
  done
fi

echo "every installed header compiles by itself as C11${CXX:+ and as C++20}:"
for header in "$prefix"/include/sumi/*.h; do
  name=$(basename "$header")
  echo "#include <sumi/$name>" >"$work/header.c"
  cp "$work/header.c" "$work/header.cpp"
  echo 'int main(void) { return 0; }' >>"$work/header.c"
  strict=(-Wall -Wextra -Wpedantic -Wshadow -Werror -I "$prefix/include" -fsyntax-only)
  "$CC" -std=c11 "${strict[@]}" "$work/header.c" || fail "$name in C"
  [ -z "$CXX" ] || "$CXX" -std=c++20 "${strict[@]}" "$work/header.cpp" || fail "$name in C++"
done
[ -n "$CXX" ] || echo "(no C++ compiler here: C++ was not tried)"

echo "headers of another version are refused with a sentence:"
sed -i 's/^#define SUMI_VERSION  *"/&9./' "$prefix/include/sumi/config.h"
! cmake -S "$here/consumer" -B "$work/mismatch" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" >"$work/log" 2>&1 || fail "they are not"
tr -s ' \n' ' ' <"$work/log" | grep -q "are of Sumi 9.*install both from one version" || { cat "$work/log"; fail "without the sentence"; }
rm -rf "$work/moved" "$work/mismatch" "$work/consumer" "$work/by_pkg_config"
echo passed
