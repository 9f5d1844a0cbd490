#!/bin/bash
# Terminals, typed at through tmux as a person would.

terminal() { TMUX_TMPDIR=$WORK tmux -L "e2e-$terminals" "$@"; }

# on_screen TEXT: the terminal shows a line that is exactly it.
on_screen() { terminal capture-pane -p -t 0 | grep -qxF -- "$1"; }

# shows TEXT: the terminal shows it somewhere.
shows() { terminal capture-pane -p -t 0 | grep -qF -- "$1"; }

# in_terminal COMMAND: a terminal of 80 columns and 24 rows that the command runs in; it stays when the command ends. Each has a
# server of its own: one that is told to end still takes the next session, and ends with it ("server exited unexpectedly").
terminals=0
in_terminal() {
  terminals=$((terminals + 1))
  # what a person would see says why a check failed
  trap '[ $? -eq 0 ] || terminal capture-pane -p -t 0 2> /dev/null | sed -n "/./s/^/screen: /p"; terminal kill-server 2> /dev/null || true' EXIT
  echo 'set-option -g status off' > "$WORK/tmux.conf" # all 24 rows are the command's, from the beginning
  terminal -f "$WORK/tmux.conf" new-session -d -x 80 -y 24 "$1; echo ended with \$?; sleep 100"
}

# is_sized ROWS COLUMNS: the shell in the terminal says so. Asked again until then: tmux itself passes a new size on a little later.
is_sized() {
  terminal send-keys -t 0 'clear; stty size' Enter
  sleep 0.1
  on_screen "$1 $2"
}

A_terminal_is_resized_left_by_its_keys_and_executed_in() {
  in_terminal "sampan run -it --name term $IMAGES/busybox-docker-save.tar sh"
  eventually runs term
  terminal send-keys -t 0 'tty; stty size' Enter
  eventually on_screen /dev/pts/0
  eventually on_screen "24 80"
  terminal resize-window -t 0 -x 100 -y 30
  eventually is_sized 30 100
  # ^C is for the program in the container, not for sampan
  terminal send-keys -t 0 'sleep 50' Enter
  eventually sampan exec term pidof sleep
  terminal send-keys -t 0 C-c
  terminal send-keys -t 0 'echo code $?' Enter
  eventually on_screen "code 130"
  terminal send-keys -t 0 C-p
  terminal send-keys -t 0 C-q
  # after the prompt, which the shell in the container wrote
  eventually shows 'ended with 0'
  runs term
  terminal kill-server
  in_terminal "sampan exec -it term sh"
  terminal send-keys -t 0 'stty size; test -t 0 && echo a terminal' Enter
  eventually on_screen "24 80"
  eventually on_screen "a terminal"
  terminal resize-window -t 0 -x 90 -y 20
  eventually is_sized 20 90
  terminal send-keys -t 0 'exit 6' Enter
  eventually on_screen "ended with 6"
  sampan rm -f term
}

A_program_finds_the_terminals_size_when_it_starts() {
  in_terminal "sampan run --rm -it $IMAGES/busybox-docker-save.tar stty size"
  eventually on_screen "ended with 0"
  on_screen "24 80" || fail "not at first"
}

The_exit_code_of_a_command_in_a_terminal_is_that_of_run() {
  in_terminal "sampan run --rm -it $IMAGES/busybox-docker-save.tar sh -c 'exit 9'"
  eventually on_screen "ended with 9"
}

T_without_a_terminal_is_refused() { exits 125 run -i -t true; one_line_error; }
