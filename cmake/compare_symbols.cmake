# cmake -D NM=… -D LIBRARY=<shared library> -D LIST=<file> -D BUILD=<build folder> [-D WRITE=ON] -P compare_symbols.cmake
#
# Fails unless the list holds exactly the names that the library exports; with WRITE, writes it.
cmake_minimum_required(VERSION 3.21)

execute_process(COMMAND ${NM} -D --defined-only -P ${LIBRARY} OUTPUT_VARIABLE table COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "(^|\n)[^ \n]+" exported "${table}")
list(TRANSFORM exported STRIP)
# Some linkers export the marks they set around the sections of every library.
list(FILTER exported EXCLUDE REGEX "^(_init|_fini|_?_?_?bss_start_*|_edata|__?end_*)$")
list(SORT exported)

if(WRITE)
  list(JOIN exported "\n" text)
  file(WRITE ${LIST} "${text}\n")
  return()
endif()

get_filename_component(library ${LIBRARY} NAME)
set(listed)
if(EXISTS ${LIST})
  file(STRINGS ${LIST} listed)
endif()
set(added ${exported})
set(gone ${listed})
list(REMOVE_ITEM added ${listed})
list(REMOVE_ITEM gone ${exported})
list(JOIN added " " added)
list(JOIN gone " " gone)
if(added OR gone)
  message(FATAL_ERROR "What ${library} exports is not what ${LIST} says.\n"
    "exported and not listed: ${added}\nlisted and not exported: ${gone}\n"
    "If that is meant, write the lists anew with: cmake --build ${BUILD} --target sumi_symbols\n"
    "(docs/abi.md says what may change). A function for use inside one module carries no SUMI_API.")
endif()

set(foreign ${exported})
list(FILTER foreign EXCLUDE REGEX "^sumi_[^_]")
if(foreign)
  message(FATAL_ERROR "${library} exports names that are not public: ${foreign}")
endif()
