# The command's web page: one HTML file of the parts in FOLDER, as a C array in OUTPUT. Run as a script, so that it works
# whatever machine is built for:
#   cmake -DFOLDER=command/page -DOUTPUT=page_text.c -P SumiPage.cmake
# index.html says by the marks <!--style name--> and <!--script name--> where its parts go.
file(READ ${FOLDER}/index.html page)
string(REGEX MATCHALL "<!--(style|script) [a-z_]+-->" marks "${page}")
foreach(mark IN LISTS marks)
  string(REGEX MATCH "<!--([a-z]+) ([a-z_]+)-->" unused "${mark}")
  set(element ${CMAKE_MATCH_1})
  set(ending js)
  if(element STREQUAL "style")
    set(ending css)
  endif()
  file(READ ${FOLDER}/${CMAKE_MATCH_2}.${ending} part)
  string(REPLACE "${mark}" "<${element} nonce=\"@nonce@\">\n${part}</${element}>" page "${page}")
endforeach()
# Through a file: a text with brackets and semicolons is no list.
file(WRITE ${OUTPUT}.html "${page}")
file(READ ${OUTPUT}.html bytes HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
string(REGEX REPLACE "(................................................................................)" "\\1\n" bytes "${bytes}")
file(WRITE ${OUTPUT} "#include \"page.h\"\n\nstatic const unsigned char bytes[] = {\n${bytes}0};\nconst char *const sumi__command_page = (const char *)bytes;\n")
