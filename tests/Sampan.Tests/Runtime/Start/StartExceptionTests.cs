using Sampan.Linux.Errors;
using Sampan.Runtime.Start;

namespace Sampan.Tests.Runtime.Start;

public sealed class StartExceptionTests
{
    [Theory]
    [InlineData("exec(sh): executable file not found in $PATH", Errno.ENOENT, 127)]
    [InlineData("exec(/bin/x)", Errno.ENOTDIR, 127)]
    [InlineData("exec(/bin/x)", Errno.EACCES, 126)]
    [InlineData("exec(/bin/x)", Errno.ENOEXEC, 126)]
    [InlineData("find(sh): executable file not found in $PATH", Errno.ENOENT, 127)]
    [InlineData("find(/bin/x)", Errno.EACCES, 126)]
    [InlineData("mount(proc, /proc, proc, -)", Errno.ENOENT, 125)]
    [InlineData("chdir(/none)", Errno.ENOENT, 125)]
    public void The_exit_code_tells_a_missing_command_from_a_failed_container(string step, Errno errno, int code)
    {
        StartException error = new(step, errno);

        Assert.Equal(code, error.ExitCode);
        Assert.Equal($"{step}: {errno.Describe()}", error.Message);
    }

    [Fact]
    public void A_child_that_died_is_a_container_that_could_not_be_made()
        => Assert.Equal(125, new StartException("start: the process ended before its command was executed, exit code 137").ExitCode);
}
