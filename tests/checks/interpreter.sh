#!/bin/bash
# Looks at the machine code that runs between clone and exec: Interpreter.Run may call nothing but the function pointer it
# was given, neither a GC poll nor anything else, and in Cloning.Clone the child goes straight from the clone into it.
#
#   interpreter.sh PROGRAM   a published program (src/Sampan.Oci), with PROGRAM.dbg beside it or not stripped
#
# Exit code 0: as it should be; 1: not so, with the offending instructions; 2: can not be checked.
set -euo pipefail

run=Sampan_Linux_Sampan_Linux_Processes_Program_Interpreter__Run
clone=Sampan_Linux_Sampan_Linux_Processes_Cloning__Clone

program=${1:?usage: interpreter.sh PROGRAM}
program=${program%.dbg} # it has the symbols, but not the code
symbols=$program
[[ -e $program.dbg ]] && symbols=$program.dbg
[[ -r $program ]] || { echo "$program: no such file" >&2; exit 2; }

# address and size of a function, in decimal
place() {
    local found
    found=$(readelf -sW "$symbols" | awk -v name="$1" '$8 == name && $4 == "FUNC" { print $2, $3; exit }')
    [[ $found ]] || { echo "$symbols: no function $1: is it stripped, or was the function inlined?" >&2; return 2; }
    echo $((16#${found% *})) "$((${found#* }))"
}

disassemble() {
    local where
    where=$(place "$1") || return 2
    objdump -d --no-show-raw-insn --start-address="${where% *}" --stop-address=$((${where% *} + ${where#* })) "$program" |
        awk -F'\t' '/^ *[0-9a-f]+:/ { sub(/^ */, "", $1); print $1, $2 }'
}

# Prints what is wrong with a function that may only call through its fourth argument (rcx); nothing when it is right.
# "call *REG" and "call *-0x2(REG)" are the two ways to call a managed function pointer, of which the second is for
# pointers with bit 1 set; the address of syscall does not have it.
faults() {
    local where
    where=$(place "$1") || return 2
    disassemble "$1" | awk -v first="${where% *}" -v size="${where#* }" '
        function number(text,    i, value) {
            value = 0
            for (i = 1; i <= length(text); i++) value = value * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
            return value
        }
        # the register that keeps the pointer is the one that is set from rcx before the first call
        $2 == "mov" && $3 ~ /^%rcx,%r(bx|1[2-5])$/ && !pointer { pointer = substr($3, 6); next }
        $2 ~ /^call/ {
            calls++
            if (!pointer || ($3 != "*" pointer && $3 != "*-0x2(" pointer ")")) print "a call that is not through the pointer: " $0
            next
        }
        $2 ~ /^(syscall|sysenter|int)$/ { print "a system call of its own: " $0 }
        $2 ~ /^j/ && ($3 ~ /^\*/ || number(substr($3, 3)) < first || number(substr($3, 3)) >= first + size) { print "a jump out of the function: " $0 }
        $0 ~ /\(%rip\)|[ ,](0x[0-9a-f]+)(,|$)/ && $2 !~ /^j/ { print "memory that the caller did not hand in: " $0 }
        $2 ~ /^rep|^%fs:|^%gs:/ || /%fs:|%gs:/ { print "thread-local memory: " $0 }
        pointer && $NF ~ "," pointer "$" && $2 != "test" && $2 != "cmp" && !/pop/ { print "the pointer is changed: " $0 }
        END { if (!calls) print "no call at all: this is not the interpreter" }
    '
}

# In the child nothing may lie between the clone and the interpreter: the call after the last one through the pointer is it.
path_from_clone() {
    local where
    where=$(place "$run") || return 2
    disassemble "$clone" | awk -v wanted="$(printf '0x%x' "${where% *}")" '
        $2 ~ /^call/ && $3 ~ /^\*/ { indirect = 1; next }
        $2 ~ /^call/ && indirect { indirect = 0; if ($3 == wanted) { good = 1 } else if (!good) print "between clone and interpreter: " $0 }
        END { if (!good) print "the clone is not followed by the interpreter" }
    '
}

place "$run" > /dev/null && place "$clone" > /dev/null || exit 2

# a check that can not fail says nothing: Cloning.Clone is full of calls and must be refused
[[ $(faults "$clone" | grep -c "a call that is not through the pointer") -gt 0 ]] ||
    { echo "self-test: calls of $clone were not noticed" >&2; exit 2; }

found=$(faults "$run"; path_from_clone)
if [[ $found ]]; then
    echo "$program: between clone and exec:" >&2
    echo "$found" >&2
    exit 1
fi
echo "$program: $(disassemble "$run" | grep -c ' call') calls in Interpreter.Run, all through the pointer"
