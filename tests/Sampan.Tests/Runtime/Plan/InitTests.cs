using System.Runtime.InteropServices;
using Sampan.Linux;
using Sampan.Linux.Errors;
using Sampan.Linux.Processes.Program;
using Sampan.Runtime.Plan;
using Sampan.Tests.Linux.Processes.Program;

namespace Sampan.Tests.Runtime.Plan;

/// <summary>What process 1 does for any sequence of signals and ended children, with a pretended kernel.</summary>
public sealed class InitTests : IDisposable
{
    private const int Command = 5, Stranger = 9, Terminate = 15, Child = 17, Exited = 1, Killed = 2;

    private readonly ChildProgram _program = new();
    private readonly Queue<int> _signals = new();
    private readonly Queue<(int Pid, int Cause, int Status)> _ended = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public void It_ends_with_the_commands_exit_code()
    {
        _signals.Enqueue(Child);
        _ended.Enqueue((Command, Exited, 42));
        Assert.Equal(42, Live().Code);
    }

    [Fact]
    public void It_ends_with_128_and_the_signal_that_killed_the_command()
    {
        _signals.Enqueue(Child);
        _ended.Enqueue((Command, Killed, 9));
        Assert.Equal(137, Live().Code);
    }

    [Fact]
    public void One_signal_may_stand_for_several_children()
    {
        _signals.Enqueue(Child);
        foreach (int pid in new[] { Stranger, Stranger + 1, Command }) _ended.Enqueue((pid, Exited, pid == Command ? 3 : 99));
        Assert.Equal(3, Live().Code);
    }

    [Fact]
    public void Every_other_signal_is_passed_on_to_the_command_only()
    {
        foreach (int signal in new[] { Terminate, 1, 64, Child }) _signals.Enqueue(signal);
        _ended.Enqueue((Command, Exited, 0));
        Assert.Equal([(Command, Terminate), (Command, 1), (Command, 64)], Live().Sent);
    }

    [Fact]
    public void A_command_that_may_not_be_signalled_is_waited_for()
    {
        foreach (int signal in new[] { Terminate, Child }) _signals.Enqueue(signal);
        _ended.Enqueue((Command, Exited, 8));
        Assert.Equal(8, Live(kill: Errno.EPERM).Code);
    }

    [Fact]
    public void The_child_takes_the_terminal_and_goes_on_to_the_command()
    {
        new PlanBuilder(_program, -1, -1).StayAsInit(terminal: true);
        _program.Call(SyscallNumber.execve, _program.Text("/bin/command"));
        (List<PretendedKernel.Call> calls, _) = PretendedKernel.Run(_program, _ => (0, 0));
        Assert.Equal("/bin/command", calls[^1].Text0);
        Assert.DoesNotContain(calls, call => call.Number is SyscallNumber.waitid or SyscallNumber.close_range);
        Assert.Contains(calls, call => call.Number == SyscallNumber.ioctl && call.A1 == 0x5410);
    }

    private (int Code, List<(int, int)> Sent) Live(Errno kill = Errno.None)
    {
        new PlanBuilder(_program, -1, -1).StayAsInit(terminal: false);
        _program.Call(SyscallNumber.execve);
        List<(int, int)> sent = [];
        Exit exit = Assert.Throws<Exit>(() => PretendedKernel.Run(_program, call => Answer(call, sent, kill)));
        return (exit.Code, sent);
    }

    private (nint, Errno) Answer(PretendedKernel.Call call, List<(int, int)> sent, Errno kill)
    {
        switch (call.Number)
        {
            case SyscallNumber.clone: return (Command, Errno.None);
            case SyscallNumber.rt_sigtimedwait: return (_signals.Dequeue(), Errno.None);
            case SyscallNumber.kill: sent.Add(((int)call.A0, (int)call.A1)); return (0, kill);
            case SyscallNumber.exit_group: throw new Exit((int)call.A0);
            case SyscallNumber.waitid:
                (int pid, int cause, int status) = _ended.Count > 0 ? _ended.Dequeue() : default;
                Marshal.WriteInt32(call.A2, 8, cause); // siginfo_t
                Marshal.WriteInt32(call.A2, 16, pid);
                Marshal.WriteInt32(call.A2, 24, status);
                return (0, Errno.None);
            default: return (0, Errno.None);
        }
    }

    private sealed class Exit(int code) : Exception
    {
        public int Code => code;
    }
}
