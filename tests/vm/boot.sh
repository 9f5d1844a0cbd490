#!/bin/bash
# Boots a machine and shows its console: boot.sh KERNEL MACHINE [NAME=VALUE...] (NAME=VALUE become SAMPAN_TEST_NAME=VALUE there).
# The disk is not changed: what the machine writes is thrown away. Emulated, so that it runs where there is no KVM.
set -euo pipefail
kernel=$(echo "$1"/boot/vmlinuz-*) machine=$2
shift 2
words=
for word in "$@"; do words+=" sampan.$word"; done
exec timeout -k 5 "${SAMPAN_VM_TIMEOUT:-280}" qemu-system-x86_64 -accel tcg,thread=multi -cpu max -smp "${SAMPAN_VM_CPUS:-2}" -m 1536M \
  -nodefaults -no-user-config -display none -no-reboot -serial stdio -kernel "$kernel" -initrd "$machine/initrd" \
  -drive "file=$machine/disk,format=raw,if=virtio,snapshot=on" -device virtio-rng-pci \
  -append "console=ttyS0 quiet loglevel=3 panic=-1 apparmor=1 security=apparmor mitigations=off$words"
