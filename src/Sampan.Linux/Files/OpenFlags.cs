namespace Sampan.Linux.Files;

/// <summary>Flags of open(2), x86-64 values.</summary>
[Flags]
public enum OpenFlags
{
    [C("O_RDONLY")] ReadOnly = 0,
    [C("O_WRONLY")] WriteOnly = 1,
    [C("O_RDWR")] ReadWrite = 2,
    [C("O_CREAT")] Create = 0x40,
    [C("O_EXCL")] Exclusive = 0x80,
    [C("O_NOCTTY")] NoControllingTerminal = 0x100,
    [C("O_TRUNC")] Truncate = 0x200,
    [C("O_APPEND")] Append = 0x400,
    [C("O_NONBLOCK")] NonBlocking = 0x800,
    [C("O_DIRECTORY")] Directory = 0x10000,
    [C("O_NOFOLLOW")] NoFollow = 0x20000,
    [C("O_CLOEXEC")] CloseOnExec = 0x80000,
    [C("O_PATH")] Path = 0x200000,
    [C("O_TMPFILE")] TemporaryFile = 0x400000 | Directory,
}
