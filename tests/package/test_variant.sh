#!/usr/bin/env bash
# Builds Sumi in another way than usual, installs it, and builds and runs programs against it.
#   test_variant.sh <source folder> <build folder> static|lto|static-lto|hardened|bare|same-bytes
. "$(dirname "$0")/common.sh"
variant=$3
work=$work/$variant
mkdir -p "$work"

# The flags Debian builds packages with, asked of the machine where it knows them.
hardening=$( (cd / && dpkg-buildflags --get CFLAGS && dpkg-buildflags --get CPPFLAGS) 2>/dev/null | tr '\n' ' ' || true)
hardening="${hardening:--O2 -fstack-protector-strong -Wformat -Werror=format-security} -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3"

# built <folder>: the libraries below it
built() {
  (cd "$1" && find . -type f \( -name 'libsumi_*.so*' -o -name 'libsumi_*.a' \) | LC_ALL=C sort)
}

# The sources and the build stand elsewhere, and nothing comes from a compiler cache the second time.
same_bytes() {
  local first=$work/first second="$work/second one/deeper" file modules_inside=()
  for module in $modules; do modules_inside+=("sumi_${module}_inside"); done
  unset CCACHE_BASEDIR
  build_sumi "$first/build"
  quietly "static libraries" cmake --build "$first/build" --target "${modules_inside[@]}"
  rm -rf "$second"
  mkdir -p "$second/source"
  tar -C "$source" --exclude=./build --exclude=./.git -cf - . | tar -C "$second/source" -xf -
  export CCACHE_DISABLE=1
  (source=$second/source && build_sumi "$second/build")
  quietly "static libraries" cmake --build "$second/build" --target "${modules_inside[@]}"
  for folder in "$first" "$second"; do
    rm -rf "$folder/prefix"
    quietly "installation" cmake --install "$folder/build" --prefix "$folder/prefix"
  done
  [ "$(built "$first" | wc -l)" -ge 18 ] || fail "too few libraries were built"
  built "$first" | while read -r file; do
    cmp "$first/$file" "$second/$file" || fail "$file differs between two build folders"
  done
  rm -rf "$second"
}

case $variant in
static)
  build_sumi "$work/build" -DBUILD_SHARED_LIBS=OFF -DSUMI_BUILD_TESTS=ON \
    -DCMAKE_INSTALL_LIBDIR="lib/$("${CC:-cc}" -print-multiarch)"
  quietly "the C tests with static libraries" env -C "$work/build" ctest -j 2 --output-on-failure --timeout 900 -LE "oracle|package|levels" ;;
lto) build_sumi "$work/build" -DCMAKE_INTERPROCEDURAL_OPTIMIZATION=ON ;;
static-lto)
  alone="" # each program is optimized whole, which takes its time
  build_sumi "$work/build" -DBUILD_SHARED_LIBS=OFF -DCMAKE_INTERPROCEDURAL_OPTIMIZATION=ON ;;
hardened) build_sumi "$work/build" -DCMAKE_C_FLAGS="$hardening" -DCMAKE_SHARED_LINKER_FLAGS="-Wl,-z,relro -Wl,-z,now -Wl,-z,defs" ;;
bare) build_sumi "$work/build" -DBUILD_SHARED_LIBS=OFF -DSUMI_WITH_ONEDNN=OFF -DSUMI_WITH_LIBDEFLATE=OFF -DSUMI_WITH_JANSSON=OFF -DSUMI_WITH_JPEG=OFF ;;
same-bytes) same_bytes; echo passed; exit ;;
*) fail "unknown variant $variant" ;;
esac
check_installed "$work/build" "$work/prefix"
if [ "$variant" = bare ]; then
  fully_static events
  if echo 'int main(void) { return 0; }' | "${CC:-cc}" -x c - -static -lgfortran -o "$work/probe" 2>"$work/log"; then
    fully_static tensor
  else
    echo "(no static Fortran library here: a static program with OpenBLAS was not tried)"
  fi
fi
echo passed
