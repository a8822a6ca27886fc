# Umbrella target, installation, CMake package and pkg-config files.
add_library(sumi INTERFACE)
add_library(sumi::sumi ALIAS sumi)
target_link_libraries(sumi INTERFACE sumi::summary_graph sumi::summary sumi::tensor sumi::render sumi::events sumi::base)
