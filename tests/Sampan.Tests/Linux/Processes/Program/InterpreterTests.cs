using Sampan.Linux;
using Sampan.Linux.Errors;
using Sampan.Linux.Processes.Program;

namespace Sampan.Tests.Linux.Processes.Program;

public sealed class InterpreterTests : IDisposable
{
    private readonly ChildProgram _program = new();

    public InterpreterTests() => _program.Step("first");

    public void Dispose() => _program.Dispose();

    [Fact]
    public void Calls_are_made_in_order_with_their_arguments()
    {
        _program.Call(SyscallNumber.setsid);
        _program.Call(SyscallNumber.umask, 0x12);
        _program.Call(SyscallNumber.execve, _program.Text("/bin/true"));

        (List<PretendedKernel.Call> calls, var failure) = PretendedKernel.Run(_program, _ => (0, 0));

        Assert.Null(failure);
        Assert.Equal([SyscallNumber.setsid, SyscallNumber.umask, SyscallNumber.execve], calls.Select(call => call.Number));
        Assert.Equal(0x12, calls[1].A0);
        Assert.Equal("/bin/true", calls[2].Text0);
    }

    [Fact]
    public void A_result_kept_in_a_cell_is_an_argument_of_a_later_call()
    {
        Cell file = _program.Cell();
        _program.Call(SyscallNumber.openat).Into(file);
        _program.Call(SyscallNumber.close, file);
        _program.Call(SyscallNumber.execve);

        (List<PretendedKernel.Call> calls, _) = PretendedKernel.Run(_program, call => (call.Number == SyscallNumber.openat ? 42 : 0, 0));

        Assert.Equal(42, calls[1].A0);
    }

    [Fact]
    public void The_first_failure_is_reported_with_its_step_and_ends_the_child()
    {
        _program.Call(SyscallNumber.setsid);
        _program.Step("second");
        _program.Call(SyscallNumber.mount);
        _program.Call(SyscallNumber.execve);

        (List<PretendedKernel.Call> calls, var failure) =
            PretendedKernel.Run(_program, call => call.Number == SyscallNumber.mount ? (-1, Errno.EPERM) : (0, 0));

        Assert.Equal((1, Errno.EPERM), failure);
        Assert.DoesNotContain(calls, call => call.Number == SyscallNumber.execve);
    }

    [Fact]
    public void A_failing_call_leaves_its_cell_as_it_was()
    {
        Cell file = _program.Cell(5);
        _program.Call(SyscallNumber.openat).Into(file).Ignore(Errno.ENOENT);
        _program.Call(SyscallNumber.close, file);
        _program.Call(SyscallNumber.execve);

        (List<PretendedKernel.Call> calls, _) =
            PretendedKernel.Run(_program, call => call.Number == SyscallNumber.openat ? (-1, Errno.ENOENT) : (0, 0));

        Assert.Equal(5, calls[1].A0);
    }

    [Theory]
    [InlineData(Errno.EINTR)]
    [InlineData(Errno.EAGAIN)]
    public void An_interrupted_call_is_made_again_only_where_that_was_asked_for(Errno errno)
    {
        int left = 3;
        _program.Call(SyscallNumber.read).Retry();
        _program.Call(SyscallNumber.setsid);
        _program.Call(SyscallNumber.execve);

        (List<PretendedKernel.Call> calls, var failure) = PretendedKernel.Run(_program, call => call.Number switch
        {
            SyscallNumber.read when left-- > 0 => (-1, errno),
            SyscallNumber.setsid => (-1, errno),
            _ => (0, 0),
        });

        Assert.Equal(4, calls.Count(call => call.Number == SyscallNumber.read));
        Assert.Equal((0, errno), failure);
    }

    [Theory]
    [InlineData(Errno.ENOENT, SyscallNumber.setsid)]
    [InlineData(Errno.EACCES, SyscallNumber.setuid)]
    [InlineData(Errno.ENOTDIR, SyscallNumber.setgid)]
    [InlineData((Errno)0, SyscallNumber.umask)]
    public void Each_of_three_errors_and_success_may_continue_elsewhere(Errno errno, int next)
    {
        Label denied = new(), notDirectory = new(), success = new();
        _program.Call(SyscallNumber.openat).Ignore(Errno.ENOENT).On(Errno.EACCES, denied).On(Errno.ENOTDIR, notDirectory).OnSuccess(success);
        foreach ((Label? label, int number) in new[] { (null, SyscallNumber.setsid), (denied, SyscallNumber.setuid), (notDirectory, SyscallNumber.setgid), (success, SyscallNumber.umask) })
        {
            if (label is not null) _program.Mark(label);
            _program.Call(number);
            _program.Call(SyscallNumber.execve);
        }

        (List<PretendedKernel.Call> calls, _) = PretendedKernel.Run(_program, call => call.Number == SyscallNumber.openat ? (0, errno) : (0, 0));

        Assert.Equal(next, calls[1].Number);
    }

    [Fact]
    public void Comparing_memory_looks_at_the_masked_bits_only()
    {
        nint memory = _program.Data<uint>([0xABCD_0103]);
        _program.Compare(memory, 0x103, 0xFFFF, Errno.ENODEV);
        _program.Compare(memory, 0x103, uint.MaxValue, Errno.ENODEV);

        (List<PretendedKernel.Call> calls, var failure) = PretendedKernel.Run(_program, _ => (0, 0));

        Assert.Empty(calls);
        Assert.Equal((0, Errno.ENODEV), failure);
    }

    [Fact]
    public void A_jump_to_a_label_that_was_never_marked_is_noticed_before_the_clone()
    {
        _program.Jump(new Label());

        Assert.Equal("step first: jump to nowhere", Assert.Throws<InvalidOperationException>(() => PretendedKernel.Run(_program, _ => (0, 0))).Message);
    }

    [Fact]
    public void A_fourth_error_of_one_call_is_refused()
        => Assert.Throws<InvalidOperationException>(() =>
            _program.Call(SyscallNumber.openat).Ignore(Errno.EPERM).Ignore(Errno.ENOENT).Ignore(Errno.EACCES).Ignore(Errno.EINVAL));

    [Fact]
    public void A_text_with_a_NUL_in_it_is_refused()
        => Assert.Throws<ArgumentException>(() => _program.Text("a\0b"));

    [Fact]
    public void Memory_of_a_program_does_not_overlap_however_much_there_is()
    {
        nint[] texts = [.. Enumerable.Range(0, 5000).Select(i => _program.Text($"text number {i}"))];
        nint large = _program.Space(100_000);

        for (int i = 0; i < texts.Length; i++)
            Assert.Equal($"text number {i}", System.Runtime.InteropServices.Marshal.PtrToStringUTF8(texts[i]));
        Assert.Equal(0, large % 8);
    }
}
