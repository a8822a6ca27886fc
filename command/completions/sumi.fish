# Completions of the command sumi for fish.
set -l commands inspect cat tail export verify repair trim help
complete -c sumi -n "not __fish_seen_subcommand_from $commands" -f -a "$commands"
complete -c sumi -n "not __fish_seen_subcommand_from $commands" -l version
complete -c sumi -n "__fish_seen_subcommand_from inspect cat tail export verify repair trim" -s r -l run -x -d "Only runs that fit"
complete -c sumi -n "__fish_seen_subcommand_from inspect cat tail export" -s t -l tag -x -d "Only tags that fit"
complete -c sumi -n "__fish_seen_subcommand_from inspect cat tail export" -s s -l steps -x -d "Only these steps, A:B"
complete -c sumi -n "__fish_seen_subcommand_from inspect cat tail verify repair trim" -s j -l json -d "JSON, an object a line"
complete -c sumi -n "__fish_seen_subcommand_from tail" -s n -l lines -x -d "So many lines"
complete -c sumi -n "__fish_seen_subcommand_from tail" -s f -l follow -d "Go on with what is added"
complete -c sumi -n "__fish_seen_subcommand_from export" -s F -l format -x -a "csv jsonl" -d "Of the table"
complete -c sumi -n "__fish_seen_subcommand_from export" -s w -l wide -d "A column for each tag"
complete -c sumi -n "__fish_seen_subcommand_from export" -s o -l output -r -d "To this file"
complete -c sumi -n "__fish_seen_subcommand_from export" -s m -l media -r -d "Pictures, audio and texts to files there"
complete -c sumi -n "__fish_seen_subcommand_from repair trim" -s i -l in-place -d "Change the files themselves"
complete -c sumi -n "__fish_seen_subcommand_from trim" -s S -l from-step -x -d "The first step to remove"
complete -c sumi -n "__fish_seen_subcommand_from help" -f -a "inspect cat tail export verify repair trim"
