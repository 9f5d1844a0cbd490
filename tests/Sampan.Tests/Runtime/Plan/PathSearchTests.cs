using Sampan.Linux;
using Sampan.Linux.Errors;
using Sampan.Linux.Processes.Program;
using Sampan.Runtime.Plan;
using Sampan.Tests.Linux.Processes.Program;

namespace Sampan.Tests.Runtime.Plan;

public sealed class PathSearchTests
{
    [Fact]
    public void Directories_are_tried_in_their_order_until_one_has_the_command()
    {
        (string[] tried, (int, Errno)? failure) = Execute("app", ["PATH=/a:/b:/c"], path => path == "/b/app" ? 0 : Errno.ENOENT);

        Assert.Equal(["/a/app", "/b/app"], tried);
        Assert.Null(failure);
    }

    [Fact]
    public void A_command_found_nowhere_fails_with_ENOENT()
    {
        (string[] tried, (int, Errno)? failure) = Execute("app", ["PATH=/a:/b"], path => path[1] == 'a' ? Errno.ENOTDIR : Errno.ENOENT);

        Assert.Equal(["/a/app", "/b/app"], tried);
        Assert.Equal((0, Errno.ENOENT), failure);
    }

    [Fact]
    public void One_that_may_not_be_executed_does_not_hide_a_later_one()
        => Assert.Null(Execute("app", ["PATH=/a:/b"], path => path == "/a/app" ? Errno.EACCES : 0).Failure);

    [Fact]
    public void But_it_decides_the_error_when_there_is_no_later_one()
    {
        (string[] tried, (int, Errno)? failure) = Execute("app", ["PATH=/a:/b:/c"], path => path == "/b/app" ? Errno.EACCES : Errno.ENOENT);

        Assert.Equal(["/a/app", "/b/app", "/c/app"], tried);
        Assert.Equal((0, Errno.EACCES), failure);
    }

    [Fact]
    public void Any_other_error_ends_the_search()
    {
        (string[] tried, (int, Errno)? failure) = Execute("app", ["PATH=/a:/b"], _ => Errno.ENOEXEC);

        Assert.Equal(["/a/app"], tried);
        Assert.Equal((0, Errno.ENOEXEC), failure);
    }

    [Fact]
    public void A_command_with_a_slash_is_not_searched()
    {
        (string[] tried, (int, Errno)? failure) = Execute("./app", ["PATH=/a"], _ => Errno.ENOENT);

        Assert.Equal(["./app"], tried);
        Assert.Equal((0, Errno.ENOENT), failure);
    }

    [Fact]
    public void An_empty_directory_in_the_list_is_the_working_directory()
        => Assert.Equal(["./app", "/b/app"], Execute("app", ["PATH=:/b"], _ => Errno.ENOENT).Tried);

    [Fact]
    public void Of_several_PATHs_the_last_one_counts()
        => Assert.Equal(["/b/app"], Execute("app", ["PATH=/a", "X=1", "PATH=/b"], _ => Errno.ENOENT).Tried);

    [Fact]
    public void Without_a_PATH_the_usual_directories_are_searched()
        => Assert.Equal(
            ["/usr/local/sbin/app", "/usr/local/bin/app", "/usr/sbin/app", "/usr/bin/app", "/sbin/app", "/bin/app"],
            Execute("app", [], _ => Errno.ENOENT).Tried);

    [Fact]
    public void The_check_at_creation_makes_the_same_search_and_then_goes_on()
    {
        using ChildProgram program = new();
        PlanBuilder plan = new(program, -1, -1);
        plan.Find(["app"], ["PATH=/a:/b"]);
        plan.Execute(["/b/app"], []);

        (List<PretendedKernel.Call> calls, (int, Errno)? failure) = PretendedKernel.Run(program,
            call => call.Number == SyscallNumber.faccessat2 && call.Text1 == "/a/app" ? (-1, Errno.ENOENT) : (0, 0));

        Assert.Null(failure);
        Assert.Equal([SyscallNumber.faccessat2, SyscallNumber.faccessat2, SyscallNumber.execve], calls.Select(call => call.Number));
    }

    private static (string[] Tried, (int Step, Errno Errno)? Failure) Execute(string command, string[] environment, Func<string, Errno> answer)
    {
        using ChildProgram program = new();
        new PlanBuilder(program, -1, -1).Execute([command], environment);
        List<string> tried = [];
        (_, (int, Errno)? failure) = PretendedKernel.Run(program, call =>
        {
            tried.Add(call.Text0);
            return (0, answer(tried[^1]));
        });
        return ([.. tried], failure);
    }
}
